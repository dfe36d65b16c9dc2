"""AMASS's folders: what a subset is called in each release, and the file that a path of another release means.

Data sets such as HumanML3D name AMASS's files by the first release's paths (SMPL-H G). Later downloads renamed subsets,
and the SMPL-X N files end in `_stageii` instead of `_poses` and have underscores for spaces.
"""

import re
from pathlib import Path

from lavimo.sources.folder import files_under

NAMES = {
    "ACCAD": (),
    "BMLhandball": (),
    "BMLmovi": (),
    "BioMotionLab_NTroje": ("BMLrub",),
    "CMU": (),
    "DFaust_67": ("DFaust", "DFaust67"),
    "EKUT": (),
    "Eyes_Japan_Dataset": ("EyesJapanDataset",),
    "HumanEva": (),
    "KIT": (),
    "MPI_HDM05": ("HDM05", "MPIHDM05"),
    "MPI_Limits": ("PosePrior", "MPILimits"),
    "MPI_mosh": ("MoSh", "MPImosh"),
    "SFU": (),
    "SSM_synced": ("SSM", "SSMsynced"),
    "TCD_handMocap": ("TCDHands", "TCDhandMocap"),
    "TotalCapture": (),
    "Transitions_mocap": ("Transitions", "Transitionsmocap"),
}
"""Each subset's name in the first release, and what it is called elsewhere."""
FIRST = {alias: name for name, aliases in NAMES.items() for alias in (name, *aliases)}
"""Any name of a subset to its first."""


class AmassTree:
    """The npz files of an AMASS folder, found by the path that any release gives them.

    Attributes:
        subsets: the folders found: each subset's first name (an unknown folder's own) to what it is called here.
    """

    def __init__(self, folder: Path):
        """List the folder.

        Raises:
            ValueError: there is none.
        """
        self.folder = Path(folder)
        self.subsets: dict[str, str] = {}
        self._files: dict[str, str] = {}
        for path in sorted(files_under(self.folder)):
            if path.endswith(".npz") and "/" in path:
                subset = path.split("/")[0]
                self.subsets.setdefault(FIRST.get(subset, subset), subset)
                self._files.setdefault(recording_of(path), path)

    def find(self, path: str) -> Path | None:
        """The file that a path relative to AMASS's folder means, in whatever release lies here; None if none does."""
        found = self._files.get(recording_of(path))
        return self.folder / found if found else None


def subset_of(path: str) -> str:
    """The first name of the subset that a path relative to AMASS's folder lies in."""
    subset = path.split("/")[0]
    return FIRST.get(subset, subset)


def recording_of(path: str) -> str:
    """One name for a recording, whatever release's path is given."""
    subset, *inner = path.split("/")
    if inner and FIRST.get(inner[0], inner[0]) == FIRST.get(
        subset, subset
    ):  # archives unpacked into a folder of theirs
        inner = inner[1:]
    rest = re.sub(r"(_poses|_stageii)?(\.np[yz])?$", "", "/".join(inner))
    return f"{FIRST.get(subset, subset)}/{re.sub('[ _]+', '_', rest)}"

"""Data source `humanml3d`: from an AMASS tree and the index, or from the processed release alone.

With AMASS, a clip is cut from its recording as HumanML3D cuts it. HumanAct12's clips and, without AMASS, all others are
joint positions, which become motions by inverse kinematics.
"""

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lavimo.clips import Clip
from lavimo.config import HumanML3DOptions
from lavimo.motion.amass.subsets import AmassTree
from lavimo.motion.folder import locator
from lavimo.motion.humanml3d.index import HUMANACT12, Row, read_index
from lavimo.motion.humanml3d.texts import Recording, clips_of_release
from lavimo.motion.mirror import PREFIX

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lavimo.motion.motion import Motion


def catalogue(options: HumanML3DOptions, mirrored: bool) -> list[Clip]:
    """The ids of the split files that have captions; `file` is None where the motion is not there.

    Raises:
        ValueError: a table is missing or bad (named), or the AMASS folder does not exist.
    """
    return clips_of_release(options.folder, options.folder, mirrored, partial(Recordings(options).__getitem__))


class Recordings:
    """Where the motion of an id lies.

    Attributes:
        index: the rows of index.csv; empty if there is none, which only the processed release can do without.
        amass: the AMASS tree, None if the processed release is read.
    """

    def __init__(self, options: HumanML3DOptions):
        """Read the index and list the folders.

        Raises:
            ValueError: see `catalogue`.
        """
        with_index = options.amass is not None or options.index_file.exists()
        self.index: dict[str, Row] = read_index(options.index_file) if with_index else {}
        self.amass = AmassTree(options.amass) if options.amass else None
        folder = options.folder if self.amass is None else options.humanact12
        self._joints = locator(folder) if folder else lambda path: None

    def __getitem__(self, name: str) -> Recording:
        row = self.index.get(name.removeprefix(PREFIX))
        source = row.path if row else ""
        if self.amass is None:
            return Recording(
                self._joints(f"new_joint_vecs/{name}.npy") or self._joints(f"new_joints/{name}.npy"), source
            )
        if row is None:
            return Recording(None)
        inside = row.subset == HUMANACT12
        file = self._joints(Path(row.path).name) if inside else self.amass.find(row.path)
        return Recording(file, source, row.start_s, row.end_s, name.startswith(PREFIX))


def load(clip: Clip, options: HumanML3DOptions) -> "Motion":
    """A clip's motion, before it is mirrored.

    Raises:
        ValueError: its file is not there, damaged, or too short; the file is named.
    """
    if clip.file is None:
        raise ValueError(_missing(clip, options))
    if clip.file.suffix == ".npz":
        from lavimo.motion.amass.read import read_motion

        return read_motion(clip.file, clip.start_s, clip.end_s, True, options.scale_to_legs)
    from lavimo.motion.joints_file import read_motion as motion_of_joints

    return motion_of_joints(clip.file, clip.start_s, clip.end_s)


def features(clip: Clip, options: HumanML3DOptions) -> "NDArray[Any] | None":
    """The released features of a clip, or of its part, used as they are; None where there are none.

    Raises:
        ValueError: the file is damaged or of another width; it is named.
    """
    path = options.folder / "new_joint_vecs" / f"{clip.name.split('~')[0]}.npy"
    if options.features == "computed" or not path.parent.exists():
        return None
    from lavimo.motion.joints_file import read_features

    # A clip's part is counted in its file: over AMASS that is the recording, of which the id starts somewhere.
    name = clip.name.split("~")[0].removeprefix(PREFIX)
    row = _index(options.index_file).get(name) if options.amass is not None else None
    begin_s, whole_s = (row.start_s, row.end_s) if row else (0.0, None)
    end_s = None if clip.end_s is None or clip.end_s == whole_s else clip.end_s - begin_s
    return read_features(path, clip.start_s - begin_s, end_s)


_index = cache(read_index)


def _missing(clip: Clip, options: HumanML3DOptions) -> str:
    if options.amass is None:
        return f"found neither new_joint_vecs nor new_joints of it in {options.folder}"
    if not clip.source:
        return f"{options.index_file} has no row for it"
    if clip.source.startswith(HUMANACT12):
        return f"found no {Path(clip.source).name} in source.humanml3d.humanact12 ({options.humanact12})"
    return (
        f"found no file {clip.source} in {options.amass}, under its own or a newer name; `lavimo verify` names subsets"
    )

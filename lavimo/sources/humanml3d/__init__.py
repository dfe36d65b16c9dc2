"""Data source `humanml3d`: from an AMASS tree and the index, or from the processed release alone.

With AMASS, a clip is cut from its recording as HumanML3D cuts it. HumanAct12's clips and, without AMASS, all others are
joint positions, which become motions by inverse kinematics.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lavimo.clips import SPLITS, Clip
from lavimo.config import HumanML3DOptions, SourceOptions
from lavimo.motion.mirror import PREFIX, mirrored_motion
from lavimo.sources.amass_tree import AmassTree
from lavimo.sources.folder import Folder
from lavimo.sources.humanml3d.index import HUMANACT12, Row, read_index
from lavimo.sources.humanml3d.texts import Place, clips_of_release
from lavimo.sources.source import Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lavimo.motion.motion import Motion


SMPLX = (
    "found a file of AMASS's SMPL-X release, expected one of SMPL-H G (*_poses.npz): thousands of the former are "
    "labelled with twice their frame rate (nghorbani/amass#49), and the index would cut another stretch, at double "
    "speed. Fetch SMPL-H G; or, if you have corrected the rates, set source.humanml3d.smplx: true"
)


class HumanML3DSource(Source):
    """The ids of the split files that have captions; mirror images stand in these files, with texts of their own."""

    def __init__(self, options: SourceOptions):
        self._options, self._mirrored = options.humanml3d, options.with_mirrored

    def tables(self) -> list[Path]:
        """The texts, the split files, and the index where it is needed."""
        folder = self._options.folder
        index = [self._options.index_file] if self._options.amass else []
        return [folder / "texts", *(folder / f"{split}.txt" for split in SPLITS), *index]

    def clips(self) -> list[Clip]:
        """See `Source.clips`."""
        folder = self._options.folder
        return clips_of_release(folder, folder, self._mirrored, Recordings(self._options).__getitem__)

    def motion(self, clip: Clip) -> "Motion":
        """See `Source.motion`. Without AMASS an image's own file is mirrored already."""
        options, file = self._options, self._file(clip)
        if file.suffix.lower() == ".npz":
            from lavimo.formats.amass import read_motion

            scale = options.scale_to_legs
            motion = read_motion(file, clip.start_s, clip.end_s, True, scale, **self._recorded(clip))
        else:
            from lavimo.formats.joints import read_motion as motion_of_joints

            motion = motion_of_joints(file, clip.start_s, clip.end_s, options.plausible)
        return mirrored_motion(motion) if clip.mirror_of and options.amass else motion

    def check(self, clip: Clip) -> int:
        """See `Source.check`."""
        file = self._file(clip)
        if file.suffix.lower() == ".npz":
            from lavimo.formats.amass import read_recorded

            return len(read_recorded(file, clip.start_s, clip.end_s, True, **self._recorded(clip)))
        from lavimo.formats.joints import read_window

        return len(read_window(file, clip.start_s, clip.end_s, self._options.plausible)[0])

    def _file(self, clip: Clip) -> Path:
        if clip.file is None:
            raise ValueError(_missing(clip, self._options))
        if clip.file.stem.endswith("_stageii") and not self._options.smplx:
            raise ValueError(f"{clip.file}: {SMPLX}")
        return clip.file

    def _recorded(self, clip: Clip) -> dict[str, Any]:
        """The world of AMASS's files, and how long the index takes the clip's recording to be."""
        return {**self._options.world, "counted_s": _counted(self._options.index_file).get(clip.recording, 0.0)}

    def features(self, clip: Clip) -> "NDArray[Any] | None":
        """See `Source.features`."""
        options = self._options
        path = options.folder / "new_joint_vecs" / f"{clip.id.split('~')[0]}.npy"
        if options.features == "computed" or not path.parent.exists():
            return None
        from lavimo.formats.joints import read_features

        # A clip's window is counted in its file: over AMASS that is the recording, of which the id starts somewhere.
        name = clip.id.split("~")[0].removeprefix(PREFIX)
        row = _index(options.index_file).get(name) if options.amass is not None else None
        begin_s, whole_s = (row.start_s, row.end_s) if row else (0.0, None)
        end_s = None if clip.end_s is None or clip.end_s == whole_s else clip.end_s - begin_s
        return read_features(path, clip.start_s - begin_s, end_s)


class Recordings:
    """Where the motion of an id lies.

    Attributes:
        index: the rows of index.csv; empty if there is none, which only the processed release can do without.
        amass: the AMASS tree, None if the processed release is read.
    """

    def __init__(self, options: HumanML3DOptions):
        """Read the index and list the folders.

        Raises:
            ValueError: see `Source.clips`.
        """
        with_index = options.amass is not None or options.index_file.exists()
        self.index: dict[str, Row] = read_index(options.index_file) if with_index else {}
        self.amass = AmassTree(options.amass) if options.amass else None
        folder = options.folder if self.amass is None else options.humanact12
        self._joints = Folder(folder).find if folder else lambda path: None

    def __getitem__(self, name: str) -> Place:
        row = self.index.get(name.removeprefix(PREFIX))
        recording = row.path if row else ""
        if self.amass is None:
            file = self._joints(f"new_joint_vecs/{name}.npy") or self._joints(f"new_joints/{name}.npy")
            return Place(file, recording)
        if row is None:
            return Place(None)
        inside = row.subset == HUMANACT12
        file = self._joints(Path(row.path).name) if inside else self.amass.find(row.path)
        return Place(file, recording, row.start_s, row.end_s)


_index = cache(read_index)


@cache
def _counted(index: Path) -> dict[str, float]:
    """Up to which second the index counts each recording."""
    counted: dict[str, float] = {}
    for row in _index(index).values():
        counted[row.path] = max(counted.get(row.path, 0.0), row.end_s or 0.0)
    return counted


def _missing(clip: Clip, options: HumanML3DOptions) -> str:
    if options.amass is None:
        return f"found neither new_joint_vecs nor new_joints of it in {options.folder}"
    if not clip.recording:
        return f"{options.index_file} has no row for it"
    if clip.recording.startswith(HUMANACT12):
        return f"found no {Path(clip.recording).name} in source.humanml3d.humanact12 ({options.humanact12})"
    return (
        f"found no file {clip.recording} in {options.amass}, under its own or a newer name; "
        "`lavimo verify` names subsets"
    )

"""Data source `amass`: a tree of AMASS's npz files, and the user's CSV of clips and captions."""

from typing import TYPE_CHECKING

from lavimo.clips import Clip
from lavimo.config import AmassOptions
from lavimo.motion.amass.subsets import AmassTree, recording_of
from lavimo.motion.caption_table import clips_of_table

if TYPE_CHECKING:
    from lavimo.motion.motion import Motion


def catalogue(options: AmassOptions) -> list[Clip]:
    """The clips that the CSV names (`lavimo.motion.caption_table`), `path` being a file of any release of AMASS.

    Raises:
        ValueError: the folder or the CSV cannot be read, or rows are bad: every bad one is named.
    """
    return clips_of_table(options.captions, "{}.npz".format, AmassTree(options.folder).find, recording_of)


def load(clip: Clip, options: AmassOptions) -> "Motion":
    """A clip's part of its file.

    Raises:
        ValueError: the file is damaged or too short; the file is named.
    """
    from lavimo.motion.amass.read import read_motion

    assert clip.file
    return read_motion(clip.file, clip.start_s, clip.end_s, every_nth=False, scale_to_legs=options.scale_to_legs)

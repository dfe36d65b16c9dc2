"""Data source `bvh`: a folder of BVH files and a CSV of their captions."""

from typing import TYPE_CHECKING

from lavimo.clips import Clip
from lavimo.config import BvhOptions
from lavimo.motion.caption_table import clips_of_table
from lavimo.motion.folder import locator

if TYPE_CHECKING:
    from lavimo.motion.motion import Motion


def catalogue(options: BvhOptions) -> list[Clip]:
    """The clips that the CSV names (`lavimo.motion.caption_table`); the clip `NAME` is the file `NAME.bvh`.

    Raises:
        ValueError: the folder or the CSV cannot be read, or rows are bad: every bad one is named.
    """
    return clips_of_table(options.captions, "{}.bvh".format, locator(options.folder))


def load(clip: Clip, options: BvhOptions) -> "Motion":
    """A clip's file, or its part of it, as a motion.

    Raises:
        ValueError: the file is damaged, too short, or of a skeleton that no table knows; the file is named.
    """
    # scipy and the body stay out of the workflow's planning, which needs the catalogue only.
    from lavimo.motion.bvh.motion import read_motion

    assert clip.file
    return read_motion(clip.file, clip.start_s, clip.end_s)

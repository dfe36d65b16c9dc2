"""Data source `smpl`: a folder of npz files in the product's own form (`lavimo.formats.smpl`), and a CSV of
their captions."""

from pathlib import Path
from typing import TYPE_CHECKING

from lavimo.clips import Clip
from lavimo.config import SourceOptions
from lavimo.motion.mirror import mirrored_motion, with_mirrored
from lavimo.sources.caption_table import clips_of_table
from lavimo.sources.folder import Folder
from lavimo.sources.source import Source

if TYPE_CHECKING:
    from lavimo.motion.motion import Motion


class SmplSource(Source):
    """The clips of a caption table; the clip `NAME` is the file `NAME.npz`."""

    def __init__(self, options: SourceOptions):
        self._options, self._mirrored = options.smpl, options.with_mirrored
        self._folds = options.folds, options.fold

    def tables(self) -> list[Path]:
        """The caption table."""
        return [self._options.captions]

    def clips(self) -> list[Clip]:
        """The clips that the CSV names (`lavimo.sources.caption_table`)."""
        own = self._options
        found = clips_of_table(
            own.captions, ".npz", Folder(own.folder).find, split_captions=own.split_captions, folds=self._folds
        )
        return with_mirrored(found, self._mirrored)

    def motion(self, clip: Clip) -> "Motion":
        """A clip's file, or its window of it."""
        from lavimo.formats.smpl import read_motion

        assert clip.file
        motion = read_motion(clip.file, clip.start_s, clip.end_s, **self._options.world)
        return mirrored_motion(motion) if clip.mirror_of else motion

"""Data source `amass`: a tree of AMASS's npz files, and the user's CSV of clips and captions."""

from pathlib import Path
from typing import TYPE_CHECKING

from lavimo.clips import Clip
from lavimo.config import SourceOptions
from lavimo.motion.mirror import mirrored_motion, with_mirrored
from lavimo.sources.amass_tree import AmassTree, recording_of
from lavimo.sources.caption_table import clips_of_table
from lavimo.sources.source import Source

if TYPE_CHECKING:
    from lavimo.motion.motion import Motion


class AmassSource(Source):
    """The clips of a caption table, whose `path` is a file of any release of AMASS."""

    def __init__(self, options: SourceOptions):
        self._options, self._mirrored = options.amass, options.with_mirrored
        self._folds = options.folds, options.fold

    def tables(self) -> list[Path]:
        """The caption table."""
        return [self._options.captions]

    def clips(self) -> list[Clip]:
        """The clips that the CSV names (`lavimo.sources.caption_table`)."""
        own = self._options
        found = clips_of_table(
            own.captions,
            ".npz",
            AmassTree(own.folder).find,
            recording_of,
            split_captions=own.split_captions,
            folds=self._folds,
        )
        return with_mirrored(found, self._mirrored)

    def motion(self, clip: Clip) -> "Motion":
        """A clip's window of its file."""
        from lavimo.formats.amass import read_motion

        assert clip.file
        own = self._options
        motion = read_motion(clip.file, clip.start_s, clip.end_s, False, own.scale_to_legs, **own.world)
        return mirrored_motion(motion) if clip.mirror_of else motion

    def check(self, clip: Clip) -> int:
        """See `Source.check`."""
        from lavimo.formats.amass import read_recorded

        assert clip.file
        return len(read_recorded(clip.file, clip.start_s, clip.end_s, False, **self._options.world))

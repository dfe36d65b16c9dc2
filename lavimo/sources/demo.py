"""Data source `demo`: procedural motions of one person, with captions. Ours, and free of anybody's licence."""

from pathlib import Path
from typing import TYPE_CHECKING

from lavimo.clips import Clip
from lavimo.config import SourceOptions
from lavimo.motion.mirror import mirrored_motion, with_mirrored
from lavimo.sources.source import Source

if TYPE_CHECKING:
    from lavimo.motion.motion import Motion


class DemoSource(Source):
    """See the module."""

    def __init__(self, options: SourceOptions):
        self._options, self._mirrored = options.demo, options.with_mirrored

    def tables(self) -> list[Path]:
        """None."""
        return []

    def clips(self) -> list[Clip]:
        """The catalogue of these options."""
        from lavimo.demo import catalogue

        return with_mirrored(catalogue(self._options), self._mirrored)

    def motion(self, clip: Clip) -> "Motion":
        """A clip, performed."""
        from lavimo.demo import load

        motion = load(clip.mirror_of or clip.id, self._options)
        return mirrored_motion(motion) if clip.mirror_of else motion

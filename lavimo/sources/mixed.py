"""Data source `mixed`: the clips of several kinds of source as one data set, each with its own section's options."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lavimo.clips import Clip
from lavimo.sources.source import Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lavimo.motion.motion import Motion


class MixedSource(Source):
    """See the module. A clip is its own source's: nothing of it changes by the company."""

    def __init__(self, parts: Mapping[str, Source]):
        """Join sources, by kind."""
        self._parts = parts

    def tables(self) -> list[Path]:
        """Those of all."""
        return [table for part in self._parts.values() for table in part.tables()]

    def clips(self) -> list[Clip]:
        """Those of all.

        Raises:
            ValueError: as the parts raise it, or two of them have a clip of one id.
        """
        return [clip for clips in self._clips.values() for clip in clips]

    def motion(self, clip: Clip) -> "Motion":
        """Its source's."""
        return self._part(clip).motion(clip)

    def check(self, clip: Clip) -> int:
        """As its source checks it."""
        return self._part(clip).check(clip)

    def features(self, clip: Clip) -> "NDArray[Any] | None":
        """Its source's."""
        return self._part(clip).features(clip)

    @cached_property
    def _clips(self) -> dict[str, list[Clip]]:
        clips = {kind: part.clips() for kind, part in self._parts.items()}
        owners: dict[str, str] = {}
        for kind, own in clips.items():
            for clip in own:
                if (other := owners.setdefault(clip.id, kind)) != kind:
                    raise ValueError(f"clip {clip.id!r}: found in {other} and in {kind}; rename one of them")
        return clips

    @cached_property
    def _owners(self) -> dict[str, str]:
        return {clip.id: kind for kind, clips in self._clips.items() for clip in clips}

    def _part(self, clip: Clip) -> Source:
        return self._parts[self._owners[clip.id]]

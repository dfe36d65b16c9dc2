"""The files that a training is of."""

from dataclasses import dataclass, field
from pathlib import Path

from lavimo.config import ModelOptions
from lavimo.encode.cached_videos import cached_videos_of
from lavimo.encode.samples import Samples


@dataclass(frozen=True)
class Inputs:
    """The files that a training is of.

    Attributes:
        frames: for a video encoder by frames.
        landmarks, motions: for one by landmarks.
        described: the table of described captions and their texts, where they are used.
    """

    clips: Path
    texts: Path
    features: list[Path]
    statistics: Path
    frames: list[Path] = field(default_factory=list)
    landmarks: list[Path] = field(default_factory=list)
    motions: list[Path] = field(default_factory=list)
    described: list[Path] = field(default_factory=list)

    def all(self) -> list[Path]:
        """Every one of them."""
        more = (*self.features, *self.frames, *self.landmarks, *self.motions, *self.described)
        return [self.clips, self.texts, self.statistics, *more]

    def samples(self, model: ModelOptions) -> Samples:
        """What is in them, as a model sees it.

        Raises:
            ValueError: see `Samples`.
        """
        videos = cached_videos_of(model, self.frames, self.landmarks, self.motions)
        return Samples(self.clips, self.texts, self.features, videos, self.described)

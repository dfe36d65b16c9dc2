"""What training and embedding read: the clips that have features, each with its captions, motion and video.

Arrays are read from the shards clip by clip, when asked for.

T motion frames, F features.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.clips import read_clips
from lavimo.encode.cached_videos import CachedFeatures, CachedSilhouettes, CachedVideos
from lavimo.shards import Shard, clips_of_shards
from lavimo.text.texts import Texts


class Samples:
    """The clips of the table that have features, in all splits.

    Attributes:
        clips: by name, sorted.
        described: described captions of some of them.
        texts: the captions' embeddings and tokens.
        feature_width: F.
        convention: of the features, as their files say; empty if they do not.
    """

    def __init__(
        self,
        clips: Path,
        texts: Path,
        features: Iterable[Path],
        videos: CachedVideos | None = None,
        described: Sequence[Path] = (),
    ):
        """Open everything.

        Args:
            videos: of the clips' videos, for a model that sees them.
            described: the table of described captions and the file of their texts, if they are used.

        Raises:
            ValueError: a damaged file, no clip with features, or a clip of val or test without a video.
        """
        features = list(features)
        self._features = clips_of_shards(features)
        self._videos = videos
        self.clips = {name: clip for name, clip in read_clips(clips).items() if name in self._features}
        if not self.clips:
            raise ValueError(f"{clips}: found no clip that has features; ingest and featurize some")
        bare = [] if videos is None else [name for name in self.clips if name not in videos]
        tested = [name for name in bare if self.clips[name].split != "train"]
        if videos and (wrong := bare if len(bare) == len(self.clips) else tested):
            raise ValueError(
                f"found no {videos.what} of {len(wrong)} clip(s) that have features, first {wrong[0]!r}; "
                f"give the {videos.what} of every shard, or train with modalities [text, motion]"
            )
        told = read_clips(described[0]) if described else {}
        self.described = {name: clip.captions for name, clip in told.items() if name in self.clips}
        self.texts = Texts(texts, *described[1:])
        self.feature_width: int = self._read(next(iter(self.clips))).shape[-1]
        self.convention: str = Shard(features[0]).metadata.get("convention", "")

    def split(self, split: str, wanted: bool = True) -> list[str]:
        """The names of a split's clips, sorted.

        Raises:
            ValueError: there are none, though they are wanted.
        """
        names = [name for name, clip in self.clips.items() if clip.split == split]
        if wanted and not names:
            raise ValueError(f"found no clip of the split {split!r} that has features, expected at least one")
        return names

    def motion(self, clip: str) -> NDArray[np.float32]:
        """A clip's features, (T, F).

        Raises:
            ValueError: another shape than other clips, or a value that is not finite.
        """
        motion_TF = self._read(clip)
        if motion_TF.ndim != 2 or motion_TF.shape[1] != self.feature_width or not len(motion_TF):
            raise ValueError(
                f"clip {clip!r}: found features {motion_TF.shape}, expected (frames, {self.feature_width})"
            )
        if not np.isfinite(motion_TF).all():
            raise ValueError(f"clip {clip!r}: found NaN or infinite features; featurize it again")
        return motion_TF

    def moving(self, clip: str) -> NDArray[Any]:
        """What the motion encoder takes of a clip: its features, or its silhouettes for who compares those."""
        if isinstance(self._videos, CachedSilhouettes):
            return self._videos.motion(clip)
        return self.motion(clip)

    @property
    def frame_width(self) -> int:
        """The width of the features of frames; 0 where a video is seen otherwise."""
        return self._videos.width if isinstance(self._videos, CachedFeatures) else 0

    def has_video(self, clip: str) -> bool:
        """Whether there is a video of the clip."""
        return self._videos is not None and clip in self._videos

    def video(self, clip: str) -> Any:
        """What the video encoder takes of a clip: see `lavimo.encode.cached_videos`."""
        assert self._videos is not None
        return self._videos[clip]

    def token_features(self, captions: Iterable[str]) -> list[NDArray[np.float32]]:
        """The token features of captions, as `embed_texts` wrote them."""
        return [self.texts.tokens(caption) for caption in captions]

    def _read(self, clip: str) -> NDArray[Any]:
        return self._features[clip][clip]

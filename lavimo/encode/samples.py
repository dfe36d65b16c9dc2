"""What training and embedding read: the clips that have features, each with its captions, motion and frames.

Arrays are read from the shards clip by clip, when asked for.

T motion frames, F features, V video frames, K candidates a frame, H W pixels.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.clips import read_clips
from lavimo.shards import Shard, clips_of_shards
from lavimo.text.texts import Texts


class Samples:
    """The clips of the table that have features, in all splits.

    Attributes:
        clips: by name, sorted.
        texts: the captions' embeddings and tokens.
        feature_width: F.
        convention: of the features, as their files say; empty if they do not.
    """

    def __init__(self, clips: Path, texts: Path, features: Iterable[Path], frames: Iterable[Path], with_video: bool):
        """Open everything; frames may be empty when `with_video` is false.

        Raises:
            ValueError: a damaged file, no clip with features, or a clip of val or test without frames.
        """
        features, frames = list(features), list(frames)
        self._features = clips_of_shards(features)
        self._frames = clips_of_shards(frames) if with_video else {}
        self.clips = {name: clip for name, clip in read_clips(clips).items() if name in self._features}
        if not self.clips:
            raise ValueError(f"{clips}: found no clip that has features; ingest and featurize some")
        bare = [name for name in self.clips if name not in self._frames]
        tested = [name for name in bare if self.clips[name].split != "train"]
        if with_video and (wrong := bare if len(bare) == len(self.clips) else tested):
            raise ValueError(
                f"found no frames of {len(wrong)} clip(s) that have features, first {wrong[0]!r}; "
                "give the frames of every shard, or train with modalities [text, motion]"
            )
        self.texts = Texts(texts)
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

    def has_video(self, clip: str) -> bool:
        """Whether the clip has frames."""
        return clip in self._frames

    def video(self, clip: str) -> NDArray[np.uint8]:
        """A clip's cached frames, (V, K, H, W, 3); candidate 0 is the centre of its segment.

        Raises:
            ValueError: another shape or type.
        """
        video_VKHW3 = self._frames[clip][clip]
        if video_VKHW3.ndim != 5 or video_VKHW3.shape[-1] != 3 or video_VKHW3.dtype != np.uint8:
            raise ValueError(
                f"clip {clip!r}: found frames {video_VKHW3.shape} of {video_VKHW3.dtype}, "
                "expected (frames, candidates, height, width, 3) of uint8; run sample_frames again"
            )
        return video_VKHW3

    def token_features(self, captions: Iterable[str]) -> list[NDArray[np.float32]]:
        """The token features of captions, as `embed_texts` wrote them."""
        return [self.texts.tokens(caption) for caption in captions]

    def _read(self, clip: str) -> NDArray[Any]:
        return self._features[clip][clip]

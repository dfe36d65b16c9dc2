"""What training and embedding read: the clips that have features, each with its captions, motion and frames.

Arrays are read from the shards clip by clip, when asked for.

B batch, L tokens, D token width, T motion frames, F features, V video frames, K candidates a frame, H W pixels.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lavimo.clips import read_clips
from lavimo.shards import clips_of_shards
from lavimo.text.texts import Texts


class Data:
    """The clips of the table that have features, in all splits.

    Attributes:
        clips: by name, sorted.
        texts: the captions' embeddings and tokens.
        feature_width: F.
    """

    def __init__(self, clips: Path, texts: Path, features: Iterable[Path], frames: Iterable[Path], with_video: bool):
        """Open everything; frames may be empty when `with_video` is false.

        Raises:
            ValueError: a damaged file, no clip with features, or a clip with features but without frames.
        """
        self._features = clips_of_shards(features)
        self._frames = clips_of_shards(frames) if with_video else {}
        self.clips = {name: clip for name, clip in read_clips(clips).items() if name in self._features}
        if not self.clips:
            raise ValueError(f"{clips}: found no clip that has features; ingest and featurize some")
        if with_video and (missing := [name for name in self.clips if name not in self._frames]):
            raise ValueError(
                f"found no frames of {len(missing)} clip(s) that have features, first {missing[0]!r}; "
                "give the frames of every shard, or train with modalities [text, motion]"
            )
        self.texts = Texts(texts)
        self.feature_width: int = self._read(next(iter(self.clips))).shape[-1]

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

    def _read(self, clip: str) -> NDArray[np.float32]:
        return self._features[clip][clip]


def pad(sequences: Sequence[NDArray[Any]]) -> tuple[Tensor, Tensor]:
    """Sequences (L, D) of several lengths as one tensor (B, L, D), and the mask (B, L) of what is not padding."""
    tensors = [torch.tensor(sequence) for sequence in sequences]
    lengths_B = torch.tensor([len(tensor) for tensor in tensors])
    mask_BL = torch.arange(int(lengths_B.max())) < lengths_B[:, None]
    return torch.nn.utils.rnn.pad_sequence(tensors, batch_first=True), mask_BL

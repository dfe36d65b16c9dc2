"""The video encoder on features of frames that a frozen image encoder made: a linear layer, a temporal transformer over
the frames, and their mean.

Eight frames do not say how fast somebody moves. Therefore the last number of each is the video's length in seconds.

B batch, W views, V frames of a video, K candidates a frame, X numbers a frame, C dimensions of the joint space.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from lavimo.config import ModelOptions, TrainOptions
from lavimo.encode.dropout import Dropout
from lavimo.encode.encoded import Encoded, Inputs
from lavimo.encode.video import TemporalTransformer, random_candidates, random_view

Features = NDArray[np.float16]


class ImagesVideoEncoder(nn.Module):
    """Each frame by itself through one linear layer: in training a random one, afterwards all (MotionCLIP)."""

    def __init__(self, options: ModelOptions, width: int):
        """`width` is X."""
        super().__init__()
        self.projection = nn.Sequential(
            nn.LayerNorm(width - 1), Dropout(options.video_dropout), nn.Linear(width - 1, options.dim)
        )

    def collate(self, videos: Sequence[Features], rngs: Sequence[np.random.Generator] | None = None) -> Inputs:
        """Features (W, V, K, X), all of the same V: in training one picture each."""
        if rngs is None:
            made = [video[0, :, 0] for video in videos]
        else:
            made = [random_candidates(random_view(video, rng), rng) for video, rng in zip(videos, rngs)]
            made = [frames[[int(rng.integers(len(frames)))]] for frames, rng in zip(made, rngs)]
        x_BVX = torch.from_numpy(np.stack(made)).float()
        return Inputs(x_BVX, torch.ones(x_BVX.shape[:2], dtype=torch.bool))

    def forward(self, inputs: Inputs) -> Encoded:
        """Encode pictures."""
        tokens_BVC = self.projection(inputs.x_BL[..., :-1])
        pictures_BVC = nn.functional.normalize(tokens_BVC.float(), dim=-1)
        return Encoded.of(pictures_BVC.mean(dim=1), tokens_BVC, inputs.mask_BL)


class FeatureVideoEncoder(nn.Module):
    """Features of frames to one embedding a video, and one token a frame."""

    def __init__(self, options: ModelOptions, augmentation: TrainOptions, width: int):
        """`width` is X."""
        super().__init__()
        self.augmentation = augmentation
        self.projection = nn.Sequential(
            nn.LayerNorm(width - 1),
            Dropout(options.video_dropout),
            nn.Linear(width - 1, options.dim),
            nn.GELU(),
            nn.LayerNorm(options.dim),
        )
        self.length = nn.Linear(1, options.dim) if options.video_seconds else None
        self.temporal = TemporalTransformer(options)

    def collate(self, videos: Sequence[Features], rngs: Sequence[np.random.Generator] | None = None) -> Inputs:
        """Features (W, V, K, X), all of the same V: in training a random view, and of each frame a random candidate."""
        if rngs is None:
            made = [video[0, :, 0] for video in videos]
        else:
            made = [random_candidates(random_view(video, rng), rng) for video, rng in zip(videos, rngs)]
        x_BVX = torch.from_numpy(np.stack(made)).float()
        if rngs is not None:
            wrong = math.log(self.augmentation.video_tempo)
            x_BVX[..., -1] *= torch.tensor([math.exp(rng.uniform(-wrong, wrong)) for rng in rngs])[:, None]
        return Inputs(x_BVX, torch.ones(x_BVX.shape[:2], dtype=torch.bool))

    def forward(self, inputs: Inputs) -> Encoded:
        """Encode videos."""
        frames_BVC = self.projection(inputs.x_BL[..., :-1])
        if self.length is not None:
            frames_BVC = frames_BVC + self.length(inputs.x_BL[..., -1:].log())
        tokens_BVC = self.temporal(frames_BVC)
        return Encoded.of(tokens_BVC.float().mean(dim=1), tokens_BVC, inputs.mask_BL)

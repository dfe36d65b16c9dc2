"""The video encoder on features of frames that a frozen image encoder made: a linear layer, a temporal transformer over
the frames, and their mean.

B batch, W views, V frames of a video, K candidates a frame, X numbers a frame, C dimensions of the joint space.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from lavimo.config import ModelOptions
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
            nn.LayerNorm(width), Dropout(options.video_dropout), nn.Linear(width, options.dim)
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
        tokens_BVC = self.projection(inputs.x_BL)
        pictures_BVC = nn.functional.normalize(tokens_BVC.float(), dim=-1)
        return Encoded.of(pictures_BVC.mean(dim=1), tokens_BVC, inputs.mask_BL)


class FeatureVideoEncoder(nn.Module):
    """Features of frames to one embedding a video, and one token a frame."""

    def __init__(self, options: ModelOptions, width: int):
        """`width` is X."""
        super().__init__()
        self.projection = nn.Sequential(
            nn.LayerNorm(width),
            Dropout(options.video_dropout),
            nn.Linear(width, options.dim),
            nn.GELU(),
            nn.LayerNorm(options.dim),
        )
        self.temporal = TemporalTransformer(options)

    def collate(self, videos: Sequence[Features], rngs: Sequence[np.random.Generator] | None = None) -> Inputs:
        """Features (W, V, K, X), all of the same V: in training a random view, and of each frame a random candidate."""
        if rngs is None:
            made = [video[0, :, 0] for video in videos]
        else:
            made = [random_candidates(random_view(video, rng), rng) for video, rng in zip(videos, rngs)]
        x_BVX = torch.from_numpy(np.stack(made)).float()
        return Inputs(x_BVX, torch.ones(x_BVX.shape[:2], dtype=torch.bool))

    def forward(self, inputs: Inputs) -> Encoded:
        """Encode videos."""
        tokens_BVC = self.temporal(self.projection(inputs.x_BL))
        return Encoded.of(tokens_BVC.float().mean(dim=1), tokens_BVC, inputs.mask_BL)

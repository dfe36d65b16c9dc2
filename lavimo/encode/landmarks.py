"""The video encoder by landmarks: a person's landmarks in a video, a few moments a token, through a transformer.

In training it sees projections of motions (`lavimo.landmarks.projection`), another one each time; afterwards what a
detector finds in videos.

B batch, T moments, X numbers a moment, L patches of moments, C dimensions of the joint space.
"""

from collections.abc import Sequence

import numpy as np
from torch import nn
from torch.nn import functional

from lavimo.config import ModelOptions, TrainOptions
from lavimo.encode.cached_videos import Sight
from lavimo.encode.encoded import Encoded, Inputs, padded
from lavimo.encode.moments import PATCH, RATE, WIDTH, moments
from lavimo.encode.motion import in_patches
from lavimo.encode.sequence import SequenceTransformer
from lavimo.landmarks.projection import projected
from lavimo.landmarks.sequence import Landmarks
from lavimo.motion.motion import FPS


class LandmarkVideoEncoder(nn.Module):
    """Linear projection, transformer; the output at [CLS] is the embedding, as of motions."""

    def __init__(self, options: ModelOptions, augmentation: TrainOptions):
        super().__init__()
        self.augmentation = augmentation
        self.longest = round(options.max_motion_frames / FPS * RATE)
        self.projection = nn.Sequential(nn.LayerNorm(PATCH * WIDTH), nn.Linear(PATCH * WIDTH, options.dim))
        self.transformer = SequenceTransformer(options.motion_layers, options)

    def collate(self, videos: Sequence[Sight | Landmarks], rngs: Sequence[np.random.Generator] | None = None) -> Inputs:
        """Landmarks; in training, or where there are none, a projection of the motion."""
        made = []
        for row, video in enumerate(videos):
            found, motion = (video, None) if isinstance(video, Landmarks) else video
            projection = self.augmentation.projection
            if motion is not None and (found is None or (rngs is not None and rngs[row].random() < projection.share)):
                found = projected(motion, np.random.default_rng(0) if rngs is None else rngs[row], projection)
            assert found is not None
            made.append(moments(found)[: self.longest])
        return padded(made)

    def forward(self, inputs: Inputs) -> Encoded:
        """Encode videos."""
        packing, kept_NP = in_patches(inputs.mask_BL, PATCH)
        x_BTX = functional.pad(inputs.x_BL, (0, 0, 0, -inputs.x_BL.shape[1] % PATCH))
        patches_NX = (packing.pack(x_BTX.unflatten(1, (-1, PATCH))) * kept_NP[..., None]).flatten(1)
        vector_BC, tokens_BLC = self.transformer(self.projection(patches_NX), packing)
        return Encoded.of(vector_BC, tokens_BLC, packing.mask_BL)

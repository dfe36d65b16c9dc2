"""The motion encoder: features, a few frames a token, through a transformer with a [CLS] token.

B batch, T motion frames, F features, P frames a patch, L patches, C dimensions of the joint space.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from torch import Tensor, nn
from torch.nn import functional

from lavimo.config import ModelOptions
from lavimo.encode.encoded import Encoded, Inputs, padded
from lavimo.encode.sequence import SequenceTransformer

Motion = NDArray[np.float32]

SLOW_FRAMES = 5
"""Standard deviation of the Gaussian that smooths the noise of training."""


class FeatureEncoder(nn.Module):
    """What encoders of motion features share: how these are batched and normalised.

    Attributes:
        feature_mean_F, feature_std_F: the train split's, by which motions are normalised.
        noise: deviation of what is added to motions in training, in the features' own.
    """

    feature_mean_F: Tensor
    feature_std_F: Tensor

    def __init__(self, options: ModelOptions, mean_F: Motion, std_F: Motion, noise: float = 0.0):
        super().__init__()
        self.register_buffer("feature_mean_F", torch.from_numpy(mean_F))
        self.register_buffer("feature_std_F", torch.from_numpy(std_F))
        self.longest, self.noise = options.max_motion_frames, noise

    def collate(self, motions: Sequence[Motion], rngs: Sequence[np.random.Generator] | None = None) -> Inputs:
        """Features (T, F) as they are in the files; of long motions a random stretch, or in tests the leading one."""
        starts = [0] * len(motions)
        if rngs is not None:
            starts = [int(rng.integers(max(len(m) - self.longest, 0), endpoint=True)) for m, rng in zip(motions, rngs)]
        cut = [motion[start : start + self.longest] for motion, start in zip(motions, starts)]
        if rngs is not None and self.noise:
            std_F = self.noise * self.feature_std_F.cpu().numpy()
            cut = [
                motion + (std_F * shaken(len(motion), len(std_F), rng)).astype(np.float32)
                for motion, rng in zip(cut, rngs)
            ]
        return padded(cut)

    def normalise(self, motion_BTF: Tensor) -> Tensor:
        """Features in the train split's standard deviations around its mean."""
        return (motion_BTF - self.feature_mean_F) / self.feature_std_F


def shaken(frames: int, width: int, rng: np.random.Generator) -> Motion:
    """Noise (T, F) of deviation 1: half of its variance is the whole clip's, half comes and goes slowly."""
    slow_TF = gaussian_filter1d(rng.standard_normal((frames, width)), SLOW_FRAMES, axis=0, mode="wrap")
    slow_TF *= np.sqrt(2 * SLOW_FRAMES * np.sqrt(np.pi))  # white noise loses so much of its deviation
    return ((rng.standard_normal(width) + slow_TF) / np.sqrt(2)).astype(np.float32)


class MotionEncoder(FeatureEncoder):
    """Linear projection, transformer; the output at [CLS] is the embedding (MotionCLIP)."""

    def __init__(self, options: ModelOptions, mean_F: Motion, std_F: Motion, noise: float = 0.0):
        super().__init__(options, mean_F, std_F, noise)
        self.patch = options.motion_patch_frames
        self.projection = nn.Linear(self.patch * len(mean_F), options.dim)
        self.normal = options.latent == "normal"
        self.transformer = SequenceTransformer(options.motion_layers, options, 2 if self.normal else 1)

    def forward(self, inputs: Inputs) -> Encoded:
        """Encode motions."""
        patches_BLX, mask_BL = self.patches(self.normalise(inputs.x_BL), inputs.mask_BL)
        vector_BC, tokens_BLC = self.transformer(self.projection(patches_BLX), mask_BL)
        return Encoded.normal(vector_BC) if self.normal else Encoded.of(vector_BC, tokens_BLC, mask_BL)

    def patches(self, motion_BTF: Tensor, mask_BT: Tensor) -> tuple[Tensor, Tensor]:
        """Frames in patches, (B, L, P F), and the mask of those with any frame; what is padding is zero."""
        if self.patch == 1:
            return motion_BTF, mask_BT
        missing = -motion_BTF.shape[1] % self.patch
        motion_BTF = functional.pad(motion_BTF * mask_BT[..., None], (0, 0, 0, missing))
        mask_BLP = functional.pad(mask_BT, (0, missing)).unflatten(1, (-1, self.patch))
        return motion_BTF.unflatten(1, (-1, self.patch)).flatten(2), mask_BLP.any(-1)

"""The motion encoder: features, a few frames a token, through a transformer with a [CLS] token.

B batch, T motion frames, F features, P frames a patch, L patches, N patches of all motions together, C dimensions of
the joint space.
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
from lavimo.encode.packed import Packing
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
        patches_NX, packing, _ = self.patches(inputs)
        vector_BC, tokens_BLC = self.transformer(self.projection(patches_NX), packing)
        return Encoded.normal(vector_BC) if self.normal else Encoded.of(vector_BC, tokens_BLC, packing.mask_BL)

    def patches(self, inputs: Inputs) -> tuple[Tensor, Packing, Tensor]:
        """Normalised frames in patches, (N, P F), hardly any of padding alone; where they stand; and which frames are
        no padding, (N, P): what is padding is zero."""
        packing, kept_NP = in_patches(inputs.mask_BL, self.patch)
        missing = -inputs.x_BL.shape[1] % self.patch
        x_BTF = functional.pad(inputs.x_BL, (0, 0, 0, missing)) if missing else inputs.x_BL
        patches_NPF = packing.pack(x_BTF.unflatten(1, (-1, self.patch)))
        return (self.normalise(patches_NPF) * kept_NP[..., None]).flatten(1), packing, kept_NP


def in_patches(mask_BT: Tensor, patch: int) -> tuple[Packing, Tensor]:
    """Where the patches that have a frame stand, and which of their frames are no padding, (N, P)."""
    mask_BLP = functional.pad(mask_BT, (0, -mask_BT.shape[1] % patch)).unflatten(1, (-1, patch))
    packing = Packing(mask_BLP.any(-1))
    return packing, packing.pack(mask_BLP)

"""MotionSet's encoder: the silhouettes of a video, or of a motion from several sides, as a set without order.

B batch, S silhouettes of a set, H height, W width, X channels, P strips, C dimensions of the joint space.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lavimo.config import ModelOptions
from lavimo.encode.encoded import Encoded, Inputs, padded

Silhouettes = NDArray[np.uint8]

CHANNELS = (16, 32, 64)
"""Of the convolutions, each of which halves the picture."""
STRIPS = 8
"""Horizontal strips of what the set has in common, each of which counts by itself (Chao et al. 2019, GaitSet)."""


class SilhouetteSetEncoder(nn.Module):
    """Convolutions over each silhouette, their maximum over the set, strips, a linear layer."""

    def __init__(self, options: ModelOptions, one_view: bool):
        """Args: one_view: whether one view of each clip is seen, whole, or silhouettes of all its views."""
        super().__init__()
        self.one_view, self.most = one_view, options.max_silhouettes
        layers: list[nn.Module] = []
        for before, after in zip((1, *CHANNELS), CHANNELS):
            layers += [nn.Conv2d(before, after, 5 if before == 1 else 3, 2, 2 if before == 1 else 1)]
            layers += [nn.GroupNorm(1, after), nn.LeakyReLU()]
        self.picture = nn.Sequential(*layers)
        self.projection = nn.Linear(STRIPS * CHANNELS[-1], options.dim)

    def collate(self, sets: Sequence[Silhouettes], rngs: Sequence[np.random.Generator] | None = None) -> Inputs:
        """Views of silhouettes (views, N, H, W): of one view a random one in training, else the first; or all of them,
        in training some."""
        made = []
        for row, views in enumerate(sets):
            every_SHW = views.reshape(-1, *views.shape[2:])
            if self.one_view:
                every_SHW = views[rngs[row].integers(len(views)) if rngs else 0]
            elif rngs is not None and len(every_SHW) > self.most:
                every_SHW = every_SHW[np.sort(rngs[row].choice(len(every_SHW), self.most, replace=False))]
            made.append(every_SHW)
        return padded(made)

    def forward(self, inputs: Inputs) -> Encoded:
        """Encode sets."""
        mask_BS = inputs.mask_BL
        pictures_TXHW = self.picture(2 * inputs.x_BL[mask_BS][:, None].to(self.projection.weight.dtype) - 1)
        found_BSXHW = pictures_TXHW.new_full((*mask_BS.shape, *pictures_TXHW.shape[1:]), -torch.inf)
        found_BSXHW = found_BSXHW.masked_scatter(mask_BS[..., None, None, None], pictures_TXHW)
        vector_BC = self.projection(strips(found_BSXHW.amax(1)))
        return Encoded.of(vector_BC, vector_BC[:, None], mask_BS[:, :1])


def strips(common_BXHW: Tensor) -> Tensor:
    """The mean and the maximum of each horizontal strip, added up: (B, P X)."""
    parts_BXPY = common_BXHW.reshape(*common_BXHW.shape[:2], STRIPS, -1)
    return (parts_BXPY.mean(-1) + parts_BXPY.amax(-1)).flatten(1)

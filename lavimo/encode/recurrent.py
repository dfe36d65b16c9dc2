"""The encoders of T2M (Guo et al. 2022, "Generating Diverse and Natural 3D Human Motions from Text"), by which a
literature is measured: motion through strided convolutions, then both modalities through bidirectional GRUs.

B batch, T motion frames, F features, L positions, D width of token features, C dimensions of the joint space.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from lavimo.config import ModelOptions
from lavimo.encode.dropout import Dropout
from lavimo.encode.encoded import Encoded, Inputs, padded
from lavimo.encode.motion import FeatureEncoder, Motion
from lavimo.encode.text import Features

SLOPE = 0.2
"""Of the leaky rectifiers."""
STRIDE = 4
"""Frames that become one position: two convolutions of stride 2."""


class Gru(nn.Module):
    """A bidirectional GRU with learnt first states; its two last ones become the vector."""

    def __init__(self, width: int, options: ModelOptions):
        super().__init__()
        hidden = options.feedforward
        self.gru = nn.GRU(width, hidden, batch_first=True, bidirectional=True)
        self.first = nn.Parameter(torch.randn(2, 1, hidden))
        self.head = nn.Sequential(
            nn.Linear(2 * hidden, hidden), nn.LayerNorm(hidden), nn.LeakyReLU(SLOPE), nn.Linear(hidden, options.dim)
        )

    def forward(self, x_BLD: Tensor, mask_BL: Tensor) -> Tensor:
        """The vectors (B, C)."""
        packed = nn.utils.rnn.pack_padded_sequence(x_BLD, mask_BL.sum(1).cpu(), batch_first=True, enforce_sorted=False)
        _, last_2BC = self.gru(packed, self.first.repeat(1, len(x_BLD), 1))
        vector_BC: Tensor = self.head(torch.cat([last_2BC[0], last_2BC[1]], dim=-1))
        return vector_BC


class RecurrentMotionEncoder(FeatureEncoder):
    """Convolutions over four frames, each of stride 2, and a GRU."""

    def __init__(self, options: ModelOptions, mean_F: Motion, std_F: Motion, noise: float = 0.0):
        super().__init__(options, mean_F, std_F, noise)
        hidden = options.feedforward
        self.movement = nn.Sequential(
            nn.Conv1d(len(mean_F), hidden, 4, 2, 1), Dropout(options.dropout), nn.LeakyReLU(SLOPE),
            nn.Conv1d(hidden, hidden, 4, 2, 1), Dropout(options.dropout), nn.LeakyReLU(SLOPE),
        )  # fmt: skip
        self.out = nn.Linear(hidden, hidden)
        self.gru = Gru(hidden, options)
        self.unit = options.space == "cosine"

    def forward(self, inputs: Inputs) -> Encoded:
        """Encode motions."""
        masked_BTF = self.normalise(inputs.x_BL) * inputs.mask_BL[..., None]
        missing = -masked_BTF.shape[1] % STRIDE
        masked_BTF = nn.functional.pad(masked_BTF, (0, 0, 0, missing))
        tokens_BLC = self.out(self.movement(masked_BTF.transpose(1, 2)).transpose(1, 2))
        lengths_B1 = -(-inputs.mask_BL.sum(1, keepdim=True) // STRIDE)
        mask_BL = torch.arange(tokens_BLC.shape[1], device=tokens_BLC.device) < lengths_B1
        return as_said(self.gru(tokens_BLC, mask_BL), self.unit)


class RecurrentTextEncoder(nn.Module):
    """A linear layer over token features, and a GRU. T2M has GloVe's vectors and parts of speech instead of a language
    model's features."""

    def __init__(self, options: ModelOptions, token_width: int, features: Features):
        """As of `FeatureTextEncoder`."""
        super().__init__()
        self.features = features
        self.projection = nn.Linear(token_width, options.feedforward)
        self.gru = Gru(options.feedforward, options)
        self.unit = options.space == "cosine"

    def collate(self, captions: Sequence[str], rngs: Sequence[np.random.Generator] | None = None) -> Inputs:
        """The captions' token features."""
        return padded(self.features(captions))

    def forward(self, inputs: Inputs) -> Encoded:
        """Encode captions."""
        return as_said(self.gru(self.projection(inputs.x_BL), inputs.mask_BL), self.unit)


def as_said(vector_BC: Tensor, unit: bool) -> Encoded:
    """A vector alone, which is its only token too; of length 1 where cosines count."""
    mask_B1 = torch.ones(len(vector_BC), 1, dtype=torch.bool, device=vector_BC.device)
    if unit:
        return Encoded.of(vector_BC, vector_BC[:, None], mask_B1)
    return Encoded(vector_BC.float(), vector_BC[:, None], mask_B1)

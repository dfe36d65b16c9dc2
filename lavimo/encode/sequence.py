"""The transformer with a [CLS] token that is in the motion and the text encoder.

B batch, L tokens, C dimensions of the joint space.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lavimo.config import ModelOptions
from lavimo.encode.dropout import with_cheap_dropout


def sinusoidal_positions(length: int, dim: int) -> Tensor:
    """Position vectors, (length, dim): sines in the even dimensions, cosines in the odd (Vaswani et al. 2017)."""
    frequencies = torch.exp(torch.arange(0, dim, 2) * (-math.log(10_000.0) / dim))
    angles = torch.arange(length)[:, None] * frequencies
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


class SequenceTransformer(nn.Module):
    """A [CLS] token in front, sinusoidal positions, a transformer; the output at [CLS] is the vector (MotionCLIP).

    The layers are pre-norm, which trains without a long warmup; MotionCLIP's are post-norm.
    """

    def __init__(self, layers: int, options: ModelOptions, summaries: int = 1):
        """`summaries`: of how many tokens in front the output is asked for."""
        super().__init__()
        self.summaries = summaries
        self.cls = nn.Parameter(torch.randn(summaries, options.dim).squeeze(0) * options.dim**-0.5)
        layer = nn.TransformerEncoderLayer(
            options.dim,
            options.heads,
            options.feedforward,
            options.dropout,
            activation="gelu",
            batch_first=True,
            norm_first=True,
        )
        self.transformer = nn.TransformerEncoder(
            with_cheap_dropout(layer), layers, norm=nn.LayerNorm(options.dim), enable_nested_tensor=False
        )
        # TransformerEncoder copies one layer: without this, all would start with the same weights.
        for parameter in self.transformer.layers.parameters():
            if parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)

    def forward(self, x_BLC: Tensor, mask_BL: Tensor) -> tuple[Tensor, Tensor]:
        """The vector (B, C), or (B, summaries, C) of several, and the tokens (B, L, C) of sequences of which `mask_BL`
        says what is not padding."""
        count = self.summaries
        x_BLC = torch.cat([self.cls.expand(len(x_BLC), count, -1).to(x_BLC.dtype), x_BLC], dim=1)
        x_BLC = x_BLC + sinusoidal_positions(x_BLC.shape[1], x_BLC.shape[2]).to(x_BLC)
        padding_BL = F.pad(~mask_BL, (count, 0), value=False)
        # Without padding there is no mask to add to every score of every head.
        x_BLC = self.transformer(x_BLC, src_key_padding_mask=padding_BL if bool(padding_BL.any()) else None)
        return x_BLC[:, 0] if count == 1 else x_BLC[:, :count], x_BLC[:, count:]

"""The transformer with a [CLS] token that is both the motion encoder and the text encoder.

B batch, L tokens, D input width, C dimensions of the joint space.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lavimo.config import ModelOptions


@dataclass(frozen=True)
class Encoded:
    """What an encoder says: one vector for retrieval, and the tokens that fusion attends to.

    Attributes:
        embedding_BC: of length 1.
        tokens_BLC: the tokens; those of padding mean nothing.
        mask_BL: True where a token is not padding.
    """

    embedding_BC: Tensor
    tokens_BLC: Tensor
    mask_BL: Tensor


def sinusoidal_positions(length: int, dim: int) -> Tensor:
    """Position vectors, (length, dim): sines in the even dimensions, cosines in the odd (Vaswani et al. 2017)."""
    frequencies = torch.exp(torch.arange(0, dim, 2) * (-math.log(10_000.0) / dim))
    angles = torch.arange(length)[:, None] * frequencies
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


class SequenceEncoder(nn.Module):
    """Linear projection, a [CLS] token in front, transformer; the output at [CLS] is the embedding (MotionCLIP).

    The layers are pre-norm, which trains without a long warmup; MotionCLIP's are post-norm.
    """

    def __init__(self, width: int, layers: int, options: ModelOptions):
        super().__init__()
        self.projection = nn.Linear(width, options.dim)
        self.cls = nn.Parameter(torch.randn(options.dim) * options.dim**-0.5)
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
            layer, layers, norm=nn.LayerNorm(options.dim), enable_nested_tensor=False
        )
        # TransformerEncoder copies one layer: without this, all would start with the same weights.
        for parameter in self.transformer.layers.parameters():
            if parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)

    def forward(self, x_BLD: Tensor, mask_BL: Tensor) -> Encoded:
        """Encode sequences of which `mask_BL` says what is not padding."""
        x_BLC = self.projection(x_BLD)
        x_BLC = torch.cat([self.cls.expand(len(x_BLC), 1, -1).to(x_BLC.dtype), x_BLC], dim=1)
        x_BLC = x_BLC + sinusoidal_positions(x_BLC.shape[1], x_BLC.shape[2]).to(x_BLC)
        padding_BL = F.pad(~mask_BL, (1, 0), value=False)
        x_BLC = self.transformer(x_BLC, src_key_padding_mask=padding_BL)
        return Encoded(F.normalize(x_BLC[:, 0].float(), dim=-1), x_BLC[:, 1:], mask_BL)

"""The transformer with a [CLS] token that is in the motion and the text encoder.

B batch, L tokens, C dimensions of the joint space.
"""

import math

import torch
from torch import Tensor, nn

from lavimo.config import ModelOptions
from lavimo.encode.dropout import with_cheap_dropout
from lavimo.encode.packed import Packing, encoder_layer


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

    def forward(self, x_NC: Tensor, packing: Packing) -> tuple[Tensor, Tensor]:
        """The vector (B, C), or (B, summaries, C) of several, and the tokens (B, L, C) of packed sequences."""
        batch, count = len(packing.mask_BL), self.summaries
        whole = packing.after(count)
        first_NC = self.cls.expand(batch, count, -1).flatten(0, 1).to(x_NC.dtype)
        length = packing.mask_BL.shape[1] + count
        positions_NC = sinusoidal_positions(length, x_NC.shape[-1]).to(x_NC)[whole.at_N()]
        x_NC = torch.cat([first_NC, x_NC]) + positions_NC
        for layer in self.transformer.layers:
            x_NC = encoder_layer(layer, x_NC, whole)
        assert self.transformer.norm
        x_NC = self.transformer.norm(x_NC)
        vector_BSC = x_NC[: batch * count].unflatten(0, (batch, count))
        return vector_BSC.squeeze(1) if count == 1 else vector_BSC, packing.unpack(x_NC[batch * count :])

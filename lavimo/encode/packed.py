"""Transformer layers that compute nothing for padding: torch's own, with its weights and their names, on sequences of
several lengths end to end.

Half of a batch of captions and a third of one of motions is padding, of which linear layers, norms and dropouts are
spared here. Attention alone sees it.

B clips, L and M positions, N tokens of all clips together, C dimensions of the joint space, H heads, D numbers a head,
X numbers of anything.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lavimo.encode.dropout import dropped

ROUND = 64
"""Tokens are packed in multiples of these, with some padding among them if need be: products of matrices are compiled
for each of their sizes, which should be few."""


class Packing:
    """Where the tokens of several clips stand.

    Attributes:
        mask_BL: what is not padding.
        place_N: of each token, among all B L positions; None where nothing is padding and the order is theirs.
    """

    def __init__(self, mask_BL: Tensor, place_N: Tensor | None = None):
        self.mask_BL = mask_BL
        self.full = bool(mask_BL.all())
        self.place_N = _places(mask_BL) if place_N is None and not self.full else place_N

    def after(self, count: int) -> "Packing":
        """The same clips with some tokens in front of each; these are first in N, those of a clip in a row."""
        batch, length = self.mask_BL.shape
        device = self.mask_BL.device
        clips_B1 = torch.arange(batch, device=device)[:, None] * (length + count)
        front_N = (clips_B1 + torch.arange(count, device=device)).flatten()
        old_N = torch.arange(batch * length, device=device) if self.place_N is None else self.place_N
        own_N = old_N + (old_N // length + 1) * count
        return Packing(F.pad(self.mask_BL, (count, 0), value=True), torch.cat([front_N, own_N]))

    def at_N(self) -> Tensor:
        """Of each token, which one of its clip it is."""
        batch, length = self.mask_BL.shape
        if self.place_N is None:
            return torch.arange(length, device=self.mask_BL.device).repeat(batch)
        return self.place_N % length

    def pack(self, x_BLX: Tensor) -> Tensor:
        """The tokens (N, X) among padding."""
        flat = x_BLX.flatten(0, 1)
        return flat if self.place_N is None else _Take.apply(flat, self.place_N)

    def unpack(self, x_NX: Tensor) -> Tensor:
        """Tokens with padding of zeros between them, (B, L, X)."""
        flat = x_NX if self.place_N is None else _Put.apply(x_NX, self.place_N, self.mask_BL.numel())
        return flat.unflatten(0, self.mask_BL.shape)

    def bias_B1M(self, like: Tensor) -> Tensor | None:
        """What is added to scores of keys: minus infinity where these are padding."""
        if self.full:
            return None
        return torch.zeros_like(self.mask_BL, dtype=like.dtype).masked_fill_(~self.mask_BL, -torch.inf)[:, None]


def _places(mask_BL: Tensor) -> Tensor:
    """Of what is not padding, and of some padding after it."""
    token_BL = mask_BL.flatten()
    count = int(token_BL.sum())
    return token_BL.logical_not().to(torch.uint8).argsort(stable=True)[: -(-count // ROUND) * ROUND]


class _Take(torch.autograd.Function):
    """Some rows, each once: backwards they are put where they were, which is quicker than adding them there."""

    @staticmethod
    def forward(context: Any, x_MX: Tensor, place_N: Tensor) -> Tensor:
        context.save_for_backward(place_N)
        context.rows = len(x_MX)
        return x_MX.index_select(0, place_N)

    @staticmethod
    def backward(context: Any, gradient_NX: Tensor) -> tuple[Tensor, None]:
        (place_N,) = context.saved_tensors
        return gradient_NX.new_zeros(context.rows, *gradient_NX.shape[1:]).index_copy_(0, place_N, gradient_NX), None


class _Put(torch.autograd.Function):
    """The reverse: rows among zeros."""

    @staticmethod
    def forward(context: Any, x_NX: Tensor, place_N: Tensor, rows: int) -> Tensor:
        context.save_for_backward(place_N)
        return x_NX.new_zeros(rows, *x_NX.shape[1:]).index_copy_(0, place_N, x_NX)

    @staticmethod
    def backward(context: Any, gradient_MX: Tensor) -> tuple[Tensor, None, None]:
        (place_N,) = context.saved_tensors
        return gradient_MX.index_select(0, place_N), None, None


def attend(
    attention: nn.MultiheadAttention, query_NC: Tensor, queries: Packing, memory_MC: Tensor, memory: Packing
) -> Tensor:
    """What tokens (N, C) take from those of the same clips in another sequence, or in their own."""
    weight, bias, heads = attention.in_proj_weight, attention.in_proj_bias, attention.num_heads
    assert weight is not None
    if memory_MC is query_NC:
        q, k, v = _heads(queries.unpack(F.linear(query_NC, weight, bias)), 3, heads)
    else:
        sizes = [attention.embed_dim, 2 * attention.embed_dim]
        (query_weight, memory_weight), (query_bias, memory_bias) = weight.split(sizes), bias.split(sizes)
        (q,) = _heads(queries.unpack(F.linear(query_NC, query_weight, query_bias)), 1, heads)
        k, v = _heads(memory.unpack(F.linear(memory_MC, memory_weight, memory_bias)), 2, heads)
    dropout = attention.dropout if attention.training else 0.0
    mixed_BHLD = mixed(q, k, v, memory.bias_B1M(q), dropout)
    out_NC: Tensor = attention.out_proj(queries.pack(mixed_BHLD.transpose(1, 2).flatten(2)))
    return out_NC


def _heads(x_BLX: Tensor, parts: int, heads: int) -> tuple[Tensor, ...]:
    """Each of the parts by heads, (B, H, L, D)."""
    return x_BLX.unflatten(-1, (parts, heads, -1)).permute(2, 0, 3, 1, 4).unbind(0)


def mixed(q_BHLD: Tensor, k_BHMD: Tensor, v_BHMD: Tensor, bias_B1M: Tensor | None, dropout: float) -> Tensor:
    """Attention (B, H, L, D). Torch's own is made for sequences of thousands: of some twenty tokens it takes ten times
    as long on a processor."""
    if q_BHLD.device.type != "cpu":
        bias_B11M = None if bias_B1M is None else bias_B1M[:, None]
        return F.scaled_dot_product_attention(q_BHLD, k_BHMD, v_BHMD, bias_B11M, dropout)
    heads, scale = q_BHLD.shape[1], q_BHLD.shape[-1] ** -0.5
    q, k, v = (x.flatten(0, 1) for x in (q_BHLD, k_BHMD, v_BHMD))
    bias = q.new_zeros(1) if bias_B1M is None else bias_B1M.repeat_interleave(heads, 0)
    scores = torch.baddbmm(bias, q, k.transpose(1, 2), beta=float(bias_B1M is not None), alpha=scale)
    return (dropped(scores.float().softmax(-1), dropout) @ v).unflatten(0, (-1, heads))


def encoder_layer(layer: nn.TransformerEncoderLayer, x_NC: Tensor, packing: Packing) -> Tensor:
    """A pre-norm layer of torch's."""
    normal_NC = layer.norm1(x_NC)
    x_NC = x_NC + layer.dropout1(attend(layer.self_attn, normal_NC, packing, normal_NC, packing))
    return x_NC + _forward(layer, layer.dropout2, layer.norm2(x_NC))


def decoder_layer(
    layer: nn.TransformerDecoderLayer, x_NC: Tensor, packing: Packing, memory_MC: Tensor, memory: Packing
) -> Tensor:
    """A pre-norm layer of torch's that attends to `memory` too."""
    normal_NC = layer.norm1(x_NC)
    x_NC = x_NC + layer.dropout1(attend(layer.self_attn, normal_NC, packing, normal_NC, packing))
    x_NC = x_NC + layer.dropout2(attend(layer.multihead_attn, layer.norm2(x_NC), packing, memory_MC, memory))
    return x_NC + _forward(layer, layer.dropout3, layer.norm3(x_NC))


def _forward(layer: Any, dropout: nn.Module, x_NC: Tensor) -> Tensor:
    made_NC: Tensor = dropout(layer.linear2(layer.dropout(layer.activation(layer.linear1(x_NC)))))
    return made_NC

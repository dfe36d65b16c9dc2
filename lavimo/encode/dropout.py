"""Dropout that spends little on chance.

On the processor torch draws a random number an element, which took a tenth to a sixth of a training. Here they are
drawn once, and each time a stretch of them is taken, from anywhere.
"""

from functools import cache
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional

LEVELS = 256
POOL = 1 << 22
"""Elements for which is drawn once whether they are kept; larger tensors have their own drawn."""

Layer = TypeVar("Layer", bound=nn.Module)


class Dropout(nn.Dropout):
    """`nn.Dropout` with its probability rounded to a multiple of 1/256, from torch's global generator.

    What is kept is scaled by the rounded probability, so that the mean stays. On a graphics card it is torch's own.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Zero some of the elements."""
        if x.device.type != "cpu":
            return super().forward(x)
        return dropped(x, self.p if self.training else 0.0)


def dropped(x: Tensor, p: float) -> Tensor:
    """The tensor without some of its elements, on a processor: which, a place in the pool says."""
    level = round(p * LEVELS)
    if not 0 < level < LEVELS:
        return functional.dropout(x, p) if level else x
    if x.numel() > POOL:
        return x * _kept(x.numel(), level, None).to(x.dtype).view_as(x)
    place = int(torch.randint(POOL - x.numel() + 1, ()))
    return x * _pool(level, x.dtype)[place : place + x.numel()].view_as(x)


@cache
def _pool(level: int, dtype: torch.dtype) -> Tensor:
    return _kept(POOL, level, torch.Generator().manual_seed(level)).to(dtype)


def _kept(count: int, level: int, generator: torch.Generator | None) -> Tensor:
    """Zeros for what is dropped; for what is kept what it is multiplied by."""
    kept = torch.randint(LEVELS, (count,), dtype=torch.uint8, generator=generator) >= level
    return kept.float().mul_(LEVELS / (LEVELS - level))


def with_cheap_dropout(module: Layer) -> Layer:
    """The module with every `nn.Dropout` in it replaced, itself excepted."""
    for name, child in module.named_children():
        if type(child) is nn.Dropout:
            setattr(module, name, Dropout(child.p))
        else:
            with_cheap_dropout(child)
    return module

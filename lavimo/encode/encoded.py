"""What goes into an encoder and what comes out of it.

B batch, L positions of a sequence, C dimensions of the joint space.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class Inputs:
    """What an encoder takes of B clips: sequences `x_BL` of anything, and the mask of what is not padding."""

    x_BL: Tensor
    mask_BL: Tensor

    def to(self, device: str) -> "Inputs":
        """The inputs on a device."""
        return Inputs(self.x_BL.to(device, non_blocking=True), self.mask_BL.to(device, non_blocking=True))

    def __len__(self) -> int:
        return len(self.x_BL)

    def __getitem__(self, rows: slice) -> "Inputs":
        """Some of the clips, without the padding that none of them needs."""
        mask_BL = self.mask_BL[rows]
        longest = int(mask_BL.sum(1).max())
        return Inputs(self.x_BL[rows, :longest], mask_BL[:, :longest])


@dataclass(frozen=True)
class Encoded:
    """What an encoder says: one vector for retrieval, and the tokens that fusion attends to.

    Attributes:
        embedding_BC: of length 1, but in a euclidean space.
        tokens_BLC: the tokens; those of padding mean nothing.
        mask_BL: True where a token is not padding.
    """

    embedding_BC: Tensor
    tokens_BLC: Tensor
    mask_BL: Tensor

    @classmethod
    def of(cls, vector_BC: Tensor, tokens_BLC: Tensor, mask_BL: Tensor) -> "Encoded":
        """An encoder's vector and tokens; the vector is brought to length 1, in fp32."""
        return cls(F.normalize(vector_BC.float(), dim=-1), tokens_BLC, mask_BL)

    @classmethod
    def normal(cls, parameters_B2C: Tensor) -> "Encoded":
        """A normal distribution, its mean and log variance: the mean is what is retrieved, and both are the tokens."""
        mask_B2 = torch.ones(parameters_B2C.shape[:2], dtype=torch.bool, device=parameters_B2C.device)
        return cls.of(parameters_B2C[:, 0], parameters_B2C.float(), mask_B2)

    def drawn(self) -> "Encoded":
        """Of a normal distribution a sample instead of the mean (Kingma and Welling 2014), which is a third token."""
        mean_BC, log_variance_BC = self.tokens_BLC[:, 0], self.tokens_BLC[:, 1]
        sample_BC = mean_BC + (0.5 * log_variance_BC).exp() * torch.randn_like(mean_BC)
        tokens_B3C = torch.cat([self.tokens_BLC, sample_BC[:, None]], dim=1)
        return Encoded.of(sample_BC, tokens_B3C, self.mask_BL.new_ones(len(mean_BC), 3))


def padded(sequences: Sequence[NDArray[Any]]) -> Inputs:
    """Sequences (L, ...) of several lengths as one tensor (B, L, ...)."""
    lengths_B = torch.tensor([len(sequence) for sequence in sequences])
    longest = int(lengths_B.max())
    x_BL = np.zeros((len(sequences), longest, *sequences[0].shape[1:]), sequences[0].dtype)
    for row, sequence in enumerate(sequences):
        x_BL[row, : len(sequence)] = sequence
    return Inputs(torch.from_numpy(x_BL), torch.arange(longest) < lengths_B[:, None])

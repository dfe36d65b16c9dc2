"""MotionSet (Ren et al. 2020): videos find motions by the silhouettes of both, without words.

B batch, C dimensions of the joint space.
"""

import torch
from torch import Tensor
from torch.nn import functional

from lavimo.config import TrainOptions
from lavimo.methods.method import Embedded, Method


class MotionSet(Method):
    """See the module."""

    def alignment(self, batch: Embedded, options: TrainOptions) -> dict[str, Tensor]:
        """See `Method`: triplets both ways."""
        pairs = batch.pair("video", "motion"), batch.pair("motion", "video")
        there, back = (triplet_loss(*pair, options.margin) for pair in pairs)
        return {"triplet": (there + back) / 2}


def triplet_loss(anchor_BC: Tensor, other_BC: Tensor, margin: float) -> Tensor:
    """By how much of the margin its own is not nearer to an anchor than another's, the mean over all triplets for which
    that is anything at all (Hermans et al. 2017, batch all, without those that are right already); of none 0."""
    distance_BB = (anchor_BC[:, None] - other_BC[None]).square().sum(-1).clamp(min=1e-12).sqrt()
    wrong_BB = functional.relu(margin + distance_BB.diagonal()[:, None] - distance_BB)
    own_BB = torch.eye(len(anchor_BC), dtype=torch.bool, device=anchor_BC.device)
    wrong_BB = wrong_BB.masked_fill(own_BB, 0.0)
    return wrong_BB.sum() / (wrong_BB > 0).sum().clamp(min=1)

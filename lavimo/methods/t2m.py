"""T2M's retrieval model (Guo et al. 2022, "Generating Diverse and Natural 3D Human Motions from Text"), by whose
embeddings the field measures: recurrent encoders, and a margin in a euclidean space.

B batch, C dimensions of the joint space.
"""

import torch
from torch import Tensor
from torch.nn import functional

from lavimo.config import TrainOptions
from lavimo.methods.method import Embedded, Method


class T2m(Method):
    """See the module."""

    def alignment(self, batch: Embedded, options: TrainOptions) -> dict[str, Tensor]:
        """See `Method`."""
        return {"margin": margin_loss(*batch.pair("text", "motion"), options.margin)}


def margin_loss(text_BC: Tensor, motion_BC: Tensor, margin: float) -> Tensor:
    """Squared distances of words and their motions, and what distances of words and other motions lack of the margin,
    squared (Hadsell et al. 2006). Of the other motions the paper's code draws one by shifting the batch at random, the
    clip's own at times; here it is the mean over all of them.
    """
    clips = len(text_BC)
    if clips < 2:
        return (text_BC - motion_BC).square().sum()
    distance_BB = (text_BC[:, None] - motion_BC[None]).square().sum(-1).clamp(min=1e-12).sqrt()
    own_BB = torch.eye(clips, dtype=torch.bool, device=text_BC.device)
    return distance_BB[own_BB].square().mean() + functional.relu(margin - distance_BB[~own_BB]).square().mean()

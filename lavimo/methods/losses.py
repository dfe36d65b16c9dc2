"""The paper's losses, a function an equation.

B batch, S sentence dimensions, C dimensions of the joint space, T frames, F features.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from lavimo.config import TrainOptions


def target_distribution(sentences_BS: Tensor, options: TrainOptions) -> Tensor:
    """What clip i's similarities to the batch should be, by its caption: (B, B), each row a distribution.

    Equation 6: cosines of sentence embeddings, 0 below `min_cosine`. They are no distribution yet, and the paper does
    not say how they become one: softmax(scale S) as in Text4Vis, or division by the row's sum. `identity` is the
    ablation that CLIP trains with: only a clip's own caption is right.
    """
    if options.target == "identity":
        return torch.eye(len(sentences_BS), device=sentences_BS.device)
    cosine_BB = sentences_BS @ sentences_BS.T
    similarity_BB = torch.where(cosine_BB >= options.min_cosine, cosine_BB, 0.0)
    if options.target == "softmax":
        return F.softmax(options.target_logit_scale * similarity_BB, dim=-1)
    return similarity_BB / similarity_BB.sum(dim=-1, keepdim=True)


def alignment_loss(x_BC: Tensor, y_BC: Tensor, target_BB: Tensor, logit_scale: Tensor) -> Tensor:
    """Mean over both directions of KL(target || predicted), predicted being softmax over the batch of cosine / tau.

    Equations 1 to 5. The paper indexes the numerator (i, i), which we read (i, j), and has KL(predicted || target),
    which is infinite where the target is 0. Of no clips it is 0.
    """
    if not len(x_BC):
        return (x_BC.sum() + y_BC.sum()) * logit_scale
    return divergence_of(logit_scale * x_BC @ y_BC.T, target_BB)


def divergence_of(logits_BB: Tensor, target_BB: Tensor) -> Tensor:
    """Equation 5 of any similarities, over tau: of clips' vectors, or of their tokens."""
    forward = F.kl_div(F.log_softmax(logits_BB, dim=-1), target_BB, reduction="batchmean")
    backward = F.kl_div(F.log_softmax(logits_BB.T, dim=-1), target_BB, reduction="batchmean")
    return (forward + backward) / 2


def reconstruction_loss(predicted_NX: Tensor, patches_NX: Tensor, kept_NP: Tensor) -> Tensor:
    """Equation 8: the sum of the squared errors of normalised features, which are in patches of P frames, over those
    frames that are not padding."""
    wrong_NPF = (predicted_NX - patches_NX).unflatten(1, (kept_NP.shape[1], -1))
    return (wrong_NPF * kept_NP[..., None]).square().sum()

"""TMR (Petrovich et al. 2023, "TMR: Text-to-Motion Retrieval Using Contrastive 3D Human Motion Synthesis"): TEMOS with
a contrastive loss on the latent samples, from which motions with nearly the same words are left out.

B batch, C dimensions of the latent space, S of sentence embeddings.
"""

import torch
from torch import Tensor
from torch.nn import functional

from lavimo.config import TrainOptions
from lavimo.methods.method import Embedded
from lavimo.methods.temos import Temos


class Tmr(Temos):
    """See the module."""

    def alignment(self, batch: Embedded, options: TrainOptions) -> dict[str, Tensor]:
        """See `Method`."""
        sentences_BS = batch.sentences_BS[batch.both("text", "motion")]
        loss = filtered_info_nce(
            *batch.pair("text", "motion"), sentences_BS, options.contrastive_temperature, options.min_cosine
        )
        return {"contrastive": options.contrastive_weight * loss}


def filtered_info_nce(
    text_BC: Tensor, motion_BC: Tensor, sentences_BS: Tensor, temperature: float, min_cosine: float
) -> Tensor:
    """The mean over both directions of InfoNCE (van den Oord et al. 2018), without negatives whose words are as similar
    as `min_cosine`: TMR's threshold of 0.8, which its code halves and shifts, is a cosine of 0.6."""
    if not len(text_BC):
        return text_BC.sum() + motion_BC.sum()
    logits_BB = text_BC @ motion_BC.T / temperature
    own_BB = torch.eye(len(text_BC), dtype=torch.bool, device=text_BC.device)
    logits_BB = logits_BB.masked_fill((sentences_BS @ sentences_BS.T > min_cosine) & ~own_BB, -torch.inf)
    target_B = torch.arange(len(text_BC), device=text_BC.device)
    return (functional.cross_entropy(logits_BB, target_B) + functional.cross_entropy(logits_BB.T, target_B)) / 2

"""LAVIMO (arXiv 2403.00691): text, motion and video encoders into one space, fusion and motion decoder.

B batch, T motion frames, F features, C dimensions of the joint space.
"""

import math
from itertools import combinations

import torch
from torch import Tensor, nn

from lavimo.config import ModelOptions, TrainOptions
from lavimo.encode.encoded import Encoded, Inputs
from lavimo.encode.late_interaction import token_similarity
from lavimo.encode.motion import MotionEncoder
from lavimo.methods.fusion import Fusion, MotionDecoder
from lavimo.methods.losses import alignment_loss, divergence_of, reconstruction_loss, target_distribution
from lavimo.methods.method import Embedded, Method

INITIAL_TEMPERATURE = 0.07
MAX_LOGIT_SCALE = 100.0
"""CLIP's bounds: 1 / tau starts at 1 / 0.07 and stays below 100."""


class Lavimo(Method):
    """The method of the paper.

    Attributes:
        encoders: one a modality of the options.
    """

    def __init__(self, options: ModelOptions, encoders: nn.ModuleDict):
        super().__init__(options, encoders)
        motion = encoders["motion"]
        assert isinstance(motion, MotionEncoder)
        self.fusion = Fusion(options)
        self.decoder = MotionDecoder(len(motion.feature_mean_F), options)
        self.pairs = list(combinations(self.encoders, 2))
        scales = len(self.pairs) if options.temperature == "per_pair" else 1
        self.log_logit_scale = nn.Parameter(torch.full((scales,), -math.log(INITIAL_TEMPERATURE)))

    def alignment(self, batch: Embedded, options: TrainOptions) -> dict[str, Tensor]:
        """Equations 1 to 6 for each pair of modalities, over the clips that have both.

        The captions' similarity is the target of all three pairs, unless `pair_targets` says otherwise. With
        `interaction: tokens` words and motions are compared token by token too. Of a pair with one of `stop_gradient`
        the other is a constant.

        Raises:
            ValueError: tokens are to be compared, but the batch is chunked or on several processes.
        """
        losses = {}
        weights = {str(pair): weight for pair, weight in options.pair_weights.items()}
        targets = {str(pair): target for pair, target in options.pair_targets.items()}
        scales = self.log_logit_scale.exp().expand(len(self.pairs))
        for (x, y), scale in zip(self.pairs, scales):
            weight = weights.get(f"{x}_{y}", 1.0)
            if x in batch.embeddings_BC and y in batch.embeddings_BC and weight:
                both_B = batch.both(x, y)
                kind = targets.get(f"{x}_{y}", options.target)
                target_BB = target_distribution(batch.sentences_BS[both_B], options.model_copy(update={"target": kind}))
                if (x, y) == ("text", "motion") and self.options.interaction == "tokens":
                    if batch.encoded is None:
                        raise ValueError("interaction: tokens needs whole batches: one process, and train.chunk: 0")
                    logits_BB = scale * token_similarity(batch.encoded["text"], batch.encoded["motion"])[:, both_B]
                    losses["align_tokens"] = weight * divergence_of(logits_BB, target_BB)
                own = dict(zip((x, y), batch.pair(x, y)))
                if (x in options.stop_gradient) != (y in options.stop_gradient):
                    own = {name: one if name in options.stop_gradient else one.detach() for name, one in own.items()}
                    scale = scale if self.options.temperature == "per_pair" else scale.detach()
                losses[f"align_{x}_{y}"] = weight * alignment_loss(own[x], own[y], target_BB, scale)
        return losses

    def local(
        self, encoded: dict[str, Encoded], rows: dict[str, Tensor], motion: Inputs, options: TrainOptions
    ) -> dict[str, Tensor]:
        """See `lavimo.methods.method.Method`."""
        if not options.reconstruction_weight:
            return {}
        return {"reconstruction": self.reconstruction(encoded, rows, motion, options)}

    def counts(self, motion: Inputs, options: TrainOptions) -> dict[str, Tensor]:
        """See `Method`."""
        if not options.reconstruction_weight:
            return {}
        return {"reconstruction": motion.mask_BL.sum() * float(motion.x_BL.shape[-1])}

    def weights(self, options: TrainOptions) -> dict[str, float]:
        """See `Method`."""
        return {"reconstruction": options.reconstruction_weight}

    def reconstruction(
        self, encoded: dict[str, Encoded], rows: dict[str, Tensor], motion: Inputs, options: TrainOptions
    ) -> Tensor:
        """Equations 7 and 8: the sum of the squared errors of what the fused modalities decode to.

        Args:
            rows: which clips of the batch each modality's are.
        """
        encoder = self.encoders["motion"]
        assert isinstance(encoder, MotionEncoder)
        kept = {"motion"} if options.reconstruct_from == "motion" else set(encoded) - set(options.stop_gradient)
        seen = {modality: one for modality, one in encoded.items() if modality in kept}
        fused_BMC, fused_mask_BM = self.fusion(seen, rows)
        patches_NX, packing, kept_NP = encoder.patches(motion)
        predicted_NX = self.decoder.patches(fused_BMC, fused_mask_BM, packing).float()
        return reconstruction_loss(predicted_NX, patches_NX, kept_NP)

    @torch.no_grad()
    def clamp(self) -> None:
        """Keep 1 / tau at 100 or less, after a step of the optimiser (CLIP)."""
        self.log_logit_scale.clamp_(max=math.log(MAX_LOGIT_SCALE))

"""TEMOS (Petrovich et al. 2022, "TEMOS: Generating diverse human motions from textual descriptions"): words and motions
become normal distributions in one latent space, from samples of which a motion is decoded again. Its means are what is
retrieved (as TMR's authors did for comparison).

B batch, T motion frames, F features, C dimensions of the latent space.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from lavimo.config import ModelOptions, TrainOptions
from lavimo.encode.encoded import Encoded, Inputs
from lavimo.encode.motion import MotionEncoder
from lavimo.methods.fusion import MotionDecoder
from lavimo.methods.method import Method


class Temos(Method):
    """See the module."""

    def __init__(self, options: ModelOptions, encoders: nn.ModuleDict):
        """Make it.

        Raises:
            ValueError: the encoders make no distributions.
        """
        super().__init__(options, encoders)
        if options.latent != "normal":
            raise ValueError(f"found model.latent: {options.latent}, expected normal, as TEMOS and TMR have it")
        motion = encoders["motion"]
        assert isinstance(motion, MotionEncoder)
        self.decoder = MotionDecoder(len(motion.feature_mean_F), options)

    def encode(self, inputs: dict[str, Inputs]) -> dict[str, Encoded]:
        """See `Method`; in training the embeddings are samples."""
        encoded = {modality: self.encoders[modality](some) for modality, some in inputs.items()}
        return {modality: one.drawn() for modality, one in encoded.items()} if self.training else encoded

    def local(
        self, encoded: dict[str, Encoded], rows: dict[str, Tensor], motion: Inputs, options: TrainOptions
    ) -> dict[str, Tensor]:
        """See `Method`: what is decoded from either modality, how far the distributions are apart, and their means."""
        encoder = self.encoders["motion"]
        assert isinstance(encoder, MotionEncoder)
        wanted_BTF = encoder.normalise(motion.x_BL)
        reconstruction = wanted_BTF.new_zeros(())
        normals = {modality: (one.tokens_BLC[:, 0], one.tokens_BLC[:, 1]) for modality, one in encoded.items()}
        # The last token is the sample in training, which losses of the batch see too; the mean otherwise.
        samples = {modality: one.tokens_BLC[:, 2 if self.training else 0] for modality, one in encoded.items()}
        for modality, latent_BC in samples.items():
            own = rows[modality]
            mask_BT = motion.mask_BL[own]
            found_BTF = self.decoder(latent_BC[:, None], mask_BT.new_ones(len(latent_BC), 1), mask_BT).float()
            errors_NF = functional.smooth_l1_loss(found_BTF[mask_BT], wanted_BTF[own][mask_BT], reduction="sum")
            reconstruction = reconstruction + errors_NF
        both_B = rows.get("text", rows["motion"][:0])
        motion_2 = tuple(part_BC[both_B] for part_BC in normals["motion"])
        kl = sum((divergence(*one) for one in normals.values()), wanted_BTF.new_zeros(()))
        latent = wanted_BTF.new_zeros(())
        if "text" in normals:
            (mean_BC, spread_BC), (to_mean_BC, to_spread_BC) = normals["text"], motion_2
            kl = kl + divergence(mean_BC, spread_BC, to_mean_BC, to_spread_BC)
            kl = kl + divergence(to_mean_BC, to_spread_BC, mean_BC, spread_BC)
            latent = functional.smooth_l1_loss(samples["text"], samples["motion"][both_B], reduction="sum")
        return {"reconstruction": reconstruction, "kl": kl, "latent": latent}

    def counts(self, motion: Inputs, options: TrainOptions) -> dict[str, Tensor]:
        """See `Method`."""
        numbers = motion.mask_BL.new_tensor(len(motion) * self.options.dim, dtype=torch.float32)
        return {
            "reconstruction": motion.mask_BL.sum() * float(motion.x_BL.shape[-1]),
            "kl": numbers,
            "latent": numbers,
        }

    def weights(self, options: TrainOptions) -> dict[str, float]:
        """See `Method`."""
        return {
            "reconstruction": options.reconstruction_weight,
            "kl": options.kl_weight,
            "latent": options.latent_weight,
        }


def divergence(
    mean_BC: Tensor, log_variance_BC: Tensor, to_mean_BC: Tensor | None = None, to_log_variance_BC: Tensor | None = None
) -> Tensor:
    """KL(normal || other), the other being the standard normal one if left out; summed over clips and dimensions."""
    to_mean_BC = torch.zeros_like(mean_BC) if to_mean_BC is None else to_mean_BC
    to_log_variance_BC = torch.zeros_like(mean_BC) if to_log_variance_BC is None else to_log_variance_BC
    ratio_BC = (log_variance_BC - to_log_variance_BC).exp()
    squares_BC = (mean_BC - to_mean_BC).square() / to_log_variance_BC.exp()
    return 0.5 * (ratio_BC + squares_BC - 1 - log_variance_BC + to_log_variance_BC).sum()

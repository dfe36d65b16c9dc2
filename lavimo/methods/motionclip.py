"""MotionCLIP (Tevet et al. 2022, "MotionCLIP: Exposing Human Motion Generation to CLIP Space"): a motion auto-encoder
whose latent vectors are brought to frozen embeddings of words, and to those of a picture of the motion.

The paper has CLIP's two encoders, which agree already. Offline there are the packaged sentence model, frozen, and
EfficientNet's features with one linear layer that learns to agree.

B batch, T motion frames, F features, C dimensions of the joint space.
"""

from torch import Tensor, nn

from lavimo.config import ModelOptions, TrainOptions
from lavimo.encode.encoded import Encoded, Inputs
from lavimo.encode.motion import MotionEncoder
from lavimo.methods.fusion import MotionDecoder
from lavimo.methods.method import Embedded, Method


class MotionClip(Method):
    """See the module."""

    def __init__(self, options: ModelOptions, encoders: nn.ModuleDict):
        super().__init__(options, encoders)
        motion = encoders["motion"]
        assert isinstance(motion, MotionEncoder)
        self.decoder = MotionDecoder(len(motion.feature_mean_F), options)

    def alignment(self, batch: Embedded, options: TrainOptions) -> dict[str, Tensor]:
        """See `Method`: no clip is compared with another, but with its own words and picture."""
        losses = {}
        for other in batch.embeddings_BC:
            if other != "motion":
                losses[f"cosine_{other}"] = options.cosine_weight * cosine_loss(*batch.pair("motion", other))
        return losses

    def local(
        self, encoded: dict[str, Encoded], rows: dict[str, Tensor], motion: Inputs, options: TrainOptions
    ) -> dict[str, Tensor]:
        """See `Method`: the motion, and how it changes from frame to frame."""
        encoder = self.encoders["motion"]
        assert isinstance(encoder, MotionEncoder)
        latent_BC = encoded["motion"].embedding_BC
        mask_BT = motion.mask_BL
        found_BTF = self.decoder(latent_BC[:, None], mask_BT.new_ones(len(latent_BC), 1), mask_BT).float()
        wrong_BTF = found_BTF - encoder.normalise(motion.x_BL)
        both_BT = mask_BT[:, 1:] & mask_BT[:, :-1]
        steps_BTF = wrong_BTF[:, 1:] - wrong_BTF[:, :-1]
        return {"reconstruction": wrong_BTF[mask_BT].square().sum() + steps_BTF[both_BT].square().sum()}

    def counts(self, motion: Inputs, options: TrainOptions) -> dict[str, Tensor]:
        """See `Method`."""
        return {"reconstruction": motion.mask_BL.sum() * float(motion.x_BL.shape[-1])}

    def weights(self, options: TrainOptions) -> dict[str, float]:
        """See `Method`."""
        return {"reconstruction": options.reconstruction_weight}


def cosine_loss(x_BC: Tensor, y_BC: Tensor) -> Tensor:
    """The mean of one minus the cosine; of no clips 0."""
    return (1 - (x_BC * y_BC).sum(-1)).mean() if len(x_BC) else x_BC.sum() + y_BC.sum()

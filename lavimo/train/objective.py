"""The objective of training: equations 1 to 9."""

import torch
from torch import Tensor

from lavimo.config import TrainOptions
from lavimo.model.lavimo import Lavimo
from lavimo.model.losses import alignment_loss, reconstruction_loss, target_distribution
from lavimo.train.batches import Batch


def compute_losses(model: Lavimo, batch: Batch, options: TrainOptions) -> dict[str, Tensor]:
    """A batch's losses by name: `align_text_motion` and the like, and `reconstruction`."""
    with torch.autocast(batch.motion_BTF.device.type, torch.bfloat16, enabled=options.precision == "bf16"):
        encoded = {
            "text": model.encode_text(batch.text_BLD, batch.text_mask_BL),
            "motion": model.encode_motion(batch.motion_BTF, batch.motion_mask_BT),
        }
        if batch.video_BV3HW is not None:
            encoded["video"] = model.encode_video(batch.video_BV3HW)
        predicted_BTF = model.reconstruct(encoded)
    # The captions' similarity is the target of all three pairs.
    target_BB = target_distribution(batch.sentences_BS, options.min_cosine, options.target, options.target_scale)
    losses = {
        f"align_{x}_{y}": alignment_loss(encoded[x].embedding_BC, encoded[y].embedding_BC, target_BB, scale)
        for (x, y), scale in model.logit_scales().items()
    }
    losses["reconstruction"] = reconstruction_loss(
        predicted_BTF.float(), model.normalise(batch.motion_BTF), batch.motion_mask_BT
    )
    return losses


def total_loss(losses: dict[str, Tensor], options: TrainOptions) -> Tensor:
    """Equation 9: alignment plus lambda times reconstruction."""
    weights = {"reconstruction": options.reconstruction_weight}
    return torch.stack([weights.get(name, 1.0) * loss for name, loss in losses.items()]).sum()

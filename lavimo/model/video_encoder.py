"""The video encoder: CLIP's image encoder on each frame, a temporal transformer over the frames, and their mean.

B batch, V frames of a video, H W pixels, C dimensions of the joint space.
"""

from functools import partial
from typing import Any

import open_clip
import torch
from open_clip.transformer import LayerNorm, QuickGELU, Transformer, VisionTransformer
from torch import Tensor, nn
from torch.nn import functional as F

from lavimo.config import ModelOptions
from lavimo.model.sequence_encoder import Encoded

HEAD_WIDTH = 64
"""Of every CLIP model's image encoder."""


def image_encoder(options: ModelOptions) -> VisionTransformer:
    """open_clip's image encoder with an output of `options.dim`: of our small sizes, or of a model that it knows.

    Raises:
        ValueError: a name that open_clip does not know, or a model that is no plain ViT.
    """
    if options.image_model == "small":
        config: dict[str, Any] = {
            "image_size": options.image_size_px,
            "patch_size": options.image_patch_px,
            "width": options.image_width,
            "layers": options.image_layers,
            # The mean of the patches learns in far fewer steps than a [CLS] token.
            "pool_type": "avg",
            "final_ln_after_pool": True,
        }
        quick_gelu = False
    else:
        named = open_clip.get_model_config(options.image_model)
        config = named["vision_cfg"] if named else {}
        if set(config) != {"image_size", "patch_size", "width", "layers"} or config["patch_size"] is None:
            raise ValueError(f"image_model: found {options.image_model!r}, expected a plain ViT that open_clip knows")
        quick_gelu = named.get("quick_gelu", False)
    return VisionTransformer(
        **config,
        heads=config["width"] // HEAD_WIDTH,
        mlp_ratio=4.0,
        output_dim=options.dim,
        patch_dropout=options.image_patch_dropout,
        act_layer=QuickGELU if quick_gelu else nn.GELU,
    )


class TemporalTransformer(nn.Module):
    """Text4Vis's header: positions, QuickGELU transformer, a residual over the whole stack (Wu et al. 2023)."""

    def __init__(self, options: ModelOptions):
        super().__init__()
        self.frame_position_embeddings = nn.Embedding(options.max_video_frames, options.dim)
        nn.init.normal_(self.frame_position_embeddings.weight, std=0.02)
        self.transformer = Transformer(
            options.dim,
            options.video_layers,
            options.heads,
            act_layer=QuickGELU,
            norm_layer=partial(LayerNorm, eps=1e-12),
        )

    def forward(self, x_BVC: Tensor) -> Tensor:
        """The frames' tokens, (B, V, C), aware of each other."""
        positions_VC = self.frame_position_embeddings.weight[: x_BVC.shape[1]]
        return x_BVC + self.transformer(x_BVC + positions_VC)


class VideoEncoder(nn.Module):
    """Frames to one embedding a video, and one token a frame.

    Attributes:
        image_size_px: the side of the square frames that it takes.
    """

    def __init__(self, options: ModelOptions):
        super().__init__()
        self.image = image_encoder(options)
        self.temporal = TemporalTransformer(options)
        self.image_size_px: int = self.image.image_size[0]

    def forward(self, video_BV3HW: Tensor) -> Encoded:
        """Encode videos of normalised frames, all of the same length."""
        batch, frames = video_BV3HW.shape[:2]
        if frames > (known := self.temporal.frame_position_embeddings.num_embeddings):
            raise ValueError(f"found {frames} frames a video, expected at most max_video_frames = {known}")
        tokens_BVC = self.temporal(self.image(video_BV3HW.flatten(0, 1)).unflatten(0, (batch, frames)))
        mask_BV = torch.ones(batch, frames, dtype=torch.bool, device=tokens_BVC.device)
        return Encoded(F.normalize(tokens_BVC.float().mean(dim=1), dim=-1), tokens_BVC, mask_BV)

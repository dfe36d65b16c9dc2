"""LAVIMO (arXiv 2403.00691): text, motion and video encoders into one space, fusion and motion decoder.

B batch, L text tokens, D their width, T motion frames, F features, V video frames, H W pixels, C dimensions.
"""

import math
from itertools import combinations

import torch
from torch import Tensor, nn

from lavimo.config import ModelOptions
from lavimo.model.fusion import Fusion, MotionDecoder
from lavimo.model.sequence_encoder import Encoded, SequenceEncoder
from lavimo.model.video_encoder import VideoEncoder

INITIAL_TEMPERATURE = 0.07
MAX_LOGIT_SCALE = 100.0
"""CLIP's bounds: 1 / tau starts at 1 / 0.07 and stays below 100."""


class Lavimo(nn.Module):
    """The model of a run.

    Attributes:
        encoders: one a modality of the options.
        image_size_px: the side of the square frames that the video encoder takes.
        feature_mean_F, feature_std_F: the train split's, by which motions are normalised.
    """

    feature_mean_F: Tensor
    feature_std_F: Tensor

    def __init__(self, options: ModelOptions, token_width: int, feature_mean_F: Tensor, feature_std_F: Tensor):
        super().__init__()
        self.options = options
        self.token_width = token_width
        self.register_buffer("feature_mean_F", feature_mean_F)
        self.register_buffer("feature_std_F", feature_std_F)
        self.encoders = nn.ModuleDict(
            {
                "text": SequenceEncoder(token_width, options.text_layers, options),
                "motion": SequenceEncoder(len(feature_mean_F), options.motion_layers, options),
            }
        )
        self.image_size_px = 0
        if "video" in options.modalities:
            video = VideoEncoder(options)
            self.encoders["video"], self.image_size_px = video, video.image_size_px
        self.fusion = Fusion(options)
        self.decoder = MotionDecoder(len(feature_mean_F), options)
        self.pairs = list(combinations(self.encoders, 2))
        scales = len(self.pairs) if options.temperature == "per_pair" else 1
        self.log_logit_scale = nn.Parameter(torch.full((scales,), -math.log(INITIAL_TEMPERATURE)))

    def encode_text(self, tokens_BLD: Tensor, mask_BL: Tensor) -> Encoded:
        """Encode captions given by a language model's token features."""
        return self.encoders["text"](tokens_BLD, mask_BL)

    def encode_motion(self, motion_BTF: Tensor, mask_BT: Tensor) -> Encoded:
        """Encode motions given by features as they are in the files."""
        return self.encoders["motion"](self.normalise(motion_BTF), mask_BT)

    def encode_video(self, video_BV3HW: Tensor) -> Encoded:
        """Encode videos given by normalised frames (see `lavimo.train.frames`)."""
        return self.encoders["video"](video_BV3HW)

    def normalise(self, motion_BTF: Tensor) -> Tensor:
        """Features in the train split's standard deviations around its mean."""
        return (motion_BTF - self.feature_mean_F) / self.feature_std_F

    def reconstruct(self, encoded: dict[str, Encoded]) -> Tensor:
        """The normalised features, (B, T, F), that the fused modalities decode to."""
        fused_BMC, fused_mask_BM = self.fusion(encoded)
        return self.decoder(fused_BMC, fused_mask_BM, encoded["motion"].mask_BL)

    def logit_scales(self) -> dict[tuple[str, str], Tensor]:
        """1 / tau of each pair of modalities."""
        scales = self.log_logit_scale.exp().expand(len(self.pairs))
        return dict(zip(self.pairs, scales))

    @torch.no_grad()
    def clamp_temperature(self) -> None:
        """Keep 1 / tau at 100 or less, after a step of the optimiser (CLIP)."""
        self.log_logit_scale.clamp_(max=math.log(MAX_LOGIT_SCALE))

"""The video encoder: CLIP's image encoder on each frame, a temporal transformer over the frames, and their mean.

B batch, W views of a clip, V frames of a video, K candidates a frame, H W pixels, C dimensions of the joint space.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lavimo.config import ModelOptions, TrainOptions
from lavimo.encode.augment import augmented_frames, whole_frames
from lavimo.encode.encoded import Encoded, Inputs
from lavimo.encode.vit import Transformer, VisionTransformer

CLIP_MODELS = {
    "ViT-B-32-quickgelu": {"image_size": 224, "patch_size": 32, "width": 768, "layers": 12},
    "ViT-B-16-quickgelu": {"image_size": 224, "patch_size": 16, "width": 768, "layers": 12},
    "ViT-L-14-quickgelu": {"image_size": 224, "patch_size": 14, "width": 1024, "layers": 24},
}
"""OpenAI's image encoders by open_clip's names."""


def image_encoder(options: ModelOptions) -> VisionTransformer:
    """An image encoder with an output of `options.dim`, of our small sizes or of a CLIP model's.

    Raises:
        ValueError: a name that is no CLIP model's here.
    """
    if options.image_model == "small":
        return VisionTransformer(
            *(options.image_size_px, options.image_patch_px, options.image_width, options.image_layers, options.dim),
            quick_gelu=False,
            pool_mean=True,
            patch_dropout=options.image_patch_dropout,
        )
    if options.image_model not in CLIP_MODELS:
        raise ValueError(f"image_model: found {options.image_model!r}, expected small or {', '.join(CLIP_MODELS)}")
    return VisionTransformer(
        **CLIP_MODELS[options.image_model],
        output_dim=options.dim,
        quick_gelu=True,
        pool_mean=False,
        patch_dropout=options.image_patch_dropout,
    )


class TemporalTransformer(nn.Module):
    """Text4Vis's header: positions, QuickGELU transformer, a residual over the whole stack (Wu et al. 2023)."""

    def __init__(self, options: ModelOptions):
        super().__init__()
        self.frame_position_embeddings = nn.Embedding(options.max_video_frames, options.dim)
        nn.init.normal_(self.frame_position_embeddings.weight, std=0.02)
        self.transformer = Transformer(options.dim, options.video_layers, options.heads, eps=1e-12)

    def forward(self, x_BVC: Tensor) -> Tensor:
        """The frames' tokens, (B, V, C), aware of each other."""
        positions_VC = self.frame_position_embeddings.weight[: x_BVC.shape[1]]
        mixed: Tensor = x_BVC + self.transformer(x_BVC + positions_VC)
        return mixed


class FrameVideoEncoder(nn.Module):
    """Frames to one embedding a video, and one token a frame."""

    def __init__(self, options: ModelOptions, augmentation: TrainOptions):
        super().__init__()
        self.options, self.augmentation = options, augmentation
        self.image = image_encoder(options)
        self.temporal = TemporalTransformer(options)
        self.trained_before: list[nn.Module] = []
        self.image_size_px = options.image_size_px if options.image_model == "small" else 224

    def collate(self, videos: Sequence[NDArray[np.uint8]], rngs: Sequence[np.random.Generator] | None = None) -> Inputs:
        """Cached frames (W, V, K, H, W, 3), all of the same V: in training a random view, of each frame a random
        candidate, augmented."""
        size_px, seen = self.image_size_px, self.options.video_input
        if rngs is None:
            made = [whole_frames(video[0, :, 0], size_px, seen) for video in videos]
        else:
            made = [
                augmented_frames(random_candidates(random_view(video, rng), rng), size_px, seen, self.augmentation, rng)
                for video, rng in zip(videos, rngs)
            ]
        x_BV3HW = torch.stack(made)
        return Inputs(x_BV3HW, torch.ones(x_BV3HW.shape[:2], dtype=torch.bool))

    def forward(self, inputs: Inputs) -> Encoded:
        """Encode videos."""
        video_BV3HW = inputs.x_BL
        batch, frames = video_BV3HW.shape[:2]
        if frames > (known := self.temporal.frame_position_embeddings.num_embeddings):
            raise ValueError(f"found {frames} frames a video, expected at most max_video_frames = {known}")
        tokens_BVC = self.temporal(self.image(video_BV3HW.flatten(0, 1)).unflatten(0, (batch, frames)))
        return Encoded.of(tokens_BVC.float().mean(dim=1), tokens_BVC, inputs.mask_BL)

    def pretrained(self) -> list[nn.Parameter]:
        """The parameters that somebody trained before."""
        return [parameter for module in self.trained_before for parameter in module.parameters()]

    def load_pretrained(self, weights: str) -> None:
        """Take the image encoder's weights from OpenAI's CLIP, and the temporal transformer's too from Text4Vis.

        Raises:
            ValueError: see `lavimo.encode.weights.openai_clip.read_weights`.
        """
        from lavimo.encode.weights.openai_clip import read_weights

        visual, temporal = read_weights(weights, self.options.image_model)
        fit(self.image, visual, weights)
        self.trained_before = [self.image]
        if temporal:
            fit(self.temporal, temporal, weights)
            self.trained_before.append(self.temporal)


def fit(module: nn.Module, weights: dict[str, Tensor], name: str) -> None:
    """Load weights that must be the module's, each of them and no other.

    Raises:
        ValueError: some are missing, left over, or of another shape; the first few are named.
    """
    own = module.state_dict()
    wrong = [f"no {key}" for key in own.keys() - weights.keys()]
    wrong += [f"an unexpected {key}" for key in weights.keys() - own.keys()]
    wrong += [
        f"{key} {tuple(weights[key].shape)} instead of {tuple(own[key].shape)}"
        for key in own.keys() & weights.keys()
        if own[key].shape != weights[key].shape
    ]
    if wrong:
        raise ValueError(f"{name}: found {', '.join(sorted(wrong)[:5])}; is it of another model than this run's?")
    module.load_state_dict({key: tensor.float() for key, tensor in weights.items()})


def random_view(video_WX: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
    """One of the views; where there is one, nothing is drawn."""
    return video_WX[rng.integers(len(video_WX))] if len(video_WX) > 1 else video_WX[0]


def random_candidates(video_VKX: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
    """One of the candidates of each frame, (V, ...)."""
    frames, candidates = video_VKX.shape[:2]
    return video_VKX[np.arange(frames), rng.integers(candidates, size=frames)]

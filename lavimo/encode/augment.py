"""Cached frames to what the image encoder takes: crop, colours, blur, CLIP's normalisation. Nothing is ever flipped:
a mirrored video would show the left hand where the caption says right.

V frames of a clip, H W pixels, S the side of a crop in pixels.
"""

import math
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from lavimo.config import TrainOptions
from lavimo.encode.frame_difference import LUMA_3, frame_difference, moving_region

MEAN_3 = torch.tensor([0.48145466, 0.4578275, 0.40821073])
STD_3 = torch.tensor([0.26862954, 0.26130258, 0.27577711])
"""Of CLIP's training images, RGB from 0 to 1."""


Input = Literal["frames", "moving", "frame_difference"]
"""What an image encoder sees: see `ModelOptions.video_input` and `EmbedFramesOptions.video_input`."""


def whole_frames(video_VHW3: NDArray[np.uint8], size_px: int, video_input: Input) -> Tensor:
    """Test: the frames resized and normalised, (V, 3, S, S)."""
    return normalise(resize(region(video_VHW3, video_input), size_px), video_input)


def augmented_frames(
    video_VHW3: NDArray[np.uint8], size_px: int, video_input: Input, options: TrainOptions, rng: np.random.Generator
) -> Tensor:
    """Training: one random crop, colour change, greying and blur, the same for all frames of the clip; (V, 3, S, S)."""
    video_V3SS = resize(random_crop(region(video_VHW3, video_input), options, rng), size_px)
    video_V3SS = jitter_colours(video_V3SS, options, rng)
    if rng.random() < options.blur_probability:
        video_V3SS = blur(video_V3SS, rng.uniform(*options.blur_px))
    return normalise(video_V3SS.clamp(0, 1), video_input)


def region(video_VHW3: NDArray[np.uint8], video_input: Input) -> Tensor:
    """The part of the frames that is looked at."""
    frames = torch.from_numpy(video_VHW3)
    return frames if video_input == "frames" else moving_region(frames)


def random_crop(video_VHW3: Tensor, options: TrainOptions, rng: np.random.Generator) -> Tensor:
    """A square whose area is a random share of the smaller side's square, anywhere in the frame."""
    height, width = video_VHW3.shape[1:3]
    side = round(min(height, width) * math.sqrt(rng.uniform(*options.crop_scale)))
    top, left = rng.integers(height - side, endpoint=True), rng.integers(width - side, endpoint=True)
    return video_VHW3[:, top : top + side, left : left + side]


def resize(video_VHW3: Tensor, size_px: int) -> Tensor:
    """To (V, 3, S, S) from 0 to 1, without aliasing."""
    # On bytes in this layout torch has a vectorised resize, ten times as fast as on floats.
    video_V3HW = video_VHW3.contiguous().permute(0, 3, 1, 2)
    small_V3SS = F.interpolate(video_V3HW, (size_px, size_px), mode="bilinear", antialias=True)
    return small_V3SS.contiguous().float() / 255


def jitter_colours(video_V3SS: Tensor, options: TrainOptions, rng: np.random.Generator) -> Tensor:
    """Random brightness, contrast, saturation and hue, or no colour at all."""
    brightness, contrast, saturation = (
        rng.uniform(1 - range_, 1 + range_) for range_ in (options.brightness, options.contrast, options.saturation)
    )
    hue = math.radians(rng.uniform(-options.hue_degrees, options.hue_degrees))
    if rng.random() < options.grey_probability:
        saturation = 0.0
    colours_33 = brightness * saturate(saturation) @ turn_hue(hue)
    video_V3SS = torch.einsum("ij,vjhw->vihw", colours_33, video_V3SS)
    mean = torch.einsum("j,vjhw->vhw", LUMA_3, video_V3SS).mean()
    return mean + contrast * (video_V3SS - mean)


def saturate(saturation: float) -> Tensor:
    """The colour matrix (3, 3) that keeps luma and multiplies the distance from grey."""
    return saturation * torch.eye(3) + (1 - saturation) * LUMA_3.expand(3, 3)


def turn_hue(radians: float) -> Tensor:
    """The colour matrix (3, 3) that turns colours around the grey axis."""
    cross_33 = torch.tensor([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]]) / math.sqrt(3)
    return torch.eye(3) + math.sin(radians) * cross_33 + (1 - math.cos(radians)) * cross_33 @ cross_33


def blur(video_V3SS: Tensor, sigma_px: float) -> Tensor:
    """Gaussian blur."""
    radius = math.ceil(3 * sigma_px)
    kernel = torch.exp(-0.5 * (torch.arange(-radius, radius + 1) / sigma_px) ** 2)
    kernel /= kernel.sum()
    planes = F.pad(video_V3SS.flatten(0, 1)[:, None], [radius] * 4, mode="replicate")
    planes = F.conv2d(F.conv2d(planes, kernel[None, None, None]), kernel[None, None, :, None])
    return planes.view_as(video_V3SS)


def normalise(video_V3SS: Tensor, video_input: Input) -> Tensor:
    """Colours from 0 to 1 in the standard deviations of CLIP's training images, or their frame differences."""
    if video_input == "frame_difference":
        return frame_difference(video_V3SS)
    return (video_V3SS - MEAN_3[:, None, None]) / STD_3[:, None, None]

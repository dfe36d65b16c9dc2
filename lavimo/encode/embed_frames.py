"""Stage `embed_frames`: cached frames through a frozen image encoder that somebody trained on many images.

W views, V video frames, K candidates a frame, H W pixels, X numbers a frame: its features, and last how many seconds
the video has.
"""

import logging
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from lavimo.config import EmbedFramesOptions
from lavimo.encode.augment import region, resize
from lavimo.encode.precision import layers
from lavimo.encode.weights.efficientnet import efficientnet
from lavimo.jobs.progress import progress
from lavimo.shards import Shard, write_shard

log = logging.getLogger(__name__)

EFFICIENTNET, CLIP_PX = "efficientnet-lite0", 224

ImageEncoder = Callable[[Tensor], Tensor]
"""Pictures (N, 3, S, S) from 0 to 1 to features (N, X - 1)."""


def embed_frames(frames: Path, features: Path, options: EmbedFramesOptions, device: str = "cpu") -> None:
    """Write `clip` (W, V, K, X), float16, of each clip of a shard of frames.

    Raises:
        ValueError: the shard is damaged, or the encoder's weights are not there.
    """
    shard, encode = Shard(frames), image_encoder(options, device)
    if shard.clips and "seconds" not in shard.metadata:
        raise ValueError(f"{frames}: found no length of its videos, expected `seconds`; run sample_frames again")
    arrays = {}
    for clip in progress(shard.clips, len(shard.clips), f"embed-frames {frames.stem}"):
        video_WVKHW3 = shard[clip]
        shape = video_WVKHW3.shape[:3]
        videos = [video_WVKHW3[view, :, candidate] for view in range(shape[0]) for candidate in range(shape[2])]
        found_NX = frame_features(videos, shard.metadata["seconds"][clip], encode, options)
        arrays[clip] = found_NX.reshape(shape[0], shape[2], shape[1], -1).swapaxes(1, 2)
    write_shard(features, arrays, model=options.model)
    log.info("embedded the frames of %d clips by %s", len(arrays), options.model)


@torch.inference_mode()
def frame_features(
    videos: Sequence[NDArray[np.uint8]], seconds: float, encode: ImageEncoder, options: EmbedFramesOptions
) -> NDArray[np.float16]:
    """The numbers (N V, X) of the frames of N videos (V, H, W, 3) of one length, at once."""
    side_px = options.size_px if options.model == EFFICIENTNET else CLIP_PX
    pictures_N3SS = torch.cat([resize(region(video_VHW3, options.video_input), side_px) for video_VHW3 in videos])
    features_NX = encode(pictures_N3SS).float().cpu()
    return F.pad(features_NX, (0, 1), value=seconds).numpy().astype(np.float16)


@cache
def image_encoder(options: EmbedFramesOptions, device: str) -> ImageEncoder:
    """The frozen encoder that the options name, read once.

    Raises:
        ValueError: its weights are not there, or are of another model.
    """
    if options.model == EFFICIENTNET:
        network: Any = efficientnet(options.depth)
        network = network.to(device, memory_format=torch.channels_last)

        def by_efficientnet(pictures_N3SS: Tensor) -> Tensor:
            pictures_N3SS = (255 * pictures_N3SS - 127) / 128
            with layers("medium", device):
                maps_NXSS = network(pictures_N3SS.to(device, memory_format=torch.channels_last))
            return F.adaptive_avg_pool2d(maps_NXSS, options.grid).flatten(1)

        return by_efficientnet
    return _clip(options, device)


def _clip(options: EmbedFramesOptions, device: str) -> ImageEncoder:
    """One of OpenAI's image encoders."""
    from lavimo.config import ModelOptions
    from lavimo.encode.augment import MEAN_3, STD_3
    from lavimo.encode.video import fit, image_encoder
    from lavimo.encode.weights.openai_clip import read_weights

    encoder = image_encoder(ModelOptions(image_model=options.model, dim=512, heads=8)).eval().to(device)
    visual, _ = read_weights(options.weights, options.model)
    fit(encoder, visual, options.weights)
    mean_311, std_311 = MEAN_3.to(device)[:, None, None], STD_3.to(device)[:, None, None]

    def by_clip(pictures_N3SS: Tensor) -> Tensor:
        found: Tensor = encoder((pictures_N3SS.to(device) - mean_311) / std_311)
        return found

    return by_clip

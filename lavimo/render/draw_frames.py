"""Stage `draw_frames`: animations straight to cached frames, for those who do not want videos.

Shape suffixes: S segments, C candidates a segment, H height, W width, 3 RGB.
"""

import logging
from pathlib import Path

import numpy as np
from tqdm import tqdm

from lavimo.avatar.wardrobe import Wardrobe
from lavimo.config import RenderOptions, SampleFramesOptions
from lavimo.render.draw import draw_clip
from lavimo.render.renderer import renderer_of_process
from lavimo.shards import Shard, write_shard
from lavimo.video.sample_frames import clip_indexes, shrunk

log = logging.getLogger(__name__)


def draw_frames(
    animations: Path, wardrobe: Path, frames: Path, options: RenderOptions, sampling: SampleFramesOptions
) -> None:
    """Draw only the frames that `sample_frames` would read from the videos, and write the same file of frames.

    They equal the videos' frames as they were before encoding.

    Raises:
        ValueError: the shard is damaged, or the renderer asked for does not come up.
    """
    shard, people = Shard(animations), Wardrobe(wardrobe)
    renderer = renderer_of_process(options.renderer, options.size_px)
    arrays = {}
    for clip in tqdm(shard.clips, desc="draw_frames", unit="clip", mininterval=5, disable=None):
        indexes_SC = clip_indexes(clip, len(shard[f"{clip}/translation"]), sampling)
        distinct, place_SC = np.unique(indexes_SC, return_inverse=True)
        drawn = draw_clip(renderer, people, shard, clip, options.size_px, distinct.tolist())
        small_NHW3 = np.stack([shrunk(frame, sampling.size_px) for frame in drawn])
        arrays[clip] = small_NHW3[place_SC.reshape(indexes_SC.shape)]
    write_shard(frames, arrays)
    log.info("drew %d x %d frames of each of %d clips", sampling.count, sampling.candidates, len(arrays))

"""Stage `draw_frames`: animations straight to cached frames, for those who do not want videos.

Shape suffixes: S segments, C candidates a segment, H height, W width, 3 RGB.
"""

import logging
from pathlib import Path

import numpy as np

from lavimo.avatar.wardrobe import Wardrobe
from lavimo.config import RenderOptions, SampleFramesOptions
from lavimo.jobs.progress import progress
from lavimo.render.draw import draw_clip
from lavimo.render.render import has_video
from lavimo.render.renderer import renderer_of_process
from lavimo.shards import Shard, write_shard
from lavimo.video.sample_frames import clip_indexes, shrunk

OVER = 2
"""Pixels of a drawing in a side of a pixel that is kept: enough that edges are smooth."""

log = logging.getLogger(__name__)


def draw_frames(
    animations: Path, wardrobe: Path, frames: Path, options: RenderOptions, sampling: SampleFramesOptions
) -> None:
    """Draw the frames of clips without videos, only those that `sample_frames` would read, and write the same kind of
    file.

    They are drawn no larger than `OVER` times the size that is kept; where that is the videos' size, they equal the
    videos' frames as they would be before encoding.

    Raises:
        ValueError: the shard is damaged, or the renderer asked for does not come up.
    """
    shard, people = Shard(animations), Wardrobe(wardrobe)
    size_px = min(options.size_px, OVER * sampling.size_px)
    renderer = renderer_of_process(options.renderer, size_px)
    arrays, seconds = {}, {}
    clips = [clip for clip in shard.clips if not has_video(shard, clip, options)]
    for clip in progress(clips, len(clips), f"draw-frames {animations.stem}"):
        length = len(shard[f"{clip}/rotations"])
        indexes_SC, seconds[clip] = clip_indexes(clip, length, sampling), length / shard.metadata["fps"]
        distinct, place_SC = np.unique(indexes_SC, return_inverse=True)
        views = []
        for view in range(len(shard.metadata["scenes"][clip])):
            drawn = draw_clip(renderer, people, shard, clip, size_px, distinct.tolist(), view)
            views.append(np.stack([shrunk(frame, sampling.size_px) for frame in drawn]))
        arrays[clip] = np.stack(views)[:, place_SC.reshape(indexes_SC.shape)]
    write_shard(frames, arrays, seconds=seconds)
    log.info("drew %d x %d frames of each of %d clips", sampling.count, sampling.candidates, len(arrays))

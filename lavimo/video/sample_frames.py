"""Stage `sample_frames`: a few small frames of each video, cached where training reads them.

Shape suffixes: S segments, C candidates a segment, H height, W width, 3 RGB.
"""

import hashlib
import json
import logging
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lavimo.config import SampleFramesOptions
from lavimo.jobs.progress import progress
from lavimo.shards import write_shard
from lavimo.video.codec import VideoReader, video_file

log = logging.getLogger(__name__)


def sample_frames(videos: Path, frames: Path, options: SampleFramesOptions) -> None:
    """Read a shard's folder of videos into one file: `clip` (views, count, candidates, size, size, 3) uint8 RGB, and as
    metadata `seconds`, {clip: the length of its video}.

    A video is cut into `count` equal segments. Candidate 0 is a segment's centre frame (PAPER: 8 frames a video), the
    others are drawn inside the segment from the clip's own generator, so that no clip depends on its neighbours.

    Raises:
        ValueError: the manifest or a video is missing, damaged, or holds another number of frames than were rendered.
    """
    manifest = read_manifest(videos)
    arrays, seconds = {}, {}
    for clip in progress(sorted(manifest), len(manifest), f"sample-frames {videos.name}"):
        indexes_SC = clip_indexes(clip, manifest[clip][0][0], options)
        readers = [open_video(videos, clip, view, *told) for view, told in enumerate(manifest[clip])]
        arrays[clip] = np.stack([_read_clip(reader, indexes_SC, options.size_px) for reader in readers])
        seconds[clip] = len(readers[0]) / readers[0].fps
    write_shard(frames, arrays, seconds=seconds)
    log.info("sampled %d x %d frames of each of %d clips", options.count, options.candidates, len(arrays))


def read_manifest(videos: Path) -> dict[str, list[tuple[int, str]]]:
    """Number of frames and sha256 of each view of each clip, from the manifest.json that `render` wrote.

    Raises:
        ValueError: it is missing or no manifest.
    """
    try:
        manifest = json.loads((videos / "manifest.json").read_text(encoding="utf-8"))
        entries = {clip: [(view["frames"], view["sha256"]) for view in views] for clip, views in manifest.items()}
        if not all(views and all(isinstance(frames, int) for frames, _ in views) for views in entries.values()):
            raise ValueError("a number of frames is not an integer")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{videos}: found no readable manifest.json ({error}); delete the folder and run again"
        ) from error
    return entries


def clip_indexes(clip: str, frames: int, options: SampleFramesOptions) -> NDArray[np.int64]:
    """The indexes (count, candidates) of a clip's frames to keep: a function of its name, its length and the seed."""
    rng = np.random.default_rng([options.seed, crc32(clip.encode())])
    return segment_indexes(frames, options.count, options.candidates, rng)


def segment_indexes(frames: int, count: int, candidates: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Frame indexes (count, candidates): each segment's centre frame, then random ones of the segment.

    Where there are fewer frames than segments, segments share frames.
    """
    bounds = np.arange(count + 1) * frames / count
    centre_S = ((bounds[:-1] + bounds[1:]) / 2).astype(int)
    first_S = np.minimum(np.ceil(bounds[:-1]).astype(int), centre_S)
    last_S = np.maximum(np.ceil(bounds[1:]).astype(int) - 1, centre_S)
    random_SC = rng.integers(first_S[:, None], last_S[:, None], size=(count, candidates - 1), endpoint=True)
    return np.concatenate([centre_S[:, None], random_SC], axis=1)


def open_video(videos: Path, clip: str, view: int, count: int, digest: str) -> VideoReader:
    """A view of a clip, checked: decoders read a truncated video without an error."""
    path = video_file(videos, clip, view)
    remedy = f"delete the folder {videos} and run again"
    try:
        reader = VideoReader(path)
    except ValueError as error:
        raise ValueError(f"clip {clip!r}: {error}; {remedy}") from error
    if len(reader) != count:
        raise ValueError(f"clip {clip!r}: found {len(reader)} frames in its video, expected {count}; {remedy}")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != digest:
        raise ValueError(f"clip {clip!r}: found sha256 {found} of its video, expected {digest}; {remedy}")
    return reader


def _read_clip(reader: VideoReader, indexes_SC: NDArray[np.int64], size_px: int) -> NDArray[np.uint8]:
    frames_NHW3 = reader.read(indexes_SC.ravel().tolist())
    small_NHW3 = np.stack([shrunk(frame, size_px) for frame in frames_NHW3])
    return small_NHW3.reshape(*indexes_SC.shape, size_px, size_px, 3)


def shrunk(frame_HW3: NDArray[np.uint8], size_px: int) -> NDArray[np.uint8]:
    """Resize by averaging areas, which leaves no aliasing."""
    return np.asarray(Image.fromarray(frame_HW3).resize((size_px, size_px), Image.Resampling.BOX))

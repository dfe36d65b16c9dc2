"""Clips as pictures inside the page: small videos where there are videos, else frames that the page plays as a strip.

The page must survive being copied, so every clip that it shows is in it, once, however often it is shown.

F frames, H height, W width.
"""

from base64 import b64encode
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lavimo.shards import Shard, clips_of_shards
from lavimo.video.codec import VideoReader, write_video

QUALITY = 82
"""JPEG's; below, thin limbs blur."""
CRF = 30
"""H.264's constant rate factor of the small videos: about 10 kB a clip."""
AT_ONCE = 4
"""Videos that are made beside each other; each is in memory."""


class Pictures:
    """The strips and videos of the clips that a page asked for, each made once."""

    def __init__(self, frames: list[Path], videos: list[Path], size_px: int):
        """Pictures of `size_px` from the shards of cached frames and the folders of videos, which may be none."""
        self._shards: dict[str, Shard] = clips_of_shards(frames)
        self._videos = {path.stem: path for folder in videos for path in sorted(Path(folder).glob("*.mp4"))}
        self._size_px = size_px
        self.strips: dict[str, str] = {}
        self.videos: dict[str, str] = {}
        self.frames = 0

    def add_strips(self, clips: Iterable[str]) -> None:
        """Make the clips' strips from the centre frame of each of their segments.

        Raises:
            ValueError: no frames of a clip, or another number of them than of other clips.
        """
        for clip in sorted({*clips} - {*self.strips}):
            if clip not in self._shards:
                raise ValueError(f"clip {clip!r}: found no frames of it in {len(self._shards)} clips' frames")
            frames_FHW3 = self._shards[clip][clip][0, :, 0]
            if self.strips and len(frames_FHW3) != self.frames:
                raise ValueError(
                    f"clip {clip!r}: found {len(frames_FHW3)} frames, expected {self.frames} as of other clips"
                )
            self.frames = len(frames_FHW3)
            self.strips[clip] = strip(frames_FHW3, self._size_px)

    def add_videos(self, clips: Iterable[str]) -> None:
        """Make the clips' small videos; strips of those of which there is no video.

        Raises:
            ValueError: a video cannot be read, or there are no frames either.
        """
        wanted = sorted(set(clips))
        self.add_strips(clip for clip in wanted if clip not in self._videos)
        new = [clip for clip in wanted if clip in self._videos and clip not in self.videos]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            made = pool.map(lambda clip: small_video(self._videos[clip], self._size_px), new)
            self.videos |= zip(new, made)


def strip(frames_FHW3: NDArray[Any], size_px: int) -> str:
    """The frames side by side as a JPEG data URI, each `size_px` square."""
    tiles = [np.asarray(Image.fromarray(f).resize((size_px, size_px), Image.Resampling.LANCZOS)) for f in frames_FHW3]
    jpeg = BytesIO()
    Image.fromarray(np.hstack(tiles)).save(jpeg, "JPEG", quality=QUALITY)
    return "data:image/jpeg;base64," + b64encode(jpeg.getvalue()).decode()


def small_video(path: Path, size_px: int) -> str:
    """A video at its own speed, `size_px` square, as an H.264 data URI.

    Raises:
        ValueError: it cannot be read.
    """
    reader = VideoReader(path)
    frames_FHW3 = reader.read(range(len(reader)))
    small = (np.asarray(Image.fromarray(f).resize((size_px, size_px), Image.Resampling.BOX)) for f in frames_FHW3)
    with TemporaryDirectory() as folder:
        made = Path(folder) / "small.mp4"
        write_video(made, small, reader.fps, CRF)
        return "data:video/mp4;base64," + b64encode(made.read_bytes()).decode()

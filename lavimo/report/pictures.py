"""Clips as pictures: each clip's frames side by side in one JPEG, which the page shows as a strip or plays.

F frames, H height, W width.
"""

from base64 import b64encode
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lavimo.shards import Shard, clips_of_shards

QUALITY = 82
"""JPEG's; below, thin limbs blur."""


class Pictures:
    """The strips of the clips that a page asked for, each made once."""

    def __init__(self, frames: list[Path], size_px: int):
        """Strips from the shards of cached frames, `size_px` high."""
        self._shards: dict[str, Shard] = clips_of_shards(frames)
        self._size_px = size_px
        self.strips: dict[str, str] = {}
        self.frames = 0

    def add(self, clip: str) -> None:
        """Make the clip's strip from the centre frame of each of its segments.

        Raises:
            ValueError: no frames of the clip, or another number of them than of other clips.
        """
        if clip in self.strips:
            return
        if clip not in self._shards:
            raise ValueError(f"clip {clip!r}: found no frames of it in {len(self._shards)} clips' frames")
        frames_FHW3 = self._shards[clip][clip][:, 0]
        if self.strips and len(frames_FHW3) != self.frames:
            raise ValueError(
                f"clip {clip!r}: found {len(frames_FHW3)} frames, expected {self.frames} as of other clips"
            )
        self.frames = len(frames_FHW3)
        self.strips[clip] = strip(frames_FHW3, self._size_px)


def strip(frames_FHW3: NDArray[Any], size_px: int) -> str:
    """The frames side by side as a JPEG data URI, each `size_px` square."""
    tiles = [np.asarray(Image.fromarray(f).resize((size_px, size_px), Image.Resampling.LANCZOS)) for f in frames_FHW3]
    jpeg = BytesIO()
    Image.fromarray(np.hstack(tiles)).save(jpeg, "JPEG", quality=QUALITY)
    return "data:image/jpeg;base64," + b64encode(jpeg.getvalue()).decode()

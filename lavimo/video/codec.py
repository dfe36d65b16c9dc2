"""H.264 in and out of mp4 files; the only file that knows PyAV and decord.

Shape suffixes: N frames, H height, W width, 3 RGB.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Frame = NDArray[np.uint8]

KEYFRAME_INTERVAL = 10
"""Short groups of pictures: reading one frame decodes at most this many."""


def write_video(path: Path, frames: Iterable[Frame], fps: float, crf: int) -> int:
    """Encode frames as they come; one thread, so that the same frames give the same bytes.

    Args:
        path: the mp4 file to write.
        frames: (H, W, 3) uint8 RGB each, H and W even.
        fps: frames a second, a whole number.
        crf: H.264's constant rate factor.

    Returns:
        The number of frames written.
    """
    import av

    count = 0
    with av.open(str(path), "w", format="mp4") as container:
        stream: Any = None
        for frame_HW3 in frames:
            if stream is None:
                options = {"preset": "veryfast", "crf": str(crf), "g": str(KEYFRAME_INTERVAL), "bf": "0"}
                stream = container.add_stream("libx264", rate=round(fps), options=options)
                stream.height, stream.width = frame_HW3.shape[:2]
                stream.pix_fmt = "yuv420p"
                stream.codec_context.thread_count = 1
            container.mux(stream.encode(av.VideoFrame.from_ndarray(to_yuv420(frame_HW3), format="yuv420p")))
            count += 1
        assert stream is not None, "a video has at least one frame"
        container.mux(stream.encode())
    return count


def to_yuv420(frame_HW3: Frame) -> Frame:
    """RGB to the planes that H.264 wants, (3 H / 2, W): Y, then U and V of every four pixels (BT.601, limited range).

    ffmpeg's own conversion costs as much as the rest of the encoding.
    """
    height, width = frame_HW3.shape[:2]
    planes = np.empty((height * 3 // 2, width), np.uint8)
    quarter = height // 2 * width // 2
    u, v = planes[height:].reshape(-1)[:quarter], planes[height:].reshape(-1)[quarter:]
    shape = (height // 2, width // 2)
    _convert(frame_HW3, planes[:height], u.reshape(shape), v.reshape(shape))
    return planes


@njit(cache=True, nogil=True)
def _convert(frame_HW3: Any, y_HW: Any, u_HW: Any, v_HW: Any) -> None:
    for row in range(len(u_HW)):
        for column in range(u_HW.shape[1]):
            red = green = blue = 0
            for corner in range(4):
                y, x = 2 * row + corner // 2, 2 * column + corner % 2
                r, g, b = np.int32(frame_HW3[y, x, 0]), np.int32(frame_HW3[y, x, 1]), np.int32(frame_HW3[y, x, 2])
                y_HW[y, x] = (16829 * r + 33039 * g + 6416 * b + (16 << 16) + 32768) >> 16
                red, green, blue = red + int(r), green + int(g), blue + int(b)
            u_HW[row, column] = (-9714 * red - 19070 * green + 28784 * blue + (128 << 18) + 131072) >> 18
            v_HW[row, column] = (28784 * red - 24103 * green - 4681 * blue + (128 << 18) + 131072) >> 18


class VideoReader:
    """An mp4 file opened for reading frames by their index.

    Open it in the process that reads: a reader does not survive a fork.
    """

    def __init__(self, path: Path):
        """Open `path`.

        Raises:
            ValueError: the file is missing, empty or not readable as a video.
        """
        import decord

        self.path = Path(path)
        if not self.path.is_file():
            raise ValueError(f"{self.path}: found no such file, expected a video")
        if not self.path.stat().st_size:
            raise ValueError(f"{self.path}: found an empty file, expected a video")
        try:
            self._reader = decord.VideoReader(str(self.path), num_threads=1)
        except (decord.DECORDError, RuntimeError) as error:
            raise ValueError(f"{self.path}: cannot be read as a video ({str(error).splitlines()[0]})") from error

    def __len__(self) -> int:
        """The number of frames that the file holds; fewer than were written where it is truncated."""
        return len(self._reader)

    @property
    def fps(self) -> float:
        """Frames a second."""
        return float(self._reader.get_avg_fps())

    def read(self, indexes: Sequence[int]) -> NDArray[np.uint8]:
        """Frames (N, H, W, 3), uint8 RGB, of the given indexes, which may repeat and come in any order."""
        distinct = sorted(set(indexes))
        frames_NHW3 = self._reader.get_batch(distinct).asnumpy()
        return frames_NHW3[np.searchsorted(distinct, indexes)]

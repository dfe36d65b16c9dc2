"""H.264 in and out of mp4 files; the only file that knows PyAV and decord.

Shape suffixes: N frames, H height, W width, 3 RGB.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.jit import njit

Frame = NDArray[np.uint8]

KEYFRAME_INTERVAL = 10
"""Short groups of pictures: reading one frame decodes at most this many."""


def video_file(folder: Path, clip: str, view: int = 0) -> Path:
    """Where a shard's folder of videos has a view of a clip."""
    return folder / f"{clip}.mp4" if not view else folder / f"view-{view + 1}" / f"{clip}.mp4"


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
            frame = av.VideoFrame(stream.width, stream.height, "yuv420p")
            _convert(np.ascontiguousarray(frame_HW3), *map(_lines, frame.planes))
            container.mux(stream.encode(frame))
            count += 1
        assert stream is not None, "a video has at least one frame"
        container.mux(stream.encode())
    return count


def _lines(plane: Any) -> Frame:
    """A plane's memory, (H, W) uint8; lines may be longer than the picture is wide."""
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height]


@njit(nogil=True, fastmath=True)
def _convert(frame_HW3: Any, y_HW: Any, u_HW: Any, v_HW: Any) -> None:
    """Fill Y, and U and V of every four pixels (BT.601, limited range). ffmpeg's own conversion costs as much as the
    rest of the encoding."""
    f = np.float32  # in which a row is converted eight pixels at a time
    width = frame_HW3.shape[1]
    rows_HK = frame_HW3.reshape(len(frame_HW3), 3 * width)
    for row in range(len(y_HW)):
        pixels_K, y_W = rows_HK[row], y_HW[row]
        for x in range(width):
            red, green, blue = f(pixels_K[3 * x]), f(pixels_K[3 * x + 1]), f(pixels_K[3 * x + 2])
            y_W[x] = np.uint8(f(0.256788) * red + f(0.504129) * green + f(0.097906) * blue + f(16.5))
    for row in range(len(u_HW)):
        a_K, b_K, u_W, v_W = rows_HK[2 * row], rows_HK[2 * row + 1], u_HW[row], v_HW[row]
        for x in range(width // 2):
            red = f(a_K[6 * x]) + f(a_K[6 * x + 3]) + f(b_K[6 * x]) + f(b_K[6 * x + 3])
            green = f(a_K[6 * x + 1]) + f(a_K[6 * x + 4]) + f(b_K[6 * x + 1]) + f(b_K[6 * x + 4])
            blue = f(a_K[6 * x + 2]) + f(a_K[6 * x + 5]) + f(b_K[6 * x + 2]) + f(b_K[6 * x + 5])
            u_W[x] = np.uint8(f(-0.0370557) * red - f(0.0727475) * green + f(0.1098035) * blue + f(128.5))
            v_W[x] = np.uint8(f(0.1098035) * red - f(0.0919475) * green - f(0.0178557) * blue + f(128.5))


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

"""Anybody's video to pictures at moments: any container, as a player shows it, of variable rate; in a process with
limits.

A file that somebody sends may crash or exhaust a decoder. `pictures_of` therefore decodes in a child process, whose
memory and time are limited and which hands over bare pixels; the caller goes on while it decodes.

T pictures, H W pixels.
"""

import logging
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LONGEST_S = 600.0
MOST_PIXELS = 50_000_000
"""Of a picture: 8K has 33 million."""
LARGEST_SIDE_PX = 1920
"""Larger pictures are halved until they are not larger."""
MOST_ASPECT = 8.0
"""No camera's pixels are so much wider than high, or higher than wide."""
MEMORY_BYTES = 4 << 30
PATIENCE_S = 60.0
"""Without a picture for so long, decoding is given up."""
HEADER = struct.Struct("<dii")
"""A picture's time, width and height; its pixels follow. A width of 0 says that a message follows."""


@dataclass(frozen=True)
class Picture:
    """A frame of a video.

    Attributes:
        time_s: since the first.
        image: upright, RGB.
    """

    time_s: float
    image: Image.Image


def pictures_of(path: Path, fps: float, longest_s: float = LONGEST_S) -> Iterator[Picture]:
    """The pictures of a video, upright, at most `fps` a second, decoded in a process of its own.

    Raises:
        ValueError: the file is missing, empty, no video, damaged, truncated, too long or too large, or decoding it
            takes more memory or time than it may.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"{path}: found no such file, expected a video")
    if not path.stat().st_size:
        raise ValueError(f"{path}: found an empty file, expected a video")
    with TemporaryFile() as complaints:
        child = subprocess.Popen(
            [sys.executable, "-m", "lavimo.video.decode", str(path), str(fps), str(longest_s)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert child.stdout is not None
        try:
            while (head := _patiently(child, HEADER.size)) is not None:
                time_s, width, height = HEADER.unpack(head)
                body = _patiently(child, height if not width else width * height * 3)
                if body is None:
                    break
                if not width:
                    raise ValueError(f"{path}: {body.decode()}")
                yield Picture(time_s, Image.frombytes("RGB", (width, height), body))
            if code := child.wait():
                complaints.seek(0)
                said = complaints.read().decode(errors="replace").strip().splitlines()[-1:]
                raise ValueError(
                    f"{path}: decoding it ended with status {code} ({said[0] if said else 'nothing said'}), as when it "
                    f"needs more than {MEMORY_BYTES >> 30} GiB or {PATIENCE_S:.0f} s a picture; is the file damaged?"
                )
        finally:
            child.kill()
            child.stdout.close()
            child.wait()


def _patiently(child: "subprocess.Popen[bytes]", size: int) -> bytes | None:
    """So many bytes of what the child says, or None at its end; it is stopped if they do not come."""
    assert child.stdout is not None
    timer = Timer(PATIENCE_S, child.kill)
    timer.start()
    try:
        found = child.stdout.read(size)
    finally:
        timer.cancel()
    return found if len(found) == size else None


def decoded(path: Path, fps: float, longest_s: float = LONGEST_S) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """As `pictures_of`, in this process: times and arrays (H, W, 3) uint8 RGB.

    Raises:
        ValueError: as there; messages do not name the file.
    """
    import av

    av.logging.set_level(av.logging.PANIC)
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            if not container.streams.video:
                raise ValueError("found no picture in it, expected a video")
            stream = container.streams.video[0]
            _allowed(stream, container, longest_s)
            # Not a thread a frame: closing a damaged file then waits for ever.
            stream.thread_type = "SLICE"
            yield from _frames(container, stream, fps, longest_s)
    except (av.FFmpegError, OSError) as error:
        raise ValueError(f"cannot be read as a video ({getattr(error, 'strerror', None) or error})") from error


def _allowed(stream: Any, container: Any, longest_s: float) -> None:
    if stream.codec_context is None:
        raise ValueError("found pictures of a codec that nobody here can decode, expected H.264 or the like")
    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > MOST_PIXELS:
        raise ValueError(f"found pictures of {width} x {height}, expected at most {MOST_PIXELS // 10**6} megapixels")
    duration_s = _duration_s(stream, container)
    if duration_s and duration_s > longest_s:
        raise ValueError(f"found {duration_s:.0f} s, expected at most {longest_s:.0f} s; cut it")


def _duration_s(stream: Any, container: Any) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / 1_000_000 if container.duration else None


def _frames(container: Any, stream: Any, fps: float, longest_s: float) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    import av

    told_s, rate = _duration_s(stream, container), float(stream.average_rate or 25)
    aspect = _aspect(stream)
    begin_s: float | None = None
    last_s, due_s, broken = 0.0, 0.0, ""
    number = 0
    try:
        for number, frame in enumerate(container.decode(stream), 1):
            at_s = float(frame.time) if frame.time is not None else (number - 1) / rate
            begin_s = at_s if begin_s is None else begin_s
            last_s = at_s - begin_s
            if last_s > longest_s:
                raise ValueError(f"found more than {longest_s:.0f} s, expected no longer a video; cut it")
            if frame.width * frame.height > MOST_PIXELS:
                raise ValueError(f"found a picture of {frame.width} x {frame.height}, which is too large")
            if last_s >= due_s - 0.25 / fps:
                due_s = max(due_s + 1 / fps, last_s + 0.5 / fps)
                yield last_s, _upright(frame, aspect)
    except av.FFmpegError as error:
        broken = f" ({error.strerror})"
    if not number:
        raise ValueError(f"found no picture that can be decoded{broken}, expected a video")
    missing = told_s is not None and last_s + 1 / rate < 0.9 * told_s - 0.5
    if broken or missing:
        end = f"after {last_s:.2f} s" + (f" of {told_s:.2f} s" if told_s else "")
        raise ValueError(f"breaks off {end}{broken}; is it whole?")


def _upright(frame: Any, aspect: float) -> NDArray[np.uint8]:
    """A frame as a player shows it: pixels made square, turned and flipped as its file says; halved while very large.

    Args:
        aspect: how wide a pixel is beside its height.
    """
    width, height = round(frame.width * max(aspect, 1.0)), round(frame.height / min(aspect, 1.0))
    while max(width, height) > LARGEST_SIDE_PX:
        width, height = width // 2, height // 2
    pixels_HW3 = frame.to_ndarray(format="rgb24", width=max(width, 2), height=max(height, 2))
    if matrix := frame.side_data.get("DISPLAYMATRIX"):
        pixels_HW3 = _displayed(pixels_HW3, struct.unpack("=9i", bytes(matrix)[:36]))
    return np.ascontiguousarray(pixels_HW3)


def _displayed(pixels_HW3: NDArray[np.uint8], matrix: tuple[int, ...]) -> NDArray[np.uint8]:
    """A picture through a display matrix, rounded to quarter turns and flips: x' = a x + c y, y' = b x + d y."""
    a, b, _, c, d = matrix[:5]
    if abs(b) + abs(c) > abs(a) + abs(d):
        pixels_HW3, across, down = pixels_HW3.swapaxes(0, 1), c, b
    else:
        across, down = a, d
    return pixels_HW3[:: -1 if down < 0 else 1, :: -1 if across < 0 else 1]


def _aspect(stream: Any) -> float:
    """How wide a pixel of a stream is beside its height; 1 where the file doesn't say, or says what cannot be."""
    told = float(stream.sample_aspect_ratio or 1)
    return told if 1 / MOST_ASPECT <= told <= MOST_ASPECT else 1.0


def _hand_over(path: Path, fps: float, longest_s: float, to: BinaryIO) -> None:
    """What the child does: decode, and write pictures as they come; at the end of its wits, a message."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    except (ImportError, ValueError):
        logging.getLogger(__name__).info("this system limits no memory of a process")
    try:
        for time_s, pixels_HW3 in decoded(path, fps, longest_s):
            to.write(HEADER.pack(time_s, pixels_HW3.shape[1], pixels_HW3.shape[0]))
            to.write(pixels_HW3.tobytes())
            to.flush()
    except (ValueError, MemoryError) as error:
        message = (str(error) or "needs more memory than a video may").encode()
        to.write(HEADER.pack(0.0, 0, len(message)) + message)
    to.flush()


if __name__ == "__main__":
    _hand_over(Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), sys.stdout.buffer)

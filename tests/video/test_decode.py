"""Anybody's videos: what they show and when, and one clear message where they cannot be read."""

import io
import os
import struct
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from lavimo.video.decode import decoded, pictures_of

SIZE = (64, 96)
"""Height and width."""


def frame_of(number, count, size=SIZE):
    """A picture that says which it is by its grey, with a white square in the upper left corner."""
    pixels = np.full((*size, 3), 30 + 180 * number // max(count, 1), np.uint8)
    pixels[:16, :16] = 255
    return pixels


def write(path, count=20, fps=20, codec="libx264", pix_fmt="yuv420p", size=SIZE, times=None, audio=False, aspect=1):
    """A video of `count` pictures; `times` are theirs in milliseconds, where the rate varies."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=fps)
        stream.height, stream.width, stream.pix_fmt = *size, pix_fmt
        stream.codec_context.time_base = Fraction(1, 1000)
        stream.codec_context.sample_aspect_ratio = Fraction(aspect)
        sound = container.add_stream("aac", rate=44100) if audio else None
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(frame_of(number, count, size), format="rgb24")
            frame.time_base = Fraction(1, 1000)
            frame.pts = times[number] if times else round(1000 * number / fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if sound:
            silence = av.AudioFrame.from_ndarray(np.zeros((1, 44100), np.float32), format="fltp", layout="mono")
            silence.rate = 44100
            container.mux(sound.encode(silence))
            container.mux(sound.encode())
    return path


def read(path, fps=1000.0):
    pictures = list(pictures_of(path, fps))
    return np.array([picture.time_s for picture in pictures]), [np.asarray(picture.image) for picture in pictures]


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("plain.mp4", {}),
        ("container.mkv", {}),
        ("container.mov", {}),
        ("container.avi", {"codec": "mpeg4"}),
        ("web.webm", {"codec": "libvpx-vp9"}),
        ("ten_bit.mkv", {"codec": "libx265", "pix_fmt": "yuv420p10le"}),
        ("full_colour.mp4", {"pix_fmt": "yuv444p"}),
        ("portrait.mp4", {"size": (96, 64)}),
        ("odd.mp4", {"size": (63, 95), "pix_fmt": "yuv444p"}),
        ("sound.mp4", {"audio": True}),
        ("cinema.mp4", {"fps": 24}),
        ("slow_motion.mp4", {"fps": 240, "count": 60}),
        ("very_fast.mp4", {"fps": 1000, "count": 200}),
        ("one.mp4", {"count": 1}),
    ],
)
def test_every_kind_of_video_is_read(tmp_path, name, more):
    times_T, pictures = read(write(tmp_path / name, **more))
    count, fps, size = more.get("count", 20), more.get("fps", 20), more.get("size", SIZE)
    assert len(pictures) == count
    np.testing.assert_allclose(times_T, np.arange(count) / fps, atol=0.002)
    assert {picture.shape for picture in pictures} == {(*size, 3)}
    greys = [picture[-8:, -8:].mean() for picture in pictures]
    np.testing.assert_allclose(greys, [frame_of(n, count)[-1, -1, 0] for n in range(count)], atol=9)
    assert pictures[-1][:8, :8].mean() > 230, "upright"


@pytest.mark.parametrize(("wanted", "expected"), [(10.0, 10), (5.0, 5), (40.0, 20), (15.0, 15)])
def test_at_most_so_many_pictures_a_second_are_seen(tmp_path, wanted, expected):
    times_T, _ = read(write(tmp_path / "video.mp4"), wanted)
    assert abs(len(times_T) - expected) <= 1
    assert np.diff(times_T).min() >= 0.5 / wanted


def test_a_variable_rate_keeps_its_times(tmp_path):
    times = [0, 40, 90, 300, 310, 900, 1400]
    found_T, _ = read(write(tmp_path / "video.mkv", count=len(times), times=times))
    np.testing.assert_allclose(found_T, np.array(times) / 1000, atol=0.002)
    found_T, _ = read(tmp_path / "video.mkv", 10.0)
    np.testing.assert_allclose(found_T, [0, 0.09, 0.3, 0.9, 1.4], atol=0.011)


ONE = 1 << 16
MATRICES = {
    "as it is": (ONE, 0, 0, ONE),
    "90": (0, ONE, -ONE, 0),
    "180": (-ONE, 0, 0, -ONE),
    "270": (0, -ONE, ONE, 0),
    "mirrored": (-ONE, 0, 0, ONE),
    "upside down": (ONE, 0, 0, -ONE),
    "90 and mirrored": (0, ONE, ONE, 0),
    "270 and mirrored": (0, -ONE, -ONE, 0),
}


def displayed(path, matrix):
    """A file with another matrix in its track's header, as phones write it."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    a, b, c, d = matrix
    data[at : at + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", MATRICES)
def test_pictures_are_turned_and_flipped_as_the_file_says(tmp_path, name):
    """Beside a filter graph of ffmpeg that is told in words what the matrix says."""
    words = {
        "as it is": [],
        "90": [("transpose", "clock")],
        "180": [("hflip", ""), ("vflip", "")],
        "270": [("transpose", "cclock")],
        "mirrored": [("hflip", "")],
        "upside down": [("vflip", "")],
        "90 and mirrored": [("transpose", "clock"), ("hflip", "")],
        "270 and mirrored": [("transpose", "cclock"), ("hflip", "")],
    }
    path = write(tmp_path / "video.mp4", count=2)
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0)).reformat(format="rgb24")
        graph = av.filter.Graph()
        nodes = [graph.add_buffer(template=container.streams.video[0]), graph.add("format", "rgb24")]
        nodes += [graph.add(*one) for one in words[name]] + [graph.add("buffersink")]
        graph.link_nodes(*nodes).configure()
        graph.push(frame.reformat(format="yuv420p"))
        expected = graph.pull().to_ndarray(format="rgb24")
    _, pictures = read(displayed(path, MATRICES[name]))
    assert pictures[0].shape == expected.shape
    assert np.abs(pictures[0].astype(int) - expected).max() <= 16


@pytest.mark.parametrize(
    ("aspect", "shape"),
    [
        ((2, 1), (64, 192, 3)),
        ((1, 2), (128, 96, 3)),
        ((4, 3), (64, 128, 3)),
        ((1, 1), (64, 96, 3)),
        ((99, 1), (64, 96, 3)),
    ],
)
def test_pixels_become_square(tmp_path, aspect, shape):
    path = write(tmp_path / "video.mp4", count=2, aspect=Fraction(*aspect))
    _, pictures = read(path)
    assert pictures[0].shape == shape
    _, pictures = read(displayed(path, MATRICES["90"]))
    assert pictures[0].shape == (shape[1], shape[0], 3), "made square before it is turned"


def test_large_pictures_are_halved(tmp_path):
    _, pictures = read(write(tmp_path / "video.mp4", count=2, size=(2160, 3840)))
    assert pictures[0].shape == (1080, 1920, 3)


def test_this_process_and_another_see_the_same(tmp_path):
    path = write(tmp_path / "video.mp4")
    _, pictures = read(path)
    for (_, pixels), picture in zip(decoded(path, 1000.0), pictures, strict=True):
        np.testing.assert_array_equal(pixels, picture)


def test_what_cannot_be_read_is_one_clear_message(tmp_path):
    whole = write(tmp_path / "whole.mp4", count=60).read_bytes()
    streamed = write(tmp_path / "whole.mkv", count=60).read_bytes()
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(16000))
    cases = {
        "empty.mp4": (b"", "empty file"),
        "text.mp4": (b"a man walks\n" * 1000, "cannot be read as a video"),
        "noise.mp4": (np.random.default_rng(0).bytes(20000), "cannot be read as a video"),
        "half.mp4": (whole[: len(whole) // 2], "cannot be read as a video|breaks off"),
        "half.mkv": (streamed[: len(streamed) // 2], "breaks off"),
        "sound.wav": (sound.getvalue(), "found no picture in it"),
    }
    for name, (data, message) in cases.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(ValueError, match=message) as caught:
            list(pictures_of(tmp_path / name, 10.0))
        assert str(tmp_path / name) in str(caught.value)
    with pytest.raises(ValueError, match="no such file"):
        list(pictures_of(tmp_path / "missing.mp4", 10.0))
    with pytest.raises(ValueError, match=r"found 3 s, expected at most 1 s"):
        list(pictures_of(tmp_path / "whole.mp4", 10.0, longest_s=1.0))


def test_a_decoder_that_dies_is_said_with_its_last_words(tmp_path, monkeypatch):
    path = write(tmp_path / "video.mp4")
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.exit('out of luck')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ValueError, match=r"video\.mp4: decoding it ended with status 1 \(.*out of luck\)"):
        list(pictures_of(path, 10.0))


def children() -> set[str]:
    """The processes that this one has started; other tests' servers may be among them."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split())


def test_whoever_stops_looking_leaves_no_process_behind(tmp_path):
    path = write(tmp_path / "video.mp4", count=200)
    before = children()
    pictures = pictures_of(path, 1000.0)
    next(pictures)
    assert len(children() - before) == 1
    pictures.close()
    assert children() <= before

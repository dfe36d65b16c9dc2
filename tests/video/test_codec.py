"""Writing and reading video: quality, exact indexes, same bytes, clear errors."""

import weakref

import av
import numpy as np
import pytest

from lavimo.video.codec import VideoReader, _convert, _lines, write_video

SIZE = 128


def picture(number):
    """A picture that says its number in blocks, black or white for each bit, over a soft gradient."""
    frame = np.linspace(60, 190, SIZE, dtype=np.uint8)[:, None, None] * np.ones((1, SIZE, 3), np.uint8)
    for bit in range(8):
        frame[16:48, bit * 16 : bit * 16 + 16] = 255 if number >> bit & 1 else 0
    return frame


def number_in(frame):
    return sum(int(frame[24:40, bit * 16 + 4 : bit * 16 + 12].mean() > 127) << bit for bit in range(8))


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    path = tmp_path_factory.mktemp("video") / "clip.mp4"
    assert write_video(path, (picture(number) for number in range(83)), fps=20, crf=18) == 83
    return path


def test_every_frame_is_read_by_its_index(video):
    reader = VideoReader(video)
    assert len(reader) == 83
    indexes = [82, 0, 41, 41, 9, 10, 11, 3, 79, 1]
    assert [number_in(frame) for frame in reader.read(indexes)] == indexes
    assert [number_in(frame) for frame in reader.read(range(83))] == list(range(83))


def test_little_is_lost(video):
    frames = VideoReader(video).read([0, 40, 82])
    for number, frame in zip((0, 40, 82), frames):
        error = ((frame.astype(float) - picture(number)) ** 2).mean()
        assert 10 * np.log10(255**2 / error) > 35


def test_the_same_frames_give_the_same_bytes(video, tmp_path):
    write_video(tmp_path / "again.mp4", (picture(number) for number in range(83)), fps=20, crf=18)
    assert (tmp_path / "again.mp4").read_bytes() == video.read_bytes()


def test_two_frames_are_a_video(tmp_path):
    write_video(tmp_path / "short.mp4", [picture(1), picture(2)], fps=20, crf=18)
    reader = VideoReader(tmp_path / "short.mp4")
    assert [number_in(frame) for frame in reader.read([0, 1, 1])] == [1, 2, 2]


def test_frames_are_not_kept(tmp_path):
    seen, most = [], 0

    class Tracked(np.ndarray):
        pass

    def frames():
        nonlocal most
        for number in range(60):
            frame = picture(number).view(Tracked)
            seen.append(weakref.ref(frame))
            most = max(most, sum(reference() is not None for reference in seen))
            yield frame

    write_video(tmp_path / "clip.mp4", frames(), fps=20, crf=18)
    assert most <= 5


@pytest.mark.parametrize("content", [None, b"", b"this is no video" * 100])
def test_a_missing_empty_or_foreign_file_is_named(content, tmp_path):
    path = tmp_path / "clip.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=r"clip\.mp4"):
        VideoReader(path)


@pytest.mark.parametrize("size_px", [62, 64])
def test_colours_are_as_ffmpeg_converts_them(size_px):
    """Smooth pictures, for ffmpeg filters the colours of edges; also where lines of memory are longer than wide."""
    across = np.linspace(0, 255, size_px)
    picture = np.stack(np.broadcast_arrays(across, across[:, None], 255 - across), axis=-1).astype(np.uint8)
    ours, theirs = av.VideoFrame(size_px, size_px, "yuv420p"), av.VideoFrame.from_ndarray(picture, format="rgb24")
    _convert(picture, *map(_lines, ours.planes))
    difference = ours.to_ndarray().astype(int) - theirs.reformat(format="yuv420p").to_ndarray()
    assert np.abs(difference).max() <= 2
    assert abs(difference.mean()) < 0.3

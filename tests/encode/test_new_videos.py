"""What a model that sees frames takes of anybody's video: what a player shows, of the seconds that are meant."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from lavimo.encode.new_videos import Excerpt, frames, sampled

ABOUT = {"sample_frames": {"count": 4, "size_px": 16}}


def written(path: Path, pictures: np.ndarray, fps: int = 20, aspect: int = 1, hflip: bool = False) -> Path:
    """A video that says how wide its pixels are, and whether left and right are to be swapped."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"crf": "5"})
        stream.height, stream.width = pictures.shape[1:3]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(aspect)
        stream.set_display_rotation(0, hflip=hflip)
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")))
        container.mux(stream.encode())
    return path


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    """Two seconds of a picture of blocks that grows brighter by 3 a frame, dark on its left."""
    blocks = np.kron(np.random.default_rng(0).integers(0, 120, (4, 6)), np.ones((16, 16)))
    blocks[:, :48] /= 4
    shown = blocks[None] + 3 * np.arange(40)[:, None, None]
    return np.repeat(shown[..., None], 3, axis=3).astype(np.uint8)


def test_pixels_are_square_and_the_right_way_around(tmp_path: Path, pictures: np.ndarray) -> None:
    plain = frames(written(tmp_path / "plain.mp4", pictures), ABOUT).astype(int)
    assert plain.shape == (1, 4, 1, 16, 16, 3)
    np.testing.assert_allclose(plain, frames(pictures, ABOUT), atol=6)
    wide = frames(written(tmp_path / "wide.mp4", pictures[:, :, ::2], aspect=2), ABOUT)
    swapped = frames(written(tmp_path / "swapped.mp4", pictures[:, :, ::-1], hflip=True), ABOUT)
    for found in (wide, swapped):
        assert np.abs(found - plain).mean() < 3
    narrow = frames(written(tmp_path / "narrow.mp4", pictures[:, :, ::2]), ABOUT)
    assert np.abs(narrow - plain).mean() > 4


def test_an_excerpt_is_sampled_as_if_it_were_all(tmp_path: Path, pictures: np.ndarray) -> None:
    video = written(tmp_path / "long.mp4", pictures)
    found = frames(Excerpt(video, 0.5, 1.45), ABOUT).astype(int)
    np.testing.assert_allclose(found, frames(pictures[10:30], ABOUT), atol=6)
    whole = frames(video, ABOUT).astype(int)
    np.testing.assert_array_equal(whole, frames(Excerpt(video, 0.0, 2.0), ABOUT))
    assert np.abs(found - whole).mean() > 10
    with pytest.raises(ValueError, match=r"long\.mp4.*found no picture in it, expected a stretch"):
        frames(Excerpt(video, 3.0, 4.0), ABOUT)


def test_a_quicker_camera_shows_no_other_moments(tmp_path: Path, pictures: np.ndarray) -> None:
    quick = written(tmp_path / "quick.mp4", np.repeat(pictures, 3, axis=0), fps=60)
    np.testing.assert_allclose(frames(quick, ABOUT).astype(int), frames(pictures, ABOUT), atol=8)


@pytest.mark.parametrize("fps", [10, 20, 60])
def test_how_long_a_video_is_does_not_depend_on_its_camera(tmp_path: Path, pictures: np.ndarray, fps: int) -> None:
    video = written(tmp_path / "two_seconds.mp4", np.repeat(pictures, 3, axis=0)[:: 60 // fps], fps=fps)
    assert sampled(video, ABOUT)[1] == pytest.approx(2.0, abs=0.01)
    assert sampled(Excerpt(video, 0.5, 1.45), ABOUT)[1] == pytest.approx(1.0, abs=0.06)
    assert sampled(pictures[:1], ABOUT)[1] == 0.05


def test_a_file_that_is_no_video_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("no video")
    with pytest.raises(ValueError, match=r"notes\.mp4: cannot be read as a video"):
        frames(tmp_path / "notes.mp4", ABOUT)

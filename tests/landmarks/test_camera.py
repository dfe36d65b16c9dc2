"""A camera that pans: the person's path is that before a static one."""

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

from lavimo.config import FindLandmarksOptions
from lavimo.landmarks.camera import Background, shift
from lavimo.landmarks.find import landmarks_of_pictures
from lavimo.landmarks.movement import seen
from lavimo.video.codec import VideoReader
from lavimo.video.decode import Picture

SIZE = 320


@pytest.fixture(scope="module")
def scenery():
    rng = np.random.default_rng(0)
    noise = sum(gaussian_filter(rng.normal(size=(500, 700, 3)), (s, s, 0)) * s for s in (2, 6, 20))
    return (128 + 60 * noise / np.abs(noise).max()).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("moved", [(0, 0), (7, 0), (-5, 12), (30, -20)])
def test_a_shift_is_measured(scenery, moved):
    x, y = moved
    pictures = [Picture(0.0, Image.fromarray(scenery[60:380, 100:420]))]
    pictures.append(Picture(0.1, Image.fromarray(scenery[60 - y : 380 - y, 100 - x : 420 - x])))
    background = Background()
    list(background.watch(pictures))
    drift = background.drift([])
    np.testing.assert_allclose(drift[0.1], [x / SIZE, -y / SIZE], atol=0.004)
    assert drift[0.0].tolist() == [0, 0]


def test_a_cut_and_an_empty_wall_are_no_movement(scenery):
    grey = np.zeros((90, 160))
    assert shift(grey, grey).tolist() == [0, 0]
    noise = np.random.default_rng(1).normal(size=(2, 90, 160))
    assert np.abs(shift(*noise)).max() <= 0.2


@pytest.mark.xdist_group("filmed")
def test_the_path_before_a_panning_camera_is_that_before_a_static_one(pose, filmed, scenery):
    """The person stands in the scenery; the camera swings right and back."""
    path = next(path for path in sorted((filmed / "videos").glob("*.mp4")) if "raise" in path.stem)
    frames = VideoReader(path).read(range(0, 40, 2))
    swing = (60 * np.sin(np.linspace(0, np.pi, len(frames)))).round().astype(int)

    def shown(moves):
        for number, (frame, move) in enumerate(zip(frames, moves)):
            whole = scenery.copy()
            whole[100:356, 200:456] = frame
            yield Picture(number / 10, Image.fromarray(np.ascontiguousarray(whole[60:380, 140 + move : 460 + move])))

    still = seen(landmarks_of_pictures(shown(0 * swing), pose, FindLandmarksOptions()))[1]
    shaken = seen(landmarks_of_pictures(shown(swing), pose, FindLandmarksOptions()))[1]
    steady = seen(landmarks_of_pictures(shown(swing), pose, FindLandmarksOptions(camera="moving")))[1]
    spread = [np.ptp(path[:, 0]) for path in (still, shaken, steady)]
    assert spread[1] > 0.4
    assert spread[2] < spread[0] + 0.15 * (spread[1] - spread[0])

"""What of a motion leaves, and how."""

import numpy as np
import pytest
from data_folders import DATA

from lavimo.body.kinematics import matrices
from lavimo.export.take import Cut, take_of
from lavimo.formats import read_motion
from lavimo.landmarks.movement import joints_of
from lavimo.motion.mirror import mirrored_motion
from lavimo.motion.motion import Motion


@pytest.fixture(scope="module")
def walk() -> Motion:
    """A real walk."""
    return read_motion(DATA / "cmu" / "07_01.bvh")


def test_the_whole_is_the_motion(walk):
    np.testing.assert_allclose(take_of(walk, Cut()).joints_TJ3, joints_of(walk), atol=1e-5)


def test_a_window(walk):
    take = take_of(walk, Cut(begin_s=0.5, end_s=1.5))
    assert len(take) == 20
    np.testing.assert_allclose(take.joints_TJ3, joints_of(walk)[10:30], atol=1e-5)


def test_mirrored(walk):
    take = take_of(walk, Cut(mirrored=True))
    np.testing.assert_allclose(take.joints_TJ3, joints_of(mirrored_motion(walk)), atol=1e-5)


def test_in_place_only_the_floor_is_left(walk):
    still, moving = take_of(walk, Cut(in_place=True)), take_of(walk, Cut())
    np.testing.assert_allclose(np.ptp(still.translation_T3[:, [0, 2]], axis=0), 0)
    np.testing.assert_allclose(still.translation_T3[:, 1], moving.translation_T3[:, 1])
    np.testing.assert_allclose(still.rotations_TJ3, moving.rotations_TJ3)


@pytest.mark.parametrize("fps", [10, 24, 30, 60, 120])
def test_another_frame_rate_goes_through_the_same_poses(walk, fps):
    take = take_of(walk, Cut(fps=fps))
    assert len(take) == int((len(walk) - 1) / 20 * fps + 1e-6) + 1
    if fps % 20 == 0:
        np.testing.assert_allclose(take.joints_TJ3[:: fps // 20], joints_of(walk), atol=1e-5)
    speed_T = np.linalg.norm(np.diff(take.joints_TJ3, axis=0), axis=-1).max(1) * fps
    assert speed_T.max() < 1.1 * np.linalg.norm(np.diff(joints_of(walk), axis=0), axis=-1).max() * 20


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("fps", [20, 30])
def test_a_loop_ends_where_it_begins(walk, in_place, fps):
    take = take_of(walk, Cut(loop=True, in_place=in_place, fps=fps))
    assert take.loops
    assert 0.5 <= len(take) / fps <= len(walk) / 20
    # From the last frame to the first is a step like any other.
    local = matrices(take.rotations_TJ3[:, 1:])
    step = np.abs(np.diff(local, axis=0)).mean((1, 2, 3))
    closing = np.abs(local[0] - local[-1]).mean()
    assert closing < 1.6 * step.max()
    heights = take.translation_T3[:, 1]
    assert abs(heights[0] - heights[-1]) < 2 * np.abs(np.diff(heights)).max() + 1e-6
    travelled = np.linalg.norm(take.translation_T3[-1, [0, 2]] - take.translation_T3[0, [0, 2]])
    assert travelled < 1e-9 if in_place else travelled > 0.3


def test_who_never_comes_back_has_no_loop():
    frames = 30
    rotations_TJ3 = np.zeros((frames, 24, 3), np.float32)
    rotations_TJ3[:, 16:20, 2] = np.linspace(-1.5, 1.5, frames)[:, None]
    rotations_TJ3[:, 1:3, 0] = np.linspace(0, -1.5, frames)[:, None]
    falling = Motion(rotations_TJ3, np.zeros((frames, 3), np.float32), np.zeros(10, np.float32))
    with pytest.raises(ValueError, match="found no loop"):
        take_of(falling, Cut(loop=True))
    with pytest.raises(ValueError, match="expected at least 12 to look for a loop in"):
        take_of(falling, Cut(loop=True, end_s=0.4))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fps": 0}, "found a frame rate of 0 a second"),
        ({"fps": float("nan")}, "found a frame rate of nan"),
        ({"begin_s": -1}, "expected 0 <= begin < end"),
        ({"begin_s": 2, "end_s": 1}, "expected 0 <= begin < end"),
    ],
)
def test_what_cannot_be_cut(options, message):
    with pytest.raises(ValueError, match=message):
        Cut(**options)


def test_a_window_without_frames(walk):
    with pytest.raises(ValueError, match=r"found 0 frame\(s\) from 1000 to None s"):
        take_of(walk, Cut(begin_s=1000))

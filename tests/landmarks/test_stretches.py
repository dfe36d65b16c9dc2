"""Where in a video somebody moves, and what a video may be taken for."""

import numpy as np
import pytest

from lavimo.config import MatchOptions, ProjectionOptions
from lavimo.landmarks.movement import Movements, joints_of
from lavimo.landmarks.projection import projected
from lavimo.landmarks.sequence import Landmarks
from lavimo.landmarks.stretches import CALM_MPS, Stretch, core, speed, stretches
from lavimo.landmarks.views import nearest, rolled

GENTLE = ProjectionOptions(
    crop=0, tempo=1, noise=(0.3, 0.3), occluded=0, missed_detections=0, elevation_degrees=(0, 10)
)
OPTIONS = MatchOptions(duration_weight=0.15)


def standing(video: Landmarks, before: int, after: int, seed: int = 0) -> Landmarks:
    """A video that begins and ends with so many pictures of standing, trembling a little."""
    rng = np.random.default_rng(seed)
    frames = np.r_[np.zeros(before, int), np.arange(len(video)), np.full(after, len(video) - 1)]
    still = np.r_[np.ones(before), np.zeros(len(video)), np.ones(after)]
    world, image, seen = (array[frames] for name, array in video.arrays().items() if name != "times")
    world = world + 0.004 * still[:, None, None] * rng.normal(size=world.shape)
    image = image + 0.001 * still[:, None, None] * rng.normal(size=image.shape)
    times_T = np.arange(len(frames), dtype=np.float32) / 10
    return Landmarks(times_T, world.astype(np.float32), image.astype(np.float32), seen)


@pytest.fixture(scope="module")
def videos(motions):
    """Landmarks of a few motions' videos."""
    rng = np.random.default_rng(0)
    return [projected(motion, rng, GENTLE) for motion in motions.values()]


@pytest.fixture(scope="module")
def gallery(motions):
    return Movements.stack([Movements.of_joints(joints_of(motion), OPTIONS.moments) for motion in motions.values()])


def test_the_core_is_where_somebody_moves(videos):
    for video in videos:
        padded = core(standing(video, 20, 20))
        own = core(video)
        assert abs(padded.times_T[0] - 2.0 - own.times_T[0]) <= 0.31
        assert abs(padded.times_T[-1] - 2.0 - own.times_T[-1]) <= 0.31


def test_all_of_a_video_comes_first_and_nothing_loses_much(videos):
    found = stretches(standing(videos[0], 20, 20))
    assert found[0] == Stretch(0.0, pytest.approx(4 + videos[0].times_T[-1] + 0.0, abs=0.15))
    assert len(found) == len(set(found))
    assert all(0 <= one.missed <= 0.31 and one.end_s - one.begin_s >= 0.5 for one in found)
    assert len(found[1].of(videos[0])) > 0


def test_who_stands_does_not_move(videos):
    still = standing(videos[0], 30, 0)
    assert speed(still)[3:25].max() < CALM_MPS
    alone = Stretch(0.3, 2.5).of(still)
    assert stretches(alone) == [Stretch(pytest.approx(0.3), pytest.approx(2.5))]
    np.testing.assert_array_equal(core(alone).times_T, alone.times_T)


def test_standing_before_and_after_does_not_matter(videos, gallery):
    """Each motion is found, and the seconds in which it happens."""
    for number, video in enumerate(videos):
        plain, padded = (nearest(one, gallery, OPTIONS) for one in (video, standing(video, 20, 20)))
        assert plain.distance_G.argmin() == padded.distance_G.argmin() == number
        stretch = padded.stretches[number]
        assert stretch.begin_s == pytest.approx(2.0, abs=0.5)
        assert stretch.end_s == pytest.approx(2.0 + video.times_T[-1], abs=0.5)


@pytest.mark.parametrize("degrees", [-17, 17])
def test_a_camera_that_leans_is_set_upright(videos, gallery, degrees):
    for number, video in enumerate(videos):
        turn_22 = np.array(
            [
                [np.cos(np.radians(degrees)), -np.sin(np.radians(degrees))],
                [np.sin(np.radians(degrees)), np.cos(np.radians(degrees))],
            ]
        )
        world_TL3 = video.world_TL3.copy()
        world_TL3[..., :2] = world_TL3[..., :2] @ turn_22.T
        image_TL2 = (video.image_TL2 @ turn_22.T).astype(np.float32)
        leaning = Landmarks(video.times_T, world_TL3, image_TL2, video.visibility_TL)
        level, found = nearest(video, gallery, OPTIONS), nearest(leaning, gallery, OPTIONS)
        assert found.distance_G.argmin() == number
        assert found.distance_G[number] == pytest.approx(level.distance_G[number], abs=0.09)


def test_a_roll_is_undone_by_its_opposite(gallery):
    back = rolled(rolled(gallery, 18), -18)
    np.testing.assert_allclose(back.points_GNK3, gallery.points_GNK3, atol=1e-5)
    np.testing.assert_allclose(back.path_GN3, gallery.path_GN3, atol=1e-5)

"""A motion's place: on the floor, at the origin, facing +z; drift goes, stairs stay, toes do not sink."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from lavimo.body.body import embedded_body
from lavimo.body.skeleton import JOINT
from lavimo.motion.features import facing
from lavimo.motion.featurize import joints_of
from lavimo.motion.ground import place_on_floor, sole_heights
from lavimo.motion.motion import Motion


def motion_of(heights_T, yaw=0.0, place=(0.0, 0.0), ankle_pitch=0.0) -> Motion:
    """Someone who stands still, lifted by some heights."""
    frames = len(heights_T)
    rotations_TJ3 = np.zeros((frames, 24, 3))
    rotations_TJ3[:, 0, 1] = yaw
    rotations_TJ3[:, [JOINT["left_ankle"], JOINT["right_ankle"]], 0] = ankle_pitch
    translation_T3 = np.zeros((frames, 3))
    translation_T3[:, [0, 2]] = place
    translation_T3[:, 1] = heights_T
    return Motion(rotations_TJ3, translation_T3, np.zeros(10))


@pytest.mark.parametrize("yaw", [0.0, 1.0, np.pi, -2.0])
def test_starts_at_the_origin_facing_ahead_on_the_floor(yaw):
    stood = place_on_floor(motion_of(np.full(12, 3.3), yaw, (5.0, -7.0)))
    np.testing.assert_allclose(joints_of(stood)[0, 0, [0, 2]], 0, atol=1e-5)
    np.testing.assert_allclose(facing(joints_of(stood))[0], [0, 0, 1], atol=1e-5)
    np.testing.assert_allclose(sole_heights(stood)[0].min(1), 0, atol=1e-5)


def test_a_path_turns_with_the_person():
    """Who walks where they look walks towards +z, whatever the heading."""
    motion = motion_of(np.zeros(10), yaw=2.2)
    steps_T = np.linspace(0, 3, 10)
    translation_T3 = steps_T[:, None] * [np.sin(2.2), 0, np.cos(2.2)]
    stood = place_on_floor(Motion(motion.rotations_TJ3, translation_T3, motion.betas_B))
    # The body is not quite symmetric: its hips and shoulders face a quarter of a degree aside.
    np.testing.assert_allclose(joints_of(stood)[:, 0, [0, 2]], np.stack([0 * steps_T, steps_T], 1), atol=0.02)


def test_drift_goes_and_a_leap_stays():
    time_T = np.arange(60) / 20
    drift_T = 0.05 * np.sin(time_T)
    leap_T = np.maximum(0.3 - 0.5 * 9.81 * (time_T - 1.5) ** 2, 0)
    heights_T = sole_heights(place_on_floor(motion_of(1 + drift_T + leap_T)))[0].min(1)
    standing_T = leap_T == 0
    assert np.abs(heights_T[standing_T]).max() < 0.02
    assert heights_T.max() == pytest.approx(0.3, abs=0.03)


def test_stairs_stay():
    stairs_T = np.repeat([0.0, 0.2, 0.4, 0.6], 15)
    heights_T = sole_heights(place_on_floor(motion_of(stairs_T - 4)))[0].min(1)
    np.testing.assert_allclose(heights_T, stairs_T, atol=1e-5)


def test_toes_bend_instead_of_sinking():
    """On the balls of the feet, the stiff toes would go through the floor."""
    stiff = motion_of(np.zeros(12), ankle_pitch=0.7)
    balls, toes = sole_heights(stiff)
    sinking_m = (balls - toes).max()
    assert sinking_m > 0.03
    stood = place_on_floor(stiff)
    balls, toes = sole_heights(stood)
    assert np.abs(balls).max() < 0.01
    assert -toes.min() < 0.7 * sinking_m  # the mesh blends toes and foot, which weakens the bend
    assert stood.rotations_TJ3[0, JOINT["left_foot"], 0] < -0.3
    flat = place_on_floor(motion_of(np.zeros(12)))
    np.testing.assert_allclose(flat.rotations_TJ3[:, [JOINT["left_foot"], JOINT["right_foot"]]], 0, atol=0.1)


def test_sole_heights_are_the_posed_meshes():
    generator = np.random.default_rng(0)
    motion = Motion(generator.normal(0, 0.2, (4, 24, 3)), generator.normal(0, 1, (4, 3)), np.zeros(10))
    body = embedded_body()
    rest_V3, rest_J3 = body.rest(motion.betas_B)
    vertices_TV3 = body.pose(motion.rotations_TJ3, motion.translation_T3, rest_V3, rest_J3)
    left_V = rest_V3[:, 0] > 0
    for foot, side_V in enumerate((left_V, ~left_V)):
        low_V = side_V & (rest_V3[:, 1] < rest_V3[side_V, 1].min() + 0.015)
        lowest = vertices_TV3[:, low_V, 1].min(1)
        heights = np.minimum(*(part[:, foot] for part in sole_heights(motion)))
        np.testing.assert_allclose(heights, lowest, atol=0.006)


def test_two_frames():
    assert len(place_on_floor(motion_of(np.zeros(2)))) == 2


def test_a_turned_rotation_is_a_rotation():
    motion = motion_of(np.zeros(3), yaw=1.0)
    tilted = Motion(motion.rotations_TJ3 + 0.1, motion.translation_T3, motion.betas_B)
    before = Rotation.from_rotvec(tilted.rotations_TJ3[:, 0])
    after = Rotation.from_rotvec(place_on_floor(tilted).rotations_TJ3[:, 0])
    turns = (after * before.inv()).as_rotvec()
    np.testing.assert_allclose(turns[:, [0, 2]], 0, atol=1e-5)
    np.testing.assert_allclose(turns, turns[:1].repeat(3, 0), atol=1e-5)

"""Joints to rotations and back through forward kinematics, wherever they stand and whatever comes in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import forward_kinematics, matrices, smallest_rotations
from lavimo.body.skeleton import MIRROR, PARENTS
from lavimo.motion.inverse_kinematics import inverse_kinematics

Array = NDArray[np.floating]

REST_S3 = embedded_body().rest(np.zeros(10, np.float32))[1].astype(np.float64)
SYMMETRIC_S3 = (REST_S3 + REST_S3[MIRROR] * [-1, 1, 1]) / 2


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 30), st.floats(0, 1.2))
def test_joints_come_back(movement, joints_from, seed, frames, size):
    joints_TJ3 = joints_from(*movement(seed, frames, size))
    np.testing.assert_allclose(joints_from(*inverse_kinematics(joints_TJ3, REST_S3)), joints_TJ3, atol=1e-4)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.7, 1.4))
def test_directions_come_back_on_another_skeleton(movement, joints_from, seed, scale):
    other_S3 = REST_S3.copy()
    lengths_S = np.random.default_rng(seed).uniform(0.7, 1.4, 24)
    lengths_S[[1, 2, 3]], lengths_S[[12, 13, 14]] = lengths_S[1], lengths_S[12]
    for joint in range(1, 24):
        other_S3[joint] = other_S3[PARENTS[joint]] + (REST_S3[joint] - REST_S3[PARENTS[joint]]) * lengths_S[joint]
    rotations_TS3, translation_T3 = movement(seed)
    expected_TS3, _ = inverse_kinematics(joints_from(rotations_TS3, translation_T3), REST_S3)
    found_TS3, _ = inverse_kinematics(joints_from(rotations_TS3, translation_T3, other_S3), REST_S3)
    np.testing.assert_allclose(matrices(found_TS3), matrices(expected_TS3), atol=1e-3)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.floats(-3.1, 3.1))
def test_only_the_root_knows_where_one_stands_and_faces(movement, joints_from, seed, yaw):
    rotations_TS3, translation_T3 = movement(seed)
    joints_TJ3 = joints_from(rotations_TS3, translation_T3)
    turn = Rotation.from_rotvec([0, yaw, 0]).as_matrix()
    here_TS3, _ = inverse_kinematics(joints_TJ3, REST_S3)
    there_TS3, _ = inverse_kinematics(joints_TJ3 @ turn.T + [3, 1, -2], REST_S3)
    np.testing.assert_allclose(matrices(there_TS3[:, 1:]), matrices(here_TS3[:, 1:]), atol=1e-6)
    np.testing.assert_allclose(matrices(there_TS3[:, 0]), turn @ matrices(here_TS3[:, 0]), atol=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_a_mirrored_person_has_mirrored_rotations(movement, joints_from, seed):
    joints_TJ3 = joints_from(*movement(seed), SYMMETRIC_S3)
    rotations_TS3, translation_T3 = inverse_kinematics(joints_TJ3, SYMMETRIC_S3)
    mirrored_TS3, moved_T3 = inverse_kinematics(joints_TJ3[:, MIRROR[:22]] * [-1, 1, 1], SYMMETRIC_S3)
    np.testing.assert_allclose(matrices(mirrored_TS3), matrices(rotations_TS3[:, MIRROR] * [1, -1, -1]), atol=1e-6)
    np.testing.assert_allclose(moved_T3, translation_T3 * [-1, 1, 1], atol=1e-9)


# What comes in may be anything.


def test_nan_is_refused_by_frame(movement, joints_from):
    joints_TJ3 = joints_from(*movement(0))
    joints_TJ3[[4, 7], 3, 1] = [np.nan, np.inf]
    with pytest.raises(ValueError, match="2 of 9 frames, first in frame 4"):
        inverse_kinematics(joints_TJ3, REST_S3)


@pytest.mark.parametrize("shape", [(5, 24, 3), (5, 21, 3), (22, 3), (5, 22, 2), (0, 22, 3)])
def test_another_skeleton_is_refused(shape):
    with pytest.raises(ValueError, match=r"expected \(T, 22, 3\)"):
        inverse_kinematics(np.zeros(shape), REST_S3)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sets(st.integers(0, 21)))
def test_joints_in_one_place_are_borne(movement, joints_from, seed, joints):
    """Any joints may coincide with their parents, always or now and then: rotations are finite, others' bones right."""
    joints_TJ3 = joints_from(*movement(seed))
    bones_TJ3 = joints_TJ3 - joints_TJ3[:, np.maximum(PARENTS[:22], 0)]
    bones_TJ3[3:5, list(joints)] = 0
    always = sorted(joints)[::2]
    bones_TJ3[:, always] = 0
    broken_TJ3 = joints_TJ3.copy()
    for joint in range(1, 22):
        broken_TJ3[:, joint] = broken_TJ3[:, PARENTS[joint]] + bones_TJ3[:, joint]
    rotations_TS3, translation_T3 = inverse_kinematics(broken_TJ3, REST_S3)
    assert np.isfinite(rotations_TS3).all()
    assert np.isfinite(translation_T3).all()
    posed_TJ3 = joints_from(rotations_TS3, translation_T3)
    posed_TJ3 = posed_TJ3 - posed_TJ3[:, np.maximum(PARENTS[:22], 0)]
    for end in set(range(1, 22)) - joints - {1, 2, 3, 12, 13, 14}:
        np.testing.assert_allclose(posed_TJ3[:, end], bones_TJ3[:, end], atol=1e-6)


def test_a_bone_that_loses_its_length_for_a_frame_does_not_jump(movement, joints_from):
    joints_TJ3 = joints_from(*movement(1))
    expected_TS3, _ = inverse_kinematics(joints_TJ3, REST_S3)
    broken_TJ3 = joints_TJ3.copy()
    broken_TJ3[4, 20] = broken_TJ3[4, 18]
    found_TS3, _ = inverse_kinematics(broken_TJ3, REST_S3)
    np.testing.assert_allclose(matrices(found_TS3), matrices(expected_TS3), atol=0.02)


def test_a_chest_without_collars_follows_the_shoulders(movement, joints_from):
    """Converted skeletons have collars where the chest is: neck and shoulders tell where the chest faces."""
    rotations_TS3, translation_T3 = movement(2, size=0.2)
    rest_S3 = REST_S3.copy()
    rest_S3[[13, 14]] = rest_S3[9]
    rest_S3[16:] += rest_S3[9] - rest_S3[12]
    rotations_TS3[:, [13, 14]] = 0
    found_TS3, _ = inverse_kinematics(joints_from(rotations_TS3, translation_T3, rest_S3), rest_S3)
    np.testing.assert_allclose(
        joints_from(found_TS3, translation_T3, rest_S3)[:, 12],
        joints_from(rotations_TS3, translation_T3, rest_S3)[:, 12],
        atol=1e-5,
    )
    chest = forward_kinematics(matrices(found_TS3), translation_T3, rest_S3)[1][:, 9]
    expected = forward_kinematics(matrices(rotations_TS3), translation_T3, rest_S3)[1][:, 9]
    np.testing.assert_allclose(chest, expected, atol=1e-3)


VECTORS = st.tuples(*[st.floats(-1, 1)] * 3).map(np.array).filter(lambda vector: np.linalg.norm(vector) > 0.1)


@given(VECTORS, VECTORS, st.booleans())
def test_smallest_rotations(start_3, end_3, opposite):
    start_3 = start_3 / np.linalg.norm(start_3)
    end_3 = -start_3 if opposite else end_3 / np.linalg.norm(end_3)
    rotation_33 = smallest_rotations(start_3[None], end_3[None])[0]
    np.testing.assert_allclose(rotation_33 @ start_3, end_3, atol=1e-4)
    np.testing.assert_allclose(rotation_33 @ rotation_33.T, np.eye(3), atol=1e-4)
    angle = Rotation.from_matrix(rotation_33).magnitude()
    assert angle == pytest.approx(np.arccos(np.clip(start_3 @ end_3, -1, 1)), abs=1e-3)

"""Joint positions to a motion of the embedded body: the person's size and place, and the way back to joints."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lavimo import demo
from lavimo.body.body import embedded_body
from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.config import DemoOptions
from lavimo.motion.features import features_from_joints, joints_from_features
from lavimo.motion.featurize import joints_of
from lavimo.motion.from_joints import LIMBS, bone_lengths, fitting_betas, motion_from_joints, skeleton_of
from lavimo.motion.ground import sole_heights
from lavimo.motion.inverse_kinematics import bone_directions, inverse_kinematics

REST_S3 = embedded_body().rest(np.zeros(10, np.float32))[1].astype(np.float64)
REST_J3 = REST_S3[:22]


@pytest.fixture(scope="module")
def walk() -> np.ndarray:
    """The joints (T, 22, 3) of a demo clip."""
    return joints_of(demo.load(demo.catalogue(DemoOptions())[40].name, DemoOptions())).astype(np.float64)


def test_a_motion_comes_back_through_joints_and_features(walk):
    """Features have the lowest joint on the floor, motions the soles: heights differ by a constant."""
    features_TD = features_from_joints(walk, REST_J3, "fixed")
    joints_TJ3 = joints_from_features(features_TD)
    found_TJ3 = joints_of(motion_from_joints(joints_TJ3, REST_S3))
    higher = found_TJ3[..., 1].mean() - joints_TJ3[..., 1].mean()
    assert 0 < -higher < 0.04 or 0 < higher < 0.04
    assert np.linalg.norm(found_TJ3 - joints_TJ3 - [0, higher, 0], axis=-1).max() < 0.005


@pytest.mark.parametrize("size", [0.8, 1.0, 1.15])
def test_another_size_has_other_betas_and_points_the_same_way(walk, size):
    motion = motion_from_joints(walk * size, REST_S3)
    found_TJ3 = joints_of(motion)
    np.testing.assert_allclose(bone_lengths(found_TJ3)[LIMBS].sum(), size * bone_lengths(walk)[LIMBS].sum(), rtol=0.02)
    found_T3, expected_T3 = (bone_directions(joints)[:, LIMBS] for joints in (found_TJ3, walk))
    turn_33 = np.linalg.lstsq(expected_T3[0], found_T3[0], rcond=None)[0]  # `place_on_floor` rotates it towards +z
    np.testing.assert_allclose(found_T3, expected_T3 @ turn_33, atol=1e-3)
    assert np.abs(sole_heights(motion)[0].min(1)).min() < 0.02


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(-1.5, 1.5), min_size=10, max_size=10))
def test_betas_fit_limbs(betas):
    rest_J3 = embedded_body().rest(np.array(betas, np.float32))[1][:22].astype(np.float64)
    found_B = fitting_betas(bone_lengths(rest_J3[None]))
    found_J3 = embedded_body().rest(found_B)[1][:22].astype(np.float64)
    np.testing.assert_allclose(bone_lengths(found_J3[None])[LIMBS], bone_lengths(rest_J3[None])[LIMBS], atol=0.012)
    assert np.linalg.norm(found_B) <= np.linalg.norm(betas) + 0.1


def test_people_of_no_size_are_refused():
    with pytest.raises(ValueError, match="expected legs"):
        motion_from_joints(np.zeros((5, 22, 3)))
    with pytest.raises(ValueError, match="expected at least 2"):
        motion_from_joints(REST_J3[None])


def test_a_skeleton_has_the_clips_bones_and_poses_as_the_clip(walk):
    found_S3 = skeleton_of(walk)
    np.testing.assert_allclose(bone_lengths(found_S3[None, :22]), bone_lengths(walk), atol=1e-6)
    posed_TJ3 = forward_kinematics(*posed(inverse_kinematics(walk, found_S3)), found_S3)[0][:, :22]
    np.testing.assert_allclose(posed_TJ3, walk, atol=1e-5)


def posed(found):
    return matrices(found[0]), found[1]

"""SMPL's shoulders and ours: arms keep their directions, collars turn by what is said, and back is the identity."""

import numpy as np
import pytest

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.body.skeleton import JOINT, JOINT_NAMES
from lavimo.motion.shoulders import RISE_DEGREES, from_smpl, to_smpl


@pytest.fixture
def rotations():
    return np.random.default_rng(0).normal(0, 0.5, (6, 24, 3))


def test_back_is_the_identity(rotations):
    for there, back in ((from_smpl, to_smpl), (to_smpl, from_smpl)):
        np.testing.assert_allclose(matrices(back(there(rotations))), matrices(rotations), atol=1e-12)


def test_only_shoulders_move_and_arms_point_where_they_did(rotations):
    rest = embedded_body().rest(np.zeros(10))[1].astype(float)
    still = np.zeros((len(rotations), 3))
    points, turned = forward_kinematics(matrices(rotations), still, rest)
    raised_points, raised = forward_kinematics(matrices(from_smpl(rotations)), still, rest)
    for joint, name in enumerate(JOINT_NAMES):
        same = np.allclose(turned[:, joint], raised[:, joint], atol=1e-9)
        assert same == (not name.endswith("collar")), name
    arm = [JOINT[name] for name in ("left_shoulder", "left_elbow", "left_wrist")]
    np.testing.assert_allclose(np.diff(raised_points[:, arm], axis=1), np.diff(points[:, arm], axis=1), atol=1e-9)


def test_shoulders_rise(rotations):
    rest = embedded_body().rest(np.zeros(10))[1].astype(float)
    points, _ = forward_kinematics(matrices(from_smpl(np.zeros((1, 24, 3)))), np.zeros((1, 3)), rest)
    for side in ("left", "right"):
        (before, after) = (at[JOINT[f"{side}_shoulder"]] - at[JOINT[f"{side}_collar"]] for at in (rest, points[0]))
        rise = np.degrees(np.arctan2(after[1], abs(after[0])) - np.arctan2(before[1], abs(before[0])))
        assert rise == pytest.approx(RISE_DEGREES)

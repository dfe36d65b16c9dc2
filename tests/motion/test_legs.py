"""A leg brings its foot to a place."""

import numpy as np
import pytest
from data_folders import DATA

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.body.skeleton import JOINT
from lavimo.formats import read_motion
from lavimo.motion.legs import LONGEST, reach

REST_J3 = embedded_body().rest(np.zeros(10, np.float32))[1].astype(np.float64)


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_foot_is_where_it_is_to_be_and_nothing_else_moves(side):
    motion = read_motion(DATA / "cmu" / "07_01.bvh")
    rotations_TJ33 = matrices(motion.rotations_TJ3.astype(np.float64))
    before_TJ3, world_TJ33 = forward_kinematics(rotations_TJ33, motion.translation_T3, REST_J3)
    hip, knee, ankle, foot = (JOINT[f"{side}_{name}"] for name in ("hip", "knee", "ankle", "foot"))
    rng = np.random.default_rng(0)
    wanted_T3 = before_TJ3[:, ankle] + rng.uniform(-0.05, 0.05, (len(motion), 3)) * [1, 0, 1] + [0, 0.05, 0]
    moved_TJ33 = reach(rotations_TJ33, motion.translation_T3, REST_J3, side, wanted_T3, world_TJ33[:, ankle])
    after_TJ3, turned_TJ33 = forward_kinematics(moved_TJ33, motion.translation_T3, REST_J3)
    np.testing.assert_allclose(after_TJ3[:, ankle], wanted_T3, atol=1e-3)
    np.testing.assert_allclose(turned_TJ33[:, ankle], world_TJ33[:, ankle], atol=1e-9)
    others = [joint for joint in range(24) if joint not in (knee, ankle, foot)]
    np.testing.assert_allclose(after_TJ3[:, others], before_TJ3[:, others], atol=1e-9)

    def plane(joints_TJ3: np.ndarray) -> np.ndarray:
        across_T3 = np.cross(joints_TJ3[:, knee] - joints_TJ3[:, hip], joints_TJ3[:, ankle] - joints_TJ3[:, knee])
        return across_T3 / np.linalg.norm(across_T3, axis=1, keepdims=True)

    assert (plane(before_TJ3) * plane(after_TJ3)).sum(1).min() > np.cos(np.radians(15)), "the knee points as it did"
    unmoved_TJ33 = reach(
        rotations_TJ33, motion.translation_T3, REST_J3, side, before_TJ3[:, ankle], world_TJ33[:, ankle]
    )
    np.testing.assert_allclose(unmoved_TJ33, rotations_TJ33, atol=0.05)  # but where a knee was locked


def test_what_is_out_of_reach_is_approached():
    straight_TJ33 = np.tile(np.eye(3), (1, 24, 1, 1))
    hip, knee, ankle = (REST_J3[JOINT[f"left_{name}"]] for name in ("hip", "knee", "ankle"))
    far_T3 = (hip + [0, 0, 5])[None]
    moved_TJ33 = reach(straight_TJ33, np.zeros((1, 3)), REST_J3, "left", far_T3, np.eye(3)[None])
    found_3 = forward_kinematics(moved_TJ33, np.zeros((1, 3)), REST_J3)[0][0, JOINT["left_ankle"]]
    length = np.linalg.norm(knee - hip) + np.linalg.norm(ankle - knee)
    np.testing.assert_allclose(found_3 - hip, [0, 0, LONGEST * length], atol=2e-3)

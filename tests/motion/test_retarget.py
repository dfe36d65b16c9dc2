"""Retargeting: what goes in on SMPL's own skeleton comes out; unit, axes, rest arms and extra joints do not matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.body.skeleton import JOINT, JOINT_NAMES, MIRROR, PARENTS
from lavimo.motion.featurize import joints_of
from lavimo.motion.retarget import axes_of, retarget, world_joints

REST_J3 = embedded_body().rest(np.zeros(10, np.float32))[1].astype(np.float64)
SAME = {name: index for index, name in enumerate(JOINT_NAMES)}
FEET = [JOINT["left_foot"], JOINT["right_foot"]]


def movement(seed: int, frames: int = 9) -> tuple[np.ndarray, np.ndarray]:
    """Rotations (T, 24, 3, 3) and root positions (T, 3) of someone who moves smoothly, the head upwards."""
    generator = np.random.default_rng(seed)
    ends = generator.normal(0, 0.35, (2, 24, 3))
    ends[:, 0] = [0, generator.uniform(-3, 3), 0]
    weight = np.linspace(0, 1, frames)[:, None, None]
    rotations = Rotation.from_rotvec(((1 - weight) * ends[0] + weight * ends[1]).reshape(-1, 3))
    path_T3 = np.linspace([0.0, 1.0, 0.0], generator.uniform([-1, 0.95, -1], [1, 1.05, 1]), frames)
    return rotations.as_matrix().reshape(frames, 24, 3, 3), path_T3


def source(rotations_TJ33, path_T3, rest_J3=REST_J3, scale=1.0):
    """Arguments of `retarget` for SMPL's own skeleton."""
    offsets_J3 = rest_J3 - np.concatenate([np.zeros((1, 3)), rest_J3[PARENTS[1:]]])
    positions_TJ3 = np.tile(offsets_J3, (len(path_T3), 1, 1))
    positions_TJ3[:, 0] = path_T3
    return PARENTS, offsets_J3 * scale, rotations_TJ33, positions_TJ3 * scale, SAME


def same(one, other, atol=2e-5):
    np.testing.assert_allclose(joints_of(one), joints_of(other), atol=atol)
    body_joints = [joint for joint in range(24) if joint not in FEET]
    np.testing.assert_allclose(
        matrices(one.rotations_TJ3[:, body_joints]), matrices(other.rotations_TJ3[:, body_joints]), atol=atol
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_smpls_own_skeleton_keeps_every_rotation_and_its_path(seed):
    rotations_TJ33, path_T3 = movement(seed)
    motion = retarget(*source(rotations_TJ33, path_T3))
    ours_TJ33 = matrices(motion.rotations_TJ3)
    rest = [joint for joint in range(1, 24) if joint not in FEET]
    np.testing.assert_allclose(ours_TJ33[:, rest], rotations_TJ33[:, rest], atol=1e-5)
    heading_33 = ours_TJ33[0, 0] @ rotations_TJ33[0, 0].T
    np.testing.assert_allclose(heading_33[1], [0, 1, 0], atol=1e-5)  # turned about y only
    np.testing.assert_allclose(ours_TJ33[:, 0], heading_33 @ rotations_TJ33[:, 0], atol=1e-5)
    steps_T3 = np.diff(path_T3, axis=0) @ heading_33.T
    np.testing.assert_allclose(np.diff(motion.translation_T3, axis=0)[:, [0, 2]], steps_T3[:, [0, 2]], atol=1e-5)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), st.floats(1e-3, 1e3))
def test_the_unit_does_not_matter(seed, scale):
    moved = movement(seed)
    same(retarget(*source(*moved)), retarget(*source(*moved, scale=scale)))


@pytest.mark.parametrize("turn", [[np.pi / 2, 0, 0], [0, np.pi / 2, 0], [0, np.pi, 0], [-np.pi / 2, 0, 0]])
def test_the_axes_do_not_matter(turn):
    turn_33 = Rotation.from_rotvec(turn).as_matrix()
    parents_J, offsets_J3, rotations_TJ33, positions_TJ3, joints = source(*movement(3))
    turned = (
        parents_J,
        offsets_J3 @ turn_33.T,
        turn_33 @ rotations_TJ33 @ turn_33.T,
        positions_TJ3 @ turn_33.T,
        joints,
    )
    same(retarget(*source(*movement(3))), retarget(*turned))


@pytest.mark.parametrize("degrees", [30, 50, 88])
def test_arms_that_rest_lower_point_the_same_way(degrees):
    """The zero pose has lowered arms (an A-pose); the file raises them by that to make the same movement."""
    rotations_TJ33, path_T3 = movement(5)
    world_TJ33 = forward_kinematics(rotations_TJ33, np.zeros_like(path_T3), REST_J3)[1]
    rest_J3 = REST_J3.copy()
    undo_J33 = np.tile(np.eye(3), (24, 1, 1))
    for side, sign in (("left", 1), ("right", -1)):
        arm = [JOINT[f"{side}_{name}"] for name in ("shoulder", "elbow", "wrist", "hand")]
        lower_33 = Rotation.from_rotvec([0, 0, -sign * np.radians(degrees)]).as_matrix()
        rest_J3[arm] = rest_J3[arm[0]] + (rest_J3[arm] - rest_J3[arm[0]]) @ lower_33.T
        undo_J33[arm] = lower_33.T
    lowered_TJ33 = world_TJ33 @ undo_J33
    local_TJ33 = lowered_TJ33.copy()
    local_TJ33[:, 1:] = lowered_TJ33[:, PARENTS[1:]].swapaxes(-1, -2) @ lowered_TJ33[:, 1:]
    expected = retarget(*source(rotations_TJ33, path_T3))
    found = retarget(*source(local_TJ33, path_T3, rest_J3))
    np.testing.assert_allclose(joints_of(found), joints_of(expected), atol=2e-4)


def test_a_joint_without_namesake_acts_through_the_next():
    """The knee's rotation split between the knee and a joint inserted at the same place."""
    parents_J, offsets_J3, rotations_TJ33, positions_TJ3, joints = source(*movement(7))
    knee, frames = JOINT["left_knee"], len(rotations_TJ33)
    half = Rotation.from_rotvec([0.4, 0.1, -0.2]).as_matrix()
    # The inserted joint comes right before the knee; every index from there on moves by one.
    moved = lambda index: index + (index >= knee)  # noqa: E731
    parents = [moved(parent) if parent >= 0 else -1 for parent in parents_J]
    parents = np.array([*parents[:knee], parents[knee], knee, *parents[knee + 1 :]])
    offsets = np.insert(offsets_J3, knee + 1, 0.0, axis=0)
    positions = np.insert(positions_TJ3, knee + 1, 0.0, axis=1)
    rotations = np.insert(rotations_TJ33, knee, np.tile(half, (frames, 1, 1)), axis=1)
    rotations[:, knee + 1] = half.T @ rotations_TJ33[:, knee]
    split = (parents, offsets, rotations, positions, {name: moved(index) for name, index in joints.items()})
    same(retarget(*source(*movement(7))), retarget(*split))


def test_joints_that_the_source_lacks_follow_their_parent():
    *skeleton, joints = source(*movement(9))
    without = {
        name: index for name, index in joints.items() if name not in ("spine1", "left_hand", "right_hand", "head")
    }
    motion = retarget(*skeleton, without)
    for name in ("spine1", "left_hand", "right_hand", "head"):
        np.testing.assert_allclose(motion.rotations_TJ3[:, JOINT[name]], 0, atol=1e-6)


@pytest.mark.parametrize(
    ("joints", "message"),
    [(("left_knee",), "no length from left_hip to left_knee"), (("left_hip", "right_hip"), "both hips at the same")],
)
def test_bodies_that_cannot_be_are_refused(joints, message):
    parents_J, offsets_J3, *movements = source(*movement(0))
    offsets_J3[[JOINT[name] for name in joints]] = 0
    with pytest.raises(ValueError, match=message):
        retarget(parents_J, offsets_J3, *movements)


def test_pose_is_the_naive_chain():
    parents_J, _, rotations_TJ33, positions_TJ3, _ = source(*movement(11))
    points_TJ3, world_TJ33 = world_joints(parents_J, rotations_TJ33, positions_TJ3)
    for frame in (0, 5):
        for joint in range(24):
            point, turn, chain = np.zeros(3), np.eye(3), []
            while joint >= 0:
                chain.append(joint)
                joint = parents_J[joint]
            for link in reversed(chain):
                point, turn = point + turn @ positions_TJ3[frame, link], turn @ rotations_TJ33[frame, link]
            np.testing.assert_allclose(points_TJ3[frame, chain[0]], point, atol=1e-12)
            np.testing.assert_allclose(world_TJ33[frame, chain[0]], turn, atol=1e-12)


SYMMETRIC_J3 = (REST_J3 + REST_J3[MIRROR] * (-1, 1, 1)) / 2


@pytest.mark.parametrize("degrees", [1.5, 5, 30, 45, 60, 90, 137, 180, -44])
@pytest.mark.parametrize("upwards", [[0, 0, 0], [np.pi / 2, 0, 0]])
def test_a_rest_pose_may_face_any_direction(degrees, upwards):
    turn_33 = (Rotation.from_rotvec(upwards) * Rotation.from_euler("y", degrees, degrees=True)).as_matrix()
    parents_J, offsets_J3, rotations_TJ33, positions_TJ3, joints = source(*movement(3), SYMMETRIC_J3)
    turned = (offsets_J3 @ turn_33.T, turn_33 @ rotations_TJ33 @ turn_33.T, positions_TJ3 @ turn_33.T)
    expected = retarget(*source(*movement(3), SYMMETRIC_J3))
    same(retarget(parents_J, *turned, joints), expected, atol=5e-5)


def test_a_rest_pose_that_is_not_quite_symmetric_faces_its_axis():
    """Hips askew by five degrees, shoulders straight; or the whole by less than one: the axes are the file's."""
    index = dict(zip(range(24), range(24)))
    np.testing.assert_array_equal(axes_of(REST_J3, index), np.eye(3))
    askew_J3 = SYMMETRIC_J3.copy()
    hips = [JOINT["left_hip"], JOINT["right_hip"]]
    askew_J3[hips] = askew_J3[hips] @ Rotation.from_euler("y", 5, degrees=True).as_matrix().T
    np.testing.assert_array_equal(axes_of(askew_J3, index), np.eye(3))
    slight = Rotation.from_euler("y", 0.9, degrees=True).as_matrix()
    np.testing.assert_array_equal(axes_of(SYMMETRIC_J3 @ slight.T, index), np.eye(3))
    further = Rotation.from_euler("y", 1.1, degrees=True).as_matrix()
    np.testing.assert_allclose(axes_of(SYMMETRIC_J3 @ further.T, index), further.T, atol=1e-6)


def test_legs_that_are_not_alike_are_refused():
    parents_J, offsets_J3, *movements = source(*movement(0))
    offsets_J3[JOINT["left_knee"]] *= 0.5
    with pytest.raises(ValueError, match=r"found a left thigh of length .* and a right one of"):
        retarget(parents_J, offsets_J3, *movements)


def test_a_world_upside_down_is_refused_if_asked():
    rotations_TJ33, path_T3 = movement(4)
    retarget(*source(rotations_TJ33, path_T3), plausible=True)
    rotations_TJ33[:, 0] = np.diag([-1.0, -1.0, 1.0]) @ rotations_TJ33[:, 0]
    with pytest.raises(ValueError, match="stands on its head"):
        retarget(*source(rotations_TJ33, path_T3), plausible=True)

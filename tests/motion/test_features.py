"""The features: the published procedure's own output, a naive twin, the inverse, and clips at the edge."""

import numpy as np
import pytest
from data_folders import DATA
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from lavimo.body.body import embedded_body
from lavimo.body.skeleton import JOINT, MIRROR
from lavimo.motion.features import (
    SMOOTHING_FRAMES,
    facing,
    facing_yaw,
    features_from_joints,
    joints_from_features,
    turn,
)
from lavimo.motion.layout import HUMANML3D

BONE_AXES_B3, GROUPS, PARENTS = HUMANML3D.bone_axes_B3, HUMANML3D.groups, HUMANML3D.parents_J
SAMPLES = ("000000", "007005", "012314")
CONVENTIONS = ("humanml3d", "fixed")
REST_J3 = embedded_body().rest(np.zeros(10, np.float32))[1][:22].astype(np.float64)


def clip(seed: int, frames: int = 40) -> np.ndarray:
    """Joints of someone who wanders and turns, all bones swinging."""
    generator = np.random.default_rng(seed)
    time_T = np.arange(frames) / 20
    swing_TB3 = 0.5 * np.sin(
        time_T[:, None, None] * generator.uniform(0, 4, (21, 3)) + generator.uniform(0, 6, (21, 3))
    )
    joints_TJ3 = np.zeros((frames, 22, 3))
    joints_TJ3[:, 0] = [2, 0.9, -1] + np.cumsum(generator.normal(0, 0.02, (frames, 3)), 0)
    bones_B3 = 1.1 * (REST_J3[1:] - REST_J3[PARENTS[1:]])
    heading = Rotation.from_rotvec((generator.uniform(0, 6) + generator.uniform(-3, 3) * time_T)[:, None] * [0, 1, 0])
    for joint in range(1, 22):
        bone_T3 = heading.apply(Rotation.from_rotvec(swing_TB3[:, joint - 1]).apply(bones_B3[joint - 1]))
        joints_TJ3[:, joint] = joints_TJ3[:, PARENTS[joint]] + bone_T3
    return joints_TJ3


@pytest.mark.parametrize("sample", SAMPLES)
def test_humanml3d_is_the_published_procedure(sample):
    with np.load(DATA / "features/humanml3d_reference.npz") as file:
        joints_TJ3, expected_TD = file[f"joints_{sample}_moved"], file[f"features_{sample}_moved"]
        target_J3, joints_back_TJ3 = file["target_skeleton_joints"], file[f"joints_back_{sample}_moved"]
    features_TD = features_from_joints(joints_TJ3, target_J3, "humanml3d")
    for name, group in GROUPS.items():
        np.testing.assert_allclose(features_TD[:, group], expected_TD[:, group], rtol=0, atol=1e-5, err_msg=name)
    np.testing.assert_allclose(joints_from_features(expected_TD), joints_back_TJ3, rtol=0, atol=1e-5)
    fixed_TD = features_from_joints(joints_TJ3, target_J3, "fixed")
    assert np.abs(fixed_TD - expected_TD)[:, 0].max() > 1e-3


def naive(joints_TJ3, target_J3, convention):
    """The features frame by frame and joint by joint, from the definition."""
    fixed = convention == "fixed"
    frames = len(joints_TJ3)
    length = lambda skeleton, joint: np.linalg.norm(skeleton[joint] - skeleton[PARENTS[joint]])  # noqa: E731
    knee, ankle = JOINT["right_knee"], JOINT["right_ankle"]
    scale = sum(length(target_J3, j) for j in (knee, ankle)) / sum(length(joints_TJ3[0], j) for j in (knee, ankle))
    body = np.zeros_like(joints_TJ3)
    for t in range(frames):
        body[t, 0] = joints_TJ3[t, 0] * scale
        for j in range(1, 22):
            bone = joints_TJ3[t, j] - joints_TJ3[t, PARENTS[j]]
            body[t, j] = body[t, PARENTS[j]] + bone / np.linalg.norm(bone) * length(target_J3, j)
    body -= [body[0, 0, 0], body[..., 1].min(), body[0, 0, 2]]

    def ahead(hips):
        across = hips * (body[:, 2] - body[:, 1]) + body[:, 17] - body[:, 16]
        return np.cross([0, 1, 0], across / np.linalg.norm(across, axis=1, keepdims=True))

    def smooth(vectors):
        weights = np.exp(-0.5 * (np.arange(-80, 81) / SMOOTHING_FRAMES) ** 2)
        padded = np.concatenate([vectors[:1].repeat(80, 0), vectors, vectors[-1:].repeat(80, 0)])
        return np.array([weights @ padded[t : t + 161] / weights.sum() for t in range(len(vectors))])

    first = smooth(ahead(1))[0] if fixed else ahead(1)[0]
    body = Rotation.from_rotvec([0, -np.arctan2(first[0], first[2]), 0]).apply(body.reshape(-1, 3)).reshape(body.shape)
    angles = [-np.arctan2(x, z) for x, _, z in smooth(ahead(1 if fixed else -1))]
    angles[0] = 0.0
    turns = [Rotation.from_rotvec([0, angle, 0]) for angle in angles]
    rows = []
    for t in range(frames - 1):
        if fixed:
            yaw_velocity = (turns[t + 1] * turns[t].inv()).as_rotvec()[1] / 2
        else:
            yaw_velocity = np.arcsin(np.sin(angles[t + 1] / 2 - angles[t] / 2))
        step = turns[t + 1].apply(body[t + 1, 0] - body[t, 0])
        bones = [turns[t].as_matrix()]
        for j in range(1, 22):
            bone = body[t, j] - body[t, PARENTS[j]]
            bones.append(Rotation.align_vectors([bone], [BONE_AXES_B3[j - 1]])[0].as_matrix())
        rotations = []
        for j in range(1, 22):
            before = 0 if j in (13, 14) and not fixed else PARENTS[j]
            rotations.append((bones[before].T @ bones[j])[:, :2].T.ravel())
        moved = body[t + 1] - body[t]
        rows.append(
            np.concatenate(
                [
                    [yaw_velocity, step[0], step[2], body[t, 0, 1]],
                    turns[t].apply(body[t, 1:] - body[t, 0] * [1, 0, 1]).ravel(),
                    *rotations,
                    turns[t].apply(moved).ravel(),
                    [float(moved[j] @ moved[j] < 0.002) for j in (7, 10, 8, 11)],
                ]
            )
        )
    return np.array(rows)


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("frames", [2, 3, 45])
def test_vectorised_is_naive(convention, frames):
    joints_TJ3 = clip(frames, frames)
    # The published procedure computes in single precision.
    tolerance = 1e-9 if convention == "fixed" else 2e-5
    features_TD = features_from_joints(joints_TJ3, REST_J3, convention)
    assert features_TD.shape == (frames - 1, 263)
    np.testing.assert_allclose(features_TD, naive(joints_TJ3, REST_J3, convention), atol=tolerance)


@pytest.mark.parametrize("convention", CONVENTIONS)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), frames=st.integers(2, 90))
def test_joints_come_back(convention, seed, frames):
    """They come back with the target's bone lengths, on the floor; `fixed` facing ahead, `humanml3d` where it faces."""
    joints_TJ3 = clip(seed, frames)
    back_TJ3 = joints_from_features(features_from_joints(joints_TJ3, REST_J3, convention))
    assert back_TJ3.shape == (frames - 1, 22, 3)
    lengths = np.linalg.norm(back_TJ3[:, 1:] - back_TJ3[:, PARENTS[1:]], axis=-1)
    np.testing.assert_allclose(
        lengths, np.tile(np.linalg.norm(REST_J3[1:] - REST_J3[PARENTS[1:]], axis=-1), (len(lengths), 1)), atol=1e-5
    )
    bones_TB3 = joints_TJ3[:-1, 1:] - joints_TJ3[:-1, PARENTS[1:]]
    back_TB3 = back_TJ3[:, 1:] - back_TJ3[:, PARENTS[1:]]
    if convention == "fixed":  # one turn about y for the whole clip brings every bone back
        yaw = facing_yaw(joints_TJ3, SMOOTHING_FRAMES)[0]
        directions = turn(bones_TB3 / np.linalg.norm(bones_TB3, axis=-1, keepdims=True), yaw)
        np.testing.assert_allclose(back_TB3 / np.linalg.norm(back_TB3, axis=-1, keepdims=True), directions, atol=1e-4)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_place_heading_and_size_do_not_matter(convention):
    joints_TJ3 = clip(8)
    moved_TJ3 = 1.3 * turn(joints_TJ3, 2.0) + [3.0, -1.0, 0.5]
    before = features_from_joints(joints_TJ3, REST_J3, convention)
    np.testing.assert_allclose(features_from_joints(moved_TJ3, REST_J3, convention), before, atol=3e-5)


def test_a_clip_that_already_has_the_targets_bones_keeps_its_joints():
    joints_TJ3 = joints_from_features(features_from_joints(clip(4), REST_J3, "fixed"))
    again_TJ3 = joints_from_features(features_from_joints(joints_TJ3, REST_J3, "fixed"))
    turn_to_again = facing_yaw(joints_TJ3, SMOOTHING_FRAMES)[0]
    floor = joints_TJ3[..., 1].min() * np.array([0, 1, 0])
    np.testing.assert_allclose(again_TJ3, turn(joints_TJ3 - floor, turn_to_again)[:-1], atol=1e-4)


def test_fixed_features_of_a_mirrored_clip_are_mirrored():
    joints_TJ3 = clip(6)
    target_J3 = (REST_J3 + (REST_J3 * [-1, 1, 1])[MIRROR[:22]]) / 2
    mirrored_TJ3 = (joints_TJ3 * [-1, 1, 1])[:, MIRROR[:22]]
    one = features_from_joints(joints_TJ3, target_J3, "fixed")
    other = features_from_joints(mirrored_TJ3, target_J3, "fixed")
    # The right leg alone scales the path, so the legs must be alike for this.
    np.testing.assert_allclose(other[:, 0], -one[:, 0], atol=1e-9)
    np.testing.assert_allclose(other[:, 1:4], one[:, 1:4] * [-1, 1, 1], atol=3e-3)
    mirrored = (one[:, GROUPS["positions"]].reshape(-1, 21, 3) * [-1, 1, 1])[:, MIRROR[1:22] - 1]
    np.testing.assert_allclose(other[:, GROUPS["positions"]].reshape(-1, 21, 3), mirrored, atol=3e-3)


def test_facing_is_ahead_of_the_rest_pose():
    np.testing.assert_allclose(facing(REST_J3[None]), [[0, 0, 1]], atol=0.02)


def test_walking_ahead_moves_the_root_along_z():
    joints_TJ3 = np.tile(REST_J3, (10, 1, 1)) + np.linspace(0, 1, 10)[:, None, None] * [0, 0, 1.0]
    features_TD = features_from_joints(turn(joints_TJ3, 1.0), REST_J3, "fixed")
    np.testing.assert_allclose(features_TD[:, 1:3], np.tile([0, 1 / 9], (9, 1)), atol=2e-3)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_bones_opposite_to_their_axes_are_finite(convention):
    """Arms straight up: the half turn from hanging arms has no single axis, and the published procedure gives NaN."""
    joints_TJ3 = np.tile(REST_J3, (5, 1, 1))
    for joint in range(16, 22):
        joints_TJ3[:, joint] = joints_TJ3[:, PARENTS[joint]] + [0, 0.25, 0]
    features_TD = features_from_joints(joints_TJ3, REST_J3, convention)
    assert np.isfinite(features_TD).all()
    columns = features_TD[:, GROUPS["rotations"]].reshape(-1, 21, 2, 3)
    np.testing.assert_allclose(columns @ columns.swapaxes(-1, -2), np.tile(np.eye(2), (4, 21, 1, 1)), atol=1e-5)


def test_what_has_no_features_is_refused():
    with pytest.raises(ValueError, match="1 frame"):
        features_from_joints(REST_J3[None], REST_J3, "fixed")
    joints_TJ3 = np.tile(REST_J3, (3, 1, 1))
    joints_TJ3[1, JOINT["spine2"]] = joints_TJ3[1, JOINT["spine1"]]
    with pytest.raises(ValueError, match="spine1 to spine2 is 0 long in frame 1"):
        features_from_joints(joints_TJ3, REST_J3, "humanml3d")

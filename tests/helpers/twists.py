"""How far rotations jump from frame to frame and twist about bones; shared by tests of inverse kinematics."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import matrices
from lavimo.body.skeleton import JOINT_NAMES, PARENTS

Array = NDArray[np.floating]

REST_S3 = embedded_body().rest(np.zeros(10, np.float32))[1].astype(np.float64)
ARMS = [16, 17, 18, 19, 20, 21]
UPPER = {16: (18, 20), 17: (19, 21), 1: (4, 7), 2: (5, 8)}
"""Upper arms and thighs: where their bone ends, and where the next does."""


def degrees_between(rotations_TS3: Array) -> Array:
    """How far each joint turns relative to its parent from a frame to the next, (T - 1, 24)."""
    rotations_TS33 = matrices(rotations_TS3)
    steps = Rotation.from_matrix((rotations_TS33[:-1].swapaxes(-1, -2) @ rotations_TS33[1:]).reshape(-1, 3, 3))
    return np.degrees(steps.magnitude()).reshape(-1, 24)


def twist_degrees(rotations_T3: Array, bone_3: Array) -> Array:
    """The part of rotations about a bone, between -180 and 180."""
    x_T3, w_T = np.split(Rotation.from_rotvec(rotations_T3).as_quat(canonical=True), [3], axis=-1)
    return np.degrees(2 * np.arctan2(x_T3 @ (bone_3 / np.linalg.norm(bone_3)), w_T[:, 0]))


def twists(rotations_TS3: Array, rest_S3: Array = REST_S3) -> dict[int, Array]:
    """Of the joints that one bone leaves, by where it ends."""
    return {
        end: twist_degrees(rotations_TS3[:, PARENTS[end]], rest_S3[end] - rest_S3[PARENTS[end]])
        for end in (*UPPER[16], *UPPER[17], *UPPER[1], *UPPER[2], 10, 11, 15, 16, 17)
    }


def check_twists(name: str, rotations_TS3: Array, rest_S3: Array = REST_S3) -> None:
    """Fail where a limb twists farther than a person's can."""
    found = twists(rotations_TS3, rest_S3)
    for end, degrees_T in found.items():
        if PARENTS[end] in UPPER:
            low, high = (-130, 90) if PARENTS[end] in (16, 17) else (-60, 60)
            sign = -1 if PARENTS[end] in (2, 17) else 1  # the right is the left in a mirror
            assert (sign * degrees_T).min() > low, (name, JOINT_NAMES[PARENTS[end]])
            assert (sign * degrees_T).max() < high, (name, JOINT_NAMES[PARENTS[end]])
        else:  # Forearms, shins and the others have no twist at all.
            assert np.abs(degrees_T).max() < 0.1, (name, JOINT_NAMES[PARENTS[end]])


def input_degrees(joints_TJ3: Array) -> Array:
    """How far the input itself turns at each joint from a frame to the next, (T - 1, 24), degrees.

    The pelvis's three bones tell its rotation and the chest's the chest's, exactly. Every other bone is seen from the
    pelvis (legs) or the chest (arms, neck): at a joint the input turns by the angle of the bone that ends there plus
    that of the bone that leaves it; at shoulders and hips also by that of forearm and shin, which tell the twist; in
    the spine also by that of the chest seen from the pelvis.
    """
    bones_TJ3 = joints_TJ3 - joints_TJ3[:, np.maximum(PARENTS[:22], 0)]
    groups = {}
    for name, ends in (("pelvis", [1, 2, 3]), ("chest", [12, 13, 14])):
        rest_K3 = REST_S3[ends] - REST_S3[PARENTS[ends]]
        groups[name] = np.stack(
            [Rotation.align_vectors(bones_K3, rest_K3)[0].as_matrix() for bones_K3 in bones_TJ3[:, ends]]
        )
    seen_TJ3 = bones_TJ3 @ groups["pelvis"]
    upper = [12, 13, 14, 15, *ARMS]
    seen_TJ3[:, upper] = bones_TJ3[:, upper] @ groups["chest"]
    unit_TJ3 = seen_TJ3 / np.maximum(np.linalg.norm(seen_TJ3, axis=-1, keepdims=True), 1e-9)
    turns_TJ = np.degrees(2 * np.arcsin(np.clip(np.linalg.norm(np.diff(unit_TJ3, axis=0), axis=-1) / 2, 0, 1)))

    def steps(rotations_T33):
        return np.degrees(Rotation.from_matrix(rotations_T33[:-1].swapaxes(1, 2) @ rotations_T33[1:]).magnitude())

    total_TS = np.zeros((len(turns_TJ), 24))
    total_TS[:, :22] = turns_TJ
    for joint in range(1, 22):
        ends = [end for end in range(22) if PARENTS[end] == joint]
        if ends:
            total_TS[:, joint] += turns_TJ[:, ends].max(1)
        if joint in UPPER:
            total_TS[:, joint] += turns_TJ[:, UPPER[joint][1]]
    total_TS[:, 0] = steps(groups["pelvis"])
    total_TS[:, [3, 6, 9]] += steps(groups["pelvis"].swapaxes(1, 2) @ groups["chest"])[:, None]
    return total_TS

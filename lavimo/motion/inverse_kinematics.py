"""Joint positions to SMPL's rotations, all frames at once.

Every bone gets the direction that it has in the input. Pelvis and chest, with three bones each, take the rotation that
fits these best; where one bone leaves a joint, its rotation is the smallest from the joint above, and a twist about the
bone is added where something tells of it: the chest's is shared among the three joints of the spine, upper arms' and
thighs' follows from the bend of elbow and knee (`lavimo.motion.twist`). Forearms, shins, neck and collars have none;
head, hands and toes follow the joint above, for no joint tells where they turn.

Shape suffixes: T frames, J joints of the input (22), S of SMPL (24), K bones, 3 and 33 vectors and matrices. A bone has
the index of the joint where it ends. Axes and units as in `lavimo.motion.motion`.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.body.kinematics import axis_angles, forward_kinematics, smallest_rotations
from lavimo.body.skeleton import BODY_JOINTS, JOINT, PARENTS
from lavimo.motion.twist import limb_twists

Array = NDArray[np.floating]

SHORTEST_M = 1e-6
"""A shorter bone has no direction."""
SPREADING = {JOINT["pelvis"]: [1, 2, 3], JOINT["spine3"]: [12, 13, 14]}
"""The joints that three bones leave, and these."""
NEXT = {int(PARENTS[bone]): bone for bone in range(1, BODY_JOINTS) if PARENTS[bone] not in SPREADING}
"""The bone that leaves each of the others."""
HIPS = [JOINT["left_hip"], JOINT["right_hip"]]
SHOULDERS = [JOINT["left_shoulder"], JOINT["right_shoulder"]]
SHOULDER_LINE = 1e-4
"""The weight of the line from shoulder to shoulder where three bones leave: it decides where these have no length."""
SPINE = {JOINT["spine1"]: 1 / 3, JOINT["spine2"]: 1 / 2}
"""The share of each in the twist that is left between it and the chest."""
BENDS = {**dict.fromkeys(SHOULDERS, np.array([0, 0, 1])), **dict.fromkeys(HIPS, np.array([0, 0, -1]))}
"""Where forearm and shin go when they bend in the zero pose."""


def inverse_kinematics(joints_TJ3: Array, rest_joints_S3: Array) -> tuple[Array, Array]:
    """The rotations and the translation that pose a skeleton as the joints stand.

    The skeleton may have other bone lengths: directions are kept, and the middle between the hips keeps its place.

    Args:
        joints_TJ3: (T, 22, 3) metres, HumanML3D's skeleton.
        rest_joints_S3: (24, 3) metres, the skeleton's joints in the zero pose.

    Returns:
        (T, 24, 3) axis-angle relative to the parent, radians, and (T, 3) metres.

    Raises:
        ValueError: another number of joints, no frame, or a position that is not finite (its frame is named).
    """
    joints_TJ3 = checked(joints_TJ3)
    rest_S3 = rest_joints_S3.astype(np.float64)
    rest_J3 = bone_directions(rest_S3[None, :BODY_JOINTS])[0]
    bones_TJ3 = bone_directions(joints_TJ3)
    local_TS33 = np.tile(np.eye(3), (len(joints_TJ3), len(PARENTS), 1, 1))
    world_TS33 = local_TS33.copy()
    for joint, bones in SPREADING.items():
        from_K3 = np.concatenate([rest_J3[bones], _shoulder_line(rest_S3[None])])
        to_TK3 = np.concatenate([bones_TJ3[:, bones], _shoulder_line(joints_TJ3)[:, None]], axis=1)
        world_TS33[:, joint] = best_rotations(from_K3, to_TK3)
    local_TS33[:, 0] = world_TS33[:, 0]
    for joint in range(1, len(PARENTS)):
        above_T33 = world_TS33[:, PARENTS[joint]]
        if joint in SPREADING:
            local_TS33[:, joint] = above_T33.swapaxes(-1, -2) @ world_TS33[:, joint]
        elif joint in NEXT:
            bone = NEXT[joint]
            seen_TJ3 = bones_TJ3 @ above_T33  # in the frame of the joint above
            swings_T33 = smallest_rotations(rest_J3[bone], seen_TJ3[:, bone])
            twists_T: Array = np.zeros(len(joints_TJ3))
            if joint in SPINE:
                chest_T33 = (above_T33 @ swings_T33).swapaxes(-1, -2) @ world_TS33[:, JOINT["spine3"]]
                twists_T = SPINE[joint] * twist_about(rest_J3[bone], chest_T33)
            elif joint in BENDS:
                rest_K3, seen_KT3 = zip(*[(rest_J3[bone], seen_TJ3[:, bone]) for bone in _limb(joint)])
                twists_T = limb_twists(rest_K3, seen_KT3, swings_T33, BENDS[joint])
            turns_T33 = Rotation.from_rotvec(twists_T[:, None] * rest_J3[bone]).as_matrix()
            local_TS33[:, joint] = swings_T33 @ turns_T33
        world_TS33[:, joint] = above_T33 @ local_TS33[:, joint]
    unmoved_TS3, _ = forward_kinematics(local_TS33, np.zeros((len(joints_TJ3), 3)), rest_S3)
    return axis_angles(local_TS33), joints_TJ3[:, HIPS].mean(1) - unmoved_TS3[:, HIPS].mean(1)


def checked(joints_TJ3: Array) -> Array:
    """The joints in double precision.

    Raises:
        ValueError: as for `inverse_kinematics`.
    """
    if joints_TJ3.ndim != 3 or joints_TJ3.shape[1:] != (BODY_JOINTS, 3) or not len(joints_TJ3):
        raise ValueError(
            f"joints: found shape {joints_TJ3.shape}, expected (T, {BODY_JOINTS}, 3) with at least 1 frame"
        )
    bad_T = np.asarray(~np.isfinite(joints_TJ3).all((1, 2)))
    if bad_T.any():
        raise ValueError(
            f"joints: found NaN or infinite positions in {bad_T.sum()} of {len(bad_T)} frames, first in frame "
            f"{bad_T.argmax()}; expected finite numbers"
        )
    return joints_TJ3.astype(np.float64)


def bone_directions(joints_TJ3: Array) -> Array:
    """The unit vector (T, J, 3) of the bone that ends at each joint; zero for the root, and for a bone without length.

    In frames in which a bone has no length it points between where it does before and after them.
    """
    bones_TJ3 = joints_TJ3 - joints_TJ3[:, np.maximum(PARENTS[:BODY_JOINTS], 0)]
    long_TJ = np.linalg.norm(bones_TJ3, axis=-1) > SHORTEST_M
    frames_T = np.arange(len(joints_TJ3))
    for joint in np.flatnonzero(~long_TJ.all(0) & long_TJ.any(0)):
        known_T = np.flatnonzero(long_TJ[:, joint])
        known_T3 = _unit(bones_TJ3[known_T, joint])
        bones_TJ3[:, joint] = np.stack([np.interp(frames_T, known_T, known_T3[:, axis]) for axis in range(3)], -1)
    bones_TJ3[:, ~long_TJ.any(0)] = 0
    return _unit(bones_TJ3)


def best_rotations(from_K3: Array, to_TK3: Array) -> Array:
    """The rotations (T, 3, 3) that bring vectors nearest to others in the least-squares sense (Kabsch 1976)."""
    left_T33, _, right_T33 = np.linalg.svd(np.einsum("tka,kb->tab", to_TK3, from_K3))
    left_T33[:, :, 2] *= np.linalg.det(left_T33 @ right_T33)[:, None]
    return left_T33 @ right_T33


def twist_about(axis_3: Array, rotations_T33: Array) -> Array:
    """The angles (T,) of rotations' part about a unit vector, radians between -pi and pi."""
    doubled_T3 = np.stack([rotations_T33[:, c, b] - rotations_T33[:, b, c] for b, c in ((1, 2), (2, 0), (0, 1))], -1)
    return 2 * np.arctan2(doubled_T3 @ axis_3, np.maximum(1 + rotations_T33.trace(axis1=-2, axis2=-1), 0))


def _limb(joint: int) -> list[int]:
    """The bones of a limb, from shoulder or hip to wrist or foot."""
    bones = [NEXT[joint]]
    while bones[-1] in NEXT:
        bones.append(NEXT[bones[-1]])
    return bones


def _shoulder_line(joints_TJ3: Array) -> Array:
    return SHOULDER_LINE * _unit(joints_TJ3[:, SHOULDERS[0]] - joints_TJ3[:, SHOULDERS[1]])


def _unit(vectors_3: Array) -> Array:
    """Vectors of length 1; a zero vector stays zero."""
    lengths_1 = np.linalg.norm(vectors_3, axis=-1, keepdims=True)
    return vectors_3 / np.where(lengths_1 > 0, lengths_1, 1)

"""From MakeHuman's relaxed pose to SMPL's zero pose: arms along x, palms down, legs straight, feet a little out.

Shape suffixes: V vertices, J joints (24), 3 metres, 33 rotation matrix.
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.body.build.makehuman import Rig
from lavimo.body.skeleton import JOINT, PARENTS

Array = NDArray[np.floating]

FORWARD = np.array([0.0, 0.0, 1.0])


def tpose(vertices_V3: Array, rig: Rig) -> tuple[Array, Array]:
    """Vertices (V, 3) and joints (24, 3) of a mesh brought to SMPL's zero pose by its own skinning."""
    joints_J3 = rig.regressor_JV @ vertices_V3
    rotations_J33 = _rotations(joints_J3, rig.knuckles_JV @ vertices_V3)
    posed_J3 = joints_J3.copy()
    for joint, parent in enumerate(PARENTS):
        if joint:
            posed_J3[joint] = posed_J3[parent] + rotations_J33[parent] @ (joints_J3[joint] - joints_J3[parent])
    offsets_J3 = posed_J3 - np.einsum("jab,jb->ja", rotations_J33, joints_J3)
    blended_V33 = np.einsum("vj,jab->vab", rig.weights_VJ, rotations_J33)
    return np.einsum("vab,vb->va", blended_V33, vertices_V3) + rig.weights_VJ @ offsets_J3, posed_J3


def _rotations(joints_J3: Array, knuckles_63: Array) -> Array:
    """Each joint's rotation in the world, (24, 3, 3)."""
    rotations_J33 = np.repeat(np.eye(3)[None], len(PARENTS), 0)
    for side, sign, knuckles_33 in (("left", 1.0, knuckles_63[:3]), ("right", -1.0, knuckles_63[3:])):
        index = {name.removeprefix(f"{side}_"): joint for name, joint in JOINT.items() if name.startswith(side)}
        at = {name: joints_J3[joint] for name, joint in index.items()}
        shoulder_33, elbow_33, wrist_33 = _arm(at, sign, knuckles_33)
        rotations_J33[index["shoulder"]], rotations_J33[index["elbow"]] = shoulder_33, elbow_33
        rotations_J33[index["wrist"]] = rotations_J33[index["hand"]] = wrist_33
        rotations_J33[index["hip"]] = _between(at["knee"] - at["hip"], np.array([sign * 0.07, -1, -0.01]))
        rotations_J33[index["knee"]] = _between(at["ankle"] - at["knee"], np.array([sign * -0.02, -1, -0.07]))
        foot_3 = at["foot"] - at["ankle"]
        yaw = np.arctan2(foot_3[0], foot_3[2])
        rotations_J33[index["ankle"]] = rotations_J33[index["foot"]] = _about(np.array([0.0, 1, 0]), sign * 0.14 - yaw)
    return rotations_J33


def _arm(at: dict[str, Array], sign: float, knuckles_33: Array) -> tuple[Array, Array, Array]:
    """Rotations of upper arm, forearm and hand: the elbow bends forward, the palm looks down."""
    upper_3, fore_3, hand_3 = at["elbow"] - at["shoulder"], at["wrist"] - at["elbow"], at["hand"] - at["wrist"]
    upper_to, fore_to, hand_to = np.array([sign, -0.03, -0.06]), np.array([sign, 0.0, 0.0]), np.array([sign, -0.05, 0])
    bend_3 = np.cross(np.cross(upper_3, fore_3), fore_3)
    upper_33 = _axes(upper_to, FORWARD) @ _axes(upper_3, fore_3).T
    fore_33 = _axes(fore_to, FORWARD) @ _axes(fore_3, bend_3).T
    wrist_33 = _axes(hand_to, FORWARD) @ _axes(hand_3, knuckles_33[0] - knuckles_33[1]).T
    # The forearm takes half of the hand's twist, as radius and ulna do.
    turned_3 = wrist_33 @ fore_33.T @ FORWARD
    twist = np.arctan2(turned_3[1] * -sign, turned_3[2])
    if abs(twist) < 2.5:
        fore_33 = _about(fore_to, twist * sign * 0.5) @ fore_33
    return upper_33, fore_33, wrist_33


def _unit(vector_3: Array) -> Array:
    return vector_3 / np.linalg.norm(vector_3)


def _axes(first_3: Array, second_3: Array) -> Array:
    """An orthonormal frame: its first axis as given, its second as near as may be."""
    first_3 = _unit(first_3)
    second_3 = _unit(second_3)
    second_3 = _unit(second_3 - first_3 * (second_3 @ first_3))
    return np.stack([first_3, second_3, np.cross(first_3, second_3)], axis=1)


def _cross_matrix(vector_3: Array) -> Array:
    x, y, z = vector_3
    return np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])


def _between(start_3: Array, end_3: Array) -> Array:
    """The smallest rotation that turns one direction into another."""
    start_3, end_3 = _unit(start_3), _unit(end_3)
    cross_33 = _cross_matrix(np.cross(start_3, end_3))
    return np.eye(3) + cross_33 + cross_33 @ cross_33 / (1 + start_3 @ end_3)


def _about(axis_3: Array, angle: float) -> Array:
    """Rodrigues' rotation about an axis, radians."""
    cross_33 = _cross_matrix(_unit(axis_3))
    return np.eye(3) + np.sin(angle) * cross_33 + (1 - np.cos(angle)) * cross_33 @ cross_33

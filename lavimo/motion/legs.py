"""Two-bone inverse kinematics: a leg brings its foot to a place, its knee pointing where it pointed.

T frames, J joints, 3 and 33 vectors (metres) and matrices.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.body.kinematics import forward_kinematics, smallest_rotations
from lavimo.body.skeleton import JOINT

Array = NDArray[np.floating]

LONGEST = 0.9995
"""Of a leg's length: a knee that locks jerks."""
STRAIGHT = 0.05
"""Where the sine of a knee's bend is less, its plane is not known: it bends forwards."""


def reach(
    rotations_TJ33: Array, translation_T3: Array, rest_J3: Array, side: str, ankle_T3: Array, foot_T33: Array
) -> Array:
    """The rotations (T, J, 3, 3) with one leg's hip, knee and ankle turned.

    Args:
        rotations_TJ33: relative to the parent.
        side: left or right.
        ankle_T3: where the ankle is to be; what is out of reach is approached.
        foot_T33: the foot's orientation in the world.
    """
    hip, knee, ankle = (JOINT[f"{side}_{name}"] for name in ("hip", "knee", "ankle"))
    joints_TJ3, world_TJ33 = forward_kinematics(rotations_TJ33, translation_T3, rest_J3)
    thigh_T3, shin_T3 = joints_TJ3[:, knee] - joints_TJ3[:, hip], joints_TJ3[:, ankle] - joints_TJ3[:, knee]
    turns = turned(thigh_T3, shin_T3, ankle_T3 - joints_TJ3[:, hip], -world_TJ33[:, knee, :, 0])
    thigh_T33, shin_T33 = turns[0] @ world_TJ33[:, hip], turns[1] @ world_TJ33[:, knee]
    made_TJ33 = rotations_TJ33.copy()
    made_TJ33[:, hip] = world_TJ33[:, 0].swapaxes(1, 2) @ thigh_T33
    made_TJ33[:, knee] = thigh_T33.swapaxes(1, 2) @ shin_T33
    made_TJ33[:, ankle] = shin_T33.swapaxes(1, 2) @ foot_T33
    return made_TJ33


def turned(thigh_T3: Array, shin_T3: Array, to_T3: Array, hinge_T3: Array) -> tuple[Array, Array]:
    """The rotations (T, 3, 3) in the world of a thigh and a shin that bring an ankle to a place.

    Args:
        thigh_T3, shin_T3: from hip to knee, from knee to ankle, of any length that stays.
        to_T3: the place, from the hip; what is out of reach is approached.
        hinge_T3: about which a straight knee bends.
    """
    thigh, shin = (float(np.linalg.norm(bone_T3, axis=1).mean()) for bone_T3 in (thigh_T3, shin_T3))
    distance_T = np.clip(np.linalg.norm(to_T3, axis=1), 1.01 * abs(thigh - shin), LONGEST * (thigh + shin))
    # The shin turns about the knee until the ankle is as far from the hip as it is to be (law of cosines) ...
    cross_T3 = np.cross(-thigh_T3, shin_T3) / (thigh * shin)
    sine_T = np.linalg.norm(cross_T3, axis=1)
    hinge_T3 = np.where((sine_T > STRAIGHT)[:, None], cross_T3, hinge_T3)
    opened_T = np.arctan2(sine_T, -(thigh_T3 * shin_T3).sum(1) / (thigh * shin))
    wanted_T = np.arccos(np.clip((thigh**2 + shin**2 - distance_T**2) / (2 * thigh * shin), -1, 1))
    bend_T33 = Rotation.from_rotvec((wanted_T - opened_T)[:, None] * _unit(hinge_T3)).as_matrix()
    # ... and the leg about the hip, by the least angle, until it points there.
    leg_T3 = thigh_T3 + np.einsum("tab,tb->ta", bend_T33, shin_T3)
    swing_T33 = smallest_rotations(_unit(leg_T3), _unit(to_T3))
    return swing_T33, swing_T33 @ bend_T33


def _unit(vectors_T3: Array) -> Array:
    return vectors_T3 / np.maximum(np.linalg.norm(vectors_T3, axis=-1, keepdims=True), 1e-9)

"""Joint positions become motions of the embedded body: whose skeleton they are, its betas, and the SMPL motion.

Shape suffixes: T frames, J joints of the input (22), S of SMPL (24), B betas, L bones of the limbs.
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.body.body import embedded_body
from lavimo.body.skeleton import BODY_JOINTS, JOINT, PARENTS
from lavimo.motion.ground import stand
from lavimo.motion.inverse_kinematics import (
    HIPS, SPREADING, best_rotations, bone_directions, checked, inverse_kinematics,
)  # fmt: skip
from lavimo.motion.motion import Motion

Array = NDArray[np.floating]

BODY_PARENTS = np.maximum(PARENTS[:BODY_JOINTS], 0)
LEGS = [JOINT[f"{side}_{end}"] for side in ("left", "right") for end in ("knee", "ankle")]
LIMBS = [*LEGS, *(JOINT[f"{side}_{end}"] for side in ("left", "right") for end in ("elbow", "wrist"))]
"""The bones whose length means the same in every skeleton: thighs and shins, upper arms and forearms."""
LENGTH_M = 0.01
"""A bone that is wrong by so much weighs as much as a beta that is one standard deviation from the mean."""


def motion_from_joints(joints_TJ3: Array) -> Motion:
    """A person's joints as a motion of the embedded body with limbs of their length, standing on the floor.

    Bones point where they do in the input; the path is scaled by what is left of the difference of the legs' lengths.

    Args:
        joints_TJ3: (T, 22, 3) metres, y up, 20 frames a second, HumanML3D's skeleton.

    Raises:
        ValueError: as `inverse_kinematics`; a thigh and shin without length; fewer than two frames.
    """
    joints_TJ3 = checked(joints_TJ3)
    lengths_J = bone_lengths(joints_TJ3)
    if not lengths_J[LEGS].sum() > 0:
        raise ValueError("joints: found hips, knees and ankles in one place, expected legs")
    betas_B = fitting_betas(lengths_J)
    rest_S3 = embedded_body().rest(betas_B)[1].astype(np.float64)
    rotations_TS3, translation_T3 = inverse_kinematics(joints_TJ3, rest_S3)
    ratio = bone_lengths(rest_S3[None, :BODY_JOINTS])[LEGS].sum() / lengths_J[LEGS].sum()
    return stand(Motion(rotations_TS3, translation_T3 + (ratio - 1) * joints_TJ3[:, HIPS].mean(1), betas_B))


def bone_lengths(joints_TJ3: Array) -> Array:
    """The mean length (J,) of the bone that ends at each joint, metres; 0 for the root."""
    return np.linalg.norm(joints_TJ3 - joints_TJ3[:, BODY_PARENTS], axis=-1).mean(0)


def fitting_betas(lengths_J: Array) -> NDArray[np.float32]:
    """The embedded body's betas (10,) for limbs of these lengths, no further from the mean shape than they ask for."""
    body = embedded_body()
    mean_S3 = body.joint_regressor_JV @ body.template_V3
    change_S3B = np.einsum("jv,vab->jab", body.joint_regressor_JV, body.shape_directions_V3B)
    bones_L3 = mean_S3[LIMBS] - mean_S3[PARENTS[LIMBS]]
    change_L3B = change_S3B[LIMBS] - change_S3B[PARENTS[LIMBS]]
    betas_B = np.zeros(10)
    for _ in range(5):  # Lengths are nearly linear in betas.
        posed_L3 = bones_L3 + change_L3B @ betas_B
        posed_L = np.linalg.norm(posed_L3, axis=1)
        slopes_LB = np.einsum("la,lab->lb", posed_L3 / posed_L[:, None], change_L3B) / LENGTH_M
        missing_L = (lengths_J[LIMBS] - posed_L) / LENGTH_M + slopes_LB @ betas_B
        betas_B = np.linalg.solve(slopes_LB.T @ slopes_LB + np.eye(10), slopes_LB.T @ missing_L)
    return betas_B.astype(np.float32)


def skeleton_of(joints_TJ3: Array) -> Array:
    """The joints (24, 3) of the person who moves, in the zero pose: the embedded body's mean with that one's bones.

    Pelvis and chest have the clip's own shape (where their three bones lie to each other), all bones its lengths.
    """
    joints_TJ3 = checked(joints_TJ3)
    mean_S3 = embedded_body().rest(np.zeros(10, np.float32))[1].astype(np.float64)
    rest_J3, bones_TJ3 = bone_directions(mean_S3[None, :BODY_JOINTS])[0], bone_directions(joints_TJ3)
    for bones in SPREADING.values():
        rotations_T33 = best_rotations(rest_J3[bones], bones_TJ3[:, bones])
        rest_J3[bones] = (bones_TJ3[:, bones] @ rotations_T33).mean(0)
    rest_J3 *= bone_lengths(joints_TJ3)[:, None]
    skeleton_S3 = mean_S3.copy()
    for joint in range(1, len(PARENTS)):
        parent = PARENTS[joint]
        bone_3 = rest_J3[joint] if joint < BODY_JOINTS else mean_S3[joint] - mean_S3[parent]
        skeleton_S3[joint] = skeleton_S3[parent] + bone_3
    return skeleton_S3

"""Joint positions become motions of the embedded body: the skeleton that they are of, betas, and the SMPL motion.

Limbs point where the input's do. The trunk's joints lie elsewhere in every skeleton, and bones that point the same way
would bend the embedded body where nobody bends. There, who stands upright in the input stands upright in the output,
and what counts is how far bones turn away from that.

Shape suffixes: T frames, J joints of the input (22), S of SMPL (24), B betas, L bones of the limbs.
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.body.skeleton import BODY_JOINTS, JOINT, PARENTS
from lavimo.motion.ground import place_on_floor
from lavimo.motion.inverse_kinematics import (
    HIPS,
    SPREADING,
    best_rotations,
    bone_directions,
    checked,
    inverse_kinematics,
)
from lavimo.motion.motion import Motion
from lavimo.motion.plausible import check_legs

Array = NDArray[np.floating]

BODY_PARENTS = np.maximum(PARENTS[:BODY_JOINTS], 0)
LEGS = [JOINT[f"{side}_{end}"] for side in ("left", "right") for end in ("knee", "ankle")]
LIMBS = [*LEGS, *(JOINT[f"{side}_{end}"] for side in ("left", "right") for end in ("elbow", "wrist"))]
"""The bones whose length means the same in every skeleton: thighs and shins, upper arms and forearms."""
UPRIGHT = {
    "left_hip": (0.54, -0.84, -0.06), "right_hip": (-0.54, -0.84, -0.06), "spine1": (0, 0.93, -0.37),
    "spine2": (0, 0.98, 0.19), "spine3": (0, 0.99, 0.12), "neck": (0, 1, -0.06), "head": (0, 0.81, 0.59),
    "left_collar": (0.52, 0.85, -0.09), "right_collar": (-0.52, 0.85, -0.09),
    "left_shoulder": (0.99, -0.12, -0.06), "right_shoulder": (-0.99, -0.12, -0.06),
}  # fmt: skip
"""Where the trunk's bones point in HumanML3D when people stand upright, arms hanging: means of the 149 frames of clips
000000 and 007005 with the neck less than 10 degrees from above the hips and knees bent by less than 25; shoulders from
the data set's Mean.npy too. Made symmetric."""
LENGTH_M = 0.01
"""A bone that is wrong by so much weighs as much as a beta that is one standard deviation from the mean."""


def motion_from_joints(joints_TJ3: Array, skeleton_S3: Array | None = None) -> Motion:
    """A person's joints as a motion of the embedded body with limbs of their length, standing on the floor.

    The path is scaled by what is left of the difference of the legs' lengths.

    Args:
        joints_TJ3: (T, 22, 3) metres, y up, 20 frames a second, HumanML3D's skeleton.
        skeleton_S3: (24, 3) the joints in the zero pose of the body that they are of, if that is known; else they are
            taken for SMPL's, as in HumanML3D and HumanAct12.

    Raises:
        ValueError: as `inverse_kinematics` and `check_legs`; fewer than two frames.
    """
    joints_TJ3 = checked(joints_TJ3)
    lengths_J = bone_lengths(joints_TJ3)
    check_legs(lengths_J[LEGS].reshape(2, 2))
    betas_B = fitting_betas(lengths_J)
    rest_S3 = embedded_body().rest(betas_B)[1].astype(np.float64)
    bones_S3 = _bones(skeleton_of(joints_TJ3) if skeleton_S3 is None else skeleton_S3.astype(np.float64))
    bones_S3[LIMBS] = _bones(rest_S3)[LIMBS]
    rotations_TS3, _ = inverse_kinematics(joints_TJ3, _joined(bones_S3))
    ratio = bone_lengths(rest_S3[None, :BODY_JOINTS])[LEGS].sum() / lengths_J[LEGS].sum()
    unmoved_TS3, _ = forward_kinematics(matrices(rotations_TS3), np.zeros((len(joints_TJ3), 3)), rest_S3)
    translation_T3 = ratio * joints_TJ3[:, HIPS].mean(1) - unmoved_TS3[:, HIPS].mean(1)
    return place_on_floor(Motion(rotations_TS3, translation_T3, betas_B))


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
    """The joints (24, 3) in the zero pose of the person who moves in a clip of HumanML3D, metres.

    Bones have the clip's lengths, pelvis and chest its shape (how their three bones lie to each other). Limbs point as
    the embedded body's, and so does the trunk when the person stands upright.
    """
    joints_TJ3 = checked(joints_TJ3)
    mean_S3 = embedded_body().rest(np.zeros(10, np.float32))[1].astype(np.float64)
    rest_J3, bones_TJ3 = bone_directions(mean_S3[None, :BODY_JOINTS])[0], bone_directions(joints_TJ3)
    for name, direction_3 in UPRIGHT.items():
        rest_J3[JOINT[name]] = np.array(direction_3) / np.linalg.norm(direction_3)
    for bones in SPREADING.values():
        rotations_T33 = best_rotations(rest_J3[bones], bones_TJ3[:, bones])
        rest_J3[bones] = (bones_TJ3[:, bones] @ rotations_T33).mean(0)
    bones_S3 = _bones(mean_S3)
    bones_S3[1:BODY_JOINTS] = (rest_J3 * bone_lengths(joints_TJ3)[:, None])[1:]
    return _joined(bones_S3)


def _bones(joints_S3: Array) -> Array:
    """From each joint's parent to the joint (24, 3); the root's from the origin."""
    return np.concatenate([joints_S3[:1], joints_S3[1:] - joints_S3[PARENTS[1:]]])


def _joined(bones_S3: Array) -> Array:
    """The joints (24, 3) of bones."""
    joints_S3 = bones_S3.copy()
    for joint in range(1, len(PARENTS)):
        joints_S3[joint] += joints_S3[PARENTS[joint]]
    return joints_S3

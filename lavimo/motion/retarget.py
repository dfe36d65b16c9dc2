"""From another skeleton to the SMPL-format body: rotations are carried over, the path is scaled by the legs' length.

With all rotations zero the other skeleton stands upright, and so does SMPL's body. What a joint does is its rotation in
the world away from that pose; SMPL's joint is given the same. Arms and legs may rest in other directions there (an
A-pose, hanging arms): SMPL's limbs are first aligned with the other's, so that posed limbs point where the other's do.

Shape suffixes: T frames, J joints of the other skeleton, S of SMPL (24), 3 and 33 vectors and matrices. The other
skeleton has its own unit and may have any axis upwards; the result's axes and units are those of
`lavimo.motion.motion`.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import axis_angles, forward_kinematics
from lavimo.body.skeleton import JOINT, JOINT_NAMES, PARENTS
from lavimo.motion.ground import place_on_floor
from lavimo.motion.motion import Motion
from lavimo.motion.plausible import check_legs, check_plausible

Array = NDArray[np.floating]

LIMBS = {
    JOINT[f"{side}_{joint}"]: JOINT[f"{side}_{end}"]
    for side in ("left", "right")
    for joint, end in (
        ("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist"), ("wrist", "hand"),
    )
}  # fmt: skip
"""SMPL's joints whose bone is aligned, and where that bone ends. Trunk and feet keep SMPL's own rest directions: a
spine's joints lie elsewhere in every skeleton, and soles are flat in both rest poses."""
ARMS = {JOINT[f"{side}_{joint}"] for side in ("left", "right") for joint in ("elbow", "wrist", "hand")}
HIPS = [JOINT["left_hip"], JOINT["right_hip"]]
ACROSS = [[JOINT[f"left_{joint}"], JOINT[f"right_{joint}"]] for joint in ("hip", "knee", "ankle", "shoulder")]
"""Pairs of joints that lie left and right of each other in the rest pose."""
FACES_AXIS = np.sin(np.radians(1.0))
"""A rest pose of which a pair of joints lies as straight along an axis faces that axis. Real skeletons are not quite
symmetric: SMPL's hips lie askew by a degree, its knees by half of one."""
LEGS = [[JOINT[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle")] for side in ("left", "right")]


def retarget(
    parents_J: NDArray[np.intp],
    offsets_J3: Array,
    rotations_TJ33: Array,
    positions_TJ3: Array,
    joints: Mapping[str, int],
    plausible: bool = False,
) -> Motion:
    """Another skeleton's movement as a motion of the embedded body, standing on the floor and starting at the origin.

    Args:
        parents_J: each joint's parent, before it in order; -1 for the root.
        offsets_J3: from the parent, with all rotations zero.
        rotations_TJ33: relative to the parent.
        positions_TJ3: relative to the parent, the root's in the world.
        joints: the index of the other's joint for each of SMPL's that it has.
        plausible: ask `check_plausible`; the world's axis that points upwards is the rest pose's.

    Raises:
        ValueError: a limb without length, legs of unlike length, hips at one place, fewer than two frames, or no
            person's motion.
    """
    index = {JOINT[name]: theirs for name, theirs in joints.items()}
    still_1J33 = np.broadcast_to(np.eye(3), (1, len(parents_J), 3, 3))
    their_rest_J3 = world_joints(parents_J, still_1J33, offsets_J3[None])[0][0]
    axes_33 = axes_of(their_rest_J3, index)
    their_rest_J3 = their_rest_J3 @ axes_33.T
    points_TJ3, world_TJ33 = world_joints(parents_J, rotations_TJ33, positions_TJ3)
    points_TJ3 = points_TJ3 @ axes_33.T
    world_TJ33 = axes_33 @ world_TJ33 @ axes_33.T

    betas_B = np.zeros(10, np.float32)
    rest_S3 = embedded_body().rest(betas_B)[1].astype(np.float64)
    smpl_TS33 = np.empty((len(points_TJ3), len(PARENTS), 3, 3))
    alignment_S33 = alignments(rest_S3, their_rest_J3, index)
    for joint, parent in enumerate(PARENTS):
        if joint in index:
            smpl_TS33[:, joint] = world_TJ33[:, index[joint]] @ alignment_S33[joint]
        else:
            smpl_TS33[:, joint] = smpl_TS33[:, parent]
    local_TS33 = smpl_TS33.copy()
    local_TS33[:, 1:] = smpl_TS33[:, PARENTS[1:]].swapaxes(-1, -2) @ smpl_TS33[:, 1:]

    legs_233 = their_rest_J3[[[index[joint] for joint in leg] for leg in LEGS]]
    check_legs(np.linalg.norm(np.diff(legs_233, axis=1), axis=-1))
    legs = leg_length(legs_233)
    # The middle of the hips, and not the root, is what both skeletons have at the same place in the body.
    hips_T3 = points_TJ3[:, [index[hip] for hip in HIPS]].mean(1) * (leg_length(rest_S3[LEGS]) / legs)
    unmoved_TS3, _ = forward_kinematics(local_TS33, np.zeros_like(hips_T3), rest_S3)
    translation_T3 = hips_T3 - unmoved_TS3[:, HIPS].mean(1)
    motion = Motion(axis_angles(local_TS33), translation_T3, betas_B)
    if plausible:
        check_plausible(motion, axes_33, scaled=True)
    return place_on_floor(motion)


def world_joints(parents_J: NDArray[np.intp], rotations_TJ33: Array, positions_TJ3: Array) -> tuple[Array, Array]:
    """Points (T, J, 3) and orientations (T, J, 3, 3) in the world, of a skeleton given joint by joint."""
    points_TJ3, world_TJ33 = positions_TJ3.copy(), rotations_TJ33.copy()
    for joint, parent in enumerate(parents_J):
        if parent >= 0:
            bone_T3 = (world_TJ33[:, parent] @ positions_TJ3[:, joint, :, None])[..., 0]
            points_TJ3[:, joint] = points_TJ3[:, parent] + bone_T3
            world_TJ33[:, joint] = world_TJ33[:, parent] @ rotations_TJ33[:, joint]
    return points_TJ3, world_TJ33


def axes_of(rest_J3: Array, index: Mapping[int, int]) -> Array:
    """The rotation (3, 3) from the other's axes to ours: its axis nearest to upwards becomes y, to the left x.

    A rest pose may face any direction between two axes: where all of `ACROSS` are turned to the same side by more than
    `FACES_AXIS`, their mean becomes x, and not the axis next to it.
    """
    hips_23 = rest_J3[[index[hip] for hip in HIPS]]
    up_3 = nearest_axis(rest_J3[index[JOINT["neck"]]] - hips_23.mean(0))
    across_3 = hips_23[0] - hips_23[1]
    if not across_3.any():
        raise ValueError("found both hips at the same place; expected them left and right of the pelvis")
    left_3 = nearest_axis(across_3 - (across_3 @ up_3) * up_3)
    pairs_K3 = np.stack([rest_J3[index[left]] - rest_J3[index[right]] for left, right in ACROSS])
    pairs_K3 -= np.outer(pairs_K3 @ up_3, up_3)
    turned_K = pairs_K3 @ np.cross(up_3, left_3) / np.maximum(np.linalg.norm(pairs_K3, axis=1), 1e-12)
    if turned_K.min() > FACES_AXIS or turned_K.max() < -FACES_AXIS:
        left_3 = pairs_K3.sum(0) / np.linalg.norm(pairs_K3.sum(0))
    return np.stack([left_3, up_3, np.cross(left_3, up_3)])


def nearest_axis(vector_3: Array) -> Array:
    """The axis, one way or the other, that a vector is nearest to."""
    largest = np.abs(vector_3).argmax()
    return np.eye(3)[largest] * np.sign(vector_3[largest])


def alignments(rest_S3: Array, their_rest_J3: Array, index: Mapping[int, int]) -> Array:
    """For each joint the smallest rotation (S, 3, 3) from SMPL's resting limb to the other's.

    A part of the arm whose end the other lacks follows the part before it; what is no limb is not turned.
    """
    alignment_S33 = np.tile(np.eye(3), (len(PARENTS), 1, 1))
    for joint, parent in enumerate(PARENTS):
        end = LIMBS.get(joint)
        if end is not None and joint in index and end in index:
            ours_3 = rest_S3[end] - rest_S3[joint]
            theirs_3 = their_rest_J3[index[end]] - their_rest_J3[index[joint]]
            if not theirs_3.any():
                raise ValueError(f"found no length from {JOINT_NAMES[joint]} to {JOINT_NAMES[end]}; expected a limb")
            alignment_S33[joint] = Rotation.align_vectors(theirs_3[None], ours_3[None])[0].as_matrix()
        elif joint in ARMS:
            alignment_S33[joint] = alignment_S33[parent]
    return alignment_S33


def leg_length(joints_233: Array) -> float:
    """Thigh plus shin, the mean of both legs, from the joints hip, knee and ankle of each."""
    return float(np.linalg.norm(np.diff(joints_233, axis=1), axis=-1).sum(1).mean())

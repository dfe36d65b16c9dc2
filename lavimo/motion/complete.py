"""The joints of other skeletons, in any unit: as the 22 that inverse kinematics asks for, and as a motion.

A spine's joints lie elsewhere in every skeleton and collars are often missing: where they are, SMPL's spine lies on the
line from pelvis to neck as it does in the embedded body, and its collars on the lines from neck to shoulders. A head
stands on the trunk, a hand on the line of the upper arm, a foot on the shin, as they do in the embedded body at rest.

T frames, J joints. Any unit in; metres out, for the legs tell the scale.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import smallest_rotations
from lavimo.body.skeleton import BODY_JOINTS, JOINT, JOINT_NAMES
from lavimo.motion.from_joints import motion_from_joints
from lavimo.motion.motion import Motion
from lavimo.motion.plausible import check_legs

Array = NDArray[Any]

LEGS = [[JOINT[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle")] for side in ("left", "right")]
ENDS = {"head": ("neck", "pelvis")} | {
    f"{side}_{end}": (f"{side}_{joint}", f"{side}_{before}")
    for side in ("left", "right")
    for end, joint, before in (("wrist", "elbow", "shoulder"), ("foot", "ankle", "knee"))
}
"""Joints that a skeleton may lack, and the bone on which they stand."""
COLLAR = 0.3
"""How far a collar lies on the way from the neck to the shoulder."""


def motion_of(known: Mapping[str, Array]) -> Motion:
    """The motion of the embedded body whose joints point where these do; standing, it stands upright.

    Args:
        known: positions (T, 3) by SMPL's names, y up, 20 frames a second.

    Raises:
        ValueError: as `complete`, or fewer than two frames.
    """
    rest_S3 = embedded_body().rest(np.zeros(10, np.float32))[1].astype(np.float64)
    skeleton_J3 = complete({name: rest_S3[None, JOINT[name]] for name in known})[0]
    return motion_from_joints(complete(known), np.concatenate([skeleton_J3, rest_S3[BODY_JOINTS:]]))


def complete(known: Mapping[str, Array]) -> Array:
    """The joints (T, 22, 3), metres, of someone whose legs are as long as the embedded body's.

    Args:
        known: positions (T, 3) by SMPL's names, y up.

    Raises:
        ValueError: a joint that every skeleton map has is missing (named), or as `check_legs`.
    """
    rest_J3 = embedded_body().rest(np.zeros(10, np.float32))[1].astype(np.float64)
    pelvis_3, neck_3 = rest_J3[JOINT["pelvis"]], rest_J3[JOINT["neck"]]
    joints = dict(known)
    for name in ("spine1", "spine2", "spine3"):
        if name not in known and "neck" in known:
            share = (rest_J3[JOINT[name]] - pelvis_3) @ (neck_3 - pelvis_3) / ((neck_3 - pelvis_3) ** 2).sum()
            joints[name] = _between(known["pelvis"], known["neck"], share)
    for side in ("left", "right"):
        if f"{side}_collar" not in known and {"neck", f"{side}_shoulder"} <= set(known):
            joints[f"{side}_collar"] = _between(known["neck"], known[f"{side}_shoulder"], COLLAR)
    if {"pelvis", "neck", "left_hip", "right_hip"} <= set(known):
        joints |= _ends(known, rest_J3)
    if missing := [name for name in JOINT_NAMES[:BODY_JOINTS] if name not in joints]:
        raise ValueError(f"found no joint for SMPL's {', '.join(missing)}, which inverse kinematics needs")
    joints_TJ3 = np.stack([joints[name] for name in JOINT_NAMES[:BODY_JOINTS]], axis=1).astype(np.float64)
    lengths_T22 = np.linalg.norm(np.diff(joints_TJ3[:, LEGS], axis=2), axis=-1)
    check_legs(np.median(lengths_T22, axis=0))
    theirs = lengths_T22.sum(-1).mean()
    return joints_TJ3 * (np.linalg.norm(np.diff(rest_J3[LEGS], axis=1), axis=-1).sum(-1).mean() / theirs)


def _ends(known: Mapping[str, Array], rest_J3: Array) -> dict[str, Array]:
    """Where head, hands and feet are that the skeleton lacks."""
    rest = {name: rest_J3[JOINT[name]] for name in JOINT_NAMES}
    trunk_T33 = _trunk(known) @ _trunk({name: place[None] for name, place in rest.items()}).swapaxes(-1, -2)
    found = {}
    for end, (joint, before) in ENDS.items():
        if end in known or not {joint, before} <= set(known):
            continue
        bone_3, offset_3 = rest[joint] - rest[before], rest[end] - rest[joint]
        bone_T3 = known[joint] - known[before]
        length_T1 = np.linalg.norm(bone_T3, axis=-1, keepdims=True)
        turn_T33 = trunk_T33
        if before != "pelvis":
            seen_T3 = (trunk_T33.swapaxes(-1, -2) @ bone_T3[..., None])[..., 0] / np.maximum(length_T1, 1e-12)
            turn_T33 = trunk_T33 @ smallest_rotations(bone_3 / np.linalg.norm(bone_3), seen_T3)
        found[end] = known[joint] + turn_T33 @ offset_3 * length_T1 / np.linalg.norm(bone_3)
    return found


def _trunk(at: Mapping[str, Array]) -> Array:
    """The axes of the trunk (T, 3, 3): to the left along the hips, up to the neck."""
    left_T3 = at["left_hip"] - at["right_hip"]
    ahead_T3 = _unit(np.cross(left_T3, at["neck"] - at["pelvis"]))
    left_T3 = _unit(left_T3)
    return np.stack([left_T3, np.cross(ahead_T3, left_T3), ahead_T3], axis=-1)


def _unit(vectors_T3: Array) -> Array:
    return vectors_T3 / np.maximum(np.linalg.norm(vectors_T3, axis=-1, keepdims=True), 1e-12)


def _between(first_T3: Array, second_T3: Array, share: float) -> Array:
    return (1 - share) * first_T3 + share * second_T3

"""Legs by exact two-bone inverse kinematics, arms by angles. Both return rotations relative to the parent joint.

Shape suffixes: T samples, 3 metres, 33 rotation matrix.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lavimo.body.skeleton import JOINT
from lavimo.demo.solver.anatomy import anatomy
from lavimo.demo.solver.rotations import frames, rx, ry, rz, share, turn

Array = NDArray[np.floating]

SOFT_KNEE = 4.0
"""The least bend of a knee, degrees: a straight one locks and jerks."""


def bones(side: str) -> tuple[Array, Array]:
    """Thigh and shin of the zero pose: hip to knee, knee to ankle."""
    rest_J3 = anatomy().joints_J3
    hip, knee, ankle = (rest_J3[JOINT[f"{side}_{name}"]] for name in ("hip", "knee", "ankle"))
    return knee - hip, ankle - knee


def reach(side: str) -> float:
    """From hip to ankle, as far as the leg goes."""
    thigh_3, shin_3 = bones(side)
    return float(np.linalg.norm(thigh_3 + rx(np.array([SOFT_KNEE]))[0] @ shin_3))


def leg_to(ankle_T3: Array, open_T: Array, side: str) -> tuple[Array, Array]:
    """Hip (T, 3, 3) and knee (T, 3, 3) that bring the ankle to a place given from the hip in the pelvis' frame.

    The knee is a pure hinge, whose angle follows from the distance (law of cosines); the hip then turns the bent leg
    to the ankle, the knee pointing forwards, or outwards by `open_T` degrees. An ankle out of reach stays on the line.
    """
    thigh_3, shin_3 = bones(side)
    distance_T = np.minimum(np.linalg.norm(ankle_T3, axis=1), reach(side))
    along, across = thigh_3[1:] @ shin_3[1:], thigh_3[2] * shin_3[1] - thigh_3[1] * shin_3[2]
    cosine_T = (distance_T**2 - thigh_3 @ thigh_3 - shin_3 @ shin_3) / 2 - thigh_3[0] * shin_3[0]
    bend_T = np.degrees(np.arctan2(across, along) + np.arccos(np.clip(cosine_T / np.hypot(along, across), -1, 1)))
    knee_T33 = rx(bend_T)
    bent_T3 = thigh_3 + knee_T33 @ shin_3
    target_T3 = ankle_T3 / np.linalg.norm(ankle_T3, axis=1, keepdims=True)
    # The least turn that takes "down" to the target takes "forwards" to where the knee points.
    x, y, z = target_T3.T
    forwards_T3 = np.stack([-x * z / (1 - y), z, 1 - z**2 / (1 - y)], 1)
    outwards_T = open_T if side == "left" else -open_T
    forwards_T3 = np.einsum("tab,tb->ta", turn(*(-outwards_T[:, None] * target_T3).T), forwards_T3)
    hinge_T3 = np.cross(forwards_T3, target_T3)
    rest_T3 = np.broadcast_to([1.0, 0, 0], bent_T3.shape)
    return frames(target_T3, hinge_T3) @ frames(bent_T3, rest_T3).swapaxes(1, 2), knee_T33


def free_leg(channel: Mapping[str, Array], side: str) -> tuple[Array, Array]:
    """A leg in the air by its angles: ankle (T, 3) from the hip and orientation of the shin, in the pelvis' frame."""
    thigh_3, shin_3 = bones(side)
    outwards = 1.0 if side == "left" else -1.0
    thigh_T33 = turn(-channel["hip"], outwards * channel["open"], outwards * channel["spread"])
    shin_T33 = thigh_T33 @ rx(channel["knee"])
    return thigh_T33 @ thigh_3 + shin_T33 @ shin_3, shin_T33


def arm(channel: Mapping[str, Array], side: str) -> dict[str, Array]:
    """Collar, shoulder, elbow, wrist and hand (T, 3, 3) from the arm's channels (degrees)."""
    # Written for the left arm, which points to +x in the zero pose and hangs along -y.
    hanging_T33 = rz(np.full(len(channel["flex"]), -90.0))
    upper_T33 = turn(-channel["flex"], 0 * channel["flex"], channel["abduct"]) @ ry(-channel["rotate"]) @ hanging_T33
    # The shoulder blade follows the arm: up beyond 30 degrees of elevation, and forwards.
    elevation_T = np.degrees(np.arccos(np.clip(-upper_T33[:, 1, 0], -1, 1)))
    raised_T = 0.22 * np.logaddexp(0, (elevation_T - 40) / 12) * 12
    collar_T33 = rz(channel["shrug"] + raised_T) @ ry(-10 * upper_T33[:, 2, 0])
    joints = {
        "collar": collar_T33,
        "shoulder": collar_T33.swapaxes(1, 2) @ upper_T33,
        "elbow": ry(-channel["elbow"]) @ rx(0.5 * channel["pronate"]),
        "wrist": rx(0.5 * channel["pronate"]) @ rz(-channel["wrist"]),
        "hand": rz(np.full(len(elevation_T), -12.0)),
    }
    if side == "right":
        mirror_33 = np.diag([-1.0, 1, 1])
        joints = {name: mirror_33 @ rotation_T33 @ mirror_33 for name, rotation_T33 in joints.items()}
    return {f"{side}_{name}": rotation_T33 for name, rotation_T33 in joints.items()}


def spine(torso_T33: Array, head_T33: Array) -> dict[str, Array]:
    """The torso's turn shared among the vertebrae, and the head's (relative to the chest) between neck and head."""
    parts = {"spine1": 0.3, "spine2": 0.35, "spine3": 0.35}
    joints = {name: share(torso_T33, part) for name, part in parts.items()}
    return joints | {"neck": share(head_T33, 0.45), "head": share(head_T33, 0.55)}

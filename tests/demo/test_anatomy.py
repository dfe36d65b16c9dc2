"""Joints stay in the range that people have."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.body.skeleton import JOINT
from lavimo.motion.motion import Motion

pytestmark = pytest.mark.xdist_group("demo")

Array = NDArray[np.floating]

RANGES = {
    "hip": ((-145, 35), (-45, 45), (-30, 70)),
    "knee": ((0, 155), (-1, 1), (-1, 1)),
    "ankle": ((-55, 55), (-30, 30), (-45, 30)),
    "foot": ((-75, 40), (-1, 1), (-1, 1)),
    "collar": ((-10, 10), (-20, 20), (-10, 40)),
    "shoulder": ((-170, 100), (-140, 70), (-115, 90)),
    "elbow": ((-90, 90), (-150, 5), (-1, 1)),
    "wrist": ((-90, 90), (-20, 20), (-80, 70)),
    "spine1": ((-15, 30), (-20, 20), (-20, 20)),
    "spine2": ((-15, 30), (-20, 20), (-20, 20)),
    "spine3": ((-15, 30), (-20, 20), (-20, 20)),
    "neck": ((-35, 35), (-40, 40), (-30, 30)),
    "head": ((-35, 35), (-40, 40), (-30, 30)),
}
"""Least and most about x, y and z of a left joint, degrees from the zero pose (arms sidewards, palms down).

Each turn is taken apart into a twist about the bone (y for trunk and legs, x for arms) and the least turn that points
the bone where it goes. So x is flexion of hip (negative forwards), knee and spine; y is flexion of the elbow and
forwards of the shoulder (both negative); z is abduction of the hip, and raising of the arm (-90 hangs). The right
side's y and z have the other sign.
"""


def swing_and_twist(rotation_T3: Array, axis: int) -> Array:
    """Axis-angle (T, 3, radians) to degrees about x, y and z, the twist about the bone in the place of its axis."""
    turn = Rotation.from_rotvec(rotation_T3)
    quaternion_T4 = turn.as_quat(canonical=True)
    twist_T4 = np.zeros_like(quaternion_T4)
    twist_T4[:, [axis, 3]] = quaternion_T4[:, [axis, 3]]
    twist = Rotation.from_quat(twist_T4)
    angles_T3 = (turn * twist.inv()).as_rotvec(degrees=True)
    angles_T3[:, axis] = twist.as_rotvec(degrees=True)[:, axis]
    return angles_T3


def test_swing_and_twist() -> None:
    twist, swing = Rotation.from_rotvec([40, 0, 0], degrees=True), Rotation.from_rotvec([0, -60, 25], degrees=True)
    assert swing_and_twist((swing * twist).as_rotvec()[None], 0)[0] == pytest.approx([40, -60, 25])


def test_joints_stay_in_range(motions: dict[str, Motion]) -> None:
    for clip, motion in motions.items():
        for joint, index in JOINT.items():
            name = joint.removeprefix("left_").removeprefix("right_")
            if name not in RANGES:
                continue
            angles_T3 = swing_and_twist(
                motion.rotations_TJ3[:, index], 0 if name in ("collar", "shoulder", "elbow", "wrist") else 1
            )
            if joint.startswith("right_"):
                angles_T3 = angles_T3 * [1, -1, -1]
            for axis, (least, most) in enumerate(RANGES[name]):
                found = (angles_T3[:, axis].min(), angles_T3[:, axis].max())
                assert least <= found[0], f"{clip}: {joint} about {'xyz'[axis]} {found[0]:.0f} < {least}"
                assert found[1] <= most, f"{clip}: {joint} about {'xyz'[axis]} {found[1]:.0f} > {most}"

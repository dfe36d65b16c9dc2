"""Cells of the matrix of faults: what files hold, and what is said of them."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import matrices
from lavimo.body.skeleton import JOINT
from lavimo.motion.featurize import joints_of
from lavimo.motion.motion import Motion

REST_3 = embedded_body().rest(np.zeros(10, np.float32))[1][0].astype(np.float64)
TRUE_FPS = 60.0
SECONDS = 4
AXES = np.eye(3)
UNITS = {"m": 1, "cm": 100, "mm": 1000}
TURNS = (0, 30, 45, 90, 180)


@dataclass(frozen=True)
class Cell:
    """What a file holds, if not what its source expects; the cause that is named, and what mends it."""

    name: str
    holds: dict[str, Any] = field(default_factory=dict)
    says: str = ""
    mend: dict[str, Any] = field(default_factory=dict)
    untold: bool = False


def walk():
    """Someone who walks on a curve: axis-angles (T, 24, 3) and the pelvis's path (T, 3), y up."""
    time_T = np.arange(int(SECONDS * TRUE_FPS) + 1) / TRUE_FPS
    swing_T = np.sin(2 * np.pi * time_T)
    rotations_TJ3 = np.zeros((len(time_T), 24, 3))
    for side, sign in (("left", 1), ("right", -1)):
        rotations_TJ3[:, JOINT[f"{side}_shoulder"], 2] = -1.2 * sign
        rotations_TJ3[:, JOINT[f"{side}_hip"], 0] = -0.4 * sign * swing_T
        rotations_TJ3[:, JOINT[f"{side}_knee"], 0] = 0.3 + 0.2 * sign * swing_T
    rotations_TJ3[:, 0, 1] = 0.3 * time_T
    path_T3 = np.stack([0.2 * time_T**2, 0.93 + 0.02 * np.cos(4 * np.pi * time_T), 1.2 * time_T], 1)
    return rotations_TJ3, path_T3


def same(found: Motion, expected: Motion):
    """Within 1 mm and 0.01 degree."""
    np.testing.assert_allclose(joints_of(found), joints_of(expected), atol=1e-3)
    turns_TS33 = matrices(found.rotations_TJ3).swapaxes(-1, -2) @ matrices(expected.rotations_TJ3)
    angles_N = np.degrees(Rotation.from_matrix(turns_TS33.reshape(-1, 3, 3)).magnitude())
    assert angles_N.max() < 0.01

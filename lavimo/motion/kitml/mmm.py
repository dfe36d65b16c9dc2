"""KIT-ML's 21 joints of the MMM skeleton, as the 22 of SMPL's that inverse kinematics asks for.

MMM has a spine of two joints and no collars: SMPL's three lie on the line from pelvis to neck where they do in the
embedded body, its collars on the line from neck to shoulder. Lengths come in millimetres; the legs tell the scale.

T frames, J joints. Positions in KIT-ML's unit in, metres out.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.body.body import embedded_body
from lavimo.body.skeleton import BODY_JOINTS, JOINT
from lavimo.motion.layout import KIT

Array = NDArray[Any]

SAME = {name: joint for joint, name in enumerate(KIT.names) if name in JOINT}
"""SMPL's names of the joints that both have."""
LEGS = [[f"{side}_{joint}" for joint in ("hip", "knee", "ankle")] for side in ("left", "right")]


def smpl_joints(joints_TJ3: Array) -> Array:
    """The joints (T, 22, 3), metres, of someone whose legs are as long as the embedded body's.

    Args:
        joints_TJ3: (T, 21, 3) in any unit, y up.

    Raises:
        ValueError: the legs have no length.
    """
    rest_J3 = embedded_body().rest(np.zeros(10, np.float32))[1].astype(np.float64)
    smpl_TJ3 = np.empty((len(joints_TJ3), BODY_JOINTS, 3))
    for name, joint in SAME.items():
        smpl_TJ3[:, JOINT[name]] = joints_TJ3[:, joint]
    pelvis_3, neck_3 = rest_J3[JOINT["pelvis"]], rest_J3[JOINT["neck"]]
    for name in ("spine1", "spine2", "spine3"):
        share = (rest_J3[JOINT[name]] - pelvis_3) @ (neck_3 - pelvis_3) / ((neck_3 - pelvis_3) ** 2).sum()
        smpl_TJ3[:, JOINT[name]] = _between(smpl_TJ3[:, JOINT["pelvis"]], smpl_TJ3[:, JOINT["neck"]], share)
    for side in ("left", "right"):
        collar, shoulder = JOINT[f"{side}_collar"], JOINT[f"{side}_shoulder"]
        smpl_TJ3[:, collar] = _between(smpl_TJ3[:, JOINT["neck"]], smpl_TJ3[:, shoulder], 0.3)
    legs = [[JOINT[name] for name in leg] for leg in LEGS]
    theirs = float(np.linalg.norm(np.diff(smpl_TJ3[:, legs], axis=2), axis=-1).sum(-1).mean())
    if not theirs > 0:
        raise ValueError("found hips, knees and ankles in one place, expected legs")
    return smpl_TJ3 * (np.linalg.norm(np.diff(rest_J3[legs], axis=1), axis=-1).sum(-1).mean() / theirs)


def _between(first_T3: Array, second_T3: Array, share: float) -> Array:
    return (1 - share) * first_T3 + share * second_T3

"""Between SMPL's shoulders and the embedded body's: in the zero pose SMPL raises them with its level arms, ours do not.

In SMPL's motions of people whose arms hang, the collars are therefore turned down; the same rotations on the embedded
body would let its shoulders droop by four centimetres. Only collars and shoulders change, and no arm's direction: what
a collar turns more, its shoulder turns less. The angle was measured on HumanML3D's clips, where the bone from collar to
shoulder rises by 20 to 25 degrees from hanging to level arms more than the embedded body's does.

Shape suffixes: T frames, J joints (22 or 24), 3 axis-angle relative to the parent, radians.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.body.skeleton import JOINT

Array = NDArray[np.floating]

RISE_DEGREES = 20.0


def from_smpl(rotations_TJ3: Array) -> Array:
    """Rotations of SMPL's bodies (AMASS's files) as the embedded body needs them for the same pose."""
    return _raised(rotations_TJ3, RISE_DEGREES)


def to_smpl(rotations_TJ3: Array) -> Array:
    """Rotations of the embedded body (every `Motion`'s) as SMPL's bodies need them for the same pose."""
    return _raised(rotations_TJ3, -RISE_DEGREES)


def _raised(rotations_TJ3: Array, degrees: float) -> Array:
    raised_TJ3 = rotations_TJ3.copy()
    for side, sign in (("left", 1.0), ("right", -1.0)):
        collar, shoulder = JOINT[f"{side}_collar"], JOINT[f"{side}_shoulder"]
        rise = Rotation.from_euler("z", sign * degrees, degrees=True)
        raised_TJ3[:, collar] = (Rotation.from_rotvec(rotations_TJ3[:, collar]) * rise).as_rotvec()
        raised_TJ3[:, shoulder] = (rise.inv() * Rotation.from_rotvec(rotations_TJ3[:, shoulder])).as_rotvec()
    return raised_TJ3

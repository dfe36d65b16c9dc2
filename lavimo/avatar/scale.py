"""A motion on a body of another size: steps as long as the legs allow, soles on the floor.

Shape suffixes: T frames, J joints (24), 3 coordinates in metres (y up).
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.dress import Dressed
from lavimo.body.body import embedded_body
from lavimo.body.measures import leg_length
from lavimo.body.skeleton import JOINT
from lavimo.motion.motion import Motion

Array = NDArray[np.float32]


def scaled(motion: Motion, joints_J3: Array) -> Array:
    """The root's translation (T, 3) for a body with the given rest joints: the pelvis's path times the legs' ratio."""
    _, source_J3 = embedded_body().rest(motion.betas_B)
    ratio = leg_length(joints_J3) / leg_length(source_J3)
    return ((source_J3[0] + motion.translation_T3) * ratio - joints_J3[0]).astype(np.float32)


def grounded(person: Dressed, rotations_TJ3: Array, translation_T3: Array) -> Array:
    """The translation (T, 3) moved up or down once, so that the clip's lowest sole stands on the floor, y = 0."""
    feet = [JOINT[f"{side}_{joint}"] for side in ("left", "right") for joint in ("ankle", "foot")]
    sole_V = person.weights_VJ[:, feet].sum(axis=1) > 0.5
    lowest_m = min(vertices_V3[sole_V, 1].min() for vertices_V3 in person.poses(rotations_TJ3, translation_T3))
    return translation_T3 - np.array([0, lowest_m, 0], np.float32)

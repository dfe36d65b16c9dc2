"""A motion on a body of another size: steps as long as the legs allow, and what touched the floor touches it.

Shape suffixes: T frames, J joints (24), V vertices, 3 coordinates in metres (y up).
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.dress import Dressed
from lavimo.body.body import embedded_body
from lavimo.body.measures import leg_length
from lavimo.body.skinning import posed
from lavimo.motion.motion import Motion

Array = NDArray[np.float32]

HOVER_M = 0.03
"""Captured soles that carry a person are seen to hover by up to this; by twice this they have left the floor."""


def placed(motion: Motion, person: Dressed, rotations_TJ3: Array, lowest_T: Array | None = None) -> Array:
    """The translation (T, 3) of an avatar that acts out a motion of the embedded body by these rotations of its own.

    The pelvis's path is multiplied by the ratio of the legs' lengths. Then each frame is moved up or down so that the
    avatar's lowest vertex is as high as the moving body's was, times that ratio, but never below the floor, and on it
    where the body was hardly above: other proportions neither float nor sink, leaps stay leaps, and whoever lies or
    kneels lies and kneels on the floor.

    Args:
        lowest_T: `lowest` of the motion, where it is known.
    """
    _, source_J3 = embedded_body().rest(motion.betas_B)
    ratio = leg_length(person.joints_J3) / leg_length(source_J3)
    translation_T3 = (source_J3[0] + motion.translation_T3) * ratio - person.joints_J3[0]
    wanted_T = (lowest(motion) if lowest_T is None else lowest_T) * ratio
    wanted_T = np.where(wanted_T < 2 * HOVER_M, np.maximum(2 * (wanted_T - HOVER_M), 0), wanted_T)
    translation_T3[:, 1] += wanted_T - _lowest(person.poses(rotations_TJ3, translation_T3))
    return translation_T3.astype(np.float32)


def lowest(motion: Motion) -> Array:
    """How high the lowest vertex of the motion's own body is, (T,)."""
    body = embedded_body()
    rest = body.rest(motion.betas_B)
    return _lowest(posed(body.sparse_weights, *rest, motion.rotations_TJ3, motion.translation_T3))


def _lowest(poses: Iterable[Array]) -> Array:
    return np.array([vertices_V3[:, 1].min() for vertices_V3 in poses])

"""Where two takes are most alike: the end of one and the begin of the next, which is turned and moved there.

Kovar, Gleicher and Pighin 2002, "Motion graphs": two stretches of movement are as far apart as their joints are, frame
for frame, after the turn about the vertical and the way over the floor that bring them nearest.

T frames, M frames of a stretch, J joints (22), F feet (left, right), 3 metres.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lavimo.body.skeleton import BODY_JOINTS, JOINT
from lavimo.motion.features import turn
from lavimo.motion.motion import FPS

Array = NDArray[np.floating]

BALLS = [JOINT["left_foot"], JOINT["right_foot"]]
STILL_M_S = 0.35
"""A foot whose ball is slower stands."""
STANDS = 40.0
"""What the ball of a foot that stands in both takes weighs beside another joint: where people meet, feet decide."""
MISMATCH_M = 0.2
"""So far apart are feet of which one stands and the other does not, in all frames."""
LOST_M_S = 0.03
"""What a second weighs that is cut away."""


@dataclass(frozen=True)
class Transition:
    """A stretch that two takes share.

    Attributes:
        begin, other: its first frame in the first and in the second take.
        frames: of the stretch.
        yaw: by which the second take turns about the vertical, radians (`lavimo.motion.features.turn`).
        move_3: by which it moves then, metres.
        farthest_m: between a joint and its fellow, in the stretch.
        cost: the less, the more alike.
    """

    begin: int
    other: int
    frames: int
    yaw: float
    move_3: Array
    farthest_m: float
    cost: float


def standing(joints_TJ3: Array, fps: float = FPS) -> NDArray[np.bool_]:
    """Which feet (T, F) stand: whose balls stay where they were, or where they will be."""
    steps_TF = np.linalg.norm(np.diff(joints_TJ3[:, BALLS], axis=0), axis=-1) * fps
    return (
        np.minimum(np.pad(steps_TF, ((1, 0), (0, 0)), "edge"), np.pad(steps_TF, ((0, 1), (0, 0)), "edge")) < STILL_M_S
    )


def meeting(one_TJ3: Array, two_TJ3: Array, frames: int, last: int, first: int) -> Transition:
    """The stretch of so many frames in which two takes are most alike.

    Args:
        one_TJ3, two_TJ3: their joints.
        last: the stretch begins in one of so many last frames of the first take ...
        first: ... and ends in one of so many first frames of the second.
    """
    one_TJ3, two_TJ3 = one_TJ3[:, :BODY_JOINTS], two_TJ3[:, :BODY_JOINTS]
    one_TF, two_TF = standing(one_TJ3), standing(two_TJ3)
    found = []
    for begin in range(len(one_TJ3) - last, len(one_TJ3) - frames + 1):
        for other in range(first - frames + 1):
            mine, theirs = slice(begin, begin + frames), slice(other, other + frames)
            weights_MJ = np.ones((frames, BODY_JOINTS))
            weights_MJ[:, BALLS] += STANDS * (one_TF[mine] & two_TF[theirs])
            yaw, move_3, away_MJ = _nearest(one_TJ3[mine], two_TJ3[theirs], weights_MJ)
            mismatch = (one_TF[mine] != two_TF[theirs]).mean()
            lost = len(one_TJ3) - frames - begin + other
            cost = np.sqrt(np.average(away_MJ**2, weights=weights_MJ)) + MISMATCH_M * mismatch + LOST_M_S * lost / FPS
            found.append(Transition(begin, other, frames, yaw, move_3, float(away_MJ.max()), float(cost)))
    return min(found, key=lambda one: one.cost)


def _nearest(one_MJ3: Array, two_MJ3: Array, weights_MJ: Array) -> tuple[float, Array, Array]:
    """The turn and the way that bring the second nearest to the first, and how far apart (M, J) they are then."""
    weights_MJ1 = weights_MJ[..., None] / weights_MJ.sum()
    middle_3, other_3 = ((weights_MJ1 * points_MJ3).sum((0, 1)) * [1, 0, 1] for points_MJ3 in (one_MJ3, two_MJ3))
    here_MJ3, there_MJ3 = one_MJ3 - middle_3, two_MJ3 - other_3
    products_33 = np.einsum("mja,mjb->ab", weights_MJ1 * here_MJ3, there_MJ3)
    yaw = np.arctan2(products_33[0, 2] - products_33[2, 0], products_33[0, 0] + products_33[2, 2])
    away_MJ = np.linalg.norm(here_MJ3 - turn(there_MJ3, yaw), axis=-1)
    return float(yaw), middle_3 - turn(other_3, yaw), away_MJ

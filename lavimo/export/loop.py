"""Loops: where a motion comes back to what it was. `lavimo.export.moving` makes its end run into its begin.

T frames, J joints, 3 coordinates in metres.
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.motion.features import facing_yaw, turn
from lavimo.motion.motion import FPS

Array = NDArray[np.floating]

LEAST_S = 0.5
"""No loop is shorter."""
SPEED = 0.15
"""What a second's movement weighs beside a place: 1 m/s as much as 15 cm."""
MOST_M = 0.1
"""Poses that are farther apart than this, on average over the joints, are not made to meet."""
LEAST_M = 0.08
"""In a loop somebody gets at least so far away from the first pose: who stands still makes no loop."""


def loop_of(joints_TJ3: Array) -> tuple[int, int]:
    """The frame with which the best loop begins, and the later one that is most like it.

    Raises:
        ValueError: the motion is too short, or never comes back.
    """
    least = round(LEAST_S * FPS)
    if len(joints_TJ3) < least + 2:
        raise ValueError(f"found {len(joints_TJ3)} frames, expected at least {least + 2} to look for a loop in")
    yaw_T = facing_yaw(joints_TJ3)
    root_T13 = joints_TJ3[:, :1] * [1, 0, 1]
    local_TJ3 = turn(joints_TJ3 - root_T13, yaw_T[:, None])
    speed_TJ3 = np.gradient(joints_TJ3, 1 / FPS, axis=0)
    moving_TJ3 = turn(speed_TJ3, yaw_T[:, None])
    every_TX = np.concatenate([local_TJ3, SPEED * moving_TJ3], axis=2)
    cost_TT = np.linalg.norm(every_TX[:, None] - every_TX[None], axis=-1).mean(-1)
    first_T, after_T = np.indices(cost_TT.shape)
    away_TT = np.linalg.norm(local_TJ3[:, None] - local_TJ3[None], axis=-1).mean(-1)
    farthest_TT = np.maximum.accumulate(np.where(after_T >= first_T, away_TT, 0), axis=1)
    cost_TT[(after_T - first_T < least) | (farthest_TT < LEAST_M)] = np.inf
    first, after = np.unravel_index(cost_TT.argmin(), cost_TT.shape)
    if cost_TT[first, after] > MOST_M:
        raise ValueError(
            f"found no loop: nobody comes back to within {MOST_M:g} m of a pose after having left it by {LEAST_M:g} m"
        )
    return int(first), int(after)

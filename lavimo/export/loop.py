"""Loops: where a motion comes back to what it was, and how its end is made to run into its begin.

T frames, J joints, 3 coordinates in metres or axis-angle in radians.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

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


def closed(rotations_TJ3: Array, translation_T3: Array, in_place: bool) -> tuple[Array, Array]:
    """A loop's frames, without the last, which is the first again: what they differ by is spread over all of them.

    The way over the floor stays, and so does the direction, unless the loop is to be in place.
    """
    frames, joints = rotations_TJ3.shape[:2]
    share_T = np.linspace(0, 1, frames)
    made_TJ3 = rotations_TJ3.copy()
    for joint in range(joints):
        every = Rotation.from_rotvec(rotations_TJ3[:, joint])
        missing_3 = (every[0] * every[-1].inv()).as_rotvec()
        if joint == 0 and not in_place:
            missing_3 = missing_3 - [0, missing_3[1], 0]
        made_TJ3[:, joint] = (Rotation.from_rotvec(share_T[:, None] * missing_3) * every).as_rotvec()
    moved_T3 = translation_T3.copy()
    moved_T3[:, 1] += share_T * (translation_T3[0, 1] - translation_T3[-1, 1])
    return made_TJ3[:-1], moved_T3[:-1]

"""Several takes in a row as one: each begins where the one before it ends, and is blended with it.

T frames, M frames of a blend, J joints (24), F feet (left, right), X anything; 3, 4 and 33 vectors (metres),
quaternions (x, y, z, w) and matrices.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.body.kinematics import axis_angles, forward_kinematics
from lavimo.body.kinematics import matrices as from_axis_angles
from lavimo.body.skeleton import JOINT
from lavimo.demo.solver.motor import minimum_jerk
from lavimo.export.document import continuous
from lavimo.export.foot_lock import held
from lavimo.export.moving import matrices, quaternions
from lavimo.export.take import Take, rest_joints
from lavimo.export.transition import BALLS, Transition, meeting, standing
from lavimo.motion.features import turn
from lavimo.motion.legs import reach
from lavimo.motion.motion import FPS
from lavimo.motion.resample import arc, lerp

Array = NDArray[Any]

BLEND_S = 0.3
LOOK = round(1.0 * FPS)
"""Frames at the end of one take, and at the begin of the next, among which the blend is looked for."""
PULL_M_S2 = 12.0
"""No joint that goes over into the next take is pulled harder: where they are far apart, it takes longer."""
PULL = 10 / np.sqrt(3)
"""The most that minimum jerk pulls, over a way of 1 in a time of 1."""


def joined(takes: Sequence[Take], blend_s: float = BLEND_S) -> Take:
    """Takes at 20 frames a second, one after the other.

    Args:
        blend_s: in which one goes over into the next; longer where they are far apart.

    Raises:
        ValueError: fewer than two takes, no blend, or a take that is too short for it.
    """
    if len(takes) < 2:
        raise ValueError(f"found {len(takes)} motion(s) to join, expected at least 2")
    if not blend_s >= 1 / FPS:
        raise ValueError(f"found a blend of {blend_s:g} s, expected at least {1 / FPS:g}")
    blend = round(blend_s * FPS)
    for place, take in enumerate(takes, start=1):
        if len(take) < 2 * blend + 2:
            raise ValueError(
                f"found {len(take) / FPS:g} s of the motion {place} in the row, expected at least "
                f"{(2 * blend + 2) / FPS:g} s for blends of {blend_s:g} s: take more of it, or blend for a shorter time"
            )
    whole, own = takes[0], len(takes[0])
    for take in takes[1:]:
        found = _meeting(whole, own, take, blend)
        whole = _blended(whole, _placed(take, found), found)
        own = len(take) - found.other - found.frames
    return whole


def _meeting(one: Take, own: int, two: Take, blend: int) -> Transition:
    """Where a take whose last `own` frames are free meets the next; half of either stays at least."""
    one_TJ3, two_TJ3 = one.joints_TJ3, two.joints_TJ3
    last, first = max(own // 2, blend), len(two) // 2

    def best(frames: int) -> Transition:
        return meeting(one_TJ3, two_TJ3, frames, min(last, LOOK + frames), min(first, LOOK + frames))

    found = best(blend)
    needed = int(np.ceil(np.sqrt(PULL * found.farthest_m / PULL_M_S2) * FPS))
    return best(min(needed, last, first)) if needed > blend else found


def _placed(take: Take, found: Transition) -> Take:
    """The second take, where the first has brought the person."""
    rest_3 = rest_joints()[0]
    rotations_TJ3 = take.rotations_TJ3.copy()
    turned = Rotation.from_rotvec([0, found.yaw, 0]) * Rotation.from_rotvec(rotations_TJ3[:, 0])
    rotations_TJ3[:, 0] = turned.as_rotvec()
    translation_T3 = turn(take.translation_T3 + rest_3, np.asarray(found.yaw)) + found.move_3 - rest_3
    return Take(rotations_TJ3, translation_T3, take.fps)


def _blended(one: Take, two: Take, found: Transition) -> Take:
    """The first take goes over into the second, on feet that stand where they stood."""
    begin, end, half = found.begin, found.begin + found.frames, found.frames // 2
    turns_TJ4 = _over(found, _arc, *(quaternions(from_axis_angles(take.rotations_TJ3)) for take in (one, two)))
    translation_T3 = _over(found, lerp, one.translation_T3[:, None], two.translation_T3[:, None])[:, 0]
    rotations_TJ33 = matrices(turns_TJ4)
    rest_J3 = rest_joints()
    (one_TJ3, one_TJ33), (two_TJ3, two_TJ33) = (
        forward_kinematics(from_axis_angles(take.rotations_TJ3), take.translation_T3, rest_J3) for take in (one, two)
    )
    stands_TF = np.concatenate([standing(one_TJ3)[: begin + half], standing(two_TJ3)[found.other + half :]])
    for foot, side in enumerate(("left", "right")):
        ankle, ball = JOINT[f"{side}_ankle"], BALLS[foot]
        ball_T3 = _over(found, lerp, one_TJ3[:, [ball]], two_TJ3[:, [ball]])[:, 0]
        turns_T14 = _over(found, _arc, *(quaternions(world[:, [ankle]]) for world in (one_TJ33, two_TJ33)))
        foot_T33 = matrices(turns_T14)[:, 0]
        added_T3 = held(ball_T3, stands_TF[:, foot], begin, end)
        changed_T = np.abs(added_T3).max(1) > 0
        changed_T[begin:end] = True
        ankle_T3 = ball_T3 + added_T3 - foot_T33 @ (rest_J3[ball] - rest_J3[ankle])
        rotations_TJ33[changed_T] = reach(
            rotations_TJ33[changed_T], translation_T3[changed_T], rest_J3, side,
            ankle_T3[changed_T], foot_T33[changed_T],
        )  # fmt: skip
    return Take(axis_angles(rotations_TJ33), translation_T3, FPS)


def _over(found: Transition, way: Callable[[Array, Array, Array], Array], one_TJX: Array, two_TJX: Array) -> Array:
    """Frames of the first take, then those on the way, then those of the second."""
    share_M = minimum_jerk(np.arange(1, found.frames + 1) / (found.frames + 1))
    begin, end = found.begin + found.frames, found.other + found.frames
    middle_MJX = way(one_TJX[found.begin : begin], two_TJX[found.other : end], share_M)
    return np.concatenate([one_TJX[: found.begin], middle_MJX, two_TJX[end:]])


def _arc(one_MJ4: Array, two_MJ4: Array, share_M: Array) -> Array:
    """The same way round in all frames: else a joint that is half a turn off changes it, and jumps."""
    one_MJ4, two_MJ4 = continuous(one_MJ4), continuous(two_MJ4)
    return arc(one_MJ4, two_MJ4 * np.where((one_MJ4 * two_MJ4).sum((0, 2)) < 0, -1, 1)[:, None], share_M)

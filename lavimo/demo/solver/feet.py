"""Feet: from footsteps to where each foot is, how it rolls, and how high its ankle must be.

Shape suffixes: T samples, S points of the sole, 3 metres, 33 rotation matrix.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from lavimo.demo.score import Score, turned
from lavimo.demo.solver.anatomy import anatomy
from lavimo.demo.solver.motor import minimum_jerk
from lavimo.demo.solver.rotations import rx, ry

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Foot:
    """A foot's course. Arrays of T: x, z, clearance `lift` over the floor and the floor's `level` there (m), yaw and
    pitch (degrees, heel up), planted (0 or 1)."""

    x: Array
    z: Array
    yaw: Array
    lift: Array
    pitch: Array
    planted: Array
    level: Array


def course(score: Score, side: str, times_T: Array) -> Foot:
    """The course of one foot through its footsteps; it stands still, exactly, between them."""
    sign = 1.0 if side == "left" else -1.0
    place, heading = np.zeros(len(times_T), complex), np.full(len(times_T), score.facing)
    width, toe = np.full(len(times_T), 0.1 * sign), np.full(len(times_T), 4.0 * sign)
    lift, planted, level = np.zeros(len(times_T)), np.ones(len(times_T)), np.zeros(len(times_T))
    roll = [(-1.0, 0.0)]
    for step in (step for step in score.steps if step.side == side):
        seconds = step.end - step.start
        progress_T = (times_T - step.start) / seconds
        eased_T = np.clip(progress_T, 0, 1) if step.flight else minimum_jerk(progress_T)
        for curve, goal in ((place, step.place), (heading, step.heading), (width, step.width), (toe, step.toe)):
            curve += eased_T * (goal - curve[-1])
        # Up at once and down late, so that the toes pass the edge of a stair.
        risen_T = np.clip(1.6 * progress_T - (0.4 if step.level < level[-1] else 0.0), 0, 1)
        level += minimum_jerk(risen_T) * (step.level - level[-1])
        inside = (progress_T > 0) & (progress_T < 1)
        u = progress_T[inside]
        lift[inside] = step.lift * (4 * u * (1 - u) if step.flight else np.sin(np.pi * u) ** 1.5)
        planted[inside] = 0.0
        roll[-1] = (min(roll[-1][0], step.start - 0.05), 0.0)
        before = max(step.start - min(0.22, 0.6 * seconds), roll[-1][0] + 0.01)
        roll += [(before, 0.0), (step.start, step.push), (step.start + 0.3 * seconds, 0.9 * step.push)]
        roll += [(step.end, step.land), (step.end + 0.12, 0.0)]
    at, pitch = np.array([*roll, (times_T[-1] + 10, 0.0)]).T
    spot = place + turned(width, heading)
    return Foot(spot.real, spot.imag, heading + toe, lift, PchipInterpolator(at, pitch)(times_T), planted, level)


def stand(foot: Foot, heel_T: Array, side: str) -> tuple[Array, Array, Array]:
    """The ankle (T, 3) and orientation (T, 3, 3) of a foot on or above the floor, and its toes' bend in degrees.

    The foot rolls over the ball when the heel is up and over the heel when the toes are up; that point keeps its
    place, and the lowest point of the sole is at `lift`.
    """
    body = anatomy()
    mirror = np.array([1.0 if side == "left" else -1.0, 1.0, 1.0])
    pitch_T = foot.pitch + heel_T
    toes_T = np.clip(pitch_T, 0, 60) * np.exp(-foot.lift / 0.05)
    orientation_T33 = ry(foot.yaw) @ rx(pitch_T)
    sole_TS3 = sole(orientation_T33, toes_T, side)
    roll = np.where(pitch_T > 0, -2, -1)  # the ball and the heel, at the end of the sole's points
    pivot_T3 = sole_TS3[np.arange(len(roll)), roll]
    flat_T3 = (body.sole_S3 * mirror)[roll]
    ankle_T3 = np.einsum("tab,tb->ta", ry(foot.yaw), flat_T3) - pivot_T3
    ankle_T3[:, 0] += foot.x
    ankle_T3[:, 2] += foot.z
    ankle_T3[:, 1] = foot.level + foot.lift - sole_TS3[..., 1].min(1)
    return ankle_T3, orientation_T33, toes_T


def sole(orientation_T33: Array, toes_T: Array, side: str) -> Array:
    """The sole's points (T, S, 3) relative to the ankle, for a foot's orientation and toes bent up (degrees)."""
    body = anatomy()
    mirror = np.array([1.0 if side == "left" else -1.0, 1.0, 1.0])
    hinge_3 = (body.joints_J3[10] - body.joints_J3[7]) * mirror
    flat_S3 = body.sole_S3 * mirror
    bent_TS3 = (flat_S3 - hinge_3) @ rx(-toes_T).swapaxes(1, 2) + hinge_3
    local_TS3 = flat_S3 + body.toes_S[:, None] * (bent_TS3 - flat_S3)
    return local_TS3 @ orientation_T33.swapaxes(1, 2)

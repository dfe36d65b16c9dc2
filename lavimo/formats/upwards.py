"""Which axis points upwards in a file that does not say so.

Up is y, or the axis along which the rest pose stands: nobody's posture says otherwise. Who crouches, crawls, lies or
stands on the hands has the neck anywhere, and who lies still cannot be told from one who stands still in a world of
other axes. Another axis is taken where the file itself leaves no doubt, which takes all of these:

- stretched out level or upside down, head to foot along that one axis, nearly all the time (a crouched one's legs, or
  trunk, rise);
- moved about, across the length of the body: who crawls or swims goes along it;
- while the body moves on, something holds still at the end where the feet are: one walks on it. Who is carried, dragged
  or falls has nothing that holds;
- and y cannot be up: the body's lowest point rises or sinks as nobody's does who is level, or what is lowest along y
  does not hold (who rolls or shuffles sideways lies on what holds still, who walks on his hands stands on it).

(Read y as the rest pose's axis, where it stands along another: some files turn it back to y at the root.)

Standing in place in a world of other axes shows none of that. A whole library of one skeleton does: some of its clips
walk, and not all of its people lie (`axis_of_library`).

T frames at 20 a second, J joints of a file, K of SMPL's, 3 vectors. Any unit: the legs tell it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.motion.motion import FPS
from lavimo.motion.retarget import nearest_axis
from lavimo.motion.world import TO_Y, Up, axis_name

Array = NDArray[Any]

LEG_M = 0.85
ALONG = 0.8, 1.2
"""Trunk and legs, as unit vectors, added: 2 along the axis along which one stands upright. Who is level has less than
the first of y and more than the second of another axis."""
STRETCHED = 0.8
"""The share of frames in which one is level along the same axis."""
MOVES_MPS, MOVES = 0.25, 10
"""The hips are faster than this in at least so many frames."""
ACROSS = 0.5
"""Of the way that the hips go, less than this share lies along the trunk."""
NEAR_M, SLOWER = 0.08, 0.5
"""What holds is so near to the lowest joint, and slower than the hips by this factor."""
HOLDS, CLEAR = 0.3, 0.5
"""The share of moving frames in which something holds at the feet, and how much less it is along y."""
RISE_M = 0.6
CLIPS, SHARE = 6, 2 / 3
"""So many clips of a skeleton, of which this share lie along one axis and none stands, do not lie."""


@dataclass(frozen=True)
class Stance:
    """How a clip's person is, in the file's axes.

    Attributes:
        usual: the axis that points upwards unless there is no doubt.
        walks: the other axis that is upwards without doubt, if one is.
        upright: whether the person is upright along the usual one in most frames.
        level: the axis along which the person is level, or upside down, nearly all the time, if there is one.
        neck: the axis along which the neck is away from the hips.
    """

    usual: Up
    walks: Up | None
    upright: bool
    level: Up | None
    neck: Up


def stance_of(points_TJ3: Array, joints: Mapping[str, int], usual: Up = "y") -> Stance:
    """See the module.

    Args:
        joints: SMPL's names of joints, those that every map has among them, to the file's.
    """
    to_y_33 = TO_Y[usual].as_matrix()
    at_TK3 = points_TJ3[:, list(joints.values())] @ to_y_33.T
    at = dict(zip(joints, np.moveaxis(at_TK3, 1, 0)))
    hips_T3, ankles_T3 = (at[f"left_{end}"] / 2 + at[f"right_{end}"] / 2 for end in ("hip", "ankle"))
    trunk_T3 = _unit(at["neck"] - hips_T3)
    along_T3 = trunk_T3 + _unit(hips_T3 - ankles_T3)
    mean_3 = along_T3.mean(0)
    axis_3 = nearest_axis(np.array([mean_3[0], min(mean_3[1], 0), mean_3[2]]) + (1e-9, 0, 0))
    level_T = (along_T3 @ axis_3 > ALONG[1]) & (along_T3[:, 1] < ALONG[0])
    level = axis_name(axis_3 @ to_y_33) if level_T.mean() >= STRETCHED else None
    legs = [
        np.linalg.norm(at[f"{side}_{end}"] - at[f"{side}_{start}"], axis=-1)
        for side in ("left", "right")
        for start, end in (("hip", "knee"), ("knee", "ankle"))
    ]
    metres = 2 * LEG_M / max(float(np.median(legs, axis=1).sum()), 1e-12)
    walks = bool(level) and _walks(metres * at_TK3, metres * hips_T3, trunk_T3, axis_3)
    return Stance(
        usual,
        level if walks else None,
        bool((along_T3[:, 1] > ALONG[1]).mean() > 0.5),
        level,
        axis_name(np.median(trunk_T3, axis=0) @ to_y_33),
    )


def axis_of_library(stances: Sequence[Stance]) -> Up | None:
    """The axis that points upwards in all clips of a skeleton; None where they do not tell."""
    upright = sum(one.upright for one in stances)
    walking = [one.walks for one in stances if one.walks]
    if walking and (axis := max(sorted(set(walking)), key=walking.count)) and walking.count(axis) > upright:
        return axis
    level = [one.level for one in stances if one.level]
    if not upright and len(stances) >= CLIPS and level:
        axis = max(sorted(set(level)), key=level.count)
        if level.count(axis) >= SHARE * len(stances):
            return axis
    return stances[0].usual if upright > len(stances) / 3 else None


def _walks(at_TK3: Array, hips_T3: Array, trunk_T3: Array, axis_3: Array) -> bool:
    """Whether one who is level walks on another axis's floor. Metres."""
    steps_T3 = np.diff(hips_T3, axis=0)
    speeds_T = np.linalg.norm(steps_T3, axis=-1) * FPS
    moving_T = speeds_T > MOVES_MPS
    if moving_T.sum() < MOVES:
        return False
    ahead = np.abs((steps_T3 * trunk_T3[:-1]).sum(-1))[moving_T].sum() * FPS / speeds_T[moving_T].sum()
    still_TK = np.linalg.norm(np.diff(at_TK3, axis=0), axis=-1) * FPS < SLOWER * speeds_T[:, None]

    def holds(up_3: Array) -> float:
        heights_TK = at_TK3[:-1] @ up_3
        near_TK = heights_TK < heights_TK.min(1, keepdims=True) + NEAR_M
        return float((near_TK & still_TK).any(1)[moving_T].mean())

    on_axis = holds(axis_3)
    rises = axis_3[1] == 0 and float(np.ptp(at_TK3[..., 1].min(1))) > RISE_M
    return ahead < ACROSS and on_axis >= HOLDS and (rises or on_axis - holds(np.array([0, 1, 0])) >= CLEAR)


def _unit(vectors_T3: Array) -> Array:
    return vectors_T3 / np.maximum(np.linalg.norm(vectors_T3, axis=-1, keepdims=True), 1e-12)

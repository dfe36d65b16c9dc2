"""Whether a motion can be a person's: no axis, unit or angle taken for another. Every test names the likely cause.

A test refuses only what no person does, or what cannot be told from a fault. What each can and cannot tell:

- Angles: limbs do not turn by more than a whole turn. Degrees of a body in a T-pose (all zero) cannot be told.
- Head down: hips above the neck and feet above the hips, in more frames than the other way round. A cartwheel or a
  somersault is so for a part of its frames; a handstand all the clip cannot be told from y pointing down.
- Lying: trunk and legs are level, in most frames. Who lies stays at a height, and moves along his length if at all
  (swimming) or rolls; a standing person of another world rises, sinks, or walks at right angles to himself. Who is
  stretched out and keeps his place must lie on the floor. On a bed all the clip he cannot be told from one who stands
  in a world of other axes.
- Unit: nobody is five metres and more above the floor, or as fast as that.
- Time: nobody runs faster than a sprinter, nor is pushed by ten times his weight in half of the frames. That tells a
  frame rate that is four times the true one of runners only. Walking at four times the speed looks like the worst of
  real recordings, at twice the speed like running, and slowness is legal.

T frames, J joints (22 or more), 3 and 33 vectors and matrices. Metres, radians, 20 frames a second, y up.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.body.skeleton import JOINT
from lavimo.motion.featurize import joints_of
from lavimo.motion.motion import FPS, Motion
from lavimo.motion.world import METRES, Unit, axis_name

Array = NDArray[Any]

HIPS, ANKLES, FEET = ([JOINT[f"{side}_{joint}"] for side in ("left", "right")] for joint in ("hip", "ankle", "foot"))
ALONG = 0.8, 1.2
"""Trunk and legs, as unit vectors, added: 2 along the axis along which one stands upright. Who is level has less than
the first of upwards, either way, and more than the second of another axis."""
HEAD_DOWN = 0.4
"""More than this share of the frames, and more than are upright, with the head down: the world is upside down."""
LYING = 0.5
"""More than this share of the frames level: the person lies, or the world does."""
STRETCHED = 0.8
"""Who lies as one stands is level in this share of the frames, along the same axis."""
TRAVEL_M = 0.6
"""Who lies does not rise or sink by more, nor move sideways without rolling."""
SWIM_M = 1.5
"""Who moves on by more along his length swims or crawls: no standing person rises by as much."""
LOWEST_M, PELVIS_M = (-0.05, 0.2), (0.05, 0.5)
"""The lowest joint and the pelvis of one who lies on the floor are as high as that."""
HIGHEST_M = 5.0
FASTEST_MPS = 13.0
"""A little more than any sprinter has run."""
PUSH_MPS2 = 100.0
LARGEST_ANGLE = 2 * np.pi
LEG_M = 0.25, 1.6
"""A toddler's legs are longer than the first, a giant's shorter than the second."""
SHORTEST, UNLIKE = 0.01, 1.5
"""A bone of the legs is longer than this share of the longest, and than its fellow divided by the second."""
SMALLER: tuple[Unit, ...] = ("cm", "mm")
TIME_OR_UNIT = (
    "looks like a frame rate that is too high, or a unit smaller than the metre: correct the file's, or set unit"
)
TIME_OR_PATH = (
    "looks like a frame rate that is too high, or a root's path in another unit than the bones: correct the file's"
)
INSIST = "set plausible: false if it is what it looks like"


def check_plausible(
    motion: Motion, to_ours_33: Array | None = None, floor_known: bool = True, scaled: bool = False
) -> None:
    """See the module. For a motion in its file's own world, before `place_on_floor` moves it.

    Args:
        to_ours_33: the rotation from the file's axes to ours, to name the file's axis; by default they are the same.
        floor_known: whether the file's floor is at height 0. Without it, one who lies still is taken for lying.
        scaled: the legs told the unit, whatever it is: then neither it nor how high the person stands is asked about.

    Raises:
        ValueError: it is not plausible: what was found, the likely cause and the option that mends it.
    """
    check_joints(joints_of(motion).astype(np.float64), to_ours_33, floor_known, scaled)


def check_joints(
    joints_TJ3: Array,
    to_ours_33: Array | None = None,
    floor_known: bool = True,
    scaled: bool = False,
    expected: str = "",
    declared: bool = False,
) -> None:
    """As `check_plausible`, of where the joints are.

    Args:
        expected: what files of this kind are, where no option says that they are something else.
        declared: the file says which axis points upwards: then it is not asked about.

    Raises:
        ValueError: see `check_plausible`.
    """
    axis_3 = None if declared else _wrong_axis(joints_TJ3, floor_known)
    if axis_3 is not None:
        axis = axis_name(axis_3 if to_ours_33 is None else to_ours_33.T @ axis_3)
        found = "stands on its head" if axis_3[1] < 0 else "lies like one who stands along another axis"
        mend = f"expected {expected}: convert the file" if expected else f"set up: {axis}"
        raise ValueError(f"{found}, looks like {axis} up: {mend}; {INSIST}")
    if fault := _wrong_unit(joints_TJ3, floor_known, scaled, expected):
        raise ValueError(f"{fault}; {INSIST}")


def check_angles(rotations_TJ3: Array) -> None:
    """Whether axis-angles as a file has them, the root's first, are radians.

    The root's own angle is left out: it may count whole turns.

    Raises:
        ValueError: see `check_plausible`.
    """
    angles_TJ = np.linalg.norm(rotations_TJ3[:, 1:], axis=-1)
    largest = np.quantile(angles_TJ.max(1), 0.9) if angles_TJ.size else 0.0
    if largest > LARGEST_ANGLE:
        raise ValueError(
            f"angles look like degrees: joints are turned by {largest:.0f}, expected at most 3.2 radians; set angles: "
            f"degrees; {INSIST}"
        )


def check_size(lengths_22: Array) -> None:
    """Whether thighs and shins, as `check_legs` takes them, are as long as a person's in metres.

    Raises:
        ValueError: they are not; the likely unit is named.
    """
    leg = float(lengths_22.sum(1).mean())
    if not LEG_M[0] < leg < LEG_M[1]:
        unit = min(METRES, key=lambda unit: abs(np.log(leg * METRES[unit] / 0.85)))
        cause = f"looks like {unit}" if unit != "m" else "looks like no person's size"
        raise ValueError(
            f"{cause}: legs of length {leg:.4g}, expected 0.5 to 1.2 metres; convert the file, or {INSIST}"
        )


def check_legs(lengths_22: Array) -> None:
    """Whether thighs and shins have a length, in any unit, and both legs about the same.

    Args:
        lengths_22: (left, right) of (thigh, shin).

    Raises:
        ValueError: one has none, or one is half as long again as the other side's; it is named.
    """
    for bone, name in enumerate(("thigh", "shin")):
        pair = dict(zip(("left", "right"), lengths_22[:, bone]))
        for side, length in pair.items():
            if not length > SHORTEST * lengths_22.max():
                raise ValueError(
                    f"found a {side} {name} of length {length:.4g}, expected legs of some length; mend the skeleton"
                )
        if max(pair.values()) > UNLIKE * min(pair.values()):
            raise ValueError(
                f"found a left {name} of length {pair['left']:.4g} and a right one of {pair['right']:.4g}, expected "
                f"them alike to a factor of {UNLIKE:g}; mend the skeleton"
            )


def _wrong_axis(joints_TJ3: Array, floor_known: bool) -> Array | None:
    """The axis along which the person stands, if it is not y and he does not lie or somersault."""
    hips_T3 = joints_TJ3[:, HIPS].mean(1)
    trunk_T3, legs_T3 = _unit(joints_TJ3[:, JOINT["neck"]] - hips_T3), _unit(hips_T3 - joints_TJ3[:, ANKLES].mean(1))
    along_T3 = trunk_T3 + legs_T3
    up_T = along_T3[:, 1]
    if (up_T < -ALONG[0]).mean() > max(HEAD_DOWN, (up_T > ALONG[0]).mean()):
        return np.array([0.0, -1.0, 0.0])
    level_T3 = np.where(np.abs(up_T[:, None]) < ALONG[0], along_T3 * (1, 0, 1), 0)
    lying_T = np.abs(level_T3).max(1) > ALONG[1]
    if lying_T.mean() <= LYING:
        return None
    mean_3 = level_T3[lying_T].mean(0)
    axis_3 = np.eye(3)[np.abs(mean_3).argmax()] * np.sign(mean_3[np.abs(mean_3).argmax()])
    pelvis_T3 = joints_TJ3[lying_T, 0]
    if np.ptp(pelvis_T3[:, 1]) > TRAVEL_M:
        return axis_3
    sideways_3 = np.cross(axis_3, [0, 1, 0])
    if np.ptp(pelvis_T3 @ sideways_3) > TRAVEL_M and not _rolls(joints_TJ3[lying_T], axis_3):
        return axis_3
    if np.ptp(pelvis_T3 @ axis_3) > SWIM_M:
        return None
    stretched = (level_T3 @ axis_3 > ALONG[1]).mean() > STRETCHED
    lowest_m, pelvis_m = np.median(joints_TJ3[lying_T, :, 1].min(1)), np.median(pelvis_T3[:, 1])
    on_floor = LOWEST_M[0] < lowest_m < LOWEST_M[1] and PELVIS_M[0] < pelvis_m < PELVIS_M[1]
    return axis_3 if floor_known and stretched and not on_floor else None


def _rolls(joints_TJ3: Array, axis_3: Array) -> bool:
    """Whether a person turns about his length by three quarters of a turn or more."""
    across_T3 = joints_TJ3[:, HIPS[0]] - joints_TJ3[:, HIPS[1]]
    angles_T = np.unwrap(np.arctan2(across_T3[:, 1], across_T3 @ np.cross(axis_3, [0, 1, 0])))
    return bool(np.ptp(angles_T) > 1.5 * np.pi)


def _wrong_unit(joints_TJ3: Array, floor_known: bool, scaled: bool, expected: str) -> str | None:
    """What is wrong with how high, how fast and how suddenly the pelvis moves."""
    pelvis_T3 = joints_TJ3[:, 0]
    height_m = float(np.median(pelvis_T3[:, 1]))
    cause = TIME_OR_PATH if scaled else TIME_OR_UNIT
    if floor_known and not scaled and abs(height_m) > HIGHEST_M:
        expected_m = float(np.median(pelvis_T3[:, 1] - joints_TJ3[..., 1].min(1)))
        unit = min(SMALLER, key=lambda unit: abs(np.log(abs(height_m) * METRES[unit] / max(expected_m, 0.05))))
        mend = f"files are {expected}: convert it" if expected else f"set unit: {unit}"
        return f"looks like {unit}: pelvis at {height_m:.4g} m, expected 0.5 to 1.3; {mend}"
    speed_mps = float(np.median(np.linalg.norm(np.diff(pelvis_T3, axis=0), axis=-1))) * FPS
    if speed_mps > 4 * FASTEST_MPS and not scaled:
        unit = min(SMALLER, key=lambda unit: _slide(joints_TJ3, METRES[unit]))
        mend = f"files are {expected}: convert it" if expected else f"set unit: {unit}"
        return f"looks like {unit}: the pelvis moves at {speed_mps:.4g} m/s, expected up to 10; {mend}"
    if speed_mps > FASTEST_MPS:
        return f"the pelvis moves at {speed_mps:.4g} m/s, expected up to 10; {cause}"
    if len(pelvis_T3) > 4:
        push = float(np.median(np.linalg.norm(np.diff(pelvis_T3, n=2, axis=0), axis=-1))) * FPS**2
        if push > PUSH_MPS2:
            return f"the pelvis is pushed by {push:.4g} m/s2 in half of the frames, expected up to 70; {cause}"
    return None


def _slide(joints_TJ3: Array, metres: float) -> float:
    """How fast the slower foot moves, median over frames, if the path is so many times as long."""
    path_T13 = joints_TJ3[:, :1]
    feet_TF3 = joints_TJ3[:, FEET] - path_T13 + metres * path_T13
    return float(np.median(np.linalg.norm(np.diff(feet_TF3, axis=0), axis=-1).min(1)))


def _unit(vectors_T3: Array) -> Array:
    return vectors_T3 / np.maximum(np.linalg.norm(vectors_T3, axis=-1, keepdims=True), 1e-9)

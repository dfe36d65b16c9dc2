"""What the body does by itself: balance over the feet, swing the arms against the legs, breathe, sway.

Shape suffixes: T samples, 3 metres, 33 rotation matrix.
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.body.skeleton import JOINT
from lavimo.demo.score import Score
from lavimo.demo.solver.anatomy import anatomy
from lavimo.demo.solver.feet import Foot
from lavimo.demo.solver.limbs import reach
from lavimo.demo.solver.motor import RATE, smooth
from lavimo.demo.solver.rotations import ry

Array = NDArray[np.floating]
Curves = dict[str, Array]

SOFT_STANCE_M = 0.012
"""How far a relaxed person stands below full height."""

SWAY = {
    "aside": 0.006, "ahead": 0.005, "tilt": 0.5, "bend": 0.8, "lean": 0.7, "twist": 1.2, "nod": 1.8, "turn": 2.5,
    "cock": 1.2, "left_flex": 1.2, "right_flex": 1.2, "left_abduct": 0.9, "right_abduct": 0.9, "left_elbow": 1.8,
    "right_elbow": 1.8,
}  # fmt: skip
"""Standard deviation of each channel's own slow movement (degrees, metres)."""


def sway(channel: Curves, times_T: Array, rng: np.random.Generator, strength: float) -> None:
    """Breathing, and slow movement that nobody holds back."""
    for name, deviation in SWAY.items():
        hertz, phases = rng.uniform(0.12, 0.55, 3), rng.uniform(0, 2 * np.pi, 3)
        waves_T3 = np.sin(2 * np.pi * hertz * times_T[:, None] + phases)
        channel[name] = channel[name] + strength * deviation * (2 / 3) ** 0.5 * waves_T3.sum(1)
    breath_T = np.sin(2 * np.pi * rng.uniform(0.24, 0.34) * times_T + rng.uniform(0, 2 * np.pi))
    channel["bend"] = channel["bend"] - strength * 0.7 * breath_T
    for side in ("left", "right"):
        channel[f"{side}_shrug"] = channel[f"{side}_shrug"] + strength * 0.9 * breath_T


def swing_with_legs(channel: Curves, heading_T: Array, feet: dict[str, Foot]) -> None:
    """Pelvis, chest and arms answer the legs: opposite arm and leg go forwards together; hips drop on the free side."""
    angle_T = np.radians(heading_T)
    ahead = {side: foot.x * np.sin(angle_T) + foot.z * np.cos(angle_T) for side, foot in feet.items()}
    stride_T = smooth(ahead["right"] - ahead["left"], 0.07)
    weight_T = smooth(feet["left"].planted - feet["right"].planted, 0.07)
    channel["yaw"] = channel["yaw"] + 11 * stride_T
    channel["twist"] = channel["twist"] - 19 * stride_T * np.clip(channel["swing"], 0, 1)
    channel["roll"] = channel["roll"] - 2.5 * weight_T
    channel["lean"] = channel["lean"] + 3.0 * weight_T
    for side, sign in (("left", 1.0), ("right", -1.0)):
        forwards_T = sign * stride_T * channel["swing"]
        channel[f"{side}_flex"] = channel[f"{side}_flex"] + 36 * forwards_T
        channel[f"{side}_elbow"] = channel[f"{side}_elbow"] + 22 * np.logaddexp(0, 5 * forwards_T) / 5
        # A hanging arm follows gravity, not the chest.
        raised_T = np.hypot(channel[f"{side}_flex"], channel[f"{side}_abduct"] - 10) / 38
        stoop_T = channel["tilt"] + channel["bend"]
        channel[f"{side}_flex"] = channel[f"{side}_flex"] + 0.8 * np.exp(-(raised_T**2)) * stoop_T


def pelvis_course(channel: Curves, heading_T: Array, feet: dict[str, Foot]) -> Array:
    """Where the pelvis travels on the ground plane: over the feet that carry it. (T, 2), metres x and z."""
    carried_T2, carrying_T = np.zeros((len(heading_T), 2)), np.zeros(len(heading_T))
    for side, foot in feet.items():
        weight_T = foot.planted * (1 - 0.95 * channel[f"{side}_air"]) + 1e-3
        carried_T2 += weight_T[:, None] * np.stack([foot.x, foot.z], 1)
        carrying_T += weight_T
    course_T2 = smooth(carried_T2, 0.2) / smooth(carrying_T, 0.2)[:, None]
    rest_J3 = anatomy().joints_J3
    ankle = JOINT["left_ankle"]
    stoop_T = np.radians(channel["tilt"] + 0.6 * channel["bend"])
    # A trunk that leans forwards carries its mass with it: the pelvis goes back.
    ahead_T = rest_J3[0, 2] - rest_J3[ankle, 2] - 0.16 * np.sin(stoop_T) + channel["ahead"]
    offset_T3 = np.stack([channel["aside"], 0 * ahead_T, ahead_T], 1)
    return course_T2 + np.einsum("tab,tb->ta", ry(heading_T), offset_T3)[:, [0, 2]]


def floor_level(feet: dict[str, Foot]) -> Array:
    """How high the floor is, between the two feet: it rises on stairs. (T,) metres."""
    return smooth((feet["left"].level + feet["right"].level) / 2, 0.12)


def pelvis_height(
    score: Score,
    times_T: Array,
    drop_T: Array,
    level_T: Array,
    hips_T3: dict[str, Array],
    ankles_T3: dict[str, Array],
    carries_T: dict[str, Array],
) -> Array:
    """How high the pelvis is: as high as asked for, but no higher than the legs that stand can reach. (T,) metres.

    `hips_T3` are relative to the pelvis' height; `level_T` is the floor under it (see `floor_level`).
    """
    body = anatomy()
    ankle = JOINT["left_ankle"]
    height_T = body.joints_J3[0, 1] - body.joints_J3[ankle, 1] + body.ankle_height - SOFT_STANCE_M - drop_T
    for start, end, height in score.flights:
        u_T = np.clip((times_T - start) / (end - start), 0, 1)
        height_T = height_T + height * 4 * u_T * (1 - u_T)
    height_T = smooth(height_T, 0.03) + level_T
    excess_T = np.zeros(len(times_T))
    for side, hip_T3 in hips_T3.items():
        across_T = np.linalg.norm((hip_T3 - ankles_T3[side])[:, [0, 2]], axis=1)
        highest_T = ankles_T3[side][:, 1] + np.sqrt(np.maximum(reach(side) ** 2 - across_T**2, 0.01)) - hip_T3[:, 1]
        excess_T = np.maximum(excess_T, np.where(carries_T[side] > 0.5, height_T - highest_T, 0))
    window = int(0.08 * RATE)
    padded_T = np.pad(excess_T, window)
    widest_T = np.lib.stride_tricks.sliding_window_view(padded_T, 2 * window + 1).max(1)
    return height_T - smooth(widest_T, 0.04)

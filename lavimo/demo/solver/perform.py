"""From a performance to an SMPL motion: every joint solved.

Shape suffixes: T samples (`motor.RATE`, then frames), J joints, 3 and 33 axis-angle (radians) and matrix.
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.body.skeleton import JOINT
from lavimo.demo.score import SIDE_CHANNELS, Score
from lavimo.demo.solver.anatomy import anatomy
from lavimo.demo.solver.contact import lowest
from lavimo.demo.solver.feet import course, sole, stand
from lavimo.demo.solver.limbs import arm, free_leg, leg_to, spine
from lavimo.demo.solver.motor import RATE, channels, minimum_jerk, smooth
from lavimo.demo.solver.rotations import rotation_vectors, rx, ry, rz, share
from lavimo.demo.solver.trunk import floor_level, pelvis_course, pelvis_height, sway, swing_with_legs
from lavimo.motion.motion import FPS, Motion

Array = NDArray[np.floating]
SIDES = ("left", "right")

OFF_THE_FLOOR, CLEARANCE_M = 0.12, 0.02
"""The part of `air` in which a foot only rises from the floor, and how far it does."""


def perform(score: Score, rng: np.random.Generator, strength: float = 1.0) -> Motion:
    """Solve a performance from its beginning to `score.now`.

    Args:
        score: what is done.
        rng: draws the slow movement that nobody holds back.
        strength: how strong that is.

    Returns:
        The motion at 20 frames a second, with the mean shape.
    """
    frames = round(score.now * FPS)
    times_T = np.arange(frames * RATE // int(FPS)) / RATE
    channel = channels(score, times_T)
    sway(channel, times_T, rng, strength)
    feet = {side: course(score, side, times_T) for side in SIDES}
    heading_T = smooth((feet["left"].yaw + feet["right"].yaw) / 2, 0.12)
    swing_with_legs(channel, heading_T, feet)

    pelvis_T33 = ry(heading_T + channel["yaw"]) @ rz(-channel["roll"]) @ rx(channel["tilt"])
    torso_T33 = ry(channel["twist"]) @ rz(-channel["lean"]) @ rx(channel["bend"])
    lead_T = np.interp(times_T + 0.25, times_T, heading_T) - heading_T
    stoop_T = channel["tilt"] + channel["bend"]
    gaze_T33 = (
        ry(heading_T + channel["turn"] + 0.7 * lead_T) @ rz(-channel["cock"]) @ rx(channel["nod"] + 0.35 * stoop_T)
    )
    head_T33 = (pelvis_T33 @ torso_T33).swapaxes(1, 2) @ gaze_T33
    joints = {"pelvis": pelvis_T33} | spine(torso_T33, head_T33)
    for side in SIDES:
        joints |= arm({name: channel[f"{side}_{name}"] for name in SIDE_CHANNELS}, side)

    rest_J3 = anatomy().joints_J3
    stands = {side: stand(feet[side], channel[f"{side}_heel"], side) for side in SIDES}
    air = {side: np.clip(channel[f"{side}_air"], 0, 1) for side in SIDES}
    place_T2 = pelvis_course(channel, heading_T, feet)
    place_T3 = np.stack([place_T2[:, 0], np.zeros(len(times_T)), place_T2[:, 1]], 1)
    hips_T3 = {side: place_T3 + pelvis_T33 @ (rest_J3[JOINT[f"{side}_hip"]] - rest_J3[0]) for side in SIDES}
    carries = {side: feet[side].planted * (air[side] < 0.02) for side in SIDES}
    ankles_T3 = {side: stands[side][0] for side in SIDES}
    place_T3[:, 1] = pelvis_height(score, times_T, channel["drop"], floor_level(feet), hips_T3, ankles_T3, carries)
    for side in SIDES:
        hip_T3 = hips_T3[side] + place_T3 * [0, 1, 0]
        joints |= _leg(
            side, channel, pelvis_T33, hip_T3, stands[side], air[side], feet[side].yaw - heading_T, feet[side].level
        )

    rotations_TJ3 = np.zeros((len(times_T), 24, 3))
    for name, rotation_T33 in joints.items():
        rotations_TJ3[:, JOINT[name]] = rotation_vectors(rotation_T33)
    translation_T3 = place_T3 - rest_J3[0]
    every = RATE // int(FPS)
    rotations_TJ3, translation_T3 = rotations_TJ3[::every], translation_T3[::every]
    if "ground" in score.keys:
        translation_T3[:, 1] -= np.clip(channel["ground"][::every], 0, 1) * lowest(rotations_TJ3, translation_T3)
    return Motion(rotations_TJ3.astype(np.float32), translation_T3.astype(np.float32), np.zeros(10, np.float32))


def _leg(
    side: str,
    channel: dict[str, Array],
    pelvis_T33: Array,
    hip_T3: Array,
    standing: tuple[Array, Array, Array],
    air_T: Array,
    outward_T: Array,
    level_T: Array,
) -> dict[str, Array]:
    """One leg's joints: between the foot on its step and the leg in the air, never with its sole under the floor."""
    ankle_T3, foot_T33, toes_T = standing
    mine = {name: channel[f"{side}_{name}"] for name in SIDE_CHANNELS}
    free_T3, shin_T33 = free_leg(mine, side)
    free_T3 = hip_T3 + np.einsum("tab,tb->ta", pelvis_T33, free_T3)
    free_foot_T33 = pelvis_T33 @ shin_T33 @ rx(mine["ankle"])
    # A foot first leaves the floor, then goes its way; and comes back likewise.
    away_T = minimum_jerk((air_T - OFF_THE_FLOOR) / (1 - OFF_THE_FLOOR))
    floor_T = level_T + CLEARANCE_M * np.clip(air_T / OFF_THE_FLOOR, 0, 1)
    ankle_T3 = ankle_T3 + away_T[:, None] * (free_T3 - ankle_T3)
    between_T33 = foot_T33.swapaxes(1, 2) @ free_foot_T33
    foot_T33 = foot_T33 @ share(between_T33, away_T)
    toes_T = toes_T * (1 - away_T)
    lowest_T = ankle_T3[:, 1] + sole(foot_T33, toes_T, side)[..., 1].min(1)
    ankle_T3[:, 1] += np.maximum(floor_T - lowest_T, 0)
    open_T = mine["open"] + 0.6 * (1 - air_T) * (outward_T if side == "left" else -outward_T)
    local_T3 = np.einsum("tba,tb->ta", pelvis_T33, ankle_T3 - hip_T3)
    thigh_T33, knee_T33 = leg_to(local_T3, open_T, side)
    shin_T33 = pelvis_T33 @ thigh_T33 @ knee_T33
    return {
        f"{side}_hip": thigh_T33,
        f"{side}_knee": knee_T33,
        f"{side}_ankle": shin_T33.swapaxes(1, 2) @ foot_T33,
        f"{side}_foot": rx(-toes_T),
    }

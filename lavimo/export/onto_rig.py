"""A take on the skeleton of another file: the way back of `lavimo.motion.retarget`.

A joint that the skeleton's map names is turned in the world, away from the pose in which the skeleton stands, as
SMPL's is away from its zero pose; where a limb rests in another direction it is aligned first. What the map does not
name keeps its rest pose and follows. The path is as long as the legs. Legs are then bent so that a foot that stands
stands, at any proportion of thigh and shin, and as high as in the rest pose.

T frames, J joints of the skeleton, S of SMPL (24), 3 and 33 vectors and matrices.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.ndimage import maximum_filter1d

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.body.skeleton import JOINT
from lavimo.describe.rules.spans import spans
from lavimo.export.moving import Array, Bones, Moving, level, quaternions
from lavimo.export.moving import matrices as matrices_of
from lavimo.export.own_skeleton import opened, own_skeleton
from lavimo.export.rest_pose import Stand
from lavimo.export.take import Take, rest_joints
from lavimo.export.transition import standing
from lavimo.formats import read_motion
from lavimo.motion.legs import turned
from lavimo.motion.retarget import LEGS, alignments, leg_length

SIDES = ("left", "right")
FREE_S = 0.25
"""In which a foot that has left its place comes to where it would be."""
LOW = 0.25
"""Ankles that are higher above the origin than this share of a leg, or below it, do not stand on a floor there."""


@dataclass(frozen=True)
class Rig:
    """A skeleton to put motions on.

    Attributes:
        stand: how it stands.
        model: the glTF file whose meshes go along.
    """

    bones: Bones
    stand: Stand
    model: Path | None = None


def rig_of(path: Path) -> Rig:
    """The skeleton of a file; where its rest pose does not stand its movement must tell how it would.

    Raises:
        ValueError: see `lavimo.export.own_skeleton.opened`; or neither tells.
    """
    file = opened(path)
    if file.stand is not None:
        return Rig(replace(file.bones, up_3=file.stand.to_ours_33[1]), file.stand, file.model)
    try:
        own = own_skeleton(path, read_motion(path))
    except ValueError as error:
        raise ValueError(
            f"{path}: found a rest pose that does not stand, and no movement that tells how it would ({error}): export "
            "the skeleton in a T-pose or an A-pose"
        ) from error
    return Rig(own.moving.bones, own.stand, own.model)


def onto(take: Take, rig: Rig) -> Moving:
    """The take on another skeleton.

    Raises:
        ValueError: its legs have no length.
    """
    bones, stand = rig.bones, rig.stand
    take = take.with_return()
    smpl_TS3, smpl_TS33 = forward_kinematics(matrices(take.rotations_TJ3), take.translation_T3, rest_joints())
    index = {JOINT[name]: joint for name, joint in bones.joints.items()}
    scale = _leg(bones) / leg_length(rest_joints()[LEGS])
    alignment_S33: Array = np.tile(np.eye(3), (len(JOINT), 1, 1))
    if stand.places_J3 is not None:
        alignment_S33 = alignments(rest_joints(), stand.places_J3, index)
    # In the skeleton's own world from here on.
    world_33 = stand.to_ours_33.T
    turns = {
        joint: world_33 @ smpl_TS33[:, smpl] @ alignment_S33[smpl].T @ stand.turns_J33[joint]
        for smpl, joint in index.items()
    }
    there_TS3 = scale * smpl_TS3 @ world_33.T + _lift(rig, scale)
    hips_T3 = there_TS3[:, [JOINT["left_hip"], JOINT["right_hip"]]].mean(1)
    moving = _built(rig, turns, hips_T3, take.fps)
    hinges = {side: -(world_33 @ smpl_TS33[:, JOINT[f"{side}_knee"], :, 0, None])[..., 0] for side in SIDES}
    for side, stands_T in zip(SIDES, standing(take.joints_TJ3, take.fps).T):
        turns |= _planted(moving, turns, there_TS3, side, stands_T, hinges[side])
    return replace(_built(rig, turns, hips_T3, take.fps), loops=take.loops)


def _built(rig: Rig, turns: dict[int, Array], hips_T3: Array, fps: float) -> Moving:
    """The skeleton with some joints turned so in the world, and the middle of its hips there."""
    bones, stand, frames = rig.bones, rig.stand, len(hips_T3)
    below = set()
    turns_TJ33 = np.empty((frames, len(bones.names), 3, 3))
    local_TJ33 = np.empty_like(turns_TJ33)
    rest_J33 = matrices_of(bones.turns_J4)
    for joint, parent in enumerate(bones.parents_J.tolist()):
        above_33 = turns_TJ33[:, parent] if parent >= 0 else np.eye(3)
        if joint in turns:
            local_TJ33[:, joint] = np.swapaxes(above_33, -1, -2) @ turns[joint]
        elif parent in below and stand.places_J3 is not None:
            local_TJ33[:, joint] = stand.turns_J33[parent].T @ stand.turns_J33[joint]
        else:
            local_TJ33[:, joint] = rest_J33[joint]
        turns_TJ33[:, joint] = above_33 @ local_TJ33[:, joint]
        if joint in turns or parent in below:
            below.add(joint)
    moves_TJ3, scales_TJ3 = (np.tile(part, (frames, 1, 1)) for part in (bones.offsets_J3, bones.scales_J3))
    moving = Moving(bones, moves_TJ3, quaternions(local_TJ33), scales_TJ3, fps)
    hips = [bones.joints["left_hip"], bones.joints["right_hip"]]
    carrier = _carrier(bones)
    away_T3 = hips_T3 - moving.world.places_TJ3[:, hips].mean(1)
    moves_TJ3 = moves_TJ3.copy()
    moves_TJ3[:, carrier] += np.linalg.solve(moving.hangs(carrier).linear_33, away_T3.T).T
    return moving.of(moves_TJ3, moving.turns_TJ4)


def _carrier(bones: Bones) -> int:
    """The joint from which trunk and legs hang, the nearest."""
    common = set(bones.lineage("pelvis"))
    for name in ("left_hip", "right_hip", "neck"):
        common &= set(bones.lineage(name))
    return max(common)


def _planted(
    moving: Moving, turns: dict[int, Array], smpl_TS3: Array, side: str, stands_T: Array, hinge_T3: Array
) -> dict[int, Array]:
    """The turns of a leg in which the foot, where SMPL's stands, keeps one place from it; before and after it goes over
    to where it would be."""
    joints, places_TJ3 = moving.bones.joints, moving.world.places_TJ3
    hip, knee, ankle = (joints[f"{side}_{name}"] for name in ("hip", "knee", "ankle"))
    ball = f"{side}_foot" if f"{side}_foot" in joints else f"{side}_ankle"
    away_T3 = places_TJ3[:, joints[ball]] - smpl_TS3[:, JOINT[ball]]
    # Heights stay as they are with straight legs, whose knees a centimetre would bend by ten.
    added_T3, up_3 = np.zeros_like(away_T3), moving.bones.up_3
    for begin, end in spans(stands_T):
        place_3 = level(away_T3[begin:end].mean(0), up_3) + np.median(away_T3[stands_T] @ up_3) * up_3
        added_T3[begin:end] = place_3 - away_T3[begin:end]
    free = round(FREE_S * moving.fps)
    known_T = np.flatnonzero(stands_T | ~maximum_filter1d(stands_T, 2 * free + 1))
    added_T3 = np.stack([np.interp(np.arange(len(added_T3)), known_T, every[known_T]) for every in added_T3.T], axis=1)
    to_T3 = places_TJ3[:, ankle] - places_TJ3[:, hip] + added_T3
    thigh_T33, shin_T33 = turned(
        places_TJ3[:, knee] - places_TJ3[:, hip], places_TJ3[:, ankle] - places_TJ3[:, knee], to_T3, hinge_T3
    )
    return {hip: thigh_T33 @ turns[hip], knee: shin_T33 @ turns[knee], ankle: turns[ankle]}


def _lift(rig: Rig, scale: float) -> Array:
    """What brings feet that stand as high as they stand in the rest pose, if that stands on the floor."""
    places_J3, ankles = rig.stand.places_J3, [rig.bones.joints[f"{side}_ankle"] for side in SIDES]
    if places_J3 is None or not 0 < places_J3[ankles, 1].min() < LOW * _leg(rig.bones):
        return np.zeros(3)
    body = embedded_body()
    sole = rest_joints()[[JOINT[f"{side}_ankle"] for side in SIDES], 1].mean() - body.template_V3[:, 1].min()
    lift: Array = (places_J3[ankles, 1].mean() - scale * sole) * rig.stand.to_ours_33[1]
    return lift


def _leg(bones: Bones) -> float:
    """Thigh plus shin in the world, the mean of both legs."""
    legs_23 = [[bones.joints[f"{side}_{name}"] for name in ("hip", "knee", "ankle")] for side in SIDES]
    length = leg_length(bones.rest.places_TJ3[0][legs_23])
    if length <= 0:
        raise ValueError("found legs of no length, expected a skeleton's: mend it")
    return length

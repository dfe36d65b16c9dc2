"""From a skeleton with rotations to an SMPL motion, whatever the file: drop calibration frames, resample, retarget.

A skeleton that stands upright with all rotations zero hands its rotations over; of any other, whose rotations mean
something else (LaFAN1's joints have their axes along the bones), only the places of the joints are used.

T frames, J joints, 3, 4 and 33 vectors, quaternions (x, y, z, w) and matrices.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.formats.skeletons import SkeletonMap, map_of, plain
from lavimo.formats.skeletons.guess import guess, sure
from lavimo.formats.upwards import Stance, stance_of
from lavimo.motion.complete import motion_of
from lavimo.motion.motion import FPS, Motion
from lavimo.motion.resample import TooShort, instants, lerp, slerp, window
from lavimo.motion.retarget import retarget, world_joints
from lavimo.motion.world import TO_Y, Up, axis_name, converted_root

log = logging.getLogger(__name__)

Array = NDArray[np.float64]
Names = tuple[str, ...]
Instants = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]

TIPS = {"left_foot": "left_ankle", "right_foot": "right_ankle", "left_wrist": "left_elbow",
        "right_wrist": "right_elbow", "head": "neck"}  # fmt: skip
AT_REST = 20.0
"""Degrees by which a joint is turned at most in a frame that shows the rest pose."""
TOLD: set[Names] = set()
"""Skeletons of which a line said that they are guessed."""


class Rig(Protocol):
    """A skeleton that moves.

    Attributes:
        names: of the joints, each after its parent; an end site is `PARENT/end`.
        parents_J: -1 for the root.
        offsets_J3: from the parent, where all rotations are zero; in any unit.
        frames: how many there are, and the seconds of each.
    """

    @property
    def names(self) -> Names: ...
    @property
    def parents_J(self) -> NDArray[np.intp]: ...
    @property
    def offsets_J3(self) -> Array: ...
    @property
    def frames(self) -> int: ...
    @property
    def frame_s(self) -> float: ...

    def local(self, frames: NDArray[np.intp]) -> tuple[Array, Array]:
        """Each joint relative to its parent in some frames: rotations (T, J, 4) and positions (T, J, 3)."""


def retargeted(
    rig: Rig,
    start_s: float = 0.0,
    end_s: float | None = None,
    skeletons: Path | None = None,
    up: Up | None = None,
    plausible: bool = True,
    library: Mapping[Names, Up] | None = None,
    name: str = "",
) -> Motion:
    """The movement, or a window of it, on the embedded body, 20 frames a second.

    Args:
        skeletons, up, plausible, library: see `lavimo.formats.bvh.read.read_motion`.
        name: what a warning calls it.

    Raises:
        ValueError: no map knows the skeleton, or it is shorter than two frames.
    """
    known = skeleton_of(rig, skeletons)
    up = up or known.up
    frames = max(rig.frames - known.skip_frames, 0)
    instants_T = instants(frames, rig.frame_s, FPS)
    if len(instants_T[0]) < 2:
        raise TooShort(
            f"found {rig.frames} frame(s) of {rig.frame_s:g} s, of which the first {known.skip_frames} "
            f"are no motion in the skeleton {known.name!r}; expected more than {1 / FPS:g} s: remove the clip"
        )
    seen_T = window(instants_T, start_s, end_s)
    rotations_TJ33, positions_TJ3 = _locals(rig, seen_T, known.skip_frames)
    joints = joints_of(rig, known)
    rest_up = rest_axis(rig, joints)
    up = up or (library or {}).get(tuple(rig.names))
    if up is None:
        if rest_up == "y":
            up = "y"
        else:
            up = _up_of(stance_of(points_of(rig, instants_T, known.skip_frames), joints, rest_up or "y"), name)
    if rest_up:
        rotations_TJ33, positions_TJ3 = converted_root(rotations_TJ33, positions_TJ3, up=up, rest_up=rest_up)
        return retarget(rig.parents_J, rig.offsets_J3, rotations_TJ33, positions_TJ3, joints, plausible)
    points_TJ3, _ = world_joints(rig.parents_J, rotations_TJ33, positions_TJ3)
    points_TJ3 = points_TJ3 @ TO_Y[up].as_matrix().T
    joints |= _tips(rig, known)
    return motion_of({name: points_TJ3[:, joint] for name, joint in joints.items()})


def skeleton_of(rig: Rig, skeletons: Path | None) -> SkeletonMap:
    """The map of a skeleton; one that no map knows is guessed where that leaves no doubt, and a line says so, once.

    Raises:
        ValueError: see `map_of`.
    """
    try:
        known = map_of(rig.names, skeletons)
        return replace(known, skip_frames=0) if known.at_rest and not _begins_at_rest(rig) else known
    except ValueError:
        found = _guessed(tuple(rig.names), tuple(rig.parents_J.tolist()), _first_frame(rig).tobytes())
        if found is None:
            raise
        return found


@lru_cache(64)
def _guessed(names: Names, parents: tuple[int, ...], points: bytes) -> SkeletonMap | None:
    try:
        found = guess(plain(names), parents, np.frombuffer(points).reshape(-1, 3))
        known = SkeletonMap("guessed", found)
    except ValueError:
        return None
    if not sure(found):
        return None
    if names not in TOLD:
        TOLD.add(names)
        said = ", ".join(
            f"{theirs} is the {smpl.replace('_', ' ')}" for smpl, theirs in found.items() if "right" not in smpl
        )
        log.warning("a skeleton that no map knows is guessed by its bones and names: %s", said)
    return known


def _begins_at_rest(rig: Rig) -> bool:
    """Whether in the first frame no joint but the root is turned."""
    turns_TJ4, _ = rig.local(np.zeros(min(1, rig.frames), np.intp))
    return bool((np.abs(turns_TJ4[:, 1:, 3]) > np.cos(np.radians(AT_REST / 2))).all())


def _up_of(stance: Stance, name: str) -> Up:
    """The axis of one file by itself; where its posture says another, a line says so."""
    if stance.walks:
        log.warning("%s: taken for %s up, along which somebody stands and walks; else set up", name, stance.walks)
        return stance.walks
    if stance.neck != stance.usual:
        log.warning(
            "%s: taken for %s up, with somebody who lies, crouches or is upside down; if he stands, set up: %s",
            name,
            stance.usual,
            stance.neck,
        )
    return stance.usual


def rest_axis(rig: Rig, joints: Mapping[str, int]) -> Up | None:
    """The axis along which the rest pose stands; None if it does not."""
    if not rests_upright(rig.parents_J, rig.offsets_J3, joints):
        return None
    return axis_name(upright_rest(rig.parents_J, rig.offsets_J3, joints)[1])


def joints_of(rig: Rig, known: SkeletonMap) -> dict[str, int]:
    """SMPL's names of joints to the file's."""
    names = plain(rig.names)
    return {smpl: names.index(name) for smpl, name in known.joints.items()}


def _tips(rig: Rig, known: SkeletonMap) -> dict[str, int]:
    """End sites where joints are missing: of a foot, a forearm, a neck."""
    found, names = {}, plain(rig.names)
    for smpl, before in TIPS.items():
        end = f"{known.joints.get(before)}/end"
        if smpl not in known.joints and end in names and rig.offsets_J3[names.index(end)].any():
            found[smpl] = names.index(end)
    return found


def _locals(rig: Rig, seen_T: Instants, skip: int) -> tuple[Array, Array]:
    """Rotations (T, J, 3, 3) and positions (T, J, 3) relative to the parent, at instants."""
    before_T, after_T, share_T = seen_T
    rotations_TJ4, positions_TJ3 = rig.local(before_T + skip)
    if share_T.any():
        next_rotations_TJ4, next_positions_TJ3 = rig.local(after_T + skip)
        rotations_TJ4 = slerp(rotations_TJ4, next_rotations_TJ4, share_T)
        positions_TJ3 = lerp(positions_TJ3, next_positions_TJ3, share_T)
    rotations_TJ33 = Rotation.from_quat(rotations_TJ4.reshape(-1, 4)).as_matrix()
    return rotations_TJ33.reshape(*rotations_TJ4.shape[:2], 3, 3), positions_TJ3


def _first_frame(rig: Rig) -> Array:
    """Where the joints are in the first frame (J, 3)."""
    first_1 = np.zeros(min(1, rig.frames), np.intp)
    return points_of(rig, (first_1, first_1, np.zeros(len(first_1))), 0).reshape(-1, 3)


def points_of(rig: Rig, seen_T: Instants, skip: int) -> Array:
    """Where the joints are (T, J, 3), at instants."""
    points_TJ3, _ = world_joints(rig.parents_J, *_locals(rig, seen_T, skip))
    return points_TJ3.astype(np.float64)


def rests_upright(parents_J: NDArray[np.intp], offsets_J3: Array, joints: Mapping[str, int]) -> bool:
    """Whether with all rotations zero the legs hang away from the neck, and the hips lie across."""
    at, up_3 = upright_rest(parents_J, offsets_J3, joints)
    legs_K3 = [
        at[f"{side}_{end}"] - at[f"{side}_{start}"]
        for side in ("left", "right")
        for start, end in (("hip", "knee"), ("knee", "ankle"))
    ]
    hang = all(_unit(bone_3) @ up_3 < -0.7 for bone_3 in legs_K3)
    return bool(hang and abs(_unit(at["left_hip"] - at["right_hip"]) @ up_3) < 0.5)


def upright_rest(
    parents_J: NDArray[np.intp], offsets_J3: Array, joints: Mapping[str, int]
) -> tuple[dict[str, Array], Array]:
    """Where the joints are with all rotations zero, and the direction from the hips to the neck."""
    still_1J33 = np.broadcast_to(np.eye(3), (1, len(parents_J), 3, 3))
    rest_J3 = world_joints(parents_J, still_1J33, offsets_J3[None])[0][0]
    at = {name: rest_J3[joint] for name, joint in joints.items()}
    return at, _unit(at["neck"] - (at["left_hip"] + at["right_hip"]) / 2)


def _unit(vector_3: Array) -> Array:
    return vector_3 / max(float(np.linalg.norm(vector_3)), 1e-12)

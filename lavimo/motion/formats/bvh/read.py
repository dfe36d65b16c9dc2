"""From a BVH file to an SMPL motion: parse, drop calibration frames, resample, retarget.

A skeleton that stands upright with all rotations zero hands its rotations over; of any other, whose rotations mean
something else (LaFAN1's joints have their axes along the bones), only the places of the joints are used.

T frames, J joints, 3 and 33 vectors and matrices.
"""

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.motion.complete import motion_of
from lavimo.motion.formats.bvh.parser import Bvh, read_bvh
from lavimo.motion.formats.upwards import Stance, axis_of_library, stance_of
from lavimo.motion.motion import FPS, Motion
from lavimo.motion.resample import TooShort, instants, lerp, slerp, window
from lavimo.motion.retarget import retarget, world_joints
from lavimo.motion.skeletons import SkeletonMap, map_of, plain
from lavimo.motion.skeletons.guess import guess, sure
from lavimo.motion.world import TO_Y, Up, axis_name, converted_root

log = logging.getLogger(__name__)

Array = NDArray[np.floating]
Names = tuple[str, ...]
Instants = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]

TIPS = {"left_foot": "left_ankle", "right_foot": "right_ankle", "left_wrist": "left_elbow",
        "right_wrist": "right_elbow", "head": "neck"}  # fmt: skip
TOLD: set[Names] = set()
"""Skeletons of which a line said that they are guessed."""
SAMPLE = 24
"""So many files of a library tell which axis points upwards."""


def read_motion(
    path: Path,
    start_s: float = 0.0,
    end_s: float | None = None,
    skeletons: Path | None = None,
    up: Up | None = None,
    plausible: bool = True,
    trust_rows: bool = False,
    library: Mapping[Names, Up] | None = None,
) -> Motion:
    """The file's movement, or a window of it, on the embedded body, 20 frames a second.

    Args:
        skeletons: a folder of the user's own skeleton maps, tried before the package's.
        up: the axis that points upwards in the world that the root moves in; None: the skeleton map's, else the rest
            pose's where that stands, else the library's, else y unless the file leaves no doubt (`formats.upwards`).
        plausible: refuse what nobody can do (`lavimo.motion.plausible`).
        trust_rows: see `read_bvh`.
        library: the axes that `library_ups` found of the files that this one is of.

    Raises:
        ValueError: the file is damaged, its skeleton in no map, or it is shorter than two frames; the file is named.
    """
    bvh = read_bvh(path, trust_rows)
    try:
        return retargeted(bvh, start_s, end_s, skeletons, up, plausible, library, str(path))
    except ValueError as error:
        raise type(error)(f"{path}: {error}") from error


def retargeted(
    bvh: Bvh,
    start_s: float = 0.0,
    end_s: float | None = None,
    skeletons: Path | None = None,
    up: Up | None = None,
    plausible: bool = True,
    library: Mapping[Names, Up] | None = None,
    name: str = "",
) -> Motion:
    """See `read_motion`, of a file that is parsed; `name` is what a warning calls it."""
    known = _map(bvh, skeletons)
    up = up or known.up
    frames = max(len(bvh.values_TC) - known.skip_frames, 0)
    instants_T = instants(frames, bvh.frame_s, FPS)
    if len(instants_T[0]) < 2:
        raise TooShort(
            f"found {len(bvh.values_TC)} frame(s) of {bvh.frame_s:g} s, of which the first {known.skip_frames} "
            f"are no motion in the skeleton {known.name!r}; expected more than {1 / FPS:g} s: remove the clip"
        )
    seen_T = window(instants_T, start_s, end_s)
    rotations_TJ33, positions_TJ3 = _locals(bvh, seen_T, known.skip_frames)
    joints = _joints(bvh, known)
    rest_up = _rest_up(bvh, joints)
    up = up or (library or {}).get(tuple(bvh.names))
    if up is None:
        if rest_up == "y":
            up = "y"
        else:
            up = _up_of(stance_of(_points(bvh, instants_T, known.skip_frames), joints, rest_up or "y"), name)
    if rest_up:
        rotations_TJ33, positions_TJ3 = converted_root(rotations_TJ33, positions_TJ3, up=up, rest_up=rest_up)
        return retarget(bvh.parents_J, bvh.offsets_J3, rotations_TJ33, positions_TJ3, joints, plausible)
    points_TJ3, _ = world_joints(bvh.parents_J, rotations_TJ33, positions_TJ3)
    points_TJ3 = points_TJ3 @ TO_Y[up].as_matrix().T
    joints |= _tips(bvh, known)
    return motion_of({name: points_TJ3[:, joint] for name, joint in joints.items()})


def library_ups(files: Sequence[Path], skeletons: Path | None = None, trust_rows: bool = False) -> dict[Names, Up]:
    """The axis that points upwards in the files of each skeleton whose rest pose does not stand along y, by its names.

    Some files are looked at, evenly spaced; what cannot be read is passed over.
    """
    stances: dict[Names, list[Stance]] = {}
    count = min(len(files), SAMPLE)
    for file in [files[place * len(files) // count] for place in range(count)]:
        try:
            bvh = read_bvh(file, trust_rows)
            known = _map(bvh, skeletons)
            joints = _joints(bvh, known)
            instants_T = instants(max(len(bvh.values_TC) - known.skip_frames, 0), bvh.frame_s, FPS)
            rest_up = _rest_up(bvh, joints)
            if known.up or len(instants_T[0]) < 2 or rest_up == "y":
                continue
            stance = stance_of(_points(bvh, instants_T, known.skip_frames), joints, rest_up or "y")
        except ValueError:
            continue
        stances.setdefault(tuple(bvh.names), []).append(stance)
    found = {names: axis for names, some in stances.items() if (axis := axis_of_library(some))}
    for names, axis in found.items():
        if axis != stances[names][0].usual:
            log.warning("the skeleton of %s, %s ...: %s points upwards, its clips say", names[0], names[1], axis)
    return found


def _map(bvh: Bvh, skeletons: Path | None) -> SkeletonMap:
    """The map of a skeleton; one that no map knows is guessed where that leaves no doubt, and a line says so, once.

    Raises:
        ValueError: see `map_of`.
    """
    try:
        return map_of(bvh.names, skeletons)
    except ValueError:
        found = _guessed(tuple(bvh.names), tuple(bvh.parents_J.tolist()), _first_frame(bvh).tobytes())
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


def _rest_up(bvh: Bvh, joints: Mapping[str, int]) -> Up | None:
    """The axis along which the rest pose stands; None if it does not."""
    if not rests_upright(bvh.parents_J, bvh.offsets_J3, joints):
        return None
    return axis_name(upright_rest(bvh.parents_J, bvh.offsets_J3, joints)[1])


def _joints(bvh: Bvh, known: SkeletonMap) -> dict[str, int]:
    """SMPL's names of joints to the file's."""
    names = plain(bvh.names)
    return {smpl: names.index(name) for smpl, name in known.joints.items()}


def _tips(bvh: Bvh, known: SkeletonMap) -> dict[str, int]:
    """End sites where joints are missing: of a foot, a forearm, a neck."""
    found, names = {}, plain(bvh.names)
    for smpl, before in TIPS.items():
        end = f"{known.joints.get(before)}/end"
        if smpl not in known.joints and end in names and bvh.offsets_J3[names.index(end)].any():
            found[smpl] = names.index(end)
    return found


def _locals(bvh: Bvh, seen_T: Instants, skip: int) -> tuple[Array, Array]:
    """Rotations (T, J, 3, 3) and positions (T, J, 3) relative to the parent, at instants."""
    before_T, after_T, share_T = seen_T
    rotations_TJ4, positions_TJ3 = bvh.local(before_T + skip)
    if share_T.any():
        next_rotations_TJ4, next_positions_TJ3 = bvh.local(after_T + skip)
        rotations_TJ4 = slerp(rotations_TJ4, next_rotations_TJ4, share_T)
        positions_TJ3 = lerp(positions_TJ3, next_positions_TJ3, share_T)
    rotations_TJ33 = Rotation.from_quat(rotations_TJ4.reshape(-1, 4)).as_matrix()
    return rotations_TJ33.reshape(*rotations_TJ4.shape[:2], 3, 3), positions_TJ3


def _first_frame(bvh: Bvh) -> Array:
    """Where the joints are in the first frame (J, 3)."""
    first_1 = np.zeros(min(1, len(bvh.values_TC)), np.intp)
    return _points(bvh, (first_1, first_1, np.zeros(len(first_1))), 0).reshape(-1, 3)


def _points(bvh: Bvh, seen_T: Instants, skip: int) -> Array:
    """Where the joints are (T, J, 3), at instants."""
    return world_joints(bvh.parents_J, *_locals(bvh, seen_T, skip))[0]


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

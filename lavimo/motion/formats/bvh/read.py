"""From a BVH file to an SMPL motion: parse, drop calibration frames, resample, retarget.

A skeleton that stands upright with all rotations zero hands its rotations over; of any other, whose rotations mean
something else (LaFAN1's joints have their axes along the bones), only the places of the joints are used.

T frames, J joints, 3 and 33 vectors and matrices.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.motion.complete import motion_of
from lavimo.motion.formats.bvh.parser import Bvh, read_bvh
from lavimo.motion.motion import FPS, Motion
from lavimo.motion.resample import TooShort, instants, lerp, slerp, window
from lavimo.motion.retarget import nearest_axis, retarget, world_joints
from lavimo.motion.skeletons import map_of, plain
from lavimo.motion.world import Up, axis_name, converted_root

Array = NDArray[np.floating]


def read_motion(
    path: Path,
    start_s: float = 0.0,
    end_s: float | None = None,
    skeletons: Path | None = None,
    up: Up | None = None,
    plausible: bool = True,
    trust_rows: bool = False,
) -> Motion:
    """The file's movement, or a window of it, on the embedded body, 20 frames a second.

    Args:
        skeletons: a folder of the user's own skeleton maps, tried before the package's.
        up: the axis that points upwards in the world that the root moves in; None: the rest pose's.
        plausible: refuse what nobody can do (`lavimo.motion.plausible`).
        trust_rows: see `read_bvh`.

    Raises:
        ValueError: the file is damaged, its skeleton in no map, or it is shorter than two frames; the file is named.
    """
    bvh = read_bvh(path, trust_rows)
    try:
        return retargeted(bvh, start_s, end_s, skeletons, up, plausible)
    except ValueError as error:
        raise type(error)(f"{path}: {error}") from error


def retargeted(
    bvh: Bvh,
    start_s: float = 0.0,
    end_s: float | None = None,
    skeletons: Path | None = None,
    up: Up | None = None,
    plausible: bool = True,
) -> Motion:
    """See `read_motion`, of a file that is parsed."""
    known = map_of(bvh.names, skeletons)
    frames = max(len(bvh.values_TC) - known.skip_frames, 0)
    instants_T = instants(frames, bvh.frame_s, FPS)
    if len(instants_T[0]) < 2:
        raise TooShort(
            f"found {len(bvh.values_TC)} frame(s) of {bvh.frame_s:g} s, of which the first {known.skip_frames} "
            f"are no motion in the skeleton {known.name!r}; expected more than {1 / FPS:g} s: remove the clip"
        )
    before_T, after_T, share_T = window(instants_T, start_s, end_s)
    rotations_TJ4, positions_TJ3 = bvh.local(before_T + known.skip_frames)
    if share_T.any():
        next_rotations_TJ4, next_positions_TJ3 = bvh.local(after_T + known.skip_frames)
        rotations_TJ4 = slerp(rotations_TJ4, next_rotations_TJ4, share_T)
        positions_TJ3 = lerp(positions_TJ3, next_positions_TJ3, share_T)
    rotations_TJ33 = Rotation.from_quat(rotations_TJ4.reshape(-1, 4)).as_matrix()
    rotations_TJ33 = rotations_TJ33.reshape(*rotations_TJ4.shape[:2], 3, 3)
    names = plain(bvh.names)
    joints = {smpl: names.index(name) for smpl, name in known.joints.items()}
    if rests_upright(bvh.parents_J, bvh.offsets_J3, joints):
        if up is not None:
            rest_up = axis_name(upright_rest(bvh.parents_J, bvh.offsets_J3, joints)[1])
            rotations_TJ33, positions_TJ3 = converted_root(rotations_TJ33, positions_TJ3, up=up, rest_up=rest_up)
        return retarget(bvh.parents_J, bvh.offsets_J3, rotations_TJ33, positions_TJ3, joints, plausible)
    points_TJ3, _ = world_joints(bvh.parents_J, rotations_TJ33, positions_TJ3)
    points_TJ3 = points_TJ3 @ upwards(points_TJ3, joints).T
    return motion_of({name: points_TJ3[:, joint] for name, joint in joints.items()})


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


def upwards(points_TJ3: Array, joints: Mapping[str, int]) -> Array:
    """The rotation (3, 3) that makes y the axis along which the neck is above the hips in most frames."""
    hips_T3 = (points_TJ3[:, joints["left_hip"]] + points_TJ3[:, joints["right_hip"]]) / 2
    up_3 = nearest_axis(np.median(points_TJ3[:, joints["neck"]] - hips_T3, axis=0))
    if up_3[1] < 0:
        raise ValueError("found the neck below the hips in most frames; expected someone upright")
    if up_3[1] > 0:
        return np.eye(3)
    y_3 = np.array([0.0, 1.0, 0.0])
    axis_3 = np.cross(up_3, y_3)
    return Rotation.from_rotvec(axis_3 * np.pi / 2).as_matrix()

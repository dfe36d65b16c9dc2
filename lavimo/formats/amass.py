"""An AMASS file as a motion of the embedded body.

AMASS is z up; a motion is y up. Its betas belong to SMPL's shape space, which is not the embedded body's, and are not
read: every motion gets the embedded body's mean shape. So that its feet still step where the recorded ones did, the
translation is scaled: in the frames in which the person stands, by how high the pelvis is above the soles in these
poses on the embedded body, against how high it was recorded above AMASS's floor, z = 0. Where nobody stands, or that
ratio is no ratio of two people's legs (on stairs, without a floor), it is taken as it is. Shoulders are raised as the
embedded body needs it (`lavimo.motion.shoulders`). Hands and face are left out.

T frames, J joints, 3 vectors. Metres, radians.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.body.body import embedded_body
from lavimo.body.skeleton import BODY_JOINTS
from lavimo.motion.ground import place_on_floor, sole_heights
from lavimo.motion.motion import FPS, Motion
from lavimo.motion.plausible import check_angles, check_plausible
from lavimo.motion.resample import checked_fps, instants, resampled, window
from lavimo.motion.shoulders import from_smpl
from lavimo.motion.world import TO_Y, Angles, Unit, Up, converted
from lavimo.npz import read_npz

Array = NDArray[Any]

Z_UP_TO_Y_UP = Rotation.from_euler("x", -90, degrees=True)
LEGS_RATIO = (0.8, 1.25)
"""No person's legs are to the embedded body's outside of this."""
STANDING_M = 0.75
"""Whose pelvis is higher than this above the soles, on the embedded body, stands: with straight legs it is 0.94."""
COUNTED_WRONG = 1.25
"""Who counts so many times the frames of a recording counts another, or at another rate."""
FIELDS = ("poses", "root_orient", "pose_body", "trans", "mocap_framerate", "mocap_frame_rate")


def read_motion(
    path: Path, start_s: float, end_s: float | None, every_nth: bool, scale_to_legs: bool, **world: Any
) -> Motion:
    """A window of an AMASS file, 20 frames a second, on the floor, its first frame at the origin facing +z.

    Args:
        scale_to_legs: see the module; else the translation is taken as it is.
        start_s, end_s, every_nth, world: see `read_recorded`.

    Raises:
        ValueError: see `read_recorded`.
    """
    motion = read_recorded(path, start_s, end_s, every_nth, **world)
    return place_on_floor(_scaled(motion) if scale_to_legs else motion)


def read_recorded(
    path: Path,
    start_s: float,
    end_s: float | None,
    every_nth: bool,
    *,
    up: Up = "z",
    unit: Unit = "m",
    angles: Angles = "radians",
    plausible: bool = True,
    counted_s: float = 0.0,
) -> Motion:
    """A window of an AMASS file as it was recorded but y up, 20 frames a second.

    Args:
        start_s, end_s: the window; in time that `every_nth` has stretched.
        every_nth: take each int(fps / 20)-th frame, as HumanML3D does, which runs a 50 fps recording at 25 fps; else
            interpolate.
        up, unit, angles: of the file's world; AMASS's own by default.
        plausible: refuse a recording, whole, that nobody can do (`lavimo.motion.plausible`).
        counted_s: up to which second others count frames of the recording, in the same time as the window; 0: unknown.

    Raises:
        ValueError: the file is missing, damaged, lacks an array, is shorter than others count, has too few frames, or
            is no person's motion; the file is named.
    """
    poses_TC, translation_T3, fps = read_arrays(path)
    try:
        rotations_TJ3 = poses_TC.reshape(-1, BODY_JOINTS, 3)
        if plausible and angles == "radians":
            check_angles(rotations_TJ3)
        rotations_TJ3, translation_T3 = _as_amass(rotations_TJ3, translation_T3, up, unit, angles)
        stride = max(int(checked_fps(fps) / FPS), 1)
        whole_T3 = (
            instants(-(-len(poses_TC) // stride), 1 / FPS, FPS) if every_nth else instants(len(poses_TC), 1 / fps, FPS)
        )
        if COUNTED_WRONG * len(whole_T3[0]) / FPS < counted_s:
            raise ValueError(
                f"found {len(poses_TC)} frames labelled {fps:g} a second, which make {len(whole_T3[0]) / FPS:.4g} s; "
                f"expected {counted_s:.4g} s, as the data set counts: the label is too high, or the file is cut short: "
                "fetch AMASS's SMPL-H G files again"
            )
        if plausible and len(whole_T3[0]):
            every_T = whole_T3[0] * (stride if every_nth else 1)
            check_plausible(_upright(rotations_TJ3[every_T], translation_T3[every_T]), TO_Y[up].as_matrix())
        if every_nth:
            rows_T, _, _ = window(whole_T3, start_s, end_s)
            rotations_TJ3, translation_T3 = rotations_TJ3[rows_T * stride], translation_T3[rows_T * stride]
        else:
            rotations_TJ3, translation_T3 = resampled(rotations_TJ3, translation_T3, fps, start_s, end_s)
        return _upright(rotations_TJ3, translation_T3)
    except ValueError as error:
        raise type(error)(f"{path}: {error}") from error


def read_arrays(path: Path) -> tuple[Array, Array, float]:
    """The rotations (T, 66) of SMPL's first 22 joints and the translation (T, 3), z up, and the frame rate.

    Reads the SMPL-H G files and the SMPL-X N ones, whose first 22 joints are the same.

    Raises:
        ValueError: see `read_motion`.
    """
    arrays = read_npz(path, FIELDS)
    if "poses" not in arrays and {"root_orient", "pose_body"} <= set(arrays):
        parts = [arrays["root_orient"], arrays["pose_body"]]
        arrays["poses"] = np.concatenate([array.reshape(len(array), -1) for array in parts], 1)
    fps = arrays.get("mocap_framerate", arrays.get("mocap_frame_rate"))
    if missing := {"poses", "trans"} - set(arrays) or ({"mocap_framerate"} if fps is None else set()):
        raise ValueError(
            f"{path}: lacks {', '.join(sorted(missing))}; expected a motion file of AMASS (shape.npz and *_stagei.npz "
            "are none)"
        )
    poses, trans = arrays["poses"], arrays["trans"]
    if poses.ndim != 2 or poses.shape[1] < 66 or trans.shape != (len(poses), 3) or fps is None or fps.size != 1:
        raise ValueError(
            f"{path}: found poses {poses.shape} and trans {trans.shape}, expected (T, 66 or more) and (T, 3)"
        )
    return poses[:, :66].astype(np.float64), trans.astype(np.float64), float(fps.item())


def _as_amass(rotations_TJ3: Array, translation_T3: Array, up: Up, unit: Unit, angles: Angles) -> tuple[Array, Array]:
    """Rotations and translation of a file in another world as AMASS has them: z up, metres, radians."""
    rest_3 = _rest()
    rotations_TJ3, translation_T3 = converted(rotations_TJ3, translation_T3, rest_3, unit=unit, angles=angles)
    if up == "z":
        return rotations_TJ3, translation_T3
    turn = Z_UP_TO_Y_UP.inv() * TO_Y[up]
    rotations_TJ3 = rotations_TJ3.copy()
    rotations_TJ3[:, 0] = (turn * Rotation.from_rotvec(rotations_TJ3[:, 0])).as_rotvec()
    return rotations_TJ3, turn.apply(translation_T3 + rest_3) - rest_3


def _upright(body_TJ3: Array, translation_T3: Array) -> Motion:
    """The motion, y up, in metres as recorded."""
    rotations_TJ3 = np.zeros((len(body_TJ3), 24, 3))
    rotations_TJ3[:, :BODY_JOINTS] = from_smpl(body_TJ3)
    rotations_TJ3[:, 0] = (Z_UP_TO_Y_UP * Rotation.from_rotvec(body_TJ3[:, 0])).as_rotvec()
    # SMPL's pelvis stands at its rest place plus the translation; in AMASS that rest place lies along the floor.
    return Motion(rotations_TJ3, Z_UP_TO_Y_UP.apply(translation_T3) - _rest(), np.zeros(10, np.float32))


def _scaled(motion: Motion) -> Motion:
    """The motion with a path for the embedded body's legs: see the module."""
    rest_3 = _rest()
    pelvis_T3 = motion.translation_T3 + rest_3
    in_place = replace(motion, translation_T3=np.zeros_like(pelvis_T3))
    above_soles_T = rest_3[1] - np.concatenate(sole_heights(in_place), 1).min(1)
    standing_T = above_soles_T > max(STANDING_M, 0.95 * above_soles_T.max())
    heights_T = pelvis_T3[standing_T, 1]
    ratio = np.median(above_soles_T[standing_T]) / max(np.median(heights_T), 0.1) if len(heights_T) else 1.0
    scale = ratio if LEGS_RATIO[0] < ratio < LEGS_RATIO[1] else 1.0
    return replace(motion, translation_T3=pelvis_T3 * scale - rest_3)


def _rest() -> Array:
    """The embedded body's pelvis in the zero pose."""
    return embedded_body().rest(np.zeros(10, np.float32))[1][0]

"""The released npy files of HumanML3D and KIT-ML: joint positions, and features, from which joints come back.

An array (T, 22, 3), or (T, 24, 3) whose hands are left out, holds HumanML3D's joints in metres at 20 frames a second;
(T, 263) its features; (T, 21, 3) and (T, 251) those of KIT-ML, at 12.5.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.body.skeleton import BODY_JOINTS, JOINT
from lavimo.motion.complete import LEGS, complete, motion_of
from lavimo.motion.features import joints_from_features
from lavimo.motion.from_joints import motion_from_joints
from lavimo.motion.layout import HUMANML3D, KIT, Layout
from lavimo.motion.motion import FPS, Motion
from lavimo.motion.plausible import check_joints, check_legs, check_size
from lavimo.motion.resample import TooShort, frame_range, instants, lerp, window
from lavimo.npz import read_npy

Array = NDArray[Any]


def read_motion(path: Path, start_s: float = 0.0, end_s: float | None = None, plausible: bool = True) -> Motion:
    """A window of the file as a motion, by inverse kinematics.

    Raises:
        ValueError: see `read_window`.
    """
    joints_TJ3, layout = read_window(path, start_s, end_s, plausible)
    try:
        return motion_of(_by_name(joints_TJ3)) if layout is KIT else motion_from_joints(joints_TJ3)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def read_window(
    path: Path, start_s: float = 0.0, end_s: float | None = None, plausible: bool = True
) -> tuple[Array, Layout]:
    """The joints (T, J, 3) of a window of the file at 20 frames a second, in the file's own unit, and whose they are.

    Args:
        plausible: refuse what nobody can do (`lavimo.motion.plausible`), the whole file seen.

    Raises:
        ValueError: the file is damaged, of another shape, too short, or no person's motion; it is named.
    """
    joints_TJ3, layout = read_joints(path)
    try:
        before_T, after_T, share_T = instants(len(joints_TJ3), 1 / layout.fps, FPS)
        _check(lerp(joints_TJ3[before_T], joints_TJ3[after_T], share_T), layout, plausible)
        before_T, after_T, share_T = window((before_T, after_T, share_T), start_s, end_s)
        return lerp(joints_TJ3[before_T], joints_TJ3[after_T], share_T), layout
    except ValueError as error:
        raise type(error)(f"{path}: {error}") from error


def _check(joints_TJ3: Array, layout: Layout, plausible: bool) -> None:
    """Whether the joints of a whole file, 20 frames a second, are a person's, and if asked what a person can do.

    Raises:
        ValueError: see `lavimo.motion.plausible`.
    """
    if layout is KIT:
        known_TJ3 = complete(_by_name(joints_TJ3))
        if plausible:
            check_joints(known_TJ3, floor_known=False, scaled=True, expected="y up")
        return
    lengths_22 = np.median(np.linalg.norm(np.diff(joints_TJ3[:, LEGS], axis=2), axis=-1), axis=0)
    check_legs(lengths_22)
    if plausible:
        check_size(lengths_22)
        check_joints(joints_TJ3, expected="y up, in metres")


def _by_name(joints_TJ3: Array) -> dict[str, Array]:
    """KIT-ML's joints by SMPL's names."""
    return {name: joints_TJ3[:, joint] for joint, name in enumerate(KIT.names) if name in JOINT}


def read_joints(path: Path) -> tuple[Array, Layout]:
    """The joints (T, J, 3) in the file's own rate and unit, and whose they are.

    Raises:
        ValueError: see `read_motion`.
    """
    array = read_npy(path)
    if not len(array):
        raise TooShort(f"{path}: found 0 frame(s), expected at least 2: remove the clip, or fetch the file again")
    for layout in (HUMANML3D, KIT):
        if array.ndim == 2 and array.shape[1] == layout.features:
            return joints_from_features(array), layout
        if array.ndim == 3 and array.shape[1:] == (layout.joints, 3):
            return array.astype(np.float64), layout
    if array.ndim == 3 and array.shape[1:] == (24, 3):
        return array[:, :BODY_JOINTS].astype(np.float64), HUMANML3D
    raise ValueError(
        f"{path}: found shape {array.shape}, expected joints (T, 22, 3) or features (T, 263), or KIT-ML's (T, 21, 3) "
        "or (T, 251)"
    )


def read_features(path: Path, start_s: float = 0.0, end_s: float | None = None) -> NDArray[np.float32]:
    """The rows of a window of a released feature file, cut after their computation, as in TMR.

    Raises:
        ValueError: the file is damaged, of another width, or the window is empty; the file is named.
    """
    features_TD = read_npy(path)
    layouts = [layout for layout in (HUMANML3D, KIT) if features_TD.shape[1:] == (layout.features,)]
    if not layouts:
        raise ValueError(f"{path}: found shape {features_TD.shape}, expected features (T, 263) or (T, 251)")
    begin, end = frame_range(start_s, end_s, layouts[0].fps)
    if not len(features_TD[begin:end]):
        raise ValueError(
            f"{path}: found no frame from {start_s:g} s on, expected at least one; there are {len(features_TD)}"
        )
    return features_TD[begin:end].astype(np.float32)

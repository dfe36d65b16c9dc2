"""Another frame rate, and a window of a recording: positions are interpolated linearly, rotations on the shortest arc.

Shape suffixes: T frames, J joints, 3 and 4 vectors and quaternions (x, y, z, w).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.motion.motion import FPS

Array = NDArray[np.float64]


def instants(frames: int, frame_s: float, fps: float) -> tuple[NDArray[np.intp], NDArray[np.intp], Array]:
    """Where the frames of another rate fall among `frames` frames of `frame_s` seconds each.

    Returns:
        For each new frame the old ones before and after it, and how far (0 to 1) it lies on the way between them.
    """
    # Frame times are written with few digits (0.00833333): a thousandth of a frame must not cost the last frame.
    count = int((frames - 1) * frame_s * fps + 1e-3) + 1 if frames else 0
    places = np.minimum(np.arange(count) / (frame_s * fps), frames - 1)
    nearest = np.rint(places)
    places = np.where(np.abs(places - nearest) < 1e-3, nearest, places)
    before = places.astype(np.intp)
    return before, np.minimum(before + 1, frames - 1), places - before


def slerp(first_TJ4: Array, second_TJ4: Array, share_T: Array) -> Array:
    """The rotations (T, J, 4) on the shortest way from the first to the second."""
    cosine_TJ1 = (first_TJ4 * second_TJ4).sum(-1, keepdims=True)
    return arc(first_TJ4, np.where(cosine_TJ1 < 0, -second_TJ4, second_TJ4), share_T)


def arc(first_TJ4: Array, second_TJ4: Array, share_T: Array) -> Array:
    """The rotations (T, J, 4) on the way from the first to the second that their signs say: the longer one, too."""
    angle_TJ1 = np.arccos(np.clip((first_TJ4 * second_TJ4).sum(-1, keepdims=True), -1, 1))
    share_T11 = share_T[:, None, None]
    # Below a hundredth of a degree the arc is straight and the sines' ratio is 0/0.
    near_TJ1 = angle_TJ1 < 1e-4
    sine_TJ1 = np.where(near_TJ1, 1.0, np.sin(angle_TJ1))
    weight_first = np.where(near_TJ1, 1 - share_T11, np.sin((1 - share_T11) * angle_TJ1) / sine_TJ1)
    weight_second = np.where(near_TJ1, share_T11, np.sin(share_T11 * angle_TJ1) / sine_TJ1)
    return weight_first * first_TJ4 + weight_second * second_TJ4


def lerp(first_TJ3: Array, second_TJ3: Array, share_T: Array) -> Array:
    """The points (T, J, 3) on the straight way from the first to the second."""
    share_T11 = share_T[:, None, None]
    return (1 - share_T11) * first_TJ3 + share_T11 * second_TJ3


def resampled(
    rotations_TJ3: Array, translation_T3: Array, fps: float, start_s: float = 0.0, end_s: float | None = None
) -> tuple[Array, Array]:
    """Rotations (axis-angle) and translation of a window of a recording at 20 frames a second.

    Raises:
        ValueError: a frame rate out of 5 to 1,000, or less than two frames in the window.
    """
    before_T, after_T, share_T = window(instants(len(rotations_TJ3), 1 / checked_fps(fps), FPS), start_s, end_s)
    needed, where_T = np.unique(np.concatenate([before_T, after_T]), return_inverse=True)
    rotations_NJ4 = Rotation.from_rotvec(rotations_TJ3[needed].reshape(-1, 3)).as_quat()
    rotations_NJ4 = rotations_NJ4.reshape(len(needed), -1, 4)
    first, second = where_T[: len(before_T)], where_T[len(before_T) :]
    turned_TJ4 = slerp(rotations_NJ4[first], rotations_NJ4[second], share_T)
    moved_TJ3 = lerp(translation_T3[before_T, None], translation_T3[after_T, None], share_T)
    turned_TJ3 = Rotation.from_quat(turned_TJ4.reshape(-1, 4)).as_rotvec().reshape(*turned_TJ4.shape[:2], 3)
    return turned_TJ3, moved_TJ3[:, 0]


Frames = tuple[NDArray[np.intp], NDArray[np.intp], Array]


class TooShort(ValueError):
    """A window of less than two frames."""


def window(frames: Frames, start_s: float, end_s: float | None) -> Frames:
    """Of the frames at 20 a second, those from `start_s` to `end_s`.

    Raises:
        TooShort: fewer than two.
    """
    begin, end = frame_range(start_s, end_s)
    before_T, after_T, share_T = frames
    before_T, after_T, share_T = before_T[begin:end], after_T[begin:end], share_T[begin:end]
    if len(before_T) < 2:
        raise TooShort(
            f"found {len(before_T)} frame(s) at {FPS:g} a second from {start_s:g} s to "
            f"{'the end' if end_s is None else f'{end_s:g} s'} (there are {len(frames[0])} in all), expected at least "
            "2: remove the clip, or correct its start and end"
        )
    return before_T, after_T, share_T


def frame_range(start_s: float, end_s: float | None, fps: float = FPS) -> tuple[int, int | None]:
    """The first frame at `fps` frames a second, and the one after the last."""
    return round(start_s * fps), None if end_s is None else round(end_s * fps)


def checked_fps(fps: float) -> float:
    """The frame rate, if it is one.

    Raises:
        ValueError: it is out of 5 to 1,000 frames a second.
    """
    if not 5 <= fps <= 1000:
        raise ValueError(f"found a frame rate of {fps:g} a second, expected one from 5 to 1,000")
    return float(fps)

"""Another frame rate: positions are interpolated linearly, rotations along the shortest arc.

Shape suffixes: T frames, J joints, 3 and 4 vectors and quaternions (x, y, z, w).
"""

import numpy as np
from numpy.typing import NDArray

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
    second_TJ4 = np.where(cosine_TJ1 < 0, -second_TJ4, second_TJ4)
    angle_TJ1 = np.arccos(np.clip(np.abs(cosine_TJ1), 0, 1))
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

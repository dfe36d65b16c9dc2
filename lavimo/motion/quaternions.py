"""Rotations as unit quaternions (..., 4), w first, computed in the precision of the arrays they are given."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def between(from_3: Array, to_3: Array) -> Array:
    """The smallest rotation (..., 4) from one unit vector (..., 3) to another.

    Between opposite vectors there are many; then the vectors `from_3` must be along an axis of the frame.
    """
    cosine_1 = (from_3 * to_3).sum(-1, keepdims=True)
    quaternions_4 = np.concatenate([1 + cosine_1, np.cross(from_3, to_3)], -1)
    norms_1 = np.linalg.norm(quaternions_4, axis=-1, keepdims=True)
    if (opposite_1 := norms_1 < 1e-6).any():
        half_turns_4 = np.insert(np.roll(from_3, -1, -1), 0, 0, -1)  # about the axis before, which is at a right angle
        quaternions_4 = np.where(opposite_1, half_turns_4, quaternions_4)
        norms_1 = np.where(opposite_1, 1, norms_1)
    return quaternions_4 / norms_1


def multiply(first_4: Array, second_4: Array) -> Array:
    """The rotation that does the second, then the first."""
    a, b, c, d = (first_4[..., i] for i in range(4))
    w, x, y, z = (second_4[..., i] for i in range(4))
    return np.stack(
        [
            w * a - x * b - y * c - z * d,
            w * b + x * a - y * d + z * c,
            w * c + x * d + y * a - z * b,
            w * d - x * c + y * b + z * a,
        ],
        -1,
    )


def inverse(quaternions_4: Array) -> Array:
    """The rotation backwards."""
    return quaternions_4 * np.array([1, -1, -1, -1], quaternions_4.dtype)


def rotate(quaternions_4: Array, vectors_3: Array) -> Array:
    """Vectors (..., 3), rotated."""
    axes_3 = np.broadcast_to(quaternions_4[..., 1:], vectors_3.shape)
    once_3 = np.cross(axes_3, vectors_3)
    return vectors_3 + 2 * (quaternions_4[..., :1] * once_3 + np.cross(axes_3, once_3))


def six_numbers(quaternions_4: Array) -> Array:
    """The first two columns (..., 6) of the rotations' matrices (Zhou et al. 2019)."""
    w, x, y, z = (quaternions_4[..., i] for i in range(4))
    two = 2 / (quaternions_4**2).sum(-1)
    columns = [
        1 - two * (y * y + z * z), two * (x * y + z * w), two * (x * z - y * w),
        two * (x * y - z * w), 1 - two * (x * x + z * z), two * (y * z + x * w),
    ]  # fmt: skip
    return np.stack(columns, -1)

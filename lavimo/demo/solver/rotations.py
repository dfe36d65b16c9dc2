"""Rotation matrices from degrees.

Shape suffixes: T samples, 3 vector, 33 rotation matrix.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

Array = NDArray[np.floating]


def rx(degrees_T: Array) -> Array:
    """About x: y turns to z. (T, 3, 3)."""
    return Rotation.from_euler("x", np.reshape(degrees_T, (-1, 1)), degrees=True).as_matrix()


def ry(degrees_T: Array) -> Array:
    """About y: z turns to x, to the person's left. (T, 3, 3)."""
    return Rotation.from_euler("y", np.reshape(degrees_T, (-1, 1)), degrees=True).as_matrix()


def rz(degrees_T: Array) -> Array:
    """About z: x turns to y. (T, 3, 3)."""
    return Rotation.from_euler("z", np.reshape(degrees_T, (-1, 1)), degrees=True).as_matrix()


def turn(x_T: Array, y_T: Array, z_T: Array) -> Array:
    """About the axis (x, y, z), as far as its length says in degrees. (T, 3, 3)."""
    return Rotation.from_rotvec(np.stack([x_T, y_T, z_T], -1), degrees=True).as_matrix()


def rotation_vectors(matrices_T33: Array) -> Array:
    """Axis-angle (T, 3), radians."""
    return Rotation.from_matrix(matrices_T33).as_rotvec()


def share(matrices_T33: Array, part: float | Array) -> Array:
    """The same turn, part of the way. (T, 3, 3)."""
    return Rotation.from_rotvec(np.reshape(part, (-1, 1)) * rotation_vectors(matrices_T33)).as_matrix()


def frames(first_T3: Array, second_T3: Array) -> Array:
    """Orthonormal bases whose first column is the first vector and whose second lies towards the second. (T, 3, 3)."""
    first_T3 = first_T3 / np.linalg.norm(first_T3, axis=-1, keepdims=True)
    second_T3 = second_T3 - (first_T3 * second_T3).sum(-1, keepdims=True) * first_T3
    second_T3 = second_T3 / np.linalg.norm(second_T3, axis=-1, keepdims=True)
    return np.stack([first_T3, second_T3, np.cross(first_T3, second_T3)], -1)

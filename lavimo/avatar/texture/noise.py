"""Noise that depends on the place alone: for weave, folds and strands of hair.

Shape suffixes: K points, 3 coordinates.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lavimo.jit import njit

Array = NDArray[np.floating]


def noise(points_K3: Array, size_m: ArrayLike, seed: int) -> Array:
    """Smooth noise (K,), mean 0, mostly from -1 to 1, in grains of a size, or of one along each axis, in metres."""
    size_3 = np.broadcast_to(np.asarray(size_m, np.float32), 3).copy()
    return _noise(np.ascontiguousarray(points_K3, np.float32), size_3, np.uint32(seed))


@njit()
def _hash(x, y, z, seed):  # type: ignore[no-untyped-def]
    """A number from -1 to 1 for a lattice point."""
    mixed = np.uint32(seed * np.uint32(0x9E3779B9))
    for part in (x, y, z):
        mixed = np.uint32((mixed ^ np.uint32(part & 0xFFFFFFFF)) * np.uint32(0x85EBCA6B))
        mixed = np.uint32(mixed ^ (mixed >> np.uint32(15)))
    mixed = np.uint32(mixed * np.uint32(0xC2B2AE35))
    mixed = np.uint32(mixed ^ (mixed >> np.uint32(16)))
    return np.float32(mixed) / np.float32(2147483648.0) - np.float32(1)


@njit()
def _noise(points_K3, size_3, seed):  # type: ignore[no-untyped-def]
    found_K = np.empty(len(points_K3), np.float32)
    for point in range(len(points_K3)):
        x, y, z = points_K3[point] / size_3
        column, row, layer = int(np.floor(x)), int(np.floor(y)), int(np.floor(z))
        x, y, z = x - column, y - row, z - layer
        x, y, z = x * x * (3 - 2 * x), y * y * (3 - 2 * y), z * z * (3 - 2 * z)
        total = 0.0
        for i in range(2):
            for j in range(2):
                for k in range(2):
                    share = (x if i else 1 - x) * (y if j else 1 - y) * (z if k else 1 - z)
                    total += share * _hash(column + i, row + j, layer + k, seed)
        found_K[point] = 1.4 * total
    return found_K

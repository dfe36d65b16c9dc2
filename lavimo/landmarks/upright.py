"""Motions compared with each other: no camera leans, and everything is seen.

G motions, P pairs of them, N moments, K landmarks, 3 coordinates, X any of these.
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.config import MatchOptions
from lavimo.landmarks.movement import Array, Movements
from lavimo.motion.features import turn

PATH_PULL = 5.0
"""What a moment of the path weighs in finding the yaw, in landmarks."""
UPRIGHT_TILT_DEGREES = -5.0
"""BlazePose's metres lean by this, on average, whatever the camera's elevation."""
TILT_COST = 0.001
"""Metres a degree of tilt away from that: a likely view wins over an unlikely one that fits hardly better."""


def upright_distances(every: Movements, pairs_P2: NDArray[np.intp], options: MatchOptions) -> Array:
    """Distances of pairs of motions, (P,): see `lavimo.landmarks.match.distances_of_pairs`, which for a few takes
    as long as it takes to load.

    Args:
        options: with the one tilt 0, and without a band.
    """
    centred_GN3 = every.path_GN3 - every.path_GN3.mean(1, keepdims=True)
    first_P, second_P = pairs_P2.T
    seen_PNK3, way_PN3 = every.points_GNK3[first_P], centred_GN3[first_P]
    points_PNK3, path_PN3 = every.points_GNK3[second_P], centred_GN3[second_P]
    turns = [_turn_sums(points_PNK3, seen_PNK3), _turn_sums(path_PN3, way_PN3)]
    along_P, across_P = (a + PATH_PULL * options.path_weight * b for a, b in zip(*turns))
    scale_P = np.sqrt(np.square(seen_PNK3).sum((1, 2, 3)) / (np.square(points_PNK3).sum((1, 2, 3)) + 1e-12))
    yaw_P = np.arctan2(across_P, along_P)
    apart_PNK3 = scale_P[:, None, None, None] * turn(points_PNK3, yaw_P[:, None, None]) - seen_PNK3
    moved_PNK3 = np.diff(apart_PNK3, axis=1)
    astray_PN3 = (scale_P[:, None, None] * turn(path_PN3, yaw_P[:, None]) - way_PN3) / np.array([1, 1, 2], np.float32)
    moments = apart_PNK3.shape[1]
    landmarks_P = (_lengths(apart_PNK3) + options.velocity_weight * _lengths(moved_PNK3)) / apart_PNK3.shape[2]
    longer_P = np.abs(np.log(every.duration_G[second_P] / every.duration_G[first_P]))
    leaning = TILT_COST * abs(UPRIGHT_TILT_DEGREES)
    total_P = landmarks_P + options.path_weight * _lengths(astray_PN3)
    return leaning + total_P / moments + options.duration_weight * longer_P


def _turn_sums(points_PX3: Array, seen_PX3: Array) -> list[Array]:
    """Sums, (P,), out of which the turn about the vertical follows that lays points over others."""
    x, z, u, w = points_PX3[..., 0], points_PX3[..., 2], seen_PX3[..., 0], seen_PX3[..., 2]
    others = tuple(range(1, x.ndim))
    return [(x * u + z * w).sum(others), (z * u - x * w).sum(others)]


def _lengths(points_PX3: Array) -> Array:
    """The sum of the lengths of vectors, (P,)."""
    return np.sqrt(np.square(points_PX3).sum(-1)).sum(tuple(range(1, points_PX3.ndim - 1)))

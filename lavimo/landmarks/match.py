"""Movements compared without any training: how far apart are a video's landmarks and a motion's joints?

Q queries (videos), G motions, P pairs of them, N moments, K landmarks, 3 coordinates.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.config import MatchOptions
from lavimo.jit import njit, prange
from lavimo.landmarks.movement import Movements, mirrored
from lavimo.landmarks.upright import PATH_PULL, TILT_COST, UPRIGHT_TILT_DEGREES

Array = NDArray[np.float32]

NOBODY = 1e3
"""The distance of a video in which nobody is from every motion."""
CHUNK = 2**22
"""Pairs compared at once."""


def distances(queries: Movements, gallery: Movements, options: MatchOptions) -> Array:
    """Distances (Q, G) of videos from motions: see `distances_of_pairs`."""
    found_QG = np.empty((len(queries), len(gallery)), np.float32)
    rows = max(CHUNK // max(len(gallery), 1), 1)
    for begin in range(0, len(queries), rows):
        some = np.arange(begin, min(begin + rows, len(queries)))
        pairs_P2 = np.stack(np.meshgrid(some, np.arange(len(gallery)), indexing="ij"), axis=-1).reshape(-1, 2)
        found_QG[some] = distances_of_pairs(queries, gallery, pairs_P2, options).reshape(len(some), -1)
    return found_QG


def distances_of_pairs(
    queries: Movements, gallery: Movements, pairs_P2: NDArray[np.integer[Any]], options: MatchOptions
) -> Array:
    """Distances (P,) of pairs of a video and a motion, given by their numbers.

    Both are sequences of as many moments. For each of several tilts of the camera the motion is scaled and turned about
    the vertical to fit best, in closed form; then landmarks' distances, their movements' distances, the hips' paths'
    distance and the durations' ratio are added up, with the options' weights, and the least sum counts.
    """
    weights = np.array([options.path_weight, options.duration_weight, options.velocity_weight], np.float32)
    tilts = np.radians(np.array(options.tilts_degrees, np.float32))
    shift = round(options.dtw_band * queries.points_GNK3.shape[1])
    pairs_P2 = np.ascontiguousarray(pairs_P2, np.int64)
    found_P: Array = _distances(*_arrays(queries), *_arrays(gallery), pairs_P2, weights, tilts, shift)
    if options.mirrored:
        other_P = _distances(*_arrays(mirrored(queries)), *_arrays(gallery), pairs_P2, weights, tilts, shift)
        found_P = np.minimum(found_P, other_P)
    return found_P


def _arrays(movements: Movements) -> tuple[Array, Array, Array, Array]:
    """As the compiled code takes them, the path from its middle."""
    centred_GN3 = movements.path_GN3 - movements.path_GN3.mean(1, keepdims=True)
    return (
        np.ascontiguousarray(movements.points_GNK3),
        np.ascontiguousarray(centred_GN3),
        np.ascontiguousarray(movements.weights_GNK),
        movements.duration_G,
    )


# What it calls is compiled into it: called, it would be this process's own code or, out of numba's cache, a copy whose
# sums are in another order, and the last digits would tell which.
@njit(parallel=True, fastmath=True)
def _distances(
    q_points: Any, q_path: Any, q_weights: Any, q_duration: Any,
    g_points: Any, g_path: Any, g_weights: Any, g_duration: Any,
    pairs: Any, weights: Any, tilts: Any, shift: int,
) -> Any:  # fmt: skip
    found = np.full(len(pairs), np.float32(NOBODY))
    for p in prange(len(pairs)):
        q, g = pairs[p, 0], pairs[p, 1]
        if q_duration[q] <= 0 or g_duration[g] <= 0:
            continue
        seen, way = np.empty_like(q_points[q]), np.empty_like(q_path[q])
        posed, walked = np.empty_like(seen), np.empty_like(way)
        share = q_weights[q] / max(q_weights[q].mean(), np.float32(1e-6))
        best = NOBODY
        for tilt in range(len(tilts)):
            _tilted(q_points[q].reshape(-1, 3), tilts[tilt], seen.reshape(-1, 3))
            _tilted(q_path[q], tilts[tilt], way)
            _fitted(g_points[g], g_path[g], seen, way, share, weights[0], posed, walked)
            lean = abs(math.degrees(tilts[tilt]) - UPRIGHT_TILT_DEGREES)
            best = min(best, TILT_COST * lean + _distance(posed, walked, seen, way, share, weights, shift))
        found[p] = best + weights[1] * abs(math.log(g_duration[g] / q_duration[q]))
    return found


@njit(fastmath=True, inline="always")
def _tilted(points: Any, angle: float, out: Any) -> None:
    """Points turned about the x axis."""
    cosine, sine = math.cos(angle), math.sin(angle)
    for i in range(len(points)):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        out[i, 0], out[i, 1], out[i, 2] = x, cosine * y - sine * z, sine * y + cosine * z


@njit(fastmath=True, inline="always")
def _fitted(
    points: Any, path: Any, seen: Any, way: Any, share: Any, path_weight: float, posed: Any, walked: Any
) -> None:
    """A motion as large as what was seen, turned about the vertical as fits best (Procrustes in the plane)."""
    moments, landmarks = points.shape[0], points.shape[1]
    own, other, along, across = 1e-12, 0.0, 0.0, 0.0
    for n in range(moments):
        for k in range(landmarks):
            x, y, z = points[n, k, 0], points[n, k, 1], points[n, k, 2]
            u, v, w = seen[n, k, 0], seen[n, k, 1], seen[n, k, 2]
            weight = share[n, k]
            own += weight * (x * x + y * y + z * z)
            other += weight * (u * u + v * v + w * w)
            along += weight * (x * u + z * w)
            across += weight * (z * u - x * w)
        x, z, u, w = path[n, 0], path[n, 2], way[n, 0], way[n, 2]
        along += PATH_PULL * path_weight * (x * u + z * w)
        across += PATH_PULL * path_weight * (z * u - x * w)
    scale, yaw = math.sqrt(other / own), math.atan2(across, along)
    cosine, sine = scale * math.cos(yaw), scale * math.sin(yaw)
    for n in range(moments):
        for k in range(landmarks):
            x, y, z = points[n, k, 0], points[n, k, 1], points[n, k, 2]
            posed[n, k, 0], posed[n, k, 1], posed[n, k, 2] = cosine * x + sine * z, scale * y, cosine * z - sine * x
        x, y, z = path[n, 0], path[n, 1], path[n, 2]
        walked[n, 0], walked[n, 1], walked[n, 2] = cosine * x + sine * z, scale * y, cosine * z - sine * x


@njit(fastmath=True, inline="always")
def _distance(posed: Any, walked: Any, seen: Any, way: Any, share: Any, weights: Any, shift: int) -> float:
    """The mean cost of a moment: landmarks, path and velocity; along the cheapest pairing of moments if they may be
    shifted against each other (dynamic time warping in a band)."""
    moments = len(posed)
    if shift == 0:
        total = 0.0
        for n in range(moments):
            total += _moment(posed, walked, seen, way, share, weights, n, n)
        return total / moments
    total_NM = np.full((moments + 1, moments + 1), np.inf)
    total_NM[0, 0] = 0.0
    for n in range(moments):
        for m in range(max(0, n - shift), min(moments, n + shift + 1)):
            cost = _moment(posed, walked, seen, way, share, weights, n, m)
            # A diagonal step pairs two new moments and weighs twice (Sakoe and Chiba 1978), so that no path is cheaper
            # for being shorter.
            total_NM[n + 1, m + 1] = min(
                total_NM[n, m] + 2 * cost, total_NM[n, m + 1] + cost, total_NM[n + 1, m] + cost
            )
    return float(total_NM[moments, moments] / (2 * moments))


@njit(fastmath=True, inline="always")
def _moment(posed: Any, walked: Any, seen: Any, way: Any, share: Any, weights: Any, n: int, m: int) -> float:
    """The cost of a motion's moment n beside a video's moment m."""
    landmarks = posed.shape[1]
    before_n, before_m = max(n - 1, 0), max(m - 1, 0)
    apart, moved = 0.0, 0.0
    for k in range(landmarks):
        x, y, z = (
            posed[n, k, 0] - seen[m, k, 0],
            posed[n, k, 1] - seen[m, k, 1],
            posed[n, k, 2] - seen[m, k, 2],
        )
        apart += share[m, k] * math.sqrt(x * x + y * y + z * z)
        x -= posed[before_n, k, 0] - seen[before_m, k, 0]
        y -= posed[before_n, k, 1] - seen[before_m, k, 1]
        z -= posed[before_n, k, 2] - seen[before_m, k, 2]
        moved += share[m, k] * math.sqrt(x * x + y * y + z * z)
    x, y, z = walked[n, 0] - way[m, 0], walked[n, 1] - way[m, 1], (walked[n, 2] - way[m, 2]) / 2
    path = math.sqrt(x * x + y * y + z * z)
    return (apart + weights[2] * moved) / landmarks + weights[0] * path

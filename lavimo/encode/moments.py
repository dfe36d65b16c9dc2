"""A video's landmarks as the numbers that an encoder takes.

T moments at `RATE` a second, K landmarks, X numbers a moment.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.landmarks.movement import Array, facing, middle, resampled, seen
from lavimo.landmarks.names import SEEN
from lavimo.landmarks.sequence import Landmarks

RATE = 10.0
PATCH = 2
"""Moments that become one token."""
WIDTH = len(SEEN) * 7 + 9
"""Of a moment: positions, steps and visibility of landmarks; path, its step, height, and which way the person faces."""


def moments(landmarks: Landmarks) -> NDArray[np.float32]:
    """Landmarks as numbers (T, X) that do not depend on who one sees from where: in the person's size, turned so that
    the person faces the camera on average; of nobody, one moment of zeros."""
    if not len(landmarks):
        return np.zeros((1, WIDTH), np.float32)
    points_TK3, path_T3 = seen(landmarks)
    times_T = landmarks.times_T.astype(np.float64)
    at_T = np.arange(times_T[0], times_T[-1] + 1e-6, 1 / RATE)
    every_TX = np.concatenate([points_TK3.reshape(len(times_T), -1), path_T3, landmarks.visibility_TL[:, SEEN]], axis=1)
    points_TX, path_T3, visibility_TK = np.split(
        resampled(every_TX, times_T, at_T), [-len(SEEN) - 3, -len(SEEN)], axis=1
    )
    points_TK3 = points_TX.reshape(len(at_T), -1, 3)
    size = np.sqrt(np.square(points_TK3).sum(-1).mean())
    points_TK3, path_T3 = points_TK3 / size, path_T3 / size
    facing_T2 = facing(points_TK3)
    turn_33 = about_y(facing_T2.mean(0))
    points_TK3, path_T3, facing_T2 = points_TK3 @ turn_33, path_T3 @ turn_33, facing_T2 @ turn_33[[0, 2]][:, [0, 2]]
    height_T1 = path_T3[:, 1:2] - middle(path_T3[:, 1])
    way_T3 = path_T3 - path_T3[:1]
    parts = (points_TK3, 4 * steps(points_TK3), visibility_TK, way_T3 / 2, 4 * steps(path_T3), 4 * height_T1, facing_T2)
    return np.concatenate([part.reshape(len(at_T), -1) for part in parts], axis=1).astype(np.float32)


def steps(values_TX: Array) -> Array:
    """How far each is from the one before; the first 0."""
    steps_TX = np.zeros_like(values_TX)
    np.subtract(values_TX[1:], values_TX[:-1], out=steps_TX[1:])
    return steps_TX


def about_y(forward_2: NDArray[Any]) -> NDArray[Any]:
    """The turn about the vertical, for rows on its left, that brings a direction of x and z to z."""
    x, z = forward_2 / max(float(np.linalg.norm(forward_2)), 1e-6)
    return np.array([[z, 0, x], [0, 1, 0], [-x, 0, z]])

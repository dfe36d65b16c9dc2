"""Bare skin: its tone, where blood shows through it, knuckles and nails.

Shape suffixes: K texels, 3 coordinates in metres of the zero pose.
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.avatar import Avatar, rgb
from lavimo.avatar.shape.figure import Figure
from lavimo.avatar.texture.noise import noise
from lavimo.avatar.texture.paint import Canvas, bump, ramp

Array = NDArray[np.floating]

BLOOD = (1.04, 0.80, 0.78)
"""What blood beneath the skin does to its colour, wholly."""


def paint_skin(canvas: Canvas, avatar: Avatar, figure: Figure) -> None:
    """The whole body, bare."""
    canvas.cover(1.0, avatar.skin)
    canvas.shade(0.025 * noise(canvas.points_K3, 0.05, 1) + 0.02 * noise(canvas.points_K3, 0.006, 2))
    paleness = float(np.mean(rgb(avatar.skin)))
    elbow_K = bump(np.abs(canvas.points_K3[:, 0]) - figure.x("elbow"), 0.05) * (canvas.normals_K3[:, 2] < -0.3)
    knee_K = bump(canvas.points_K3[:, 1] - figure.y("knee"), 0.07) * (canvas.normals_K3[:, 2] > 0.3)
    canvas.tint(0.45 * paleness * np.maximum(elbow_K, knee_K), BLOOD)
    _hands(canvas.part(np.abs(canvas.points_K3[:, 0]) > figure.x("wrist") - 0.02), avatar, figure, paleness)


def _hands(canvas: Canvas, avatar: Avatar, figure: Figure, paleness: float) -> None:
    x_K, z_K = np.abs(canvas.points_K3[:, 0]), canvas.points_K3[:, 2]
    up_K = canvas.normals_K3[:, 1]
    knuckle_x = figure.x("hand")
    reach_m = float(x_K.max()) - knuckle_x
    # Palms and fingertips are paler and redder than the backs of the hands.
    palm_K = ramp(-up_K, 0.1, 0.7)
    if paleness < 0.5:
        canvas.cover(0.55 * palm_K, tuple(0.55 * np.array(rgb(avatar.skin)) + 0.45 * np.array([0.80, 0.58, 0.50])))
    canvas.tint(0.35 * palm_K, BLOOD)
    for share, width_m, strength in ((0.0, 0.014, 0.5), (0.42, 0.010, 0.4), (0.70, 0.008, 0.3)):
        line_K = bump(x_K - knuckle_x - share * reach_m + 0.25 * np.abs(z_K - figure.z("hand")), width_m)
        canvas.tint(strength * line_K * ramp(up_K, 0.2, 0.8), BLOOD)
        canvas.shade(-0.08 * line_K * ramp(up_K, 0.2, 0.8))

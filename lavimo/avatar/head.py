"""Face and hair: regions painted on the head, and the hair that stands away from it.

Shape suffixes: N points, V vertices, F triangles, 3 coordinates of the zero pose or corners.
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.avatar import Avatar
from lavimo.avatar.figure import Figure
from lavimo.avatar.region import Array, Distance, Region, both, ellipse

# The hairline's height above the nose's tip, by how far forward one stands on the head: 0 at its middle (the ears),
# 1 at the nose's tip. Both in the head's own units.
HAIRLINES = {
    "short": (
        [-0.35, -0.10, 0.02, 0.10, 0.22, 0.30, 0.45, 0.70, 0.95],
        [-0.50, -0.35, 0.42, 0.40, -0.05, 0.45, 0.66, 0.72, 0.74],
    ),
    "bob": ([-0.35, 0.10, 0.25, 0.36, 0.46, 0.70, 0.95], [-1.1, -0.9, -0.75, 0.0, 0.58, 0.70, 0.72]),
    "tied": ([-0.35, -0.10, 0.02, 0.12, 0.30, 0.45, 0.70, 0.95], [-0.45, -0.30, 0.42, 0.42, 0.50, 0.66, 0.72, 0.74]),
}  # fmt: skip
STYLES = {"short": ("short", 0.012), "bob": ("bob", 0.020), "bun": ("tied", 0.010), "ponytail": ("tied", 0.010)}
"""A style's hairline and thickness in metres."""


def head(avatar: Avatar, figure: Figure) -> list[Region]:
    """Eyes, brows, lips, beard and hair."""
    unit = figure.face_m
    nose_y, nose_z = figure.nose_3[1:]

    def face(x: float, y: float, half_width: float, half_height: float, slant: float = 0.0) -> Distance:
        """An ellipse on the face, mirrored; in units, from the nose's tip."""

        def inside(points_N3: Array) -> Array:
            x_N, y_N, z_N = np.abs(points_N3[:, 0]) / unit - x, (points_N3[:, 1] - nose_y) / unit - y, points_N3[:, 2]
            return both(ellipse(x_N, y_N - slant * x_N, half_width, half_height), (z_N - nose_z) / unit + 0.65) * unit

        return inside

    regions = []
    if avatar.hair.beard:
        regions.append(Region(_beard(figure), avatar.hair.color, 0.004, smooth=2, reshapes=True, edge_m=0.025))
    regions += [
        Region(face(0, -0.245, 0.165, 0.050), avatar.lips, edge_m=0.011),
        Region(face(0.195, 0.270, 0.105, 0.048), "#f4f2ee", edge_m=0.010),
        Region(face(0.190, 0.270, 0.050, 0.050), avatar.eyes, edge_m=0.007),
        Region(face(0.205, 0.425, 0.130, 0.026, slant=0.12), avatar.hair.color, edge_m=0.008),
    ]
    if avatar.hair.style != "none":
        hairline, thickness_m = STYLES[avatar.hair.style]
        regions.append(
            Region(_hair(figure, hairline), avatar.hair.color, thickness_m, smooth=12, reshapes=True, edge_m=0.025)
        )
    return regions


def _hair(figure: Figure, hairline: str) -> Distance:
    nose_y, nose_z = figure.nose_3[1:]
    middle_z = figure.z("head")
    forward, height = HAIRLINES[hairline]

    def inside(points_N3: Array) -> Array:
        forward_N = (points_N3[:, 2] - middle_z) / (nose_z - middle_z)
        above_N = points_N3[:, 1] - nose_y - figure.face_m * np.interp(forward_N, forward, height)
        # Where the line is steep, the way to it is shorter than the height above it.
        ahead_N, behind_N = (np.interp(forward_N + step, forward, height) for step in (0.02, -0.02))
        slope_N = (ahead_N - behind_N) / 0.04 * figure.face_m / (nose_z - middle_z)
        return both(above_N / np.hypot(1, slope_N), 0.14 - np.abs(points_N3[:, 0]))

    return inside


def _beard(figure: Figure) -> Distance:
    unit, (nose_y, nose_z), middle_z = figure.face_m, figure.nose_3[1:], figure.z("head")

    def inside(points_N3: Array) -> Array:
        x_N, y_N = np.abs(points_N3[:, 0]) / unit, (points_N3[:, 1] - nose_y) / unit
        forward_N = (points_N3[:, 2] - middle_z) / (nose_z - middle_z)
        top_N = np.interp(forward_N, [0.1, 0.25, 0.55, 0.8], [0.1, 0.05, -0.20, -0.12])
        # The chin's underside ends where the neck begins.
        return both(top_N - y_N, y_N + 0.62 - 0.3 * (forward_N - 0.5), forward_N - 0.16, 1.0 - x_N) * unit

    return inside


def standing_hair(avatar: Avatar, figure: Figure) -> list[tuple[Array, NDArray[np.int32]]]:
    """Meshes of hair that is not on the scalp, to be fixed to the head: vertices (V, 3), faces (F, 3)."""
    unit, nose_y = figure.face_m, figure.nose_3[1]
    back_z = figure.z("head") - 0.55 * unit
    blobs = {
        "bun": [((0, nose_y + 0.62 * unit, back_z), (0.27, 0.25, 0.25), 0.0)],
        "ponytail": [
            ((0, nose_y + 0.42 * unit, back_z - 0.12 * unit), (0.16, 0.16, 0.22), 0.0),
            ((0, nose_y - 0.28 * unit, back_z - 0.22 * unit), (0.19, 0.75, 0.17), 0.18),
        ],
    }.get(avatar.hair.style, [])
    return [_ellipsoid(np.array(middle), unit * np.array(radii), tilt) for middle, radii, tilt in blobs]


def _ellipsoid(middle_3: Array, radii_3: Array, tilt: float) -> tuple[Array, NDArray[np.int32]]:
    """A closed ellipsoid, tilted about x (radians)."""
    rings, around = 9, 16
    polar = np.linspace(0, np.pi, rings + 2)[1:-1, None]
    turn = np.arange(around) * 2 * np.pi / around
    ball = np.stack(np.broadcast_arrays(np.sin(polar) * np.cos(turn), np.cos(polar), np.sin(polar) * np.sin(turn)), -1)
    points_V3 = np.concatenate([ball.reshape(-1, 3), [[0, 1, 0], [0, -1, 0]]]) * radii_3
    cosine, sine = np.cos(tilt), np.sin(tilt)
    turned_V3 = points_V3 @ np.array([[1, 0, 0], [0, cosine, sine], [0, -sine, cosine]])
    here = np.arange(rings * around).reshape(rings, around)
    right = np.roll(here, -1, axis=1)
    quads = np.stack([here[:-1], right[:-1], right[1:], here[1:]], axis=-1).reshape(-1, 4)
    top, bottom = rings * around, rings * around + 1
    caps = [
        np.stack([np.full(around, top), right[0], here[0]], 1),
        np.stack([np.full(around, bottom), here[-1], right[-1]], 1),
    ]
    faces_F3 = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]], *caps])
    return turned_V3 + middle_3, faces_F3.astype(np.int32)

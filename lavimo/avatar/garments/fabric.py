"""Cloth: its weave, the folds that wearing makes in it, hems and patterns.

Shape suffixes: K texels, 3 coordinates in metres of the zero pose (arms along x).
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.avatar import Pattern, Weave, rgb
from lavimo.avatar.shape.figure import Figure
from lavimo.avatar.shape.region import both, either, ellipse
from lavimo.avatar.texture.noise import noise
from lavimo.avatar.texture.paint import Canvas, bump, ramp

Array = NDArray[np.floating]

HEM_M = 0.018
"""From a hem to its seam."""


def lay(canvas: Canvas, distance_K: Array, color: str) -> Canvas:
    """Cover where the distance is positive, and half a texel more so that the cloth's edge has its colour; the part
    that is covered."""
    canvas.cover(canvas.inside(distance_K + 0.5 * canvas.texel_m_K), color)
    return canvas.part(distance_K > -canvas.texel_m_K)


def weave(canvas: Canvas, kind: Weave, color: str) -> None:
    """The grain of a cloth."""
    points_K3 = canvas.points_K3
    if kind == "denim":
        x_K, y_K, z_K = points_K3.T
        twill_K = noise(np.stack([x_K + y_K, x_K - y_K, z_K], axis=1), (0.0035, 0.016, 0.0035), 31)
        canvas.shade(0.09 * twill_K + 0.05 * noise(points_K3, 0.03, 32))
    elif kind == "knit":
        turn_K = np.where(
            np.abs(points_K3[:, 0]) > 0.24, points_K3[:, 1] + points_K3[:, 2], points_K3[:, 0] + points_K3[:, 2]
        )
        canvas.shade(0.05 * np.sin(turn_K * 2 * np.pi / 0.016) + 0.03 * noise(points_K3, 0.004, 33))
    elif kind == "wool":
        canvas.shade(0.05 * noise(points_K3, (0.003, 0.008, 0.003), 34) + 0.02 * noise(points_K3, 0.02, 35))
    elif kind == "cotton":
        canvas.shade(0.03 * noise(points_K3, 0.004, 36) + 0.03 * noise(points_K3, 0.045, 37))
    else:
        canvas.shade(0.02 * noise(points_K3, 0.005, 38) + 0.02 * noise(points_K3, 0.06, 39))


def fold_legs(canvas: Canvas, figure: Figure, strength: float, hem_y: float) -> None:
    """Folds behind and before the knees, at the crotch, and where trousers stand on shoes."""
    points_K3 = canvas.points_K3
    x_K, y_K, z_K = np.abs(points_K3[:, 0]), points_K3[:, 1], points_K3[:, 2]
    knee_y, hip_y, ankle_y = figure.y("knee"), figure.y("hip"), figure.y("ankle")
    level_K3 = np.stack([points_K3[:, 0], y_K + 0.35 * z_K * np.sign(points_K3[:, 0]) + 0.2 * x_K, z_K], axis=1)
    fine_K, long_K = noise(level_K3, (0.09, 0.016, 0.09), 41), noise(level_K3, (0.08, 0.035, 0.08), 42)
    canvas.shade(strength * 0.20 * fine_K * bump(y_K - knee_y, 0.11))
    if hem_y < knee_y - 0.2:
        canvas.shade(strength * 0.20 * fine_K * bump(y_K - ankle_y - 0.05, 0.11))
    # Whiskers fan out from the crotch.
    crotch_y = hip_y - 0.09
    from_crotch_K = np.hypot(x_K, y_K - crotch_y)
    angle_K = np.arctan2(y_K - crotch_y, x_K + 1e-6)
    fan_K = noise(np.stack([angle_K * 0.12, from_crotch_K * 0.2, np.sign(z_K) + 0 * z_K], axis=1), 0.02, 43)
    canvas.shade(strength * 0.22 * fan_K * bump(from_crotch_K - 0.09, 0.09) * ramp(z_K - figure.z("hip"), 0.0, 0.06))
    canvas.shade(strength * 0.10 * long_K)
    canvas.shade(-0.22 * strength * bump(x_K, 0.035) * ramp(crotch_y + 0.06 - y_K, 0, 0.05))


def fold_top(canvas: Canvas, figure: Figure, strength: float) -> None:
    """Folds at the elbows, from the armpits over the chest, and around the waist."""
    points_K3 = canvas.points_K3
    x_K, y_K, z_K = np.abs(points_K3[:, 0]), points_K3[:, 1], points_K3[:, 2]
    shoulder_x, shoulder_y, waist_y = figure.x("shoulder"), figure.y("shoulder"), figure.y("spine1")
    sleeve_K = ramp(x_K, shoulder_x, shoulder_x + 0.05)
    sleeve_K3 = np.stack([x_K + 0.45 * z_K, y_K, z_K], axis=1)
    around_K = noise(sleeve_K3, (0.016, 0.07, 0.07), 45)
    near_K = np.maximum(bump(x_K - figure.x("elbow"), 0.10), 0.8 * bump(x_K - figure.x("wrist") + 0.03, 0.09))
    canvas.shade(strength * 0.20 * around_K * sleeve_K * near_K)
    armpit_y = shoulder_y - 0.08
    from_armpit_K = np.hypot(x_K - shoulder_x + 0.01, y_K - armpit_y)
    angle_K = np.arctan2(y_K - armpit_y, x_K - shoulder_x + 0.01)
    side_K = np.sign(points_K3[:, 0]) + 3 * np.sign(z_K - figure.z("spine3"))
    fan_K = noise(np.stack([angle_K * 0.10, from_armpit_K * 0.15, side_K], axis=1), 0.026, 46)
    canvas.shade(strength * 0.20 * fan_K * bump(from_armpit_K - 0.05, 0.09))
    canvas.shade(-0.16 * strength * bump(from_armpit_K, 0.06))
    trunk_K = 1 - sleeve_K
    hanging_K3 = np.stack([points_K3[:, 0], y_K + 0.5 * x_K, z_K], axis=1)
    canvas.shade(strength * 0.15 * noise(hanging_K3, (0.11, 0.022, 0.11), 47) * trunk_K * bump(y_K - waist_y, 0.11))
    canvas.shade(strength * 0.08 * noise(points_K3, (0.035, 0.12, 0.05), 48) * trunk_K)


def seam(canvas: Canvas, distance_K: Array, strength: float = 0.22, width_m: float = 0.004) -> None:
    """A dark line where the distance is zero."""
    canvas.shade(-strength * bump(distance_K, np.maximum(width_m, 1.2 * canvas.texel_m_K)))


def hem(canvas: Canvas, distance_K: Array, trim: str | None = None) -> None:
    """A hem's seam; or its trim, a band in another colour."""
    if trim:
        canvas.cover(canvas.inside(HEM_M - distance_K), trim)
    seam(canvas, distance_K - HEM_M, 0.20)
    canvas.shade(-0.12 * ramp(-distance_K, -0.006, 0.0))


def print_pattern(canvas: Canvas, pattern: Pattern, hem_y: float, figure: Figure) -> None:
    """A pattern on a top."""
    size = pattern.size_m
    x_K, y_K, z_K = canvas.points_K3.T
    chest_y, shoulder_x, shoulder_y = figure.y("spine3") - 0.02, figure.x("shoulder"), figure.y("shoulder")
    across_K, along_K = _bands(x_K, size), _bands(y_K - hem_y, size)
    # Sleeves run along x: what is horizontal on the trunk turns with them.
    sleeve_K = both(np.abs(x_K) - shoulder_x - 0.01, y_K - shoulder_y + 0.13)
    trunk_K = -sleeve_K
    around_K = _bands(np.where(sleeve_K > 0, y_K + z_K, x_K), size)
    row_K = np.where(np.abs(canvas.normals_K3[:, 1]) > 0.7, z_K, y_K)
    shape_K = {
        "stripes": lambda: either(both(along_K, trunk_K), both(across_K, sleeve_K)),
        "bars": lambda: either(both(across_K, trunk_K), both(along_K, sleeve_K)),
        "checks": lambda: either(both(along_K, trunk_K), both(across_K, sleeve_K)),
        "dots": lambda: (
            0.30 * size
            - np.hypot(
                (x_K + np.round(row_K / size) % 2 * size / 2 + size / 2) % size - size / 2,
                (row_K + size / 2) % size - size / 2,
            )
        ),
        "disc": lambda: both(ellipse(x_K, y_K - chest_y, size, size), z_K - figure.z("spine3")),
        "band": lambda: both(size - np.abs(y_K - chest_y), 10 * trunk_K),
        "raglan": lambda: np.abs(x_K) - shoulder_x + 0.04 - 0.35 * (shoulder_y + 0.05 - y_K),
        "yoke": lambda: y_K - chest_y - 0.06,
    }[pattern.kind]()
    canvas.cover(canvas.inside(shape_K) * (0.5 if pattern.kind == "checks" else 1.0), pattern.color)
    if pattern.kind == "checks":
        canvas.cover(0.5 * canvas.inside(around_K), pattern.color)
        thin_K = np.maximum(bump(across_K - size / 4, 0.003), bump(along_K - size / 4, 0.003))
        canvas.cover(0.25 * thin_K, tuple(0.4 + 0.6 * np.array(rgb(pattern.color))))


def _bands(coordinate_N: Array, size_m: float) -> Array:
    """Positive in every second band of a width."""
    return size_m / 2 - np.abs(coordinate_N % (2 * size_m) - size_m)

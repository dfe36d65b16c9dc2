"""Hair on the scalp: where it grows, how high it stands, how its strands lie.

Shape suffixes: N points, K texels, 3 coordinates of the zero pose.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.avatar import Avatar, rgb
from lavimo.avatar.shape.figure import Figure
from lavimo.avatar.shape.region import Distance, Region
from lavimo.avatar.texture.noise import noise
from lavimo.avatar.texture.paint import Canvas, bump, ramp

Array = NDArray[np.floating]

# The hairline's height above the nose's tip, by how far forward one stands on the head: 0 at its middle (the ears),
# 1 at the nose's tip. Both in the head's own units.
HAIRLINES = {
    "short": (
        [-0.35, -0.10, -0.02, 0.16, 0.22, 0.27, 0.34, 0.44, 0.56, 0.75, 0.95],
        [-0.45, -0.30, 0.38, 0.38, -0.05, -0.02, 0.22, 0.42, 0.62, 0.73, 0.76],
    ),
    "covering": (
        [-0.35, 0.05, 0.20, 0.30, 0.40, 0.50, 0.60, 0.75, 0.95],
        [-0.50, -0.50, -0.40, -0.10, 0.22, 0.44, 0.60, 0.70, 0.74],
    ),
    "curls": (
        [-0.35, -0.10, 0.02, 0.20, 0.28, 0.36, 0.46, 0.58, 0.75, 0.95],
        [-0.50, -0.42, 0.05, 0.05, -0.05, 0.20, 0.40, 0.55, 0.62, 0.64],
    ),
    "fringe": ([-0.35, 0.05, 0.20, 0.30, 0.40, 0.50, 0.60, 0.95], [-0.5, -0.5, -0.4, -0.15, 0.16, 0.36, 0.45, 0.47]),
    "tied": (
        [-0.35, -0.10, -0.02, 0.18, 0.24, 0.34, 0.46, 0.58, 0.75, 0.95],
        [-0.42, -0.26, 0.36, 0.36, 0.10, 0.20, 0.40, 0.57, 0.70, 0.73],
    ),
    "ring": ([-0.35, -0.10, -0.02, 0.16, 0.22, 0.28, 0.34, 0.38, 0.95], [-0.45, -0.3, 0.38, 0.38, -0.05, 0, 0.3, 9, 9]),
}  # fmt: skip


@dataclass(frozen=True)
class Style:
    """How hair grows: its hairline, height at the sides and at the top in metres, and how it curls."""

    line: str
    side_m: float
    top_m: float
    curl_m: float = 0.0
    """The size of curls, 0 for straight hair."""
    quiff_m: float = 0.0
    """How much higher it stands over the forehead."""
    ball: float = 0.0
    """Of a head of curls: the radius of the ball that it fills, in the head's units."""
    shadow: bool = False
    """So short that the scalp shows through."""


STYLES = {
    "shaved": Style("short", 0.0, 0.0, shadow=True),
    "cropped": Style("short", 0.003, 0.006),
    "short": Style("short", 0.008, 0.018),
    "quiff": Style("short", 0.006, 0.022, quiff_m=0.034),
    "bob": Style("fringe", 0.016, 0.022),
    "long": Style("covering", 0.014, 0.020),
    "bun": Style("tied", 0.008, 0.012),
    "ponytail": Style("tied", 0.008, 0.012),
    "curly": Style("curls", 0.010, 0.012, curl_m=0.020, ball=0.70),
    "afro": Style("short", 0.010, 0.010, curl_m=0.014, ball=0.92),
    "bald": Style("ring", 0.005, 0.003),
}


def scalp(avatar: Avatar, figure: Figure) -> Region:
    """The scalp's hair."""
    style = STYLES[avatar.hair.style]
    distance = _grown(figure, style.line, avatar.sex)
    nose_y, nose_z, middle_z, unit = *figure.nose_3[1:], figure.z("head"), figure.face_m

    def thickness(distance_N: Array, points_N3: Array) -> Array:
        height_N = (points_N3[:, 1] - nose_y) / unit
        forward_N = (points_N3[:, 2] - middle_z) / (nose_z - middle_z)
        thick_N = style.side_m + (style.top_m - style.side_m) * ramp(height_N, 0.35, 0.85)
        thick_N = thick_N + style.quiff_m * ramp(height_N, 0.6, 0.75) * ramp(forward_N, 0.2, 0.6)
        if style.curl_m:
            thick_N = thick_N + 0.20 * style.curl_m * noise(points_N3, 1.4 * style.curl_m, 21)
        elif style.top_m > 0.01:
            thick_N = thick_N * (1 + 0.14 * noise(points_N3, (0.02, 0.05, 0.05), 22))
        # A rounded edge: little height at the hairline, all of it further in.
        least = 0.35 if style.line == "fringe" else 0.08
        inwards_N = np.clip(distance_N / (0.016 + 0.6 * thick_N), 0, 1)
        return thick_N * (least + (1 - least) * np.sqrt(1 - (1 - inwards_N) ** 2))

    def ball(points_V3: Array, weights_VJ: Array) -> Array:
        from_middle_V3 = points_V3 - np.array([0, nose_y + 0.42 * unit, middle_z - 0.02 * unit])
        radius_V1 = np.linalg.norm(from_middle_V3, axis=1, keepdims=True)
        rough_V1 = 1 + 0.045 * noise(points_V3, 1.2 * style.curl_m, 28)[:, None]
        inwards_V1 = np.clip(distance(points_V3)[:, None] / 0.035, 0, 1)
        push_V1 = np.clip(style.ball * unit * rough_V1 / np.maximum(radius_V1, 1e-6) - 1, 0, None)
        return from_middle_V3 * push_V1 * np.sqrt(1 - (1 - inwards_V1) ** 2)

    def paint(canvas: Canvas, distance_K: Array) -> None:
        amount_K = _edge(canvas, distance_K, style)
        if style.shadow:
            canvas.cover(0.62 * amount_K, avatar.hair.color)
            return
        canvas.cover(amount_K, avatar.hair.color)
        hair = canvas.part(amount_K > 0.02)
        if style.curl_m:
            hair.shade(curls(hair.points_K3, style.curl_m) * (0.45 if np.mean(rgb(avatar.hair.color)) > 0.5 else 1.0))
        else:
            offset_K3 = hair.points_K3 - np.array([0.0, figure.crown_y, middle_z - 0.35 * unit])
            angle_K = np.arctan2(offset_K3[:, 0], offset_K3[:, 2] + 1e-6)
            hair.shade(strands(angle_K, np.linalg.norm(offset_K3, axis=1), rgb(avatar.hair.color)))
            turn_K3 = np.stack([np.cos(angle_K), np.sin(angle_K), 0 * angle_K], axis=1)
            gloss_K = bump(np.linalg.norm(offset_K3, axis=1) - 0.62 * unit, 0.30 * unit)
            gloss_K = gloss_K * (0.6 + 0.4 * noise(turn_K3, 0.03, 30))
            hair.cover(0.16 * gloss_K, tuple(0.45 + 0.55 * np.array(rgb(avatar.hair.color))))
            if avatar.hair.style in ("long", "short", "bob"):
                part_K = bump(hair.points_K3[:, 0] - 0.24 * unit, 0.004) * ramp(offset_K3[:, 2], 0.0, 0.03)
                hair.shade(-0.35 * part_K)
        hair.shade(-0.20 * (1 - ramp(distance_K[amount_K > 0.02], 0.0, 0.014)))

    smooth = 0 if style.shadow else 12
    hem = style.side_m >= 0.005 and not style.shadow
    hang = ball if style.ball else None
    return Region(distance, paint, thickness, smooth=smooth, reshapes=bool(smooth), hang=hang, hem=hem)


def _edge(canvas: Canvas, distance_K: Array, style: Style) -> Array:
    """How much hair covers each texel: ragged by the strands' ends."""
    ragged_K = 0.003 * noise(canvas.points_K3, 0.003, 23)
    if style.shadow or style.side_m < 0.005 or style.line == "ring":
        return ramp(distance_K + ragged_K, -0.003, 0.010)
    # The cut edge is hair wholly; its last shadow lies on the skin beside it.
    canvas.shade(-0.18 * ramp(distance_K, -0.012, 0.0))
    return canvas.inside(distance_K + 0.5 * canvas.texel_m_K)


def strands(angle_K: Array, along_K: Array, color: tuple[float, float, float]) -> Array:
    """Light and dark (K,) of straight hair: streaks along its growth, and a soft gloss."""
    around_K3 = np.stack([np.cos(angle_K) * 0.1, np.sin(angle_K) * 0.1, 0.06 * along_K], axis=1)
    fine_K, broad_K = noise(around_K3, 0.0026, 24), noise(around_K3, 0.009, 25)
    lightness = float(np.mean(color))
    strength = 0.16 + 0.25 * (1 - lightness) * (lightness < 0.25)
    return strength * (0.6 * fine_K + 0.7 * broad_K)


def curls(points_K3: Array, size_m: float) -> Array:
    """Light and dark (K,) of curls."""
    coils_K = np.abs(noise(points_K3, 0.45 * size_m, 26))
    return 0.5 * (coils_K - 0.35) + 0.30 * noise(points_K3, size_m, 21)


def _grown(figure: Figure, line: str, sex: str) -> Distance:
    nose_y, nose_z = figure.nose_3[1:]
    middle_z = figure.z("head")
    forward, height = HAIRLINES[line]

    def inside(points_N3: Array) -> Array:
        forward_N = (points_N3[:, 2] - middle_z) / (nose_z - middle_z)
        line_N = np.interp(forward_N, forward, height) + 0.03 * noise(points_N3, 0.018, 29)
        side_N, front_N = np.abs(points_N3[:, 0]) / figure.face_m, ramp(forward_N, 0.45, 0.65)
        if line in ("short", "tied"):
            # Men's corners recede; women's hair comes down at the temples.
            line_N = line_N + front_N * (0.10 * bump(side_N - 0.32, 0.20) if sex == "male" else -0.9 * side_N**2)
        above_N = points_N3[:, 1] - nose_y - figure.face_m * line_N
        # Where the line is steep, the way to it is shorter than the height above it.
        ahead_N, behind_N = (np.interp(forward_N + step, forward, height) for step in (0.02, -0.02))
        slope_N = (ahead_N - behind_N) / 0.04 * figure.face_m / (nose_z - middle_z)
        on_head_N = np.minimum(0.72 - side_N, 2 * (points_N3[:, 1] - nose_y) / figure.face_m + 1.5) * figure.face_m
        below_crown_N = (0.66 - 0.3 * ramp(-forward_N, -0.2, 0.3)) * figure.face_m - points_N3[:, 1] + nose_y
        grown_N = np.minimum(above_N / np.hypot(1, slope_N), on_head_N)
        return np.minimum(grown_N, below_crown_N + 0.3 * figure.face_m) if line == "ring" else grown_N

    return inside

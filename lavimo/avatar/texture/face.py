"""A face: eyes, brows, nose, lips, what the years drew on it, and what grows on its chin.

Places are in the head's unit, nose to crown, from the nose's tip. Shape suffixes: K texels, 2 right and up, 3
coordinates of the zero pose.
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.avatar import Avatar, rgb
from lavimo.avatar.shape.figure import Figure
from lavimo.avatar.texture.noise import noise
from lavimo.avatar.texture.paint import Canvas, bump, ramp
from lavimo.avatar.texture.skin import BLOOD

Array = NDArray[np.floating]

EYE_HALF_WIDTH = 0.112


def paint_face(canvas: Canvas, avatar: Avatar, figure: Figure) -> None:
    """Paint a canvas that shows the front of a head."""
    unit, nose_y = figure.face_m, figure.nose_3[1]
    x_K, y_K = canvas.points_K3[:, 0] / unit, (canvas.points_K3[:, 1] - nose_y) / unit
    side_K = np.abs(x_K)
    texel_K = canvas.texel_m_K / unit
    paleness = float(np.mean(rgb(avatar.skin)))

    def spot(x: float, y: float, half_width: float, half_height: float) -> Array:
        """Soft, on both sides of the face."""
        return ramp(1 - np.hypot((side_K - x) / half_width, (y_K - y) / half_height), 0, 0.9)

    canvas.tint(0.55 * paleness * spot(0.30, -0.02, 0.22, 0.20), BLOOD)
    canvas.tint(0.50 * paleness * spot(0.0, 0.0, 0.12, 0.11), BLOOD)
    canvas.shade(-0.16 * spot(0.055, -0.075, 0.10, 0.05) - 0.10 * spot(0.0, -0.33, 0.16, 0.05))
    canvas.shade(-0.75 * spot(0.050, -0.052, 0.034, 0.020))
    if avatar.age > 55:
        _years(canvas, side_K, y_K, (avatar.age - 45) / 35)
    mouth_y = (figure.mouth_2[1] - nose_y) / unit
    near_K = (side_K < 0.08) & (np.abs(y_K - mouth_y) < 0.06)
    lip_z = float(canvas.points_K3[near_K, 2].max(initial=-np.inf))
    _lips(
        canvas,
        avatar,
        figure.mouth_2[0] / unit + 0.008,
        side_K,
        y_K - mouth_y,
        (lip_z - canvas.points_K3[:, 2]) / unit - 0.10 - 2.0 * side_K**2,
    )
    _eyes(canvas, avatar, x_K, side_K, y_K, texel_K, (figure.eye_2 - [0, nose_y]) / unit)
    if avatar.hair.beard != "none":
        _beard(canvas, avatar, figure, side_K, y_K, mouth_y)


def _lips(canvas: Canvas, avatar: Avatar, half_width: float, side_K: Array, up_K: Array, behind_K: Array) -> None:
    # What shows between parted lips is dark.
    canvas.cover(0.8 * ramp(behind_K, 0, 0.02) * (side_K < 0.16) * (np.abs(up_K) < 0.09), "#2a100d")
    full = 0.8 if avatar.sex == "male" else 1.0
    share_K = np.clip(side_K / half_width, 0, 1)
    swell_K = np.sqrt(1 - share_K**2)
    upper_K = 0.052 * full * swell_K * (1 - 0.22 * np.exp(-((side_K / 0.03) ** 2)))
    lower_K = 0.066 * full * swell_K
    within_K = np.minimum(upper_K - up_K, up_K + lower_K)
    amount_K = ramp(within_K, -0.010, 0.012) * (side_K < half_width)
    canvas.cover((0.8 if avatar.sex == "female" else 0.6) * amount_K, avatar.lips)
    canvas.shade(0.10 * amount_K * bump(up_K + 0.035, 0.03))
    canvas.shade(-0.55 * bump(up_K - 0.004 + 0.004 * share_K**2, 0.017) * ramp(half_width + 0.025 - side_K, 0, 0.03))


def _eyes(canvas: Canvas, avatar: Avatar, x_K: Array, side_K: Array, y_K: Array, texel_K: Array, eye_2: Array) -> None:
    out_K, up_K = side_K - eye_2[0], y_K - eye_2[1]
    share_K = np.clip(out_K / EYE_HALF_WIDTH, -1, 1)
    open_ = 0.043 if avatar.sex == "male" else 0.050
    tilt_K = 0.010 * share_K
    upper_K, lower_K = open_ * (1 - share_K**2) + tilt_K, -0.82 * open_ * (1 - share_K**2) + tilt_K
    within_K = np.minimum(upper_K - up_K, up_K - lower_K)
    beside_K = ramp(EYE_HALF_WIDTH + 0.01 - np.abs(out_K), 0, 0.02)

    socket_K = ramp(1 - np.hypot(out_K / 0.20, (up_K - 0.03) / 0.13), 0, 0.8)
    canvas.tint(0.9 * socket_K, (0.86, 0.79, 0.78))
    canvas.shade(-0.22 * bump(up_K - upper_K - 0.035, 0.022) * beside_K)
    inside_K = np.clip(within_K / np.maximum(texel_K, 0.006) + 0.5, 0, 1) * (np.abs(out_K) < EYE_HALF_WIDTH)
    canvas.cover(inside_K, "#e6e0d8")
    canvas.shade(-0.30 * inside_K * ramp(np.abs(share_K), 0.55, 1))
    from_iris_K = np.hypot(out_K + 0.004, up_K - 0.001)
    iris_K = inside_K * np.clip((0.047 - from_iris_K) / 0.007 + 0.5, 0, 1)
    canvas.cover(iris_K, avatar.eyes)
    canvas.shade(-0.55 * iris_K * ramp(from_iris_K, 0.030, 0.046))
    canvas.cover(inside_K * np.clip((0.020 - from_iris_K) / 0.007 + 0.5, 0, 1), "#0b0908")
    canvas.shade(-0.45 * inside_K * ramp(up_K - upper_K, -0.045, 0.0))
    glint_K = np.hypot(x_K - np.sign(x_K) * eye_2[0] + 0.016, up_K - 0.020)
    canvas.cover(0.9 * inside_K * np.clip((0.011 - glint_K) / 0.006 + 0.5, 0, 1), "#ffffff")
    lash = 0.013 if avatar.sex == "male" else 0.021
    line_K = np.clip((lash - np.abs(up_K - upper_K - 0.3 * lash)) / 0.010 + 0.5, 0, 1) * beside_K
    canvas.cover(0.85 * line_K, "#1a100c")
    canvas.cover(0.35 * bump(up_K - lower_K + 0.006, 0.014) * beside_K, "#3a221a")

    # Brows: hairs that thin out towards both ends.
    along_K = np.clip((side_K - 0.075) / 0.27, 0, 1)
    middle_K = eye_2[1] + 0.125 + 0.055 * np.sin(np.pi * (0.15 + 0.72 * along_K)) - 0.01
    thick = 0.034 if avatar.sex == "male" else 0.023
    thick_K = thick * (1 - 0.65 * along_K**2) * ramp(side_K, 0.055, 0.11) * ramp(0.36 - side_K, 0, 0.06)
    hairs_K = 0.006 * noise(canvas.points_K3 + 0.3 * canvas.points_K3[:, [1, 0, 2]], (0.0015, 0.006, 0.02), 5)
    brow_K = ramp(thick_K + hairs_K - np.abs(y_K - middle_K), -0.008, 0.016) * (thick_K > 0.002)
    canvas.cover(0.75 * brow_K, tuple(0.8 * np.array(rgb(avatar.hair.color))))


def _years(canvas: Canvas, side_K: Array, y_K: Array, strength: float) -> None:
    """Lines beside the mouth, on the forehead, under and beside the eyes."""
    down_K = np.clip((-0.02 - y_K) / 0.22, 0, 1)
    beside_K = bump(side_K - 0.125 - 0.10 * down_K, 0.028) * ramp(-y_K, 0.0, 0.05) * ramp(y_K, -0.27, -0.20)
    canvas.shade(-0.22 * strength * beside_K)
    for height in (0.56, 0.64, 0.72):
        line_K = bump(y_K - height - 0.03 * np.cos(9 * side_K), 0.016) * ramp(0.38 - side_K, 0, 0.12)
        canvas.shade(-0.13 * strength * line_K)
    canvas.shade(
        -0.16
        * strength
        * bump(y_K - 0.165 - 0.25 * (side_K - 0.2) ** 2, 0.020)
        * ramp(0.12 - abs(side_K - 0.2), 0, 0.06)
    )
    for slope in (-0.35, 0.0, 0.35):
        line_K = (
            bump(y_K - 0.27 - slope * (side_K - 0.30), 0.010) * ramp(side_K, 0.32, 0.35) * ramp(0.43 - side_K, 0, 0.05)
        )
        canvas.shade(-0.14 * strength * line_K)


def _beard(canvas: Canvas, avatar: Avatar, figure: Figure, side_K: Array, y_K: Array, mouth_y: float) -> None:
    distance_K = beard_distance(canvas.points_K3, figure) / figure.face_m
    moustache_K = np.minimum(0.045 - np.abs(y_K + 0.135 - 0.10 * side_K + 0.4 * side_K**2), 0.20 - side_K)
    hairs_K = noise(canvas.points_K3, (0.0016, 0.006, 0.003), 6)
    if avatar.hair.beard == "moustache":
        distance_K = moustache_K
    edge = 0.10 if avatar.hair.beard == "stubble" else 0.045
    amount_K = ramp(distance_K + 0.02 * hairs_K, -edge / 3, edge)
    # Lips stay free.
    amount_K *= 1 - ramp(1 - np.hypot(side_K / 0.17, (y_K - mouth_y + 0.005) / 0.072), 0, 0.3)
    if avatar.hair.beard == "stubble":
        canvas.cover((0.36 + 0.10 * hairs_K) * amount_K, tuple(0.75 * np.array(rgb(avatar.hair.color))))
    else:
        canvas.cover(0.93 * amount_K, avatar.hair.color)
        canvas.shade(0.22 * hairs_K * amount_K - 0.12 * amount_K * ramp(-y_K, 0.35, 0.6))


def beard_distance(points_N3: Array, figure: Figure) -> Array:
    """Where a full beard grows, positive inside, metres."""
    unit, (nose_y, nose_z), middle_z = figure.face_m, figure.nose_3[1:], figure.z("head")
    x_N, y_N = np.abs(points_N3[:, 0]) / unit, (points_N3[:, 1] - nose_y) / unit
    forward_N = (points_N3[:, 2] - middle_z) / (nose_z - middle_z)
    top_N = np.interp(forward_N, [0.1, 0.25, 0.55, 0.72, 0.9], [0.16, 0.05, -0.19, -0.10, -0.08])
    # The chin's underside ends where the neck begins.
    low_N = np.interp(forward_N, [0.1, 0.3, 0.6, 0.9], [-0.10, -0.28, -0.50, -0.60])
    return np.minimum.reduce([top_N - y_N, y_N - low_N, forward_N - 0.13, 1.0 - x_N]) * unit

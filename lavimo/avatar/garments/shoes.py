"""Shoes with a shape of their own around the feet, and socks on them.

Shape suffixes: N points, K texels, V vertices, R rings from heel to toe, A places around a ring, J joints (24), 3
coordinates of the zero pose.
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.avatar import Avatar, Shoes, rgb
from lavimo.avatar.garments.fabric import lay
from lavimo.avatar.shape.figure import Figure
from lavimo.avatar.shape.piece import Piece, grid, joined
from lavimo.avatar.shape.region import Region, even
from lavimo.avatar.texture.noise import noise
from lavimo.avatar.texture.paint import Canvas, bump, ramp
from lavimo.body.skeleton import JOINT

Array = NDArray[np.floating]

SOLE_M = 0.022
BELOW_M = 0.010
"""How much of the sole is below the bare foot."""


def feet(avatar: Avatar, figure: Figure) -> list[Region]:
    """Socks, and what of the foot is hidden in a shoe: smoothed so that no toe shows."""
    worn, ankle_y = avatar.shoes, figure.y("ankle")

    def socks(points_N3: Array) -> Array:
        return ankle_y + (0.17 if worn.high else 0.060) - points_N3[:, 1]

    def hidden(points_N3: Array) -> Array:
        return ankle_y - 0.012 - points_N3[:, 1]

    def paint_socks(canvas: Canvas, distance_K: Array) -> None:
        cloth = lay(canvas, distance_K, worn.socks or worn.color)
        cloth.shade(0.07 * np.sin(cloth.points_K3[:, 0] * 2 * np.pi / 0.008))
        cloth.shade(0.12 * noise(cloth.points_K3, (0.05, 0.010, 0.05), 51))

    def paint_hidden(canvas: Canvas, distance_K: Array) -> None:
        canvas.cover(canvas.inside(distance_K - 0.03), worn.color)

    regions = [Region(hidden, paint_hidden, smooth=45, reshapes=True)]
    if worn.socks:
        regions.append(Region(socks, paint_socks, even(0.003), smooth=2, hem=True))
    return regions


def shoe_pair(avatar: Avatar, figure: Figure, bare_V3: Array, weights_VJ: Array) -> Piece:
    """Both shoes, painted alike."""
    return joined([_shoe(avatar.shoes, side, figure, bare_V3, weights_VJ) for side in ("left", "right")])


def _shoe(worn: Shoes, side: str, figure: Figure, bare_V3: Array, weights_VJ: Array) -> Piece:
    ankle, toes = JOINT[f"{side}_ankle"], JOINT[f"{side}_foot"]
    ankle_y = float(figure.joints_J3[ankle, 1])
    foot_V = (weights_VJ[:, [ankle, toes]].sum(axis=1) > 0.5) & (bare_V3[:, 1] < ankle_y)
    foot_V3 = bare_V3[foot_V]
    heel_z, toe_z = float(foot_V3[:, 2].min()) - 0.007, float(foot_V3[:, 2].max()) + 0.012
    share_R = np.concatenate([[0.0, 0.012, 0.035], np.linspace(0.075, 0.93, 16), [0.965, 0.988, 1.0]])
    z_R = heel_z + share_R * (toe_z - heel_z)
    low_R, high_R, top_R = _measured(foot_V3, z_R)
    known_R = np.isfinite(low_R)
    middle_R = np.polyval(np.polyfit(z_R[known_R], (low_R[known_R] + high_R[known_R]) / 2, 1), z_R)
    half = float((high_R - low_R)[known_R].max()) / 2 + 0.005
    across_R = half * np.interp(share_R, [0, 0.012, 0.035, 0.1, 0.3, 0.45, 0.68, 0.82, 0.93, 0.965, 0.988, 1.0],
                                [0.30, 0.48, 0.60, 0.70, 0.74, 0.80, 1.0, 0.96, 0.76, 0.62, 0.44, 0.24])  # fmt: skip
    collar_m = ankle_y - figure.sole_y + (0.055 if worn.high else -0.010)
    shaft_m = (
        np.interp(share_R, [0, 0.02, 0.06, 0.36, 0.46, 0.58, 1.0], [0.60, 0.88, 1.0, 1.0, 0.74, 0.3, 0.0]) * collar_m
    )
    box_m = np.interp(share_R, [0, 0.5, 0.75, 0.9, 0.965, 1.0], [0.03, 0.058, 0.044, 0.036, 0.030, 0.018])
    tall_R = np.maximum.reduce(
        [shaft_m, box_m, np.where((share_R > 0.40) & (share_R < 0.93), top_R - figure.sole_y + 0.006, 0)]
    )
    tall_R = np.convolve(np.pad(tall_R, 1, mode="edge"), [0.2, 0.6, 0.2], mode="valid")

    turn_A = np.arange(24) * 2 * np.pi / 24
    cosine_A, sine_A = np.cos(turn_A), np.sin(turn_A)
    upper_A = sine_A >= -1e-9
    rounded = np.where(upper_A, 0.75, 0.35)
    x_RA = np.sign(cosine_A) * np.abs(cosine_A) ** rounded * across_R[:, None]
    base_y = figure.sole_y - BELOW_M + SOLE_M
    rise_RA = np.where(
        upper_A, np.abs(sine_A) ** 0.8 * (tall_R - SOLE_M + BELOW_M)[:, None], -(np.abs(sine_A) ** 0.35) * SOLE_M
    )
    # A shoe narrows towards the ankle; the sole stands out a little; the toe springs up.
    x_RA = x_RA * (1 - 0.30 * np.clip(rise_RA / 0.09, 0, 1) * upper_A) + np.where(upper_A, 0, 0.003 * np.sign(cosine_A))
    spring_R1 = 0.010 * ramp(share_R, 0.72, 1.05)[:, None]
    points_RA3 = np.stack(
        [middle_R[:, None] + x_RA, base_y + rise_RA + spring_R1, np.broadcast_to(z_R[:, None], x_RA.shape)], axis=-1
    )
    weights = np.zeros((*x_RA.shape, 24), np.float32)
    bent_RA = np.broadcast_to(ramp(share_R, 0.60, 0.80)[:, None], x_RA.shape)
    leg_RA = 0.7 * ramp(points_RA3[..., 1] - ankle_y, -0.02, 0.06)
    weights[..., toes], weights[..., ankle] = bent_RA, (1 - bent_RA) * (1 - leg_RA)
    weights[..., JOINT[f"{side}_knee"]] = (1 - bent_RA) * leg_RA
    return grid(points_RA3, weights, lambda points_K3, places_K2: _leather(worn, places_K2))


def _measured(foot_V3: Array, z_R: Array) -> tuple[Array, Array, Array]:
    """The foot's least and greatest x and its greatest y (R,) around each z."""
    near_RV = np.abs(foot_V3[:, 2] - z_R[:, None]) < 0.012
    x_RV = np.broadcast_to(foot_V3[:, 0], near_RV.shape)
    y_RV = np.broadcast_to(foot_V3[:, 1], near_RV.shape)
    return (
        np.where(near_RV, x_RV, np.inf).min(axis=1),
        np.where(near_RV, x_RV, -np.inf).max(axis=1),
        np.where(near_RV, y_RV, -np.inf).max(axis=1),
    )


def _leather(worn: Shoes, places_K2: Array) -> Array:
    """A shoe's colours (K, 3): along from heel to toe, around from its outer edge over the top, then the sole."""
    along_K, around_K = places_K2.T
    color_K3 = np.broadcast_to(rgb(worn.color), (len(along_K), 3)).copy()
    from_top_K = np.abs(around_K - 0.25)
    shade_K = 1 + 0.05 * noise(np.stack([along_K, around_K, 0 * along_K], axis=1), 0.03, 52)
    shade_K -= 0.22 * bump(along_K - 0.80 + 1.6 * from_top_K**2, 0.012)
    shade_K -= 0.18 * bump(along_K - 0.22 - 0.5 * from_top_K, 0.010) + 0.15 * bump(
        from_top_K - 0.085 - 0.2 * (along_K - 0.5), 0.008
    ) * (along_K > 0.36) * (along_K < 0.74)
    shade_K -= (
        0.55 * ramp(0.035 - from_top_K, 0, 0.02) * ramp(0.36 - along_K, 0, 0.03) * (along_K > 0.04)
    )  # the opening
    if worn.laces:
        tongue_K = ramp(0.062 - from_top_K, 0, 0.012) * (along_K > 0.38) * (along_K < 0.70)
        shade_K -= 0.25 * tongue_K
        row_K = ramp(0.30 - np.abs((along_K * 19 + 4 * from_top_K) % 1 - 0.5), 0, 0.12) * tongue_K
        color_K3 += row_K[:, None] * (np.array(rgb(worn.laces)) - color_K3)
        shade_K += row_K * (1 - shade_K)
    sole_K = ramp(np.abs(around_K - 0.25), 0.232, 0.240)
    color_K3 += sole_K[:, None] * (np.array(rgb(worn.sole)) - color_K3)
    shade_K = np.where(sole_K > 0.5, 1 - 0.15 * ramp(np.abs(around_K - 0.75), 0.235, 0.225), shade_K)
    return color_K3 * (shade_K - 0.3 * bump(from_top_K - 0.232, 0.006))[:, None]

"""Trousers, shorts, what is under a skirt, shoes and socks.

Shape suffixes: N points, K texels, V vertices, J joints (24), 3 coordinates of the zero pose.
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.avatar import Avatar, Bottom, Shoes
from lavimo.avatar.fabric import fold_legs, hem, lay, seam, weave
from lavimo.avatar.figure import Figure
from lavimo.avatar.noise import noise
from lavimo.avatar.paint import Canvas, bump, ramp
from lavimo.avatar.region import Hang, Region, both, even
from lavimo.avatar.tube import Tube
from lavimo.body.skeleton import JOINT

Array = NDArray[np.floating]

LEGS = {side: [JOINT[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle", "foot")] for side in ("left", "right")}
NARROWING = {"trousers": 0.055, "slim": 0.09, "capri": 0.05, "shorts": 0.0}
"""How much a leg of each cut draws in on its way down."""


def bottom(avatar: Avatar, figure: Figure) -> list[Region]:
    """What is worn below the waist; of a skirt, the part around the hips."""
    worn = avatar.bottom
    waist_y = figure.y("spine1") + 0.012
    knee_y, ankle_y, hip_y = figure.y("knee"), figure.y("ankle"), figure.y("hip")
    hem_y = {
        "trousers": ankle_y - 0.005,
        "slim": ankle_y + 0.02,
        "leggings": ankle_y + 0.035,
        "capri": knee_y - 0.40 * (knee_y - ankle_y),
        "shorts": knee_y + 0.06,
        "skirt": hip_y - 0.02,
    }[worn.cut]

    def inside(points_N3: Array) -> Array:
        return both(waist_y - points_N3[:, 1], points_N3[:, 1] - hem_y)

    def paint(canvas: Canvas, distance_K: Array) -> None:
        cloth = lay(canvas, distance_K, worn.color)
        weave(cloth, worn.weave, worn.color)
        if worn.weave == "denim":
            _fade(cloth, figure)
        if worn.stripe:
            middle_z = figure.z("knee")
            stripe_K = both(
                0.017 - np.abs(cloth.points_K3[:, 2] - middle_z),
                np.abs(cloth.points_K3[:, 0]) - figure.x("knee") - 0.01,
            )
            cloth.cover(cloth.inside(stripe_K), worn.stripe)
        fold_legs(cloth, figure, 0.35 if worn.cut == "leggings" else 1.0, hem_y)
        hem(cloth, cloth.points_K3[:, 1] - hem_y)
        if worn.cut not in ("leggings", "skirt"):
            _sewing(cloth, worn, figure, waist_y)

    loose = worn.cut in NARROWING
    return [
        Region(
            inside,
            paint,
            even(worn.loose_m),
            smooth=10 if loose else 4,
            hang=_hang(hem_y, NARROWING[worn.cut], figure) if loose else None,
            hem=worn.cut != "skirt",
        )
    ]


def _fade(cloth: Canvas, figure: Figure) -> None:
    """Denim is paler on thighs and seat."""
    y_K, up_K = cloth.points_K3[:, 1], np.abs(cloth.normals_K3[:, 2])
    middle_y = 0.5 * (figure.y("hip") + figure.y("knee")) + 0.03
    faded_K = ramp(1 - np.abs(y_K - middle_y) / 0.24, 0, 1) * ramp(up_K, 0.5, 1.0)
    cloth.cover(0.26 * faded_K, (0.74, 0.80, 0.87))


def _sewing(cloth: Canvas, worn: Bottom, figure: Figure, waist_y: float) -> None:
    """Waistband or belt, fly, pockets, side seams."""
    x_K, y_K, z_K = cloth.points_K3.T
    side_K, front_K = np.abs(x_K), z_K > figure.z("hip")
    below_K = waist_y - y_K
    if worn.belt:
        cloth.cover(cloth.inside(0.032 - below_K), worn.belt)
        buckle_K = both(0.022 - side_K, 0.030 - below_K, below_K - 0.002, z_K - figure.z("hip"))
        cloth.cover(cloth.inside(buckle_K), "#b9b2a2")
        cloth.cover(cloth.inside(buckle_K - 0.006), worn.belt)
    seam(cloth, below_K - 0.034)
    seam(cloth, np.where(front_K & (below_K < 0.17), x_K - 0.004, 1.0), 0.18)
    hip_x = figure.x("hip")
    pocket_K = np.where(front_K, (side_K - hip_x - 0.035) + 0.45 * (below_K - 0.05), 1.0)
    seam(cloth, np.where((below_K > 0.035) & (below_K < 0.15), pocket_K, 1.0), 0.25)
    back_K = np.maximum(np.abs(side_K - 0.075) - 0.055, np.abs(below_K - 0.15) - 0.06)
    seam(cloth, np.where(~front_K, back_K, 1.0), 0.20)
    seam(cloth, np.where(side_K > hip_x - 0.02, z_K - figure.z("knee") + 0.01, 1.0), 0.10)


def _hang(hem_y: float, narrowing: float, figure: Figure) -> Hang:
    start_m = -(figure.y("hip") - 0.06)

    def hang(points_V3: Array, weights_VJ: Array) -> Array:
        moved_V3 = np.zeros_like(points_V3)
        for joints in LEGS.values():
            share_V = weights_VJ[:, joints].sum(axis=1)
            leg_V = (share_V > 0.5) & (points_V3[:, 1] > figure.y("ankle") + 0.03)
            tube = Tube.of(-points_V3[leg_V, 1], points_V3[leg_V][:, [0, 2]], start_m, -hem_y).falling(narrowing)
            pushed_V2 = tube.pushed(-points_V3[:, 1], points_V3[:, [0, 2]])
            moved_V3[:, [0, 2]] += pushed_V2 * ramp(share_V, 0.5, 0.9)[:, None]
        return moved_V3

    return hang


def shoes(avatar: Avatar, figure: Figure) -> list[Region]:
    """Socks, and shoes with soles and laces."""
    worn: Shoes = avatar.shoes
    ankle_y, ankle_z, sole_y, toe_z = figure.y("ankle"), figure.z("ankle"), figure.sole_y, figure.z("foot")

    def socks(points_N3: Array) -> Array:
        return ankle_y + (0.16 if worn.high else 0.055) - points_N3[:, 1]

    def shoe(points_N3: Array) -> Array:
        rim_y = ankle_y + (0.075 if worn.high else -0.002)
        return rim_y - 0.16 * np.clip(points_N3[:, 2] - ankle_z, -0.03, 0.06) - points_N3[:, 1]

    def paint_socks(canvas: Canvas, distance_K: Array) -> None:
        cloth = lay(canvas, distance_K, worn.socks or worn.color)
        cloth.shade(0.07 * np.sin(cloth.points_K3[:, 0] * 2 * np.pi / 0.008))
        cloth.shade(0.12 * noise(cloth.points_K3, (0.05, 0.010, 0.05), 51))

    def paint_shoe(canvas: Canvas, distance_K: Array) -> None:
        leather = lay(canvas, distance_K, worn.color)
        x_K, y_K, z_K = leather.points_K3.T
        middle_K = np.interp(z_K, [ankle_z, toe_z], [figure.x("ankle"), figure.x("foot")])
        across_K = np.abs(np.abs(x_K) - middle_K)
        leather.shade(0.04 * noise(leather.points_K3, 0.012, 52))
        tongue_K = both(0.020 - across_K, z_K - ankle_z - 0.045, toe_z + 0.005 - z_K, y_K - sole_y - 0.035)
        if worn.laces:
            leather.shade(-0.30 * leather.inside(tongue_K))
            rows_K = both(0.0032 - np.abs((z_K - ankle_z) % 0.015 - 0.0075), tongue_K + 0.006)
            leather.cover(leather.inside(rows_K), worn.laces)
        seam(leather, z_K - toe_z + 0.004 - 3 * across_K**2, 0.22)
        seam(leather, np.where(z_K < ankle_z, z_K - ankle_z + 0.035, 1.0), 0.15)
        rim_K = shoe(leather.points_K3)
        leather.shade(-0.40 * ramp(-rim_K, -0.004, 0.0) - 0.10 * bump(rim_K - 0.010, 0.003))
        sole_K = sole_y + 0.022 + 0.008 * ramp(z_K, ankle_z, ankle_z - 0.03) - y_K
        leather.cover(leather.inside(sole_K), worn.sole)
        leather.shade(-0.25 * bump(sole_K, 0.005))

    def thick_shoe(distance_N: Array, points_N3: Array) -> Array:
        """Wider at the sole, a rim above it."""
        return 0.008 + 0.007 * ramp(sole_y + 0.032 - points_N3[:, 1], 0, 0.012)

    regions = []
    if worn.socks:
        regions.append(Region(socks, paint_socks, even(0.004), smooth=6, reshapes=True, hem=True))
    return [*regions, Region(shoe, paint_shoe, thick_shoe, smooth=30, reshapes=True, hem=True)]

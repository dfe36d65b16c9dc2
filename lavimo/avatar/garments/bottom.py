"""Trousers and shorts, and what of a skirt lies on the hips.

Shape suffixes: N points, K texels, V vertices, J joints (24), 3 coordinates of the zero pose.
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.avatar import Avatar, Bottom
from lavimo.avatar.garments.fabric import fold_legs, hem, lay, seam, weave
from lavimo.avatar.shape.figure import Figure
from lavimo.avatar.shape.region import Hang, Region, both, even
from lavimo.avatar.shape.tube import Tube
from lavimo.avatar.texture.paint import Canvas, ramp
from lavimo.body.skeleton import JOINT

Array = NDArray[np.floating]

LEGS = {side: [JOINT[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle", "foot")] for side in ("left", "right")}
NARROWING = {"trousers": 0.055, "slim": 0.09, "capri": 0.05, "shorts": 0.0}
"""How much a leg of each cut draws in on its way down."""


def bottom(avatar: Avatar, figure: Figure) -> list[Region]:
    """What is worn below the waist; of a skirt, the part around the hips."""
    worn = avatar.bottom
    waist_y = figure.y("spine1") + 0.012
    knee_y, ankle_y = figure.y("knee"), figure.y("ankle")
    hem_y = {
        "trousers": ankle_y - 0.005,
        "slim": ankle_y + 0.02,
        "leggings": ankle_y + 0.035,
        "capri": knee_y - 0.40 * (knee_y - ankle_y),
        "shorts": knee_y + 0.06,
        # The legs beneath a skirt wear its colour: what of them a wide step pushes through it, one does not see.
        "skirt": skirt_hem_y(worn, figure) + 0.025,
    }[worn.cut]

    def inside(points_N3: Array) -> Array:
        above_N = points_N3[:, 1] - hem_y
        return both(waist_y - points_N3[:, 1], above_N) if avatar.top.tucked else above_N

    def waist(points_N3: Array) -> Array:
        return waist_y - points_N3[:, 1]

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
            fades=None if avatar.top.tucked else waist,
        )
    ]


def skirt_hem_y(worn: Bottom, figure: Figure) -> float:
    """The height at which a skirt ends."""
    waist_y = figure.y("spine1")
    return waist_y - worn.length * (waist_y - figure.y("knee"))


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

"""Shirts, jumpers, jackets.

Shape suffixes: N points, K texels, V vertices, J joints (24), 3 coordinates of the zero pose (arms along x).
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.avatar import Avatar, Top
from lavimo.avatar.garments.fabric import fold_top, hem, lay, print_pattern, seam, weave
from lavimo.avatar.shape.figure import Figure
from lavimo.avatar.shape.region import Distance, Hang, Region, both, either, even
from lavimo.avatar.shape.tube import Tube
from lavimo.avatar.texture.paint import Canvas, ramp
from lavimo.body.skeleton import JOINT

Array = NDArray[np.floating]

ARMS = {
    side: [JOINT[f"{side}_{joint}"] for joint in ("shoulder", "elbow", "wrist", "hand")] for side in ("left", "right")
}
LEGS = [JOINT[f"{side}_{joint}"] for side in ("left", "right") for joint in ("hip", "knee", "ankle", "foot")]


def top(avatar: Avatar, figure: Figure) -> list[Region]:
    """What is worn above the waist."""
    worn = avatar.top
    hem_y = figure.y("pelvis") + {True: 0.06}.get(worn.tucked, -0.085 if worn.front != "jacket" else -0.13)
    sleeve_x = {
        "none": figure.x("shoulder") - 0.035,
        "short": figure.x("shoulder") + 0.62 * (figure.x("elbow") - figure.x("shoulder")),
        "long": figure.x("wrist") - 0.012,
    }[worn.sleeves]
    armpit_y = figure.y("shoulder") - 0.13
    neckline = _neckline(worn, figure)

    def inside(points_N3: Array) -> Array:
        x_N, y_N = np.abs(points_N3[:, 0]), points_N3[:, 1]
        at_neck_and_arms_N = both(neckline(points_N3), either(sleeve_x - x_N, armpit_y - y_N))
        return at_neck_and_arms_N if worn.tucked else both(y_N - hem_y, at_neck_and_arms_N)

    def tail(points_N3: Array) -> Array:
        return points_N3[:, 1] - hem_y

    def paint(canvas: Canvas, distance_K: Array) -> None:
        cloth = lay(canvas, distance_K, worn.color)
        x_K, y_K, _ = cloth.points_K3.T
        if worn.pattern:
            print_pattern(cloth, worn.pattern, hem_y, figure)
        weave(cloth, worn.weave, worn.color)
        fold_top(cloth, figure, 0.5 + 25 * worn.loose_m)
        on_sleeve_K = (np.abs(x_K) > figure.x("shoulder")) & (y_K > armpit_y - 0.1)
        if worn.sleeves != "none":
            hem(cloth, np.where(on_sleeve_K, sleeve_x - np.abs(x_K), 1.0), worn.trim)
            slope_K = np.abs(x_K) - figure.x("shoulder") + 0.012 - 0.15 * (figure.y("shoulder") - y_K)
            seam(cloth, slope_K, 0.14)
        hem(cloth, y_K - hem_y, worn.trim)
        band_K = neckline(cloth.points_K3)
        if worn.trim or worn.neck != "collar":
            cloth.shade(-0.04 * cloth.inside(0.016 - band_K))
            if worn.trim:
                cloth.cover(cloth.inside(0.016 - band_K), worn.trim)
            seam(cloth, band_K - 0.016, 0.22)
        _front(cloth, worn, figure, hem_y)
        if worn.pocket != "none":
            _pocket(cloth, worn, figure, hem_y)

    hang = _hang(hem_y, sleeve_x, worn, figure)
    return [
        Region(inside, paint, even(worn.loose_m), smooth=40, hang=hang, hem=True, fades=tail if worn.tucked else None)
    ]


def _neckline(worn: Top, figure: Figure) -> Distance:
    neck_y, neck_z = figure.y("neck"), figure.z("neck")

    def below(points_N3: Array) -> Array:
        x_N, y_N, z_N = np.abs(points_N3[:, 0]), points_N3[:, 1], points_N3[:, 2]
        collar_N = neck_y - 0.004 - 0.45 * (z_N - neck_z)
        front_N = np.clip((z_N - neck_z) / 0.05, 0, 1)
        if worn.neck == "vee":
            collar_N = collar_N - front_N * np.clip(0.10 - 1.3 * x_N, 0, None)
        if worn.neck == "scoop":
            collar_N = collar_N - 0.02 - front_N * np.sqrt(np.clip(1 - (x_N / 0.10) ** 2, 0, None)) * 0.05
        if worn.neck == "collar":
            collar_N = collar_N + 0.010 - front_N * np.clip(0.045 - 1.0 * x_N, 0, None) * (worn.front != "jacket")
        return collar_N - y_N

    return below


def _front(cloth: Canvas, worn: Top, figure: Figure, hem_y: float) -> None:
    """Buttons, a zip, or a jacket's lapels with shirt and tie between."""
    x_K, y_K, z_K = cloth.points_K3.T
    side_K = np.abs(x_K)
    front_K = np.where(z_K > figure.z("spine3") + 0.02, 1.0, -1.0)
    neck_y, chest_y, waist_y = figure.y("neck"), figure.y("spine3"), figure.y("spine1")
    if worn.front in ("placket", "buttons"):
        low_y = neck_y - 0.20 if worn.front == "placket" else hem_y
        strip_K = both(0.015 - side_K, y_K - low_y, front_K)
        seam(cloth, np.where((front_K > 0) & (y_K > low_y), side_K - 0.015, 1.0), 0.22)
        cloth.shade(-0.10 * cloth.inside(both(0.004 - np.abs(side_K - 0.018), y_K - low_y, front_K)))
        spacing_m = 0.05 if worn.front == "placket" else 0.085
        button_K = 0.0055 - np.hypot(x_K, (neck_y - 0.07 - y_K) % spacing_m - spacing_m / 2)
        cloth.cover(
            cloth.inside(both(button_K, strip_K + 0.01)),
            "#e9e4da" if sum(bytes.fromhex(worn.color[1:])) < 420 else "#5b5148",
        )
    elif worn.front == "zip":
        teeth_K = both(0.005 - side_K, front_K)
        cloth.cover(cloth.inside(teeth_K), worn.trim or "#2a2a2c")
        cloth.shade(0.25 * cloth.inside(teeth_K) * np.sign(np.sin(y_K * 2 * np.pi / 0.008)))
        seam(cloth, np.where(front_K > 0, side_K - 0.014, 1.0), 0.20)
    elif worn.front == "jacket":
        button_y = waist_y + 0.03
        opening_K = np.clip(0.074 * (y_K - button_y) / (neck_y - 0.05 - button_y), 0, 0.068)
        shirt_K = both(opening_K - side_K, y_K - button_y, front_K)
        cloth.cover(cloth.inside(shirt_K), worn.under or "#f2f2ee")
        if worn.tie:
            width_K = np.interp(y_K, [button_y, neck_y - 0.075, neck_y - 0.06, neck_y], [0.036, 0.020, 0.016, 0.024])
            tie_K = both(width_K - side_K, shirt_K + 0.01, front_K)
            cloth.cover(cloth.inside(tie_K), worn.tie)
            cloth.shade(-0.10 * cloth.inside(tie_K) * (np.sin((x_K + y_K) * 2 * np.pi / 0.02) > 0.3))
        lapel_K = both(
            opening_K + 0.055 * ramp(y_K, button_y, button_y + 0.12) - side_K, -shirt_K, y_K - button_y, front_K
        )
        cloth.shade(0.10 * cloth.inside(lapel_K))
        seam(cloth, np.where(front_K > 0, lapel_K, 1.0), 0.35, 0.006)
        notch_K = np.where((lapel_K > 0) & (front_K > 0), y_K - chest_y - 0.075 - 0.4 * side_K, 1.0)
        seam(cloth, notch_K, 0.35)
        cloth.shade(-0.35 * cloth.inside(both(0.008 + shirt_K, -shirt_K, y_K - button_y, front_K)))
        seam(
            cloth,
            np.where((front_K > 0) & (y_K < button_y), x_K - 0.25 * np.clip(button_y - 0.12 - y_K, 0, None), 1.0),
            0.40,
        )
        for height in (button_y - 0.015, button_y - 0.10):
            cloth.cover(cloth.inside(both(0.008 - np.hypot(x_K - 0.015, y_K - height), front_K)), "#1a1a1c")
        flap_K = np.maximum(np.abs(side_K - 0.105) - 0.06, np.abs(y_K - hem_y - 0.10) - 0.018)
        seam(cloth, np.where(front_K > 0, flap_K, 1.0), 0.28)
        cloth.cover(
            cloth.inside(both(0.042 - np.abs(x_K - 0.105), 0.006 - np.abs(y_K - chest_y + 0.01), front_K)),
            worn.under or "#f2f2ee",
        )


def _pocket(cloth: Canvas, worn: Top, figure: Figure, hem_y: float) -> None:
    x_K, y_K, z_K = cloth.points_K3.T
    front_K = z_K > figure.z("spine3") + 0.02
    if worn.pocket == "chest":
        edge_K = np.maximum(np.abs(x_K - 0.085) - 0.042, np.abs(y_K - figure.y("spine3") + 0.02) - 0.05)
    else:
        height_K = y_K - hem_y - 0.05
        edge_K = np.maximum(
            np.abs(x_K) - 0.13 + 0.45 * np.clip(height_K - 0.05, 0, None), np.abs(height_K - 0.075) - 0.075
        )
    cloth.shade(-0.05 * front_K * cloth.inside(-edge_K))
    seam(cloth, np.where(front_K, edge_K, 1.0), 0.30, 0.005)


def _hang(hem_y: float, sleeve_x: float, worn: Top, figure: Figure) -> Hang:
    armpit_m = -(figure.y("shoulder") - 0.10)
    narrowing = float(np.interp(worn.loose_m, [0.004, 0.010, 0.018], [0.9, 0.40, 0.10]))

    def hang(points_V3: Array, weights_VJ: Array) -> Array:
        moved_V3 = np.zeros_like(points_V3)
        arms = [joint for joints in ARMS.values() for joint in joints]
        trunk_V = ramp(1 - weights_VJ[:, arms].sum(axis=1), 0.4, 0.9)
        # The legs' outer side counts: a shirt falls over the hips.
        body_V = trunk_V > 0.5
        if not worn.tucked:
            tube = Tube.of(-points_V3[body_V, 1], points_V3[body_V][:, [0, 2]], armpit_m, -hem_y).falling(narrowing)
            moved_V3[:, [0, 2]] = tube.pushed(-points_V3[:, 1], points_V3[:, [0, 2]]) * trunk_V[:, None]
        if worn.sleeves == "none":
            return moved_V3
        for joints in ARMS.values():
            share_V = weights_VJ[:, joints].sum(axis=1)
            arm_V = share_V > 0.5
            start_m = figure.x("shoulder") + 0.03
            along_V, across_V2 = np.abs(points_V3[:, 0]), points_V3[:, [1, 2]]
            tube = Tube.of(along_V[arm_V], across_V2[arm_V], start_m, sleeve_x)
            tube = tube.falling(-0.04 if worn.sleeves == "short" else 0.075)
            moved_V3[:, [1, 2]] += tube.pushed(along_V, across_V2) * ramp(share_V, 0.5, 0.9)[:, None]
        return moved_V3

    return hang

"""Garments and shoes as regions of the body.

Shape suffixes: N points, 3 coordinates of the zero pose (arms along x).
"""

import numpy as np

from lavimo.avatar.avatar import Avatar, Bottom, Pattern, Shoes, Top
from lavimo.avatar.figure import Figure
from lavimo.avatar.region import Array, Distance, Region, both, either, ellipse


def outfit(avatar: Avatar, figure: Figure) -> list[Region]:
    """What the avatar wears, in the order of putting it on."""
    bottom, top = _bottom(avatar.bottom, figure), _top(avatar.top, figure)
    return _shoes(avatar.shoes, figure) + (top + bottom if avatar.top.tucked else bottom + top)


def _bottom(bottom: Bottom, figure: Figure) -> list[Region]:
    waist_y = figure.y("spine1") + 0.005
    knee_y, ankle_y = figure.y("knee"), figure.y("ankle")
    hem_y = {
        "trousers": ankle_y + 0.015,
        "leggings": ankle_y + 0.035,
        "capri": knee_y - 0.45 * (knee_y - ankle_y),
        "shorts": knee_y + 0.10,
    }[bottom.cut]

    def inside(points_N3: Array) -> Array:
        return both(waist_y - points_N3[:, 1], points_N3[:, 1] - hem_y)

    regions = [Region(inside, bottom.color, bottom.loose_m, smooth=4)]
    if bottom.stripe:
        middle_z = figure.z("knee")

        def stripe(points_N3: Array) -> Array:
            x_N, z_N = np.abs(points_N3[:, 0]), points_N3[:, 2]
            return both(inside(points_N3), 0.016 - np.abs(z_N - middle_z), x_N - figure.x("knee") - 0.01)

        regions.append(Region(stripe, bottom.stripe, edge_m=0.02))
    return regions


def _top(top: Top, figure: Figure) -> list[Region]:
    hem_y = figure.y("pelvis") + (0.06 if top.tucked else -0.03)
    sleeve_x = {
        "none": figure.x("shoulder") - 0.015,
        "short": figure.x("shoulder") + 0.6 * (figure.x("elbow") - figure.x("shoulder")),
        "long": figure.x("wrist") - 0.02,
    }[top.sleeves]
    armpit_y = figure.y("shoulder") - 0.13
    neck_y, neck_z = figure.y("neck"), figure.z("neck")

    def inside(points_N3: Array) -> Array:
        x_N, y_N, z_N = np.abs(points_N3[:, 0]), points_N3[:, 1], points_N3[:, 2]
        collar_N = neck_y - 0.012 - 0.45 * (z_N - neck_z)
        front_N = np.clip((z_N - neck_z) / 0.05, 0, 1)
        if top.neck == "vee":
            collar_N = collar_N - front_N * np.clip(0.10 - 1.3 * x_N, 0, None)
        if top.neck == "scoop":
            collar_N = collar_N - 0.02 - front_N * np.sqrt(np.clip(1 - (x_N / 0.10) ** 2, 0, None)) * 0.05
        return both(y_N - hem_y, collar_N - y_N, either(sleeve_x - x_N, armpit_y - y_N))

    regions = [Region(inside, top.color, top.loose_m, smooth=6, edge_m=0.03)]
    if top.pattern:
        regions.append(_pattern(top.pattern, inside, hem_y, figure))
    return regions


def _pattern(pattern: Pattern, garment: Distance, hem_y: float, figure: Figure) -> Region:
    size = pattern.size_m
    chest_y, shoulder_x, armpit_y = figure.y("spine3") - 0.05, figure.x("shoulder"), figure.y("shoulder") - 0.13

    def inside(points_N3: Array) -> Array:
        x_N, y_N, z_N = points_N3.T
        across, along = _bands(x_N, size), _bands(y_N - hem_y, size)
        # Sleeves run along x: what is horizontal on the trunk turns with them.
        sleeve = both(np.abs(x_N) - shoulder_x - 0.01, y_N - armpit_y)
        shape_N = {
            "stripes": either(both(along, -sleeve), both(across, sleeve)),
            "bars": either(both(across, -sleeve), both(along, sleeve)),
            "checks": either(both(across, along), both(-across, -along)),
            "disc": both(ellipse(x_N, y_N - chest_y, size, size), z_N - figure.z("spine3")),
            "raglan": np.abs(x_N) - shoulder_x + 0.04 - 0.35 * (figure.y("shoulder") + 0.05 - y_N),
            "yoke": y_N - chest_y - 0.10,
        }[pattern.kind]
        return both(garment(points_N3), shape_N)

    edge_m = {"disc": 0.012, "raglan": None, "yoke": None}.get(pattern.kind, 0.7 * size)
    return Region(inside, pattern.color, edge_m=edge_m)


def _bands(coordinate_N: Array, size_m: float) -> Array:
    """Positive in every second band of a width; straight between the borders, so that cuts fall exactly on them."""
    return size_m / 2 - np.abs(coordinate_N % (2 * size_m) - size_m)


def _shoes(shoes: Shoes, figure: Figure) -> list[Region]:
    ankle_y, ankle_z, sole_y = figure.y("ankle"), figure.z("ankle"), figure.sole_y

    def socks(points_N3: Array) -> Array:
        return ankle_y + 0.06 - points_N3[:, 1]

    def shoe(points_N3: Array) -> Array:
        return ankle_y + 0.005 - 0.1 * (points_N3[:, 2] - ankle_z) - points_N3[:, 1]

    def sole(points_N3: Array) -> Array:
        return sole_y + 0.010 - points_N3[:, 1]

    regions = [Region(socks, shoes.socks, 0.003, smooth=2, reshapes=True)] if shoes.socks else []
    return [*regions, Region(shoe, shoes.color, 0.009, smooth=30, reshapes=True), Region(sole, shoes.sole)]

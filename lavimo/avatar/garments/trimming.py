"""What is sewn on and stands away: a collar, a hood, a skirt; and glasses.

Shape suffixes: R rings, A places around a ring, V vertices, J joints (24), K texels, 3 coordinates of the zero pose.
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.avatar import Avatar, rgb
from lavimo.avatar.garments.bottom import skirt_hem_y
from lavimo.avatar.shape.figure import Figure
from lavimo.avatar.shape.piece import Piece, grid, joined, sweep
from lavimo.avatar.shape.tube import Tube
from lavimo.avatar.texture.noise import noise
from lavimo.avatar.texture.paint import ramp
from lavimo.body.skeleton import JOINT

Array = NDArray[np.floating]


def trimmings(avatar: Avatar, figure: Figure, bare_V3: Array, weights_VJ: Array) -> list[Piece]:
    """The pieces of an outfit, on a bare body."""
    pieces = []
    if avatar.top.hood:
        pieces.append(_hood(avatar.top.color, figure, bare_V3, weights_VJ))
    elif avatar.top.neck == "collar":
        color = avatar.top.under if avatar.top.front == "jacket" and avatar.top.under else avatar.top.color
        pieces.append(_collar(avatar.top.trim or color, figure, bare_V3, weights_VJ))
    if avatar.glasses:
        pieces.append(_glasses(avatar.glasses, figure, bare_V3, weights_VJ))
    if avatar.bottom.cut == "skirt":
        pieces.append(_skirt(avatar, figure, bare_V3, weights_VJ))
    return pieces


def _neck(figure: Figure, bare_V3: Array, weights_VJ: Array) -> Tube:
    arms = [JOINT[f"{side}_{joint}"] for side in ("left", "right") for joint in ("shoulder", "elbow", "wrist", "hand")]
    near_V = (weights_VJ[:, arms].sum(axis=1) < 0.2) & (np.abs(bare_V3[:, 0]) < 0.09)
    top_y = figure.y("neck") + 0.06
    return Tube.of(-bare_V3[near_V, 1], bare_V3[near_V][:, [0, 2]], -top_y, -(figure.y("neck") - 0.05))


def _sewn(points_RA3: Array, joint: str) -> Array:
    weights = np.zeros((*points_RA3.shape[:2], 24), np.float32)
    weights[..., JOINT[joint]] = 0.75
    weights[..., JOINT["neck"]] = 0.25
    return weights


def _collar(color: str, figure: Figure, bare_V3: Array, weights_VJ: Array) -> Piece:
    """A folded collar: from under the chin around the neck, points forward."""
    neck = _neck(figure, bare_V3, weights_VJ)
    turn_R = np.linspace(-0.93 * np.pi, 0.93 * np.pi, 29)  # 0 is behind
    angle_R = turn_R - np.pi / 2
    forward_R = np.abs(turn_R) / np.pi
    stand_R = figure.y("neck") + 0.022 - 0.040 * forward_R**2
    fall_m = 0.022 + 0.030 * ramp(forward_R, 0.6, 0.97)
    # The profile around a ring: up inside, over the fold, down outside.
    lift = np.array([-0.4, 0.5, 1.0, 1.0, 0.3, -0.45])
    out = np.array([0.003, 0.004, 0.005, 0.010, 0.016, 0.020])
    height_RA = stand_R[:, None] + np.where(lift > 0, lift * 0.014, lift * fall_m[:, None] * 2)
    angle_RA = np.broadcast_to(angle_R[:, None], height_RA.shape)
    radius_RA = neck.radius(-height_RA.ravel(), angle_RA.ravel()).reshape(height_RA.shape) + out
    # Cloth lies on the shoulders, but does not spread with them.
    radius_RA = np.clip(radius_RA, radius_RA[:, 2:3] + out - 0.007, radius_RA[:, 2:3] + 1.2 * out)
    middle_RA2 = neck.middle(-height_RA.ravel()).reshape(*height_RA.shape, 2)
    points_RA3 = np.stack(
        [
            middle_RA2[..., 0] + radius_RA * np.cos(angle_RA),
            height_RA,
            middle_RA2[..., 1] + radius_RA * np.sin(angle_RA),
        ],
        axis=-1,
    )
    color_3 = np.array(rgb(color))

    def paint(points_K3: Array, places_K2: Array) -> Array:
        shade_K = 1 + 0.04 * noise(points_K3, 0.005, 61) - 0.30 * ramp(0.28 - np.abs(places_K2[:, 1] - 0.1), 0, 0.2)
        return color_3 * shade_K[:, None]

    return grid(points_RA3, _sewn(points_RA3, "spine3"), paint)


def _hood(color: str, figure: Figure, bare_V3: Array, weights_VJ: Array) -> Piece:
    """A hood let down: a thick roll behind the neck, thin in front."""
    neck = _neck(figure, bare_V3, weights_VJ)
    turn_R = np.linspace(-0.90 * np.pi, 0.90 * np.pi, 29)
    angle_R, behind_R = turn_R - np.pi / 2, 1 - np.abs(turn_R) / np.pi
    height_R = figure.y("neck") + 0.022 - 0.075 * (1 - behind_R) ** 1.5
    radius_R = neck.radius(-height_R, angle_R) + 0.012 + 0.034 * behind_R**1.5
    middle_R2 = neck.middle(-height_R)
    path_R3 = np.stack(
        [middle_R2[:, 0] + radius_R * np.cos(angle_R), height_R, middle_R2[:, 1] + radius_R * np.sin(angle_R)], axis=-1
    )
    thick_R = np.interp(behind_R, [0.1, 0.3, 1.0], [0.012, 0.024, 0.046])
    points_RA3 = sweep(path_R3, np.stack([thick_R * 0.95, thick_R * 0.72], axis=1), np.array([0, 1.0, 0]))
    color_3 = np.array(rgb(color))

    def paint(points_K3: Array, places_K2: Array) -> Array:
        shade_K = 1 + 0.03 * noise(points_K3, 0.006, 62) + 0.12 * noise(points_K3, (0.03, 0.06, 0.03), 63)
        return color_3 * shade_K[:, None]

    return grid(points_RA3, _sewn(points_RA3, "spine3"), paint)


def _glasses(color: str, figure: Figure, bare_V3: Array, weights_VJ: Array) -> Piece:
    """Two rims, a bridge, two temples."""
    unit, (eye_x, eye_y) = figure.face_m, figure.eye_2
    head_V = weights_VJ[:, JOINT["head"]] > 0.5
    near_V = head_V & (np.hypot(np.abs(bare_V3[:, 0]) - eye_x, bare_V3[:, 1] - eye_y) < 0.13 * unit)
    front_z = float(bare_V3[near_V, 2].max()) + 0.004
    ear_V = head_V & (np.abs(bare_V3[:, 1] - eye_y) < 0.06 * unit)
    ear_x = 0.90 * float(np.abs(bare_V3[ear_V, 0]).max())
    turn_R = np.linspace(0, 2 * np.pi, 21)[:-1]
    out_x, radius, thick = eye_x + 0.145 * unit, 0.140 * unit, 0.0016
    paths = []
    for sign in (1.0, -1.0):
        rim_R3 = np.stack(
            [sign * (eye_x + radius * np.cos(turn_R)), eye_y - 0.01 * unit + 0.80 * radius * np.sin(turn_R),
             front_z - 0.06 * unit * np.clip(np.cos(turn_R), 0, 1)], axis=1,
        )  # fmt: skip
        paths.append((rim_R3, False))
        temple_R3 = np.array(
            [[sign * out_x, eye_y, front_z - 0.06 * unit],
             [sign * (ear_x + 0.002), eye_y + 0.01 * unit, front_z - 0.4 * unit],
             [sign * ear_x, eye_y, figure.z("head") + 0.16 * unit]]
        )  # fmt: skip
        paths.append((temple_R3, True))
    bridge_x = np.linspace(-1, 1, 5) * (eye_x - 0.95 * radius)
    bridge_R3 = np.stack([bridge_x, eye_y + 0.04 * unit - 20 * bridge_x**2, front_z + 0.004 - 20 * bridge_x**2], axis=1)
    paths.append((bridge_R3, True))

    def paint(points_K3: Array, places_K2: Array) -> Array:
        return np.broadcast_to(rgb(color), (len(points_K3), 3))

    pieces = []
    for path_R3, capped in paths:
        rings_RA3 = sweep(
            path_R3, np.full((len(path_R3), 2), thick), np.array([0.1, 1, 0.05]), around=5, closed=not capped
        )
        weights = np.zeros((*rings_RA3.shape[:2], 24), np.float32)
        weights[..., JOINT["head"]] = 1
        pieces.append(grid(rings_RA3, weights, paint, ring=capped))
    return joined(pieces)


def _skirt(avatar: Avatar, figure: Figure, bare_V3: Array, weights_VJ: Array) -> Piece:
    """A skirt from the waist, flared, its folds deeper towards the hem; it follows both thighs."""
    arms = [JOINT[f"{side}_{joint}"] for side in ("left", "right") for joint in ("shoulder", "elbow", "wrist", "hand")]
    body_V = weights_VJ[:, arms].sum(axis=1) < 0.3
    waist_y, hip_y = figure.y("spine1") + 0.015, figure.y("hip")
    hem_y = skirt_hem_y(avatar.bottom, figure)
    tube = Tube.of(-bare_V3[body_V, 1], bare_V3[body_V][:, [0, 2]], -waist_y - 0.02, -hem_y).falling(-0.13)
    share_S = np.linspace(0, 1, 12)
    angle_A = np.arange(40) * 2 * np.pi / 40
    height_SA = np.broadcast_to((waist_y + share_S * (hem_y - waist_y))[:, None], (12, 40))
    angle_SA = np.broadcast_to(angle_A, (12, 40))
    radius_SA = tube.radius(-height_SA.ravel(), angle_SA.ravel()).reshape(12, 40) + 0.010
    radius_SA = radius_SA + 0.014 * share_S[:, None] ** 1.5 * (np.sin(9 * angle_SA) + 0.6 * np.sin(5 * angle_SA + 1))
    middle_SA2 = tube.middle(-height_SA.ravel()).reshape(12, 40, 2)

    def sheet(out_m: float) -> Array:
        radii_SA = radius_SA + out_m
        return np.stack(
            [
                middle_SA2[..., 0] + radii_SA * np.cos(angle_SA),
                height_SA,
                middle_SA2[..., 1] + radii_SA * np.sin(angle_SA),
            ],
            axis=-1,
        )

    points_RA3 = np.concatenate([sheet(0.0), sheet(-0.006)[::-1]])
    down_RA = ramp(hip_y + 0.06 - points_RA3[..., 1], 0, 0.30)
    left_RA = 0.5 + 0.5 * np.tanh(points_RA3[..., 0] / 0.07)
    weights = np.zeros((*points_RA3.shape[:2], 24), np.float32)
    weights[..., JOINT["pelvis"]] = 1 - 0.88 * down_RA
    weights[..., JOINT["left_hip"]] = 0.88 * down_RA * left_RA
    weights[..., JOINT["right_hip"]] = 0.88 * down_RA * (1 - left_RA)
    color_3 = np.array(rgb(avatar.bottom.color))

    def paint(points_K3: Array, places_K2: Array) -> Array:
        along_K = 2 * places_K2[:, 0]
        down_K, angle_K = np.minimum(along_K, 2 - along_K), 2 * np.pi * places_K2[:, 1]
        fold_K = np.sin(9 * angle_K) + 0.6 * np.sin(5 * angle_K + 1)
        shade_K = (
            1
            + 0.10 * fold_K * down_K
            + 0.03 * noise(points_K3, 0.006, 64)
            + 0.05 * noise(points_K3, (0.03, 0.2, 0.03), 65)
        )
        shade_K = shade_K * np.where(along_K > 1.0, 0.42, 1.0) * (1 - 0.2 * (np.abs(down_K - 0.95) < 0.012))
        return color_3 * shade_K[:, None]

    return grid(points_RA3, weights, paint, ring=False)

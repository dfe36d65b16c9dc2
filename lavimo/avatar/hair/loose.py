"""Hair that is not on the scalp: a bun, a ponytail, a curtain of long hair.

Shape suffixes: V vertices, R rings, A places around a ring, J joints (24), K texels, 3 coordinates of the zero pose.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.avatar import Avatar, rgb
from lavimo.avatar.hair.scalp import STYLES, strands
from lavimo.avatar.shape.figure import Figure
from lavimo.avatar.shape.piece import Piece, grid, sweep
from lavimo.avatar.shape.tube import Tube
from lavimo.avatar.texture.noise import noise
from lavimo.avatar.texture.paint import ramp
from lavimo.body.skeleton import JOINT

Array = NDArray[np.floating]


def standing_hair(avatar: Avatar, figure: Figure, bare_V3: Array, weights_VJ: Array) -> list[Piece]:
    """The pieces of a hairstyle, on a bare body."""
    unit, nose_y = figure.face_m, figure.nose_3[1]
    head_V = (weights_VJ[:, JOINT["head"]] > 0.5) & (np.abs(bare_V3[:, 0]) < 0.03)

    def back_z(height: float) -> float:
        """Where the head's back is at a height in units above the nose."""
        level_V = head_V & (np.abs(bare_V3[:, 1] - nose_y - height * unit) < 0.03)
        return float(bare_V3[level_V, 2].min())

    if avatar.hair.style == "bun":
        middle_3 = np.array([0, nose_y + 0.68 * unit, back_z(0.68) - 0.10 * unit])
        turn_R = np.linspace(0.06, np.pi - 0.06, 11)
        path_R3 = middle_3 + 0.26 * unit * np.stack([0 * turn_R, 0 * turn_R, np.cos(turn_R)], axis=1)
        radii_R2 = np.repeat(0.29 * unit * np.sin(turn_R)[:, None], 2, axis=1)
        return [_hanging(avatar, sweep(path_R3, radii_R2, np.array([1.0, 0, 0])), figure, 3.0)]
    if avatar.hair.style == "ponytail":
        along_R = np.linspace(0, 1, 14)
        height_R = np.interp(along_R, [0, 0.12, 0.3, 1], [0.62, 0.66, 0.50, -0.85])
        behind_R = np.interp(along_R, [0, 0.12, 0.3, 0.6, 1], [-0.10, 0.16, 0.30, 0.30, 0.12])
        path_R3 = np.stack([0 * along_R, nose_y + height_R * unit, back_z(0.62) - behind_R * unit], axis=1)
        radius_R = np.interp(along_R, [0, 0.06, 0.12, 0.25, 0.6, 0.9, 1], [0.10, 0.12, 0.10, 0.17, 0.19, 0.10, 0.015])
        radii_R2 = unit * radius_R[:, None] * [1.15, 0.85]
        return [_hanging(avatar, sweep(path_R3, radii_R2, np.array([1.0, 0, 0])), figure, 1.0, band=True)]
    if avatar.hair.style in ("bob", "long"):
        return [_curtain(avatar, figure, bare_V3, weights_VJ)]
    return []


def _fixed_to(joints: Mapping[str, float | Array], shape: tuple[int, ...]) -> Array:
    weights = np.zeros((*shape, 24), np.float32)
    for joint, share in joints.items():
        weights[..., JOINT[joint]] = share
    return weights


def _hanging(avatar: Avatar, rings_RA3: Array, figure: Figure, twist: float, band: bool = False) -> Piece:
    color_3 = np.array(rgb(avatar.hair.color))

    def paint(points_K3: Array, places_K2: Array) -> Array:
        angle_K = 2 * np.pi * places_K2[:, 1] + twist * places_K2[:, 0]
        shade_K = 1 + strands(angle_K, 0.2 * places_K2[:, 0], tuple(color_3))
        shade_K = shade_K * (1 - 0.25 * ramp(-np.sin(2 * np.pi * places_K2[:, 1]), 0.2, 1))
        color_K3 = color_3 * shade_K[:, None]
        if band:
            color_K3[(places_K2[:, 0] > 0.09) & (places_K2[:, 0] < 0.15)] = np.array([0.16, 0.13, 0.14])
        return color_K3

    return grid(rings_RA3, _fixed_to({"head": 1.0}, rings_RA3.shape[:2]), paint)


def _curtain(avatar: Avatar, figure: Figure, bare_V3: Array, weights_VJ: Array) -> Piece:
    """A thick sheet around the back of the head, from one cheek to the other."""
    unit, nose_y = figure.face_m, figure.nose_3[1]
    long = avatar.hair.style == "long"
    thick_m = STYLES[avatar.hair.style].side_m + 0.006
    arms = [JOINT[f"{side}_{joint}"] for side in ("left", "right") for joint in ("shoulder", "elbow", "wrist", "hand")]
    trunk_V = (weights_VJ[:, arms].sum(axis=1) < 0.3) & (np.abs(bare_V3[:, 0]) < 0.13)
    low_y = nose_y - (2.25 if long else 0.62) * unit
    along_V = -bare_V3[trunk_V, 1]
    tube = Tube.of(along_V, bare_V3[trunk_V][:, [0, 2]], -figure.crown_y + 0.01, -low_y)
    hanging = tube.falling(0.22 if long else 0.0)

    # Angles in the tube's sense: 0 is the left (+x), pi/2 the front.
    cheek = 0.62 if long else 0.50
    angle_R = np.linspace(cheek, -np.pi - cheek, 34)
    behind_R = np.clip((np.abs(angle_R + np.pi / 2)) / (np.pi / 2 + cheek), 0, 1)  # 0 behind, 1 at the cheeks
    top_R = nose_y + unit * np.interp(behind_R, [0, 0.6, 0.8, 1], [0.75, 0.70, 0.62, 0.50])
    if long:
        end_R = nose_y - unit * np.interp(behind_R, [0, 0.45, 0.66, 0.8, 1], [2.2, 2.1, 1.35, 1.05, 0.9])
    else:
        end_R = nose_y - unit * np.interp(behind_R, [0, 0.6, 1], [0.50, 0.56, 0.60])
    share_A = np.linspace(0, 1, 12)
    height_RA = top_R[:, None] + share_A * (end_R - top_R)[:, None]
    angle_RA = np.broadcast_to(angle_R[:, None], height_RA.shape)
    radius_RA = hanging.radius(-height_RA.ravel(), angle_RA.ravel()).reshape(height_RA.shape)
    # The sheet leaves the scalp's hair at its top, is thickest half-way, and bends in a little at its end.
    swell_A = np.interp(share_A, [0, 0.12, 0.3, 0.55, 0.85, 1], [-0.4, 0.45, 0.95, 1.2, 1.05, 0.55])
    strand_RA = 1 + 0.22 * noise(
        np.stack([angle_RA * 0.1, 0.2 * height_RA, 0 * angle_RA], -1).reshape(-1, 3), (0.022, 0.05, 1), 27
    ).reshape(angle_RA.shape)
    edge_R1 = np.interp(behind_R, [0, 0.9, 1], [1, 1, 0.45])[:, None]
    outer_RA = radius_RA + thick_m * swell_A * strand_RA * edge_R1
    inner_RA = np.minimum(radius_RA - 0.004, outer_RA - 0.006)
    rings_RA3 = []
    for radii_RA in (outer_RA, inner_RA):
        middle_RA2 = hanging.middle(-height_RA.ravel()).reshape(*height_RA.shape, 2)
        x_RA = middle_RA2[..., 0] + radii_RA * np.cos(angle_RA)
        z_RA = middle_RA2[..., 1] + radii_RA * np.sin(angle_RA)
        rings_RA3.append(np.stack([x_RA, height_RA, z_RA], axis=-1))
    points_RA3 = np.concatenate([rings_RA3[0], rings_RA3[1][:, ::-1]], axis=1)
    low_RA = ramp(figure.y("neck") + 0.02 - points_RA3[..., 1], 0, 0.16)
    weights = _fixed_to(
        {"head": 1 - 0.85 * low_RA, "neck": 0.30 * low_RA, "spine3": 0.55 * low_RA}, points_RA3.shape[:2]
    )
    color_3 = np.array(rgb(avatar.hair.color))

    def paint(points_K3: Array, places_K2: Array) -> Array:
        inside_K = places_K2[:, 1] > 0.5
        shade_K = 1 + strands(6.0 * places_K2[:, 0], 0.5 * (0.5 - np.abs(places_K2[:, 1] - 0.5)), tuple(color_3))
        down_K = 1 - np.abs(2 * places_K2[:, 1] - 1)
        shade_K = shade_K * np.where(inside_K, 0.5, 1 - 0.16 * ramp(down_K, 0.6, 1.0))
        return color_3 * shade_K[:, None]

    return grid(points_RA3, weights, paint)

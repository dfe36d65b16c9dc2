"""From a bare body to a dressed one: forms smoothed beneath cloth, cloth hung and lifted off, fingers relaxed.

Shape suffixes: V vertices, F triangles, R regions, J joints (24), 3 coordinates in metres of the zero pose or corners.
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.shape.figure import Figure
from lavimo.avatar.shape.region import Region
from lavimo.body.skeleton import JOINT
from lavimo.body.surface import around, vertex_normals

Array = NDArray[np.floating]
Index = NDArray[np.int32]

OVER_M = 0.005
"""How far a garment lies over what is worn beneath."""
EDGE_M = 0.012
"""How far from its edge cloth begins to hide forms."""
FINGERS_BENT = 0.95
"""How far the fingertips turn from the hand's plane, radians."""
FINGERS_CLOSED = 0.15
"""By which share of their distance from the hand's middle line they come together."""


def lifted(
    bare_V3: Array,
    weights_VJ: Array,
    faces_F3: Index,
    place_V: NDArray[np.integer],
    distance_VR: Array,
    regions: list[Region],
) -> Array:
    """The dressed vertices (V, 3) of a body cut along its hems; `place_V` is the same for both copies at a hem."""
    around_VV = around(faces_F3, place_V)

    def normals(points_V3: Array) -> Array:
        """Both copies of a vertex have the normal of the uncut surface: a hem is no crease."""
        return vertex_normals(points_V3, faces_F3, place_V)

    def smoothed(points_V3: Array, share_V: Array, rounds: int) -> Array:
        for _ in range(rounds):
            points_V3 = points_V3 + 0.6 * share_V[:, None] * (around_VV @ points_V3 - points_V3)
        return points_V3

    def outwards(points_V3: Array) -> Array:
        """Normals that vary slowly: cloth moved along them has no waves."""
        slow_V3 = smoothed(normals(points_V3), np.ones(len(points_V3)), 10)
        return slow_V3 / np.linalg.norm(slow_V3, axis=1, keepdims=True)

    normals_V3 = outwards(bare_V3)
    shaped_V3 = bare_V3.copy()
    thickness_V1: Array = np.zeros((len(bare_V3), 1))
    for region, distance_V in zip(regions, distance_VR.T, strict=True):
        fading_V = np.clip(region.fades(bare_V3) / EDGE_M, 0, 1) if region.fades else np.ones(len(bare_V3))
        inwards_V = np.clip(distance_V / EDGE_M, 0, 1) * fading_V
        inside_V = (distance_V > 0) * fading_V if region.hem else inwards_V
        hiding_V = inside_V * (0.4 + 0.6 * inwards_V) if region.hem else inwards_V
        moved_V3 = smoothed(shaped_V3, hiding_V, region.smooth) - shaped_V3
        if not region.reshapes:
            out_V1 = (moved_V3 * normals_V3).sum(axis=1, keepdims=True)
            # Near its edge it may not sink into what is worn beneath.
            floor_V1 = -0.3 * np.clip(distance_V, 0, None)[:, None]
            out_V1 = np.where(thickness_V1 > 0, np.maximum(out_V1, floor_V1), out_V1)
            moved_V3 = out_V1 * normals_V3
        shaped_V3 = shaped_V3 + moved_V3
        if region.hang:
            shaped_V3 = shaped_V3 + inside_V[:, None] * region.hang(shaped_V3, weights_VJ)
        if region.thickness:
            over_V1 = np.where(thickness_V1 > 0, thickness_V1 + OVER_M, 0)
            wanted_V1 = np.maximum(region.thickness(distance_V, bare_V3)[:, None], over_V1) * inside_V[:, None]
            # What lies beneath a garment ends softly.
            thickness_V1 = smoothed(np.maximum(thickness_V1, wanted_V1), inwards_V, 6)
    return shaped_V3 + thickness_V1 * outwards(shaped_V3)


def relaxed(rest_V3: Array, bare_V3: Array, weights_VJ: Array, figure: Figure) -> Array:
    """Fingers as a hand at rest has them: bent towards the palm along an arc, and closer together."""
    bent_V3 = rest_V3.copy()
    for side, sign in (("left", 1.0), ("right", -1.0)):
        knuckle_3 = figure.joints_J3[JOINT[f"{side}_hand"]]
        hand_V = weights_VJ[:, [JOINT[f"{side}_wrist"], JOINT[f"{side}_hand"]]].sum(axis=1) > 0.5
        beyond_V = np.where(hand_V, np.clip((bare_V3[:, 0] - knuckle_3[0]) * sign, 0, None), 0.0)
        reach_m = max(float(beyond_V.max()), 1e-3)
        angle_V = FINGERS_BENT * beyond_V / reach_m
        ahead_V = reach_m / FINGERS_BENT * np.sin(angle_V)
        down_V = reach_m / FINGERS_BENT * (1 - np.cos(angle_V))
        above_V = rest_V3[:, 1] - knuckle_3[1]
        extra_V = (rest_V3[:, 0] - bare_V3[:, 0]) * sign
        chosen_V = beyond_V > 0
        bent_V3[chosen_V, 0] = (knuckle_3[0] + sign * (ahead_V - above_V * np.sin(angle_V) + extra_V))[chosen_V]
        bent_V3[chosen_V, 1] = (knuckle_3[1] + above_V * np.cos(angle_V) - down_V)[chosen_V]
        spread_V = rest_V3[:, 2] - knuckle_3[2]
        bent_V3[chosen_V, 2] = (knuckle_3[2] + spread_V * (1 - FINGERS_CLOSED * beyond_V / reach_m))[chosen_V]
    return bent_V3

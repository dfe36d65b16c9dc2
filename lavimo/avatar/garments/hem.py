"""Cutting a body along the hems of its clothes, so that cloth ends in an edge with thickness and not in a slope.

Along a hem each vertex is copied, for the cloth, for what is beneath, and for a band that joins the two: the surface
stays closed, and the band opens when the cloth is lifted off.

Shape suffixes: V vertices, C their quantities, F triangles, E edges, 2 texels, 3 corners.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.shape.region import Distance

Array = NDArray[np.floating]
Index = NDArray[np.int32]

TINY_M = 1e-6
BAND_TEXELS = 2.0
"""How far inside the cloth a band takes its colour."""


def _towards(from_F2: Array, to_F2: Array) -> Array:
    """A little way from one place in the picture to another."""
    way_F2 = to_F2 - from_F2
    length_F1 = np.linalg.norm(way_F2, axis=1, keepdims=True)
    return from_F2 + way_F2 * np.minimum(0.5, BAND_TEXELS / np.maximum(length_F1, 1e-6))


def _root(low_E3: Array, high_E3: Array, at_low_E: Array, at_high_E: Array, distance: Distance) -> Array:
    """Where (E,), from 0 to 1, a distance is zero between points on either side."""
    start_E, end_E = np.zeros(len(low_E3)), np.ones(len(low_E3))
    for _ in range(5):
        share_E = start_E + (end_E - start_E) * at_low_E / (at_low_E - at_high_E)
        share_E = np.clip(share_E, start_E + 0.1 * (end_E - start_E), end_E - 0.1 * (end_E - start_E))
        found_E = distance(low_E3 + share_E[:, None] * (high_E3 - low_E3))
        same_E = (found_E > 0) == (at_low_E > 0)
        start_E, at_low_E = np.where(same_E, share_E, start_E), np.where(same_E, found_E, at_low_E)
        end_E, at_high_E = np.where(same_E, end_E, share_E), np.where(same_E, at_high_E, found_E)
    return share_E


@dataclass(frozen=True)
class Cut:
    """A mesh under the scissors.

    Attributes:
        values_VC: quantities of the vertices, all of which a new vertex inherits by interpolation.
        faces_F3: triangles, a closed surface.
        corners_F32: where each triangle's corners are in the picture.
        place_V: a number that only copies of one place share.
    """

    values_VC: Array
    faces_F3: Index
    corners_F32: Array
    place_V: NDArray[np.integer]

    def along(self, column: int, distance: Distance) -> "Cut":
        """Cut where one of the quantities changes its sign; the copies on either side keep a trace of theirs.

        Args:
            column: the quantity.
            distance: the function of the vertices' place (the first three quantities) that it is.
        """
        values_VC = self.values_VC.copy()
        near_V = np.abs(values_VC[:, column]) < TINY_M
        values_VC[near_V, column] = np.where(values_VC[near_V, column] < 0, -TINY_M, TINY_M)
        inside_F3 = values_VC[:, column][self.faces_F3] > 0
        count_F = inside_F3.sum(axis=1)
        crossed = np.flatnonzero((count_F == 1) | (count_F == 2))
        if not len(crossed):
            return self
        # Turn each triangle so that its first corner is the one that is alone on its side.
        alone_F = np.where(count_F[crossed] == 1, inside_F3[crossed].argmax(1), (~inside_F3[crossed]).argmax(1))
        turn_F3 = (alone_F[:, None] + np.arange(3)) % 3
        first, second, third = np.take_along_axis(self.faces_F3[crossed], turn_F3, axis=1).T
        first_2, second_2, third_2 = np.take_along_axis(
            self.corners_F32[crossed], turn_F3[:, :, None], axis=1
        ).transpose(1, 0, 2)

        vertices = len(values_VC)
        ends_2 = np.stack([np.concatenate([first, first]), np.concatenate([second, third])])
        low, high = ends_2.min(axis=0).astype(np.int64), ends_2.max(axis=0).astype(np.int64)
        keys_E, edge = np.unique(low * vertices + high, return_inverse=True)
        low_E, high_E = np.divmod(keys_E, vertices)
        at_low_E, at_high_E = values_VC[low_E, column], values_VC[high_E, column]
        share_E1 = _root(values_VC[low_E, :3], values_VC[high_E, :3], at_low_E, at_high_E, distance)[:, None]
        added_EC = (1 - share_E1) * values_VC[low_E] + share_E1 * values_VC[high_E]
        on_EC, under_EC = added_EC.copy(), added_EC.copy()
        on_EC[:, column], under_EC[:, column] = TINY_M, -TINY_M

        # Four copies: cloth's, what is beneath's, and the band's own two, so that light meets a crease at the hem.
        on = (vertices + edge).reshape(2, -1)
        under, band_on, band_under = (on + copy * len(keys_E) for copy in (1, 2, 3))
        is_on = inside_F3[crossed, alone_F]
        (near_p, near_q), (far_p, far_q) = np.where(is_on, on, under), np.where(is_on, under, on)
        (from_p, from_q), (to_p, to_q) = np.where(is_on, band_on, band_under), np.where(is_on, band_under, band_on)
        to_second_1, to_third_1 = (
            np.where(first == low_E[edges], share_E1[edges, 0], 1 - share_E1[edges, 0])[:, None]
            for edges in edge.reshape(2, -1)
        )
        p_2 = first_2 + to_second_1 * (second_2 - first_2)
        q_2 = first_2 + to_third_1 * (third_2 - first_2)
        band_p_2 = _towards(p_2, np.where(is_on[:, None], first_2, second_2))
        band_q_2 = _towards(q_2, np.where(is_on[:, None], first_2, third_2))
        pieces = [
            ((first, near_p, near_q), (first_2, p_2, q_2)),
            ((far_p, second, third), (p_2, second_2, third_2)),
            ((far_p, third, far_q), (p_2, third_2, q_2)),
            ((from_q, from_p, to_p), (band_q_2, band_p_2, band_p_2)),
            ((from_q, to_p, to_q), (band_q_2, band_p_2, band_q_2)),
        ]
        kept_F = np.ones(len(self.faces_F3), bool)
        kept_F[crossed] = False
        added_E = np.arange(len(keys_E)) + self.place_V.max() + 1
        return Cut(
            np.concatenate([values_VC, on_EC, under_EC, on_EC, under_EC]),
            np.concatenate([self.faces_F3[kept_F], *(np.stack(faces, axis=1) for faces, _ in pieces)]).astype(np.int32),
            np.concatenate([self.corners_F32[kept_F], *(np.stack(corners, axis=1) for _, corners in pieces)]),
            np.concatenate([self.place_V, *[added_E] * 4]),
        )

"""The painter's canvas: a body's texels, each with its place on the body, and colours laid over one another.

Shape suffixes: K texels, 3 coordinates in metres of the zero pose, or RGB from 0 to 1 as displayed.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lavimo.avatar.avatar import rgb

Array = NDArray[np.floating]
Color = str | tuple[float, float, float] | Array


@dataclass(frozen=True)
class Canvas:
    """Some texels of a picture. Parts of a canvas paint the same picture.

    Attributes:
        points_K3, normals_K3: the surface that each texel shows, in the zero pose.
        texel_m_K: how large it is there.
        index_K: where it is in the picture.
        picture_P3: the whole picture's colours.
    """

    points_K3: Array
    normals_K3: Array
    texel_m_K: Array
    index_K: NDArray[np.int64]
    picture_P3: Array

    @classmethod
    def blank(cls, points_K3: Array, normals_K3: Array, texel_m_K: Array) -> "Canvas":
        """A black picture of these texels."""
        texels = len(points_K3)
        return cls(points_K3, normals_K3, texel_m_K, np.arange(texels), np.zeros((texels, 3), np.float32))

    def part(self, chosen_K: NDArray[np.bool_]) -> "Canvas":
        """The chosen texels."""
        chosen = np.flatnonzero(chosen_K)
        return replace(
            self,
            points_K3=self.points_K3[chosen],
            normals_K3=self.normals_K3[chosen],
            texel_m_K=self.texel_m_K[chosen],
            index_K=self.index_K[chosen],
        )

    def inside(self, distance_K: Array, soft_m: float = 0.0) -> Array:
        """How much of each texel (K,) lies where a distance is positive: an antialiased border, or a soft one."""
        return np.clip(distance_K / np.maximum(self.texel_m_K, soft_m) + 0.5, 0, 1)

    def cover(self, amount_K: ArrayLike, color: Color) -> None:
        """Lay a colour over, 0 leaving what is there and 1 hiding it."""
        amount_K = np.broadcast_to(amount_K, len(self.index_K))
        chosen = np.flatnonzero(amount_K > 0)
        color_K3 = np.broadcast_to(np.asarray(rgb(color) if isinstance(color, str) else color), (len(amount_K), 3))
        index_K, share_K1 = self.index_K[chosen], amount_K[chosen, None].astype(np.float32)
        self.picture_P3[index_K] += share_K1 * (color_K3[chosen].astype(np.float32) - self.picture_P3[index_K])

    def shade(self, amount_K: ArrayLike) -> None:
        """Make lighter (positive) or darker (negative), by a share of what is there."""
        amount_K = np.broadcast_to(np.asarray(amount_K, np.float32), len(self.index_K))
        self.picture_P3[self.index_K] *= (1 + amount_K)[:, None]

    def tint(self, amount_K: ArrayLike, factors: tuple[float, float, float]) -> None:
        """Multiply the channels, wholly where the amount is 1 and not at all where it is 0."""
        amount_K = np.broadcast_to(np.asarray(amount_K, np.float32), len(self.index_K))
        change_K3 = 1 + amount_K[:, None] * (np.array(factors, np.float32) - 1)
        self.picture_P3[self.index_K] *= change_K3

    def bytes(self) -> NDArray[np.uint8]:
        """The picture's colours (P, 3) as 8 bits."""
        return (np.clip(self.picture_P3, 0, 1) * 255 + 0.5).astype(np.uint8)


def bump(distance_K: Array, width_m: float) -> Array:
    """1 where the distance is 0, and 0 from the width on, soft between."""
    near_K = np.clip(1 - np.abs(distance_K) / width_m, 0, 1)
    return near_K * near_K * (3 - 2 * near_K)


def ramp(value_K: Array, zero: float, one: float) -> Array:
    """From 0 to 1 between two values, soft at both."""
    share_K = np.clip((value_K - zero) / (one - zero), 0, 1)
    return share_K * share_K * (3 - 2 * share_K)

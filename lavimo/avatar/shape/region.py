"""A region of the body: what it covers, how thick it is, how it is painted. An avatar is a list of them, in order.

Distances are positive inside, in metres or nearly, measured on the zero pose. Shape suffixes: N points, V vertices, K
texels, 3 coordinates.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.texture.paint import Canvas

Array = NDArray[np.floating]
Distance = Callable[[Array], Array]
Hang = Callable[[Array, Array], Array]


@dataclass(frozen=True)
class Region:
    """A garment, hair, a part of the face.

    Attributes:
        distance: (N, 3) points to (N,), positive inside.
        paint: colours a canvas, given its distances (K,); called with the texels inside and a few around.
        thickness: how far it stands off the skin in metres, from distances (N,) and points (N, 3).
        smooth: how strongly it hides the form beneath: rounds of smoothing.
        reshapes: whether smoothing moves the surface sideways too, as it must to hide toes and ears.
        hang: how it falls: from the skin's vertices (V, 3) and weights (V, 24) to how far cloth stands off (V, 3).
        hem: whether its border is an edge that one sees, with cloth's thickness.
        fades: the distance from another border of it, which something worn over it hides.
    """

    distance: Distance
    paint: Callable[[Canvas, Array], None]
    thickness: Callable[[Array, Array], Array] | None = None
    smooth: int = 0
    reshapes: bool = False
    hang: Hang | None = None
    hem: bool = False
    fades: Distance | None = None

    def covered(self, points_N3: Array) -> Array:
        """The distance (N,) from all its borders."""
        distance_N = self.distance(points_N3)
        return np.minimum(distance_N, self.fades(points_N3)) if self.fades else distance_N


def even(thickness_m: float) -> Callable[[Array, Array], Array]:
    """The same thickness everywhere."""
    return lambda distance_N, points_N3: np.full(len(points_N3), thickness_m)


def both(*distances: Array) -> Array:
    """Inside all of them."""
    return np.minimum.reduce(distances)


def either(*distances: Array) -> Array:
    """Inside one of them."""
    return np.maximum.reduce(distances)


def ellipse(x_N: Array, y_N: Array, half_width_m: float, half_height_m: float) -> Array:
    """Inside an ellipse around the origin: the distance to its outline, along the ray from the origin."""
    radius_N = np.hypot(x_N, y_N) + 1e-9
    return radius_N / (np.hypot(x_N / half_width_m, y_N / half_height_m) + 1e-9) - radius_N

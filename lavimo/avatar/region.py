"""A region of the body: what it covers, in which colour, how thick. An avatar is a list of them, painted in order.

Distances are positive inside, in metres or nearly, measured on the zero pose. Shape suffixes: N points, 3 coordinates.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.avatar import Hex

Array = NDArray[np.floating]
Distance = Callable[[Array], Array]


@dataclass(frozen=True)
class Region:
    """A garment, a patch of hair, a part of the face.

    Attributes:
        distance: (N, 3) points to (N,), positive inside.
        color: its colour.
        thickness_m: how far it stands off the skin.
        smooth: how strongly it hides the form beneath: rounds of smoothing.
        reshapes: whether smoothing moves the surface sideways too, as it must to hide toes and ears. Not under a
            pattern, whose lines would wave.
        edge_m: the longest triangle's edge that shows its outline, or None where the body's own are short enough.
    """

    distance: Distance
    color: Hex
    thickness_m: float = 0.0
    smooth: int = 0
    reshapes: bool = False
    edge_m: float | None = None


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

"""A texture in ever smaller sizes, and how large its texels are on the body: OpenGL's mipmaps, of which a drawing takes
the one whose texels are next smaller than its pixels.

F triangles, H and W the picture's sides.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Picture = NDArray[np.uint8]


def texel_side(corners_F32: Array, corners_F33: Array, side: int) -> float:
    """A texel's side in metres, from each triangle's corners in the picture (0 to 1) and in the world."""
    return float(np.sqrt(_area(corners_F33) / _area(corners_F32)) / side)


def halved(texture_HW3: Picture) -> Picture:
    """The picture in half its size."""
    quarters = [texture_HW3[row::2, column::2].astype(np.uint16) for row in (0, 1) for column in (0, 1)]
    return ((quarters[0] + quarters[1] + quarters[2] + quarters[3] + 2) // 4).astype(np.uint8)


def _area(corners_F3C: Array) -> float:
    """The area of triangles (F, 3, 2 or 3)."""
    first, second = np.moveaxis(corners_F3C[:, 1:] - corners_F3C[:, :1], 1, 0)
    dot, squares = (first * second).sum(-1), (first * first).sum(-1) * (second * second).sum(-1)
    return float(np.sqrt(np.maximum(squares - dot * dot, 0)).sum() / 2)

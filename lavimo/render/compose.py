"""A frame: the empty scene, the shadow on its floor, and before both the person.

Shape suffixes: H height, W width, G cells of the shadow.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.jit import njit
from lavimo.render.layer import Layer
from lavimo.scene.backdrop import Backdrop
from lavimo.scene.shadow import CELL_M, Shadow, darken


def composed(backdrop: Backdrop, layer: Layer, shadow: Shadow | None) -> NDArray[np.uint8]:
    """The frame (H, W, 3) uint8 RGB."""
    frame_HW3 = backdrop.picture_HW3.copy()
    if shadow:
        left, top, right, bottom = _shadow_box(backdrop, shadow)
        inside = slice(top, bottom), slice(left, right)
        darken(frame_HW3[inside], backdrop.floor_HW2[inside], shadow.darkness_GG, *shadow.corner)
    height, width = layer.rgba_HW4.shape[:2]
    _lay_over(frame_HW3[layer.top : layer.top + height, layer.left : layer.left + width], layer.rgba_HW4)
    return frame_HW3


def _shadow_box(backdrop: Backdrop, shadow: Shadow) -> tuple[int, int, int, int]:
    """The pixels that can see a shadow's dark part: left, top, right, bottom."""
    size_px = len(backdrop.picture_HW3)
    dark_GG = shadow.darkness_GG > 0
    rows, columns = (np.flatnonzero(dark_GG.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return 0, 0, 0, 0
    x, z = shadow.corner
    near_x, far_x = x + CELL_M * (columns[0] - 1), x + CELL_M * (columns[-1] + 2)
    near_z, far_z = z + CELL_M * (rows[0] - 1), z + CELL_M * (rows[-1] + 2)
    corners_34 = np.array([[near_x, near_x, far_x, far_x], [near_z, far_z, near_z, far_z], [1.0] * 4])
    across_4, down_4, depth_4 = backdrop.floor_to_pixels_33 @ corners_34
    if depth_4.min() < 0.1:
        return 0, 0, size_px, size_px
    across_4, down_4 = across_4 / depth_4, down_4 / depth_4
    return (
        max(int(across_4.min()), 0),
        max(int(down_4.min()), 0),
        min(int(across_4.max()) + 2, size_px),
        min(int(down_4.max()) + 2, size_px),
    )


@njit(nogil=True)
def _lay_over(frame_HW3: Any, rgba_HW4: Any) -> None:
    for row in range(len(rgba_HW4)):
        for column in range(rgba_HW4.shape[1]):
            alpha = rgba_HW4[row, column, 3]
            if alpha == 255:
                for channel in range(3):
                    frame_HW3[row, column, channel] = rgba_HW4[row, column, channel]
            elif alpha > 0:
                light = np.uint32(255) - np.uint32(alpha)
                for channel in range(3):
                    behind = (np.uint32(frame_HW3[row, column, channel]) * light + np.uint32(127)) // np.uint32(255)
                    value = np.uint32(rgba_HW4[row, column, channel]) + behind
                    frame_HW3[row, column, channel] = np.uint8(min(value, np.uint32(255)))

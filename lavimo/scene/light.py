"""Light on a surface, computed a vertex: a warm key light wrapped a little round the form, a cool sky, a dim ground.

Shape suffixes: V vertices, F triangles, 3 coordinates (metres, y up) or RGB factors.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.body.surface import vertex_normals
from lavimo.jit import njit

Array = NDArray[np.float32]

SKY_3 = np.array([0.605, 0.620, 0.640], np.float32)
"""What a surface facing upwards gets from the sky, and one facing downwards times `GROUND`."""
GROUND = np.float32(0.68)
KEY_3 = np.array([0.475, 0.455, 0.425], np.float32)
WRAP = np.float32(0.15)
"""How far the key light reaches round: the cosine, below 0, at which it ends."""


def illumination(vertices_V3: Array, faces_F3: NDArray[np.int32], light_3: Array) -> Array:
    """Factors (V, 3) for the RGB colours of a surface's vertices; `light_3` is a unit vector towards the key light."""
    normals_V3 = vertex_normals(vertices_V3, faces_F3)
    _illuminate(normals_V3, light_3)
    return normals_V3


@njit(nogil=True, fastmath=True)
def _illuminate(normals_V3: Any, light_3: Any) -> None:
    """Replace normals by light."""
    zero, half, one = np.float32(0), np.float32(0.5), np.float32(1)
    per_wrap = one / (one + WRAP)
    for vertex in range(len(normals_V3)):
        x, y, z = normals_V3[vertex, 0], normals_V3[vertex, 1], normals_V3[vertex, 2]
        key = max((x * light_3[0] + y * light_3[1] + z * light_3[2] + WRAP) * per_wrap, zero)
        sky = GROUND + (one - GROUND) * (y + one) * half
        for channel in range(3):
            normals_V3[vertex, channel] = SKY_3[channel] * sky + KEY_3[channel] * key

"""Where a surface is hollow, and light comes in less: eye sockets, ears, between lips and fingers.

Shape suffixes: V vertices, F triangles, 3 coordinates in metres or corners.
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.body.surface import around, vertex_normals

Array = NDArray[np.floating]

SCALES = ((2, 0.0016), (6, 0.0045), (20, 0.012))
"""Rounds of smoothing, each after those before, and how far a smoothed surface stands out of a full hollow, metres."""


def hollows(rest_V3: Array, faces_F3: NDArray[np.int32]) -> Array:
    """How far each vertex (V,) lies in a hollow, 0 to 1: its neighbourhood stands before it."""
    around_VV = around(faces_F3, np.arange(len(rest_V3)))
    normals_V3 = vertex_normals(rest_V3, faces_F3)
    hollow_V, smooth_V3 = np.zeros(len(rest_V3)), rest_V3.astype(np.float64)
    for rounds, depth_m in SCALES:
        for _ in range(rounds):
            smooth_V3 = around_VV @ smooth_V3
        before_V = ((smooth_V3 - rest_V3) * normals_V3).sum(axis=1)
        hollow_V = np.maximum(hollow_V, np.clip(before_V / depth_m, 0, 1))
    return around_VV @ (0.5 * hollow_V + 0.5 * (around_VV @ hollow_V))

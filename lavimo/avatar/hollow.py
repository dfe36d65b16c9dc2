"""Where a surface is hollow, and light comes in less: eye sockets, ears, between lips and fingers.

Shape suffixes: V vertices, F triangles, 3 coordinates in metres or corners.
"""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Array = NDArray[np.floating]


def hollows(rest_V3: Array, faces_F3: NDArray[np.int32]) -> Array:
    """How far each vertex (V,) lies in a hollow, 0 to 1: its neighbourhood stands before it."""
    edges = np.concatenate([faces_F3, np.roll(faces_F3, -1, axis=1)]).reshape(-1)
    ends = np.concatenate([np.roll(faces_F3, -1, axis=1), faces_F3]).reshape(-1)
    near_VV = sp.csr_matrix((np.ones(len(edges)), (edges, ends)), shape=(len(rest_V3),) * 2)
    near_VV = sp.diags(1 / np.maximum(near_VV.sum(axis=1).A1, 1)) @ near_VV
    first_F3, second_F3 = (rest_V3[faces_F3[:, corner]] - rest_V3[faces_F3[:, 0]] for corner in (1, 2))
    normals_V3 = np.zeros_like(rest_V3, np.float64)
    for corner in range(3):
        np.add.at(normals_V3, faces_F3[:, corner], np.cross(first_F3, second_F3))
    normals_V3 /= np.maximum(np.linalg.norm(normals_V3, axis=1, keepdims=True), 1e-12)
    hollow_V, smooth_V3 = np.zeros(len(rest_V3)), rest_V3.astype(np.float64)
    for rounds, depth_m in ((2, 0.0016), (6, 0.0045), (20, 0.012)):
        for _ in range(rounds):
            smooth_V3 = near_VV @ smooth_V3
        before_V = ((smooth_V3 - rest_V3) * normals_V3).sum(axis=1)
        hollow_V = np.maximum(hollow_V, np.clip(before_V / depth_m, 0, 1))
    return near_VV @ (near_VV @ hollow_V * 0.5 + hollow_V * 0.5)

"""A mesh's vertices among their neighbours: normals, and means around.

Shape suffixes: V vertices, P places (copies of one count once), F triangles, 3 coordinates or corners.
"""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Array = NDArray[np.floating]


def incidence(faces_F3: NDArray[np.int32], vertices: int) -> sp.csr_matrix:
    """Which triangles meet at each vertex, sparse (V, F)."""
    triangle = np.repeat(np.arange(len(faces_F3)), 3)
    return sp.csr_matrix((np.ones(faces_F3.size, np.float32), (faces_F3.ravel(), triangle)), (vertices, len(faces_F3)))


def vertex_normals(vertices_V3: Array, faces_F3: NDArray[np.int32], incidence_VF: sp.csr_matrix) -> Array:
    """Unit normals (V, 3): the mean of the triangles' around, weighted by area."""
    columns_3V = np.ascontiguousarray(vertices_V3.T)  # ten times faster to gather from and to multiply
    first_3F, second_3F, third_3F = (columns_3V[:, faces_F3[:, corner]] for corner in range(3))
    (ax, ay, az), (bx, by, bz) = second_3F - first_3F, third_3F - first_3F
    areas_F3 = np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], axis=1)
    normals_V3 = incidence_VF @ areas_F3
    length_V = np.sqrt(np.einsum("vc,vc->v", normals_V3, normals_V3))
    return normals_V3 / np.maximum(length_V, 1e-12)[:, None]


def around(faces_F3: NDArray[np.int32], place_V: NDArray[np.integer]) -> sp.csr_matrix:
    """Sparse (V, V): the mean of each vertex's neighbours; copies of one place (numbered by `place_V`) count as one."""
    joined_F3 = place_V[faces_F3]
    ends = joined_F3.ravel(), np.roll(joined_F3, -1, axis=1).ravel()
    places = int(place_V.max()) + 1
    edges_PP = sp.csr_matrix((np.ones(joined_F3.size), ends), shape=(places, places))
    edges_PP = (edges_PP + edges_PP.T > 0).astype(float)
    edges_PP.setdiag(0)
    copies_PV = sp.csr_matrix((np.ones(len(place_V)), (place_V, np.arange(len(place_V)))), shape=(places, len(place_V)))
    copies_PV = sp.diags(1 / copies_PV.sum(axis=1).A1) @ copies_PV
    mean_PV = sp.diags(1 / np.maximum(edges_PP.sum(axis=1).A1, 1)) @ edges_PP @ copies_PV
    return mean_PV[place_V]

"""A surface's vertices among their neighbours: normals, and means around.

Shape suffixes: V vertices, P places (copies of one count once), F triangles, 3 coordinates in metres or corners.
"""

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from lavimo.jit import njit

Array = NDArray[np.floating]


def vertex_normals(
    vertices_V3: Array, faces_F3: NDArray[np.integer], place_V: NDArray[np.integer] | None = None
) -> Array:
    """Unit normals (V, 3): the mean of the triangles' around, weighted by area.

    Args:
        vertices_V3: metres.
        faces_F3: counter-clockwise seen from outside.
        place_V: equal for vertices that share their triangles, such as the copies along a cut.
    """
    normals_V3 = np.zeros_like(vertices_V3)
    if place_V is None:
        _add_up(vertices_V3, faces_F3, faces_F3, normals_V3)
        return normals_V3
    _add_up(vertices_V3, faces_F3, place_V[faces_F3], normals_V3)
    return normals_V3[place_V]


def around(faces_F3: NDArray[np.integer], place_V: NDArray[np.integer]) -> sp.csr_matrix:
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


@njit(nogil=True, fastmath=True)
def _add_up(vertices_V3: Any, faces_F3: Any, places_F3: Any, normals_V3: Any) -> None:
    for face in range(len(faces_F3)):
        i, j, k = np.uint32(faces_F3[face, 0]), np.uint32(faces_F3[face, 1]), np.uint32(faces_F3[face, 2])
        ax, ay = vertices_V3[j, 0] - vertices_V3[i, 0], vertices_V3[j, 1] - vertices_V3[i, 1]
        az, bx = vertices_V3[j, 2] - vertices_V3[i, 2], vertices_V3[k, 0] - vertices_V3[i, 0]
        by, bz = vertices_V3[k, 1] - vertices_V3[i, 1], vertices_V3[k, 2] - vertices_V3[i, 2]
        x, y, z = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
        for corner in range(3):
            place = np.uint32(places_F3[face, corner])
            normals_V3[place, 0] += x
            normals_V3[place, 1] += y
            normals_V3[place, 2] += z
    for vertex in range(len(normals_V3)):
        x, y, z = normals_V3[vertex, 0], normals_V3[vertex, 1], normals_V3[vertex, 2]
        scale = 1 / max(np.sqrt(x * x + y * y + z * z), 1e-20)
        normals_V3[vertex, 0], normals_V3[vertex, 1], normals_V3[vertex, 2] = x * scale, y * scale, z * scale

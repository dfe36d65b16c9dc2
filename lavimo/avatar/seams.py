"""Cutting a mesh along lines, so that colours meet at crisp borders: each triangle ends up in one colour.

A cut adds vertices on edges only. A new vertex is a weighted mean of the body's own, so that it follows them in every
pose, and no texture and no UV map is needed: any SMPL-format body can be dressed.

Shape suffixes: V the body's vertices, N vertices after cutting, F triangles, E edges, 3 corners of a triangle or
coordinates.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Array = NDArray[np.floating]
Index = NDArray[np.integer]


@dataclass(frozen=True)
class Cloth:
    """A mesh under the scissors.

    Attributes:
        blend_NV: sparse; each vertex as a mean of the body's vertices.
        faces_F3: triangles over N.
        color_F: an index into a palette.
    """

    blend_NV: sp.csr_matrix
    faces_F3: Index
    color_F: Index

    @classmethod
    def of(cls, vertices: int, faces_F3: Index) -> "Cloth":
        """The uncut body in colour 0."""
        return cls(sp.identity(vertices, format="csr"), faces_F3.astype(np.int64), np.zeros(len(faces_F3), np.int64))

    def edges(self) -> tuple[Index, Index]:
        """The distinct edges (E, 2), and each triangle's three: corner 0 to 1, 1 to 2, 2 to 0 (F, 3)."""
        start_F3, end_F3 = self.faces_F3, np.roll(self.faces_F3, -1, axis=1)
        vertices = self.blend_NV.shape[0]
        keys_F3 = np.minimum(start_F3, end_F3) * vertices + np.maximum(start_F3, end_F3)
        keys_E, edge = np.unique(keys_F3, return_inverse=True)
        return np.stack(np.divmod(keys_E, vertices), axis=1), edge.reshape(-1, 3)

    def split(self, edges_E2: Index, edge_F3: Index, chosen_E: NDArray[np.bool_], where_E: Array) -> "Cloth":
        """Add a vertex on each chosen edge, at `where` from its first end (0) to its second (1)."""
        ends_N2, where_N = edges_E2[chosen_E], where_E[chosen_E]
        first_NV, second_NV = self.blend_NV[ends_N2[:, 0]], self.blend_NV[ends_N2[:, 1]]
        added_NV = sp.diags(1 - where_N) @ first_NV + sp.diags(where_N) @ second_NV
        middle_E = np.cumsum(chosen_E) - 1 + self.blend_NV.shape[0]
        cuts_F3 = chosen_E[edge_F3]
        count_F = cuts_F3.sum(axis=1)
        faces, colors = [self.faces_F3[count_F == 0]], [self.color_F[count_F == 0]]
        for count, pieces in ((1, _ONE), (2, _TWO), (3, _THREE)):
            chosen_F = np.flatnonzero(count_F == count)
            # Turn each triangle so that its first edge is the one that differs from the others.
            odd_F = cuts_F3[chosen_F].argmax(axis=1) if count == 1 else (~cuts_F3[chosen_F]).argmax(axis=1)
            turn_F3 = (odd_F[:, None] + np.arange(3)) % 3
            corners_F3 = np.take_along_axis(self.faces_F3[chosen_F], turn_F3, axis=1)
            middles_F3 = middle_E[np.take_along_axis(edge_F3[chosen_F], turn_F3, axis=1)]
            faces.append(np.concatenate([corners_F3, middles_F3], axis=1)[:, pieces].reshape(-1, 3))
            colors.append(np.repeat(self.color_F[chosen_F], len(pieces)))
        blend_NV = sp.vstack([self.blend_NV, added_NV], format="csr")
        return Cloth(blend_NV, np.concatenate(faces), np.concatenate(colors))

    def refine(self, rest_V3: Array, distance_N: Array, longest_m: float) -> "Cloth":
        """Halve, once, the edges longer than this that may meet the line where the distance is zero."""
        points_N3 = self.blend_NV @ rest_V3
        edges_E2, edge_F3 = self.edges()
        length_E = np.linalg.norm(points_N3[edges_E2[:, 0]] - points_N3[edges_E2[:, 1]], axis=1)
        chosen_E = (length_E > longest_m) & (np.abs(distance_N[edges_E2]).min(axis=1) < length_E)
        return self.split(edges_E2, edge_F3, chosen_E, np.full(len(edges_E2), 0.5))

    def paint(self, distance_N: Array, color: int) -> "Cloth":
        """Cut along the line where the distance is zero, and give what lies on the positive side a colour."""
        edges_E2, edge_F3 = self.edges()
        start_E, end_E = distance_N[edges_E2].T
        chosen_E = (start_E > 0) != (end_E > 0)
        where_E = np.divide(start_E, start_E - end_E, out=np.zeros_like(start_E), where=chosen_E)
        cut = self.split(edges_E2, edge_F3, chosen_E, where_E)
        all_N = np.concatenate([distance_N, np.zeros(chosen_E.sum())])
        inside_F = all_N[cut.faces_F3].sum(axis=1) > 0
        return Cloth(cut.blend_NV, cut.faces_F3, np.where(inside_F, color, cut.color_F))

    def unweld(self) -> tuple[sp.csr_matrix, Index, NDArray[np.int32]]:
        """One vertex for each colour that meets at a vertex: blend (N, V), colour (N,), faces (F, 3)."""
        colors = int(self.color_F.max()) + 1
        keys_N, corner = np.unique(self.faces_F3 * colors + self.color_F[:, None], return_inverse=True)
        vertex_N, color_N = np.divmod(keys_N, colors)
        return self.blend_NV[vertex_N], color_N, corner.reshape(-1, 3).astype(np.int32)


# A triangle's pieces by its corners 0, 1, 2 and its edges' new vertices 3 (between 0 and 1), 4 (1, 2), 5 (2, 0):
_ONE = np.array([[0, 3, 2], [3, 1, 2]])  # only the first edge is cut
_TWO = np.array([[0, 1, 4], [0, 4, 5], [5, 4, 2]])  # all but the first edge
_THREE = np.array([[0, 3, 5], [3, 1, 4], [5, 4, 2], [3, 4, 5]])

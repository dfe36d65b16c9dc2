"""An SMPL-format body: shape coefficients and joint rotations in, vertices out.

Shape suffixes: V vertices, J joints (24), B betas (10), T frames, F triangles, P pose directions (207).
"""

from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from lavimo.body.weights import SparseWeights

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Body:
    """The arrays of an SMPL-format model, float32, metres.

    Attributes:
        template_V3: the mean shape in the zero pose.
        shape_directions_V3B: offsets per unit of beta.
        joint_regressor_JV: rest joints from rest vertices.
        weights_VJ: skinning weights; each row sums to 1.
        faces_F3: triangles, int32, counter-clockwise seen from outside.
        pose_directions_V3P: pose blend shapes, or None, as the embedded body has none.
    """

    template_V3: Array
    shape_directions_V3B: Array
    joint_regressor_JV: Array
    weights_VJ: Array
    faces_F3: NDArray[np.int32]
    pose_directions_V3P: Array | None = None

    def rest(self, betas_B: Array) -> tuple[Array, Array]:
        """Vertices (V, 3) and joints (24, 3) of a shape in the zero pose, metres."""
        vertices_V3 = self.template_V3 + self.shape_directions_V3B @ betas_B.astype(np.float32)
        return vertices_V3, self.joint_regressor_JV @ vertices_V3

    def pose(self, rotations_TJ3: Array, translation_T3: Array, rest_V3: Array, rest_joints_J3: Array) -> Array:
        """Pose blend shapes, if there are, and linear blend skinning (SMPL, Loper et al. 2015, eq. 2 to 10).

        Args:
            rotations_TJ3: (T, 24, 3) axis-angle relative to the parent, radians.
            translation_T3: (T, 3) metres.
            rest_V3: (V, 3) vertices in the zero pose, from `rest`, dressed or not.
            rest_joints_J3: (24, 3) joints in the zero pose, from `rest`.

        Returns:
            (T, V, 3) vertices in metres.
        """
        from lavimo.body.skinning import posed  # numba takes a moment: only who poses waits for it

        frames = posed(
            self.sparse_weights, rest_V3, rest_joints_J3, rotations_TJ3, translation_T3, self.pose_directions_V3P
        )
        return np.stack(list(frames))

    @cached_property
    def sparse_weights(self) -> SparseWeights:
        """The weights as `posed` takes them."""
        return SparseWeights.of(self.weights_VJ)


@cache
def embedded_body() -> Body:
    """The CC0 body that the package carries (see body.md beside it)."""
    with np.load(str(files("lavimo.body") / "body.npz")) as file:
        vertices = len(file["v_template"])
        weights_VJ = np.zeros((vertices, 24), np.float32)
        np.put_along_axis(weights_VJ, file["w_idx"].astype(int), file["w"].astype(np.float32), axis=1)
        regressor_JV = np.zeros((24, vertices), np.float32)
        regressor_JV[file["j_row"], file["j_col"]] = file["j_val"]
        return Body(
            template_V3=file["v_template"].astype(np.float32),
            shape_directions_V3B=file["shapedirs"].astype(np.float32),
            joint_regressor_JV=regressor_JV,
            weights_VJ=weights_VJ / weights_VJ.sum(1, keepdims=True),
            faces_F3=file["f"].astype(np.int32),
        )

"""Skinning weights without their zeros: of 24 joints, few move a vertex.

Shape suffixes: V vertices, J joints (24), E weights that are not zero.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class SparseWeights(NamedTuple):
    """The weights of all vertices, one vertex after another.

    Attributes:
        starts: where each vertex's weights start, and where the last one's end, (V + 1).
        joint_E: the joint of each.
        weight_E: the weight.
    """

    starts: NDArray[np.int32]
    joint_E: NDArray[np.uint8]
    weight_E: NDArray[np.float32]

    @classmethod
    def of(cls, weights_VJ: NDArray[np.floating]) -> "SparseWeights":
        """Those of (V, 24) weights that are not zero."""
        flat_E = np.flatnonzero(weights_VJ)
        vertex_E, joint_E = np.divmod(flat_E, weights_VJ.shape[1])
        starts = np.searchsorted(vertex_E, np.arange(len(weights_VJ) + 1)).astype(np.int32)
        return cls(starts, joint_E.astype(np.uint8), weights_VJ.reshape(-1)[flat_E].astype(np.float32))

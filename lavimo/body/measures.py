"""Measures of a body in the zero pose.

Shape suffixes: V vertices, F triangles, J joints (24), 3 coordinates in metres (y up).
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.body.skeleton import JOINT

Array = NDArray[np.floating]


def leg_length(joints_J3: Array) -> float:
    """Hip to knee to ankle in metres, both legs' mean."""
    chains = [[JOINT[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle")] for side in ("left", "right")]
    return float(np.mean([np.linalg.norm(np.diff(joints_J3[chain], axis=0), axis=1).sum() for chain in chains]))


def height(vertices_V3: Array) -> float:
    """Sole to crown, metres."""
    return float(np.ptp(vertices_V3[:, 1]))


def volume(vertices_V3: Array, faces_F3: NDArray[np.integer]) -> float:
    """What a closed surface encloses, cubic metres: the sum of the tetrahedra between the origin and its triangles."""
    first_F3, second_F3, third_F3 = (vertices_V3[faces_F3[:, corner]].astype(np.float64) for corner in range(3))
    return float(np.einsum("fc,fc->", np.cross(first_F3, second_F3), third_F3) / 6)

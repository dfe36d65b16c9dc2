"""Where the body meets the floor when it is not the feet that carry it.

Shape suffixes: T frames, J joints (24), V vertices, 3 metres.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.body.skeleton import MIRROR
from lavimo.demo.solver.anatomy import anatomy

Array = NDArray[np.floating]


def lowest(rotations_TJ3: Array, translation_T3: Array) -> Array:
    """How high the body's lowest vertex is. (T,) metres, smoothed over a tenth of a second, never too high."""
    joints_J3, parts_KV = _parts()
    positions_TJ3, turns_TJ33 = forward_kinematics(matrices(rotations_TJ3), translation_T3, joints_J3)
    rows_TJ4 = np.concatenate([turns_TJ33[:, :, 1], positions_TJ3[:, :, 1:2]], -1)
    heights_T = (rows_TJ4.reshape(len(rows_TJ4), -1) @ parts_KV).min(1)
    padded_T = np.pad(heights_T, 2, mode="edge")
    least_T = np.lib.stride_tricks.sliding_window_view(padded_T, 3).min(1)
    return np.lib.stride_tricks.sliding_window_view(least_T, 3) @ np.full(3, 1 / 3)


@cache
def _parts() -> tuple[Array, Array]:
    """The joints of the zero pose, and what each joint's turn (3) and height (1) give to each vertex: (J * 4, V)."""
    body, joints_J3 = embedded_body(), anatomy().joints_J3
    vertices_V3 = body.rest(np.zeros(10, np.float32))[0]
    # With its mirror image, so that what is mirrored lies as high.
    vertices_V3 = np.concatenate([vertices_V3, vertices_V3 * [-1, 1, 1]])
    weights_JV = np.concatenate([body.weights_VJ, body.weights_VJ[:, MIRROR]]).T
    offsets_JV3 = vertices_V3 - joints_J3[:, None]
    parts_JV4 = np.concatenate([offsets_JV3, np.ones_like(offsets_JV3[..., :1])], -1) * weights_JV[..., None]
    return joints_J3, parts_JV4.transpose(0, 2, 1).reshape(-1, len(vertices_V3)).astype(np.float64)

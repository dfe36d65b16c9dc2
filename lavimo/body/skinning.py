"""Linear blend skinning, fast: forward kinematics of all frames at once, then a compiled pass over a frame's vertices.

Shape suffixes: V vertices, J joints (24), T frames, C frames of a chunk, P pose directions (207), E weights that are
not zero; 34 a joint's rotation and offset, side by side.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.body.weights import SparseWeights
from lavimo.jit import njit

Array = NDArray[np.float32]

CORRECTED_TOGETHER = 64
"""Frames whose pose blend shapes are one matrix product: their 17 MB are read once for all, and memory stays flat."""


def posed(
    weights: SparseWeights,
    rest_V3: Array,
    rest_joints_J3: Array,
    rotations_TJ3: Array,
    translation_T3: Array,
    pose_directions_V3P: Array | None = None,
) -> Iterator[Array]:
    """Each frame's vertices (V, 3) float32 in metres (SMPL, Loper et al. 2015, eq. 2 to 10).

    Args:
        weights: skinning weights of V vertices.
        rest_V3: (V, 3) vertices in the zero pose.
        rest_joints_J3: (24, 3) joints in the zero pose.
        rotations_TJ3: (T, 24, 3) axis-angle relative to the parent, radians.
        translation_T3: (T, 3) metres.
        pose_directions_V3P: (V, 3, 207) pose blend shapes: offsets in the zero pose for each entry of the rotations
            of all joints but the root, less the identity. None: there are none.
    """
    rotations_TJ33 = matrices(rotations_TJ3).astype(np.float32)
    positions_TJ3, orientations_TJ33 = forward_kinematics(rotations_TJ33, translation_T3, rest_joints_J3)
    offsets_TJ3 = positions_TJ3 - (orientations_TJ33 @ rest_joints_J3[..., None])[..., 0]
    transforms_TJ34 = np.concatenate([orientations_TJ33, offsets_TJ3[..., None]], axis=-1).astype(np.float32)
    rest_V3 = np.ascontiguousarray(rest_V3, np.float32)
    for start in range(0, len(rotations_TJ3), CORRECTED_TOGETHER):
        chunk = slice(start, start + CORRECTED_TOGETHER)
        transforms_CJ34 = transforms_TJ34[chunk]
        shaped_CV3: Iterable[Array] = [rest_V3] * len(transforms_CJ34)
        if pose_directions_V3P is not None:
            shaped_CV3 = _corrected(rest_V3, pose_directions_V3P, rotations_TJ33[chunk])
        for transforms_J34, shaped_V3 in zip(transforms_CJ34, shaped_CV3):
            vertices_V3 = np.empty_like(rest_V3)
            _blend(*weights, transforms_J34, shaped_V3, vertices_V3)
            yield vertices_V3


def _corrected(rest_V3: Array, pose_directions_V3P: Array, rotations_CJ33: Array) -> Array:
    features_CP = (rotations_CJ33[:, 1:] - np.eye(3, dtype=np.float32)).reshape(len(rotations_CJ33), -1)
    corrected_CV3 = (features_CP @ pose_directions_V3P.reshape(rest_V3.size, -1).T).reshape(-1, *rest_V3.shape)
    corrected_CV3 += rest_V3
    return corrected_CV3


@njit(nogil=True, fastmath=True)
def _blend(  # type: ignore[no-untyped-def]
    starts, joint_E, weight_E, transforms_J34, rest_V3, vertices_V3
):  # pragma: no cover - compiled
    for vertex in range(len(rest_V3)):
        x, y, z = rest_V3[vertex, 0], rest_V3[vertex, 1], rest_V3[vertex, 2]
        blended_x, blended_y, blended_z = np.float32(0), np.float32(0), np.float32(0)
        for entry in range(starts[vertex], starts[vertex + 1]):
            joint, weight = joint_E[entry], weight_E[entry]
            a, b, c = transforms_J34[joint, 0], transforms_J34[joint, 1], transforms_J34[joint, 2]
            blended_x += weight * (a[0] * x + a[1] * y + a[2] * z + a[3])
            blended_y += weight * (b[0] * x + b[1] * y + b[2] * z + b[3])
            blended_z += weight * (c[0] * x + c[1] * y + c[2] * z + c[3])
        vertices_V3[vertex, 0], vertices_V3[vertex, 1], vertices_V3[vertex, 2] = blended_x, blended_y, blended_z

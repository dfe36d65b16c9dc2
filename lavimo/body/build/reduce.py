"""Fewer triangles: the body at SMPL's resolution, with shapes, weights and joints carried over.

Shape suffixes: V the body's vertices, N vertices left, F triangles, J joints (24), B betas, 3 metres or corners.
"""

from dataclasses import dataclass

import fast_simplification
import numpy as np
import trimesh
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from lavimo.body.build.makehuman import BaseMesh

Array = NDArray[np.floating]

TRIANGLES = 13776
"""As many as SMPL has."""
LAYERS = ("body", "helper-l-eye", "helper-r-eye")


@dataclass(frozen=True)
class Model:
    """SMPL's arrays, float32."""

    template_V3: Array
    directions_V3B: Array
    weights_VJ: Array
    regressor_JV: Array
    faces_F3: NDArray[np.integer]
    body_faces: int
    """The first so many triangles are the body's, the others the eyeballs'."""


def body_and_eyes(
    mesh: BaseMesh, template_V3: Array, directions_V3B: Array, weights_VJ: Array, regressor_JV: Array
) -> Model:
    """The layers that are kept, as triangles."""
    triangles = [mesh.quads[layer][:, corners] for layer in LAYERS for corners in ([0, 1, 2], [0, 2, 3])]
    faces_F3 = np.concatenate(triangles)
    used = np.unique(faces_F3)
    renumbered_V = np.full(len(template_V3), -1)
    renumbered_V[used] = np.arange(len(used))
    return Model(
        template_V3[used].astype(np.float32),
        directions_V3B[used].astype(np.float32),
        weights_VJ[used].astype(np.float32),
        regressor_JV[:, used].astype(np.float32),
        renumbered_V[faces_F3],
        body_faces=2 * len(mesh.quads["body"]),
    )


def reduce(model: Model) -> Model:
    """Collapse edges until TRIANGLES are left; eyes stay as they are."""
    body_F3, eyes_F3 = model.faces_F3[: model.body_faces], model.faces_F3[model.body_faces :]
    template_V3 = model.template_V3.astype(np.float64)
    body = np.unique(body_F3)
    renumbered_V = np.full(len(template_V3), -1)
    renumbered_V[body] = np.arange(len(body))
    left_N3, left_F3 = template_V3[body].astype(np.float32), renumbered_V[body_F3].astype(np.int32)
    target = TRIANGLES - len(eyes_F3)
    for aggressiveness in (5, 7, 7, 7, 7, 7, 7):
        if len(left_F3) > target:
            left_N3, left_F3 = fast_simplification.simplify(left_N3, left_F3, target_count=target, agg=aggressiveness)
    # Each vertex left lies on a triangle of the body: its shape, weights and place are means of that one's corners.
    surface = trimesh.Trimesh(template_V3[body], renumbered_V[body_F3], process=False)
    foot_N3, _, triangle_N = trimesh.proximity.closest_point(surface, left_N3)
    mean_N3 = np.clip(trimesh.triangles.points_to_barycentric(surface.triangles[triangle_N], foot_N3), 0, 1)
    mean_N3 /= mean_N3.sum(1, keepdims=True)
    corners_N3 = body[renumbered_V[body_F3][triangle_N]]
    eyes = np.unique(eyes_F3)

    def carried(array_V: Array) -> Array:
        on_body = np.einsum("nk,nk...->n...", mean_N3, array_V[corners_N3].astype(np.float64))
        return np.concatenate([on_body, array_V[eyes]]).astype(np.float32)

    template_N3 = carried(model.template_V3)
    renumbered_V = np.full(len(template_V3), -1)
    renumbered_V[eyes] = np.arange(len(eyes)) + len(left_N3)
    # A joint's weight on a vertex goes to the four nearest of those left, the nearer the more.
    tree = cKDTree(template_N3[: len(left_N3)])
    regressor_JN = np.zeros((len(model.regressor_JV), len(template_N3)), np.float32)
    for joint, vertex in np.argwhere(model.regressor_JV > 0):
        distance, nearest = tree.query(template_V3[vertex], k=4)
        share = 1 / (distance + 1e-6)
        regressor_JN[joint, nearest] += model.regressor_JV[joint, vertex] * (share / share.sum())
    return Model(
        template_N3,
        carried(model.directions_V3B),
        carried(model.weights_VJ),
        regressor_JN,
        np.concatenate([left_F3, renumbered_V[eyes_F3]]),
        body_faces=len(left_F3),
    )

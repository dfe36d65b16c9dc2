"""An avatar dressed: the body of its shape, with cloth and hair, ready to be posed and coloured.

Shape suffixes: V the body's vertices with hair, N vertices after cutting along the seams, J joints (24), F triangles,
T frames.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from lavimo.avatar.avatar import Avatar, avatars, rgb
from lavimo.avatar.figure import Figure
from lavimo.avatar.fit import matched_betas
from lavimo.avatar.head import head, standing_hair
from lavimo.avatar.outfit import outfit
from lavimo.avatar.region import Region
from lavimo.avatar.seams import Cloth
from lavimo.body.body import Body, embedded_body
from lavimo.body.skeleton import JOINT
from lavimo.body.skinning import posed
from lavimo.body.smpl_file import body_file, read_smpl

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Dressed:
    """A dressed avatar.

    Attributes:
        rest_V3: vertices in the zero pose, with cloth and hair, metres.
        joints_J3: joints in the zero pose.
        weights_VJ: skinning weights.
        faces_F3: triangles over V, closed surfaces.
        blend_NV: sparse; each vertex to draw as a mean of posed ones.
        colors_N3: RGB from 0 to 1.
        drawn_faces_F3: triangles over N.
        pose_directions_V3P: pose blend shapes of a user's SMPL; None: the embedded body has none.
    """

    rest_V3: Array
    joints_J3: Array
    weights_VJ: Array
    faces_F3: NDArray[np.int32]
    blend_NV: sp.csr_matrix
    colors_N3: Array
    drawn_faces_F3: NDArray[np.int32]
    pose_directions_V3P: Array | None = None

    def poses(self, rotations_TJ3: Array, translation_T3: Array) -> Iterator[Array]:
        """Each frame's posed vertices (V, 3) in metres; arguments as of `Body.pose`."""
        return posed(
            self.weights_VJ, self.rest_V3, self.joints_J3, rotations_TJ3, translation_T3, self.pose_directions_V3P
        )


@cache
def dressed(name: str, bodies: Path | None = None) -> Dressed:
    """The avatar of that name, on the embedded body or on one of the user's SMPL files in the folder `bodies`.

    Raises:
        ValueError: no avatar has this name, or the folder has no sound file for it.
    """
    if name not in avatars():
        raise ValueError(f"found avatar {name!r}, expected one of {', '.join(avatars())}")
    avatar = avatars()[name]
    if bodies is None:
        return dress(embedded_body(), avatar)
    body = read_smpl(body_file(bodies, avatar.sex))
    betas = tuple(matched_betas(body, np.array(avatar.betas)).tolist())
    return dress(body, avatar.model_copy(update={"betas": betas}))


def dress(body: Body, avatar: Avatar) -> Dressed:
    """Put an avatar's shape, clothes, face and hair on an SMPL-format body."""
    bare_V3, joints_J3 = body.rest(np.array(avatar.betas, np.float32))
    figure = Figure.of(bare_V3, joints_J3)
    regions = [*outfit(avatar, figure), *head(avatar, figure)]
    rest_V3 = _thicken(bare_V3.astype(np.float64), body.faces_F3, regions)
    cloth, palette = _sew(bare_V3.astype(np.float64), body.faces_F3, avatar.skin, regions)
    weights_VJ, faces_F3 = body.weights_VJ, body.faces_F3
    for hair_V3, hair_F3 in standing_hair(avatar, figure):
        first, added = len(rest_V3), len(hair_V3)
        rest_V3 = np.concatenate([rest_V3, hair_V3])
        faces_F3 = np.concatenate([faces_F3, hair_F3 + first])
        weights_VJ = np.concatenate([weights_VJ, np.eye(24, dtype=np.float32)[[JOINT["head"]] * added]])
        drawn = cloth.blend_NV.shape[0]
        cloth = Cloth(
            sp.block_diag([cloth.blend_NV, sp.identity(added)], format="csr"),
            np.concatenate([cloth.faces_F3, hair_F3 + drawn]),
            np.concatenate([cloth.color_F, np.full(len(hair_F3), len(palette))]),
        )
        palette.append(avatar.hair.color)
    blend_NV, color_N, drawn_faces_F3 = cloth.unweld()
    return Dressed(
        rest_V3=rest_V3.astype(np.float32),
        joints_J3=joints_J3,
        weights_VJ=weights_VJ,
        faces_F3=faces_F3,
        blend_NV=blend_NV.astype(np.float32),
        colors_N3=np.array([rgb(color) for color in palette], np.float32)[color_N],
        drawn_faces_F3=drawn_faces_F3,
        pose_directions_V3P=_for_hair_too(body.pose_directions_V3P, len(rest_V3)),
    )


def _for_hair_too(pose_directions_V3P: Array | None, vertices: int) -> Array | None:
    """Pose blend shapes for the body's vertices and those added after them, which have none."""
    if pose_directions_V3P is None:
        return None
    added = np.zeros((vertices - len(pose_directions_V3P), *pose_directions_V3P.shape[1:]), np.float32)
    return np.concatenate([pose_directions_V3P, added])


def _sew(
    rest_V3: Array, faces_F3: NDArray[np.int32], skin_color: str, regions: list[Region]
) -> tuple[Cloth, list[str]]:
    """Cut the mesh along every region's outline; the palette's first colour is the skin's."""
    cloth = Cloth.of(len(rest_V3), faces_F3)
    for region in regions:
        if region.edge_m:
            for _ in range(3):
                cloth = cloth.refine(rest_V3, region.distance(cloth.blend_NV @ rest_V3), region.edge_m)
    for color, region in enumerate(regions, start=1):
        cloth = cloth.paint(region.distance(cloth.blend_NV @ rest_V3), color)
    return cloth, [skin_color, *(region.color for region in regions)]


def _thicken(rest_V3: Array, faces_F3: NDArray[np.int32], regions: list[Region]) -> Array:
    """Smooth the body where cloth hides it, and lift the cloth off along the body's normals."""
    edges = np.concatenate([faces_F3, np.roll(faces_F3, -1, axis=1)]).reshape(-1)
    ends = np.concatenate([np.roll(faces_F3, -1, axis=1), faces_F3]).reshape(-1)
    neighbours_VV = sp.csr_matrix((np.ones(len(edges)), (edges, ends)), shape=(len(rest_V3),) * 2)
    neighbours_VV = sp.diags(1 / np.maximum(neighbours_VV.sum(axis=1).A1, 1)) @ neighbours_VV
    incidence_VF = incidence(faces_F3, len(rest_V3))
    normals_V3 = vertex_normals(rest_V3, faces_F3, incidence_VF)
    shaped_V3, thickness_V = rest_V3.copy(), np.zeros(len(rest_V3))
    for region in regions:
        inside_V = np.clip(region.distance(rest_V3) / 0.012, 0, 1)
        smoothed_V3 = shaped_V3
        for _ in range(region.smooth):
            smoothed_V3 = smoothed_V3 + 0.6 * inside_V[:, None] * (neighbours_VV @ smoothed_V3 - smoothed_V3)
        moved_V3 = smoothed_V3 - shaped_V3
        if not region.reshapes:
            moved_V3 = (moved_V3 * normals_V3).sum(axis=1, keepdims=True) * normals_V3
        shaped_V3 = shaped_V3 + moved_V3
        thickness_V = np.maximum(thickness_V, region.thickness_m * inside_V)
    return shaped_V3 + thickness_V[:, None] * vertex_normals(shaped_V3, faces_F3, incidence_VF)


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

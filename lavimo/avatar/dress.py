"""An avatar dressed: the body of its shape, with cloth and hair and a painted picture around it, ready to be posed.

Shape suffixes: V vertices with hair and cloth, N vertices to draw (copies at the picture's seams), J joints (24), F
triangles, R regions, K texels, H and W the picture's sides, T frames.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.avatar import Avatar, avatars
from lavimo.avatar.garments.bottom import bottom
from lavimo.avatar.garments.hem import Cut
from lavimo.avatar.garments.shoes import feet, shoe_pair
from lavimo.avatar.garments.top import top
from lavimo.avatar.garments.trimming import trimmings
from lavimo.avatar.hair.loose import standing_hair
from lavimo.avatar.hair.scalp import scalp
from lavimo.avatar.shape.figure import Figure
from lavimo.avatar.shape.fit import matched_betas
from lavimo.avatar.shape.hollow import hollows
from lavimo.avatar.shape.lift import lifted, relaxed
from lavimo.avatar.shape.piece import hung_on, paint_pieces
from lavimo.avatar.shape.region import Region
from lavimo.avatar.texture.atlas import SIDE, Atlas, atlas
from lavimo.avatar.texture.face import paint_face
from lavimo.avatar.texture.mipmap import halved, texel_side
from lavimo.avatar.texture.paint import Canvas
from lavimo.avatar.texture.skin import paint_skin
from lavimo.body.body import Body, embedded_body
from lavimo.body.skeleton import JOINT
from lavimo.body.skinning import posed
from lavimo.body.smpl_file import body_file, read_smpl
from lavimo.body.surface import vertex_normals
from lavimo.body.weights import SparseWeights

Array = NDArray[np.floating]

IN_SHOE_M = 0.03
"""So far below the ankle joint a foot is out of sight."""
SHADED = (0.66, 0.58, 0.56)
"""What skin in a deep hollow keeps of its colours: what light there is has been reddened by skin."""


@dataclass(frozen=True)
class Dressed:
    """A dressed avatar.

    Attributes:
        rest_V3: vertices in the zero pose, with cloth and hair, metres.
        joints_J3: joints in the zero pose.
        weights_VJ: skinning weights.
        faces_F3: triangles over V, closed surfaces.
        source_N: the vertex of V that each vertex to draw is a copy of.
        uv_N2: where it is in the picture: right and down, (0, 0) the top left corner and (1, 1) the bottom right.
        drawn_faces_F3: the same triangles over N, but for what is hidden in a shoe.
        texture_HW3: the picture, 8-bit sRGB, its sides equal and a power of two.
        pose_directions_V3P: pose blend shapes of a user's SMPL; None: the embedded body has none.
    """

    rest_V3: Array
    joints_J3: Array
    weights_VJ: Array
    faces_F3: NDArray[np.int32]
    source_N: NDArray[np.int32]
    uv_N2: Array
    drawn_faces_F3: NDArray[np.int32]
    texture_HW3: NDArray[np.uint8]
    pose_directions_V3P: Array | None = None

    def poses(self, rotations_TJ3: Array, translation_T3: Array) -> Iterator[Array]:
        """Each frame's posed vertices (V, 3) in metres; arguments as of `Body.pose`."""
        return posed(
            self._sparse_weights, self.rest_V3, self.joints_J3, rotations_TJ3, translation_T3, self.pose_directions_V3P
        )

    def texture(self, pixel_m: float) -> NDArray[np.uint8]:
        """The picture, halved as long as its texels stay finer than a pixel of so many metres."""
        times = 0
        while 2 ** (times + 1) * self._texel_m < pixel_m:
            times += 1
        while len(self._mipmaps) <= times:
            self._mipmaps.append(halved(self._mipmaps[-1]))
        return self._mipmaps[times]

    @cached_property
    def _sparse_weights(self) -> SparseWeights:
        return SparseWeights.of(self.weights_VJ)

    @cached_property
    def _mipmaps(self) -> list[NDArray[np.uint8]]:
        return [self.texture_HW3]

    @cached_property
    def _texel_m(self) -> float:
        corners_F32, corners_F33 = (points[self.drawn_faces_F3] for points in (self.uv_N2, self.rest_V3[self.source_N]))
        return texel_side(corners_F32, corners_F33, len(self.texture_HW3))


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
    figure = Figure.of(bare_V3, joints_J3, body.faces_F3)
    upper, lower = top(avatar, figure), bottom(avatar, figure)
    regions = [*feet(avatar, figure), *(upper + lower if avatar.top.tucked else lower + upper), scalp(avatar, figure)]
    unwrapped = atlas(body)
    rest_V3, weights_VJ, directions_VK, faces_F3, corners_F32 = _sewn(body, bare_V3, figure, regions, unwrapped)
    in_shoe_F = (rest_V3[faces_F3, 1] < figure.y("ankle") - IN_SHOE_M).all(axis=1)
    texture_HW3 = unwrapped.picture(_painted(body, bare_V3, figure, avatar, regions, unwrapped))
    pieces = [
        shoe_pair(avatar, figure, bare_V3, body.weights_VJ),
        *standing_hair(avatar, figure, bare_V3, body.weights_VJ),
        *trimmings(avatar, figure, bare_V3, body.weights_VJ),
    ]
    paint_pieces(texture_HW3, pieces, unwrapped.spare)
    rest_V3, weights_VJ, faces_F3, corners_F32 = hung_on(
        (rest_V3, weights_VJ, faces_F3, corners_F32), pieces, unwrapped.spare
    )
    drawn_F = np.ones(len(faces_F3), bool)
    drawn_F[: len(in_shoe_F)] = ~in_shoe_F
    source_N, uv_N2, drawn_faces_F3 = _opened(faces_F3[drawn_F], corners_F32[drawn_F])
    return Dressed(
        rest_V3=rest_V3.astype(np.float32),
        joints_J3=joints_J3,
        weights_VJ=weights_VJ.astype(np.float32),
        faces_F3=faces_F3.astype(np.int32),
        source_N=source_N,
        uv_N2=uv_N2,
        drawn_faces_F3=drawn_faces_F3,
        texture_HW3=texture_HW3,
        pose_directions_V3P=_pose_directions(directions_VK, len(rest_V3)),
    )


def _pose_directions(directions_VK: Array, vertices: int) -> Array | None:
    """Pose blend shapes (V, 3, P) of the body's vertices and of the pieces' after them, which have none."""
    if not directions_VK.shape[1]:
        return None
    directions_V3P = np.zeros((vertices, 3, directions_VK.shape[1] // 3), np.float32)
    directions_V3P[: len(directions_VK)] = directions_VK.reshape(len(directions_VK), 3, -1)
    return directions_V3P


def _sewn(
    body: Body, bare_V3: Array, figure: Figure, regions: list[Region], unwrapped: Atlas
) -> tuple[Array, Array, Array, NDArray[np.int32], Array]:
    """The body cut along hems, its cloth lifted off: vertices, weights, pose blend shapes (V, 3 P), triangles, and
    these in the picture."""
    directions_VK = np.zeros((len(bare_V3), 0), np.float32)
    if body.pose_directions_V3P is not None:
        directions_VK = body.pose_directions_V3P.reshape(len(bare_V3), -1)
    distance_VR = np.stack([region.distance(bare_V3.astype(np.float64)) for region in regions], axis=1)
    cut = Cut(
        np.concatenate([bare_V3, body.weights_VJ, distance_VR, directions_VK], axis=1),
        body.faces_F3,
        unwrapped.corners_F32,
        np.arange(len(bare_V3)),
    )
    first = 3 + body.weights_VJ.shape[1]
    for column, region in enumerate(regions, start=first):
        if region.hem:
            cut = cut.along(column, region.distance)
    bare_V3, weights_VJ, distance_VR, directions_VK = np.split(cut.values_VC, [3, first, first + len(regions)], axis=1)
    rest_V3 = lifted(bare_V3, weights_VJ, cut.faces_F3, cut.place_V, distance_VR, regions)
    return relaxed(rest_V3, bare_V3, weights_VJ, figure), weights_VJ, directions_VK, cut.faces_F3, cut.corners_F32


def _painted(
    body: Body, bare_V3: Array, figure: Figure, avatar: Avatar, regions: list[Region], unwrapped: Atlas
) -> NDArray[np.uint8]:
    """The colours (K, 3) of the body's texels."""
    normals_V3 = vertex_normals(bare_V3, body.faces_F3)
    hollow_V1 = hollows(bare_V3, body.faces_F3)[:, None]
    head_V1 = body.weights_VJ[:, [JOINT["head"]]]
    values_KC = unwrapped.carried(
        np.concatenate([bare_V3, normals_V3, hollow_V1, head_V1, unwrapped.texel_m_V[:, None]], axis=1), body.faces_F3
    )
    points_K3, normals_K3, hollow_K, head_K, texel_m_K = np.split(values_KC, [3, 6, 7, 8], axis=1)
    canvas = Canvas.blank(np.ascontiguousarray(points_K3), np.ascontiguousarray(normals_K3), texel_m_K[:, 0])
    paint_skin(canvas, avatar, figure)
    front_K = (head_K[:, 0] > 0.2) & (points_K3[:, 2] > figure.z("head") + 0.01)
    paint_face(canvas.part(front_K), avatar, figure)
    canvas.tint(hollow_K[:, 0], SHADED)
    for region in regions:
        distance_K = region.covered(points_K3)
        near_K = distance_K > -0.02
        region.paint(canvas.part(near_K), distance_K[near_K])
    return canvas.bytes()


def _opened(
    faces_F3: NDArray[np.int32], corners_F32: Array
) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int32]]:
    """A vertex for each place in the picture that a vertex has: sources (N,), places (N, 2), triangles (F, 3)."""
    texels_C2 = np.round(corners_F32.reshape(-1, 2) * 64).astype(np.int64)
    keys_C = (faces_F3.ravel().astype(np.int64) << 40) | (texels_C2[:, 0] << 20) | texels_C2[:, 1]
    _, first_N, drawn_C = np.unique(keys_C, return_index=True, return_inverse=True)
    uv_N2 = (corners_F32.reshape(-1, 2)[first_N] / SIDE).astype(np.float32)
    return faces_F3.ravel()[first_N].astype(np.int32), uv_N2, drawn_C.reshape(-1, 3).astype(np.int32)

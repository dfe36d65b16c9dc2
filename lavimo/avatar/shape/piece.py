"""Things that stand away from the body and have a mesh of their own: a bun, a ponytail, a curtain of hair, a skirt.

Shape suffixes: R rings, A places around a ring, V vertices, F triangles, J joints (24), K texels, 2 place on the
surface: along and around, 0 to 1; 3 coordinates or corners.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.texture.atlas import rasterise

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Piece:
    """A closed mesh with its own rectangle of the picture.

    Attributes:
        vertices_V3: in the zero pose.
        weights_VJ: skinning weights.
        faces_F3: triangles.
        surface_F32: each corner's place on the surface.
        paint: from points (K, 3) and places (K, 2) to colours (K, 3).
    """

    vertices_V3: Array
    weights_VJ: Array
    faces_F3: NDArray[np.int32]
    surface_F32: Array
    paint: Callable[[Array, Array], Array]


def grid(points_RA3: Array, weights_RAJ: Array, paint: Callable[[Array, Array], Array], ring: bool = True) -> Piece:
    """A closed surface from rings, first and last of which are closed with a cap.

    Seen along the rings from the first, each ring's points go around clockwise. A torus-like sheet is made of rings
    that come back to themselves: `ring=False` joins the last ring to the first instead of capping them.
    """
    rings, around = points_RA3.shape[:2]
    here = np.arange(rings * around).reshape(rings, around)
    closed = here if ring else np.concatenate([here, here[:1]])
    along = np.linspace(0, 1, len(closed))
    turn = np.arange(around + 1) / around
    right = np.roll(closed, -1, axis=1)
    quads_Q4 = np.stack([closed[:-1], right[:-1], right[1:], closed[1:]], axis=-1).reshape(-1, 4)
    row, column = np.mgrid[0 : len(closed) - 1, 0:around].reshape(2, -1)
    places_Q42 = np.stack(
        [
            np.stack([along[row + down], turn[column + over]], axis=-1)
            for down, over in ((0, 0), (0, 1), (1, 1), (1, 0))
        ],
        axis=1,
    )
    vertices_V3, weights_VJ = points_RA3.reshape(-1, 3), weights_RAJ.reshape(rings * around, -1)
    faces = [quads_Q4[:, [0, 1, 2]], quads_Q4[:, [0, 2, 3]]]
    places = [places_Q42[:, [0, 1, 2]], places_Q42[:, [0, 2, 3]]]
    if ring:
        for cap, place, turned in ((0, 0.0, True), (rings - 1, 1.0, False)):
            middle = len(vertices_V3)
            vertices_V3 = np.concatenate([vertices_V3, points_RA3[cap].mean(axis=0)[None]])
            weights_VJ = np.concatenate([weights_VJ, weights_RAJ[cap].mean(axis=0)[None]])
            one, two = (right[cap], here[cap]) if turned else (here[cap], right[cap])
            faces.append(np.stack([np.full(around, middle), one, two], axis=1))
            places.append(
                np.stack(
                    [np.stack([np.full(around, place), turn[:-1] + shift], axis=1) for shift in (0.0, 0.0, 0.0)], 1
                )
            )
    piece = Piece(
        vertices_V3.astype(np.float32),
        weights_VJ.astype(np.float32),
        np.concatenate(faces).astype(np.int32),
        np.concatenate(places).astype(np.float32),
        paint,
    )
    return _outwards(piece)


def sweep(path_R3: Array, radii_R2: Array, across_3: Array, around: int = 14, closed: bool = False) -> Array:
    """Rings (R, A, 3): ellipses along a path. The first radius is along `across`, the second at right angles to it."""
    tangent_R3 = (
        np.gradient(np.concatenate([path_R3[-1:], path_R3, path_R3[:1]]), axis=0)[1:-1]
        if closed
        else np.gradient(path_R3, axis=0)
    )
    tangent_R3 /= np.linalg.norm(tangent_R3, axis=1, keepdims=True)
    second_R3 = np.cross(tangent_R3, across_3)
    second_R3 /= np.linalg.norm(second_R3, axis=1, keepdims=True)
    first_R3 = np.cross(second_R3, tangent_R3)
    turn_A = np.arange(around) * 2 * np.pi / around
    return (
        path_R3[:, None]
        + radii_R2[:, :1, None] * np.cos(turn_A)[None, :, None] * first_R3[:, None]
        + radii_R2[:, 1:, None] * np.sin(turn_A)[None, :, None] * second_R3[:, None]
    )


def joined(pieces: list[Piece]) -> Piece:
    """Several meshes painted as one, over one another in the same rectangle: for what has one colour."""
    first = np.cumsum([0, *(len(piece.vertices_V3) for piece in pieces)])
    return Piece(
        np.concatenate([piece.vertices_V3 for piece in pieces]),
        np.concatenate([piece.weights_VJ for piece in pieces]),
        np.concatenate([piece.faces_F3 + start for piece, start in zip(pieces, first, strict=False)]),
        np.concatenate([piece.surface_F32 for piece in pieces]),
        pieces[0].paint,
    )


def _outwards(piece: Piece) -> Piece:
    """The same with triangles counter-clockwise seen from outside: a closed surface has a positive volume then."""
    first_F3, second_F3, third_F3 = piece.vertices_V3.astype(np.float64)[piece.faces_F3].transpose(1, 0, 2)
    if (np.cross(first_F3, second_F3) * third_F3).sum() > 0:
        return piece
    return replace(piece, faces_F3=piece.faces_F3[:, ::-1], surface_F32=piece.surface_F32[:, ::-1])


MARGIN = 4
"""Texels between a piece's rectangle and the next."""


def _rectangles(pieces: list[Piece], spare: tuple[int, int, int, int]) -> list[tuple[int, int, int, int]]:
    """The spare rectangle in equal columns: left, top, width, height, each."""
    left, top, width, height = spare
    column = width // max(len(pieces), 1)
    return [
        (left + index * column + MARGIN, top + MARGIN, column - 2 * MARGIN, height - 2 * MARGIN)
        for index in range(len(pieces))
    ]


def paint_pieces(texture_HW3: NDArray[np.uint8], pieces: list[Piece], spare: tuple[int, int, int, int]) -> None:
    """Paint each piece's rectangle, and the margin around it in the colours of its border."""
    for piece, (left, top, width, height) in zip(pieces, _rectangles(pieces, spare), strict=True):
        size = np.array([width, height])
        texel_K, triangle_K, weights_K3 = rasterise(piece.surface_F32 * size, int(size.max()))
        corners_K3 = piece.faces_F3[triangle_K]
        points_K3 = np.einsum("kc,kca->ka", weights_K3, piece.vertices_V3[corners_K3])
        places_K2 = np.einsum("kc,kca->ka", weights_K3, piece.surface_F32[triangle_K])
        rows, columns = np.divmod(texel_K, int(size.max()))
        colors_HW3 = np.zeros((height, width, 3), np.uint8)
        colors_HW3[rows, columns] = np.clip(piece.paint(points_K3, places_K2), 0, 1) * 255 + 0.5
        framed_HW3 = np.pad(colors_HW3, ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0)), mode="edge")
        texture_HW3[top - MARGIN : top + height + MARGIN, left - MARGIN : left + width + MARGIN] = framed_HW3


Sewn = tuple[Array, Array, NDArray[np.int32], Array]


def hung_on(sewn: Sewn, pieces: list[Piece], spare: tuple[int, int, int, int]) -> Sewn:
    """Vertices, weights, triangles and their corners in the picture, with the pieces'."""
    vertices_V3, weights_VJ, faces_F3, corners_F32 = sewn
    for piece, (left, top, width, height) in zip(pieces, _rectangles(pieces, spare), strict=True):
        faces_F3 = np.concatenate([faces_F3, piece.faces_F3 + len(vertices_V3)])
        vertices_V3 = np.concatenate([vertices_V3, piece.vertices_V3])
        weights_VJ = np.concatenate([weights_VJ, piece.weights_VJ])
        corners_F32 = np.concatenate([corners_F32, piece.surface_F32 * [width, height] + [left, top]])
    return vertices_V3, weights_VJ, faces_F3, corners_F32

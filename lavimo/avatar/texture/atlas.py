"""A body unwrapped into a square picture: where each triangle lies in it, and which point each texel shows.

It is made once for a body, whoever wears it. Shape suffixes: V vertices, F triangles, K texels that show the body, H
and W the picture's sides, 2 texels right and down, 3 coordinates in metres, a triangle's corners, or RGB.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import xatlas
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from lavimo.body.body import Body
from lavimo.body.skeleton import JOINT
from lavimo.jit import njit

Array = NDArray[np.floating]

SIDE = 1024
"""The picture's side in texels: some 1.7 mm of body each."""
HEAD_SCALE = 2.1
"""How many times denser texels are on the head than elsewhere."""
PADDING = 6
"""Free texels around a chart, so that neither bilinear filtering nor two halvings of the picture mix charts."""
SPARE_M = (0.85, 0.60)
"""Room kept free for hair and cloth that stand away from the body, in metres of it."""


@dataclass(frozen=True)
class Atlas:
    """Where a body's surface is in its picture.

    Attributes:
        corners_F32: each triangle's corners in texels.
        texel_K: the texels that show the body, as indices into the flattened picture.
        triangle_K: which triangle each shows.
        weights_K3: and where on it, as weights of its corners.
        texel_m_V: a texel's side around each vertex of the mean shape, metres.
        nearest_HW: for each texel of the picture the nearest of the K.
        spare: left, top, width and height, in texels, of the free rectangle.
    """

    corners_F32: Array
    texel_K: NDArray[np.int64]
    triangle_K: NDArray[np.int64]
    weights_K3: Array
    texel_m_V: Array
    nearest_HW: NDArray[np.int64]
    spare: tuple[int, int, int, int]

    def carried(self, array_VC: Array, faces_F3: NDArray[np.int32]) -> Array:
        """A quantity of vertices (V, C) at the texels (K, C)."""
        return _carry(array_VC.astype(np.float32), faces_F3, self.triangle_K, self.weights_K3)

    def picture(self, colors_K3: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The texels' colours as a picture (H, W, 3); what shows nothing has its nearest texel's colour."""
        return colors_K3[self.nearest_HW]


def atlas(body: Body) -> Atlas:
    """A body's atlas, made on its mean shape, and kept: a second call is free."""
    # Blown up from below the head, so that the neck between is stretched and not crushed.
    neck_3 = body.joint_regressor_JV[JOINT["neck"]] @ body.template_V3
    scale_V1 = 1 + (HEAD_SCALE - 1) * body.weights_VJ[:, [JOINT["head"]]]
    blown_V3 = neck_3 + (body.template_V3 - neck_3) * scale_V1
    arrays = (blown_V3, body.template_V3, body.faces_F3)
    return _kept(*(np.ascontiguousarray(array).tobytes() for array in arrays))


@lru_cache(maxsize=8)
def _kept(blown: bytes, template: bytes, faces: bytes) -> Atlas:
    blown_V3 = np.frombuffer(blown, np.float32).reshape(-1, 3)
    template_V3 = np.frombuffer(template, np.float32).reshape(-1, 3)
    faces_F3 = np.frombuffer(faces, np.int32).reshape(-1, 3)
    corners_F32, spare = _unwrap(blown_V3, faces_F3)
    texel_K, triangle_K, weights_K3 = rasterise(corners_F32, SIDE)
    shown_HW = np.zeros(SIDE * SIDE, bool)
    shown_HW[texel_K] = True
    rows_HW, columns_HW = distance_transform_edt(
        ~shown_HW.reshape(SIDE, SIDE), return_distances=False, return_indices=True
    )
    rank_HW = np.cumsum(shown_HW) - 1
    return Atlas(
        corners_F32=corners_F32,
        texel_K=texel_K,
        triangle_K=triangle_K,
        weights_K3=weights_K3,
        texel_m_V=_texel_m(template_V3, faces_F3, corners_F32),
        nearest_HW=rank_HW[rows_HW * SIDE + columns_HW],
        spare=spare,
    )


def _unwrap(blown_V3: Array, faces_F3: NDArray[np.int32]) -> tuple[Array, tuple[int, int, int, int]]:
    """Each triangle's corners in texels (F, 3, 2), and the rectangle that stays free."""
    width_m, height_m = SPARE_M
    spare_43 = np.array([[0, 0, 0], [width_m, 0, 0], [width_m, height_m, 0], [0, height_m, 0]], np.float32) + 9
    packer = xatlas.Atlas()
    packer.add_mesh(blown_V3.astype(np.float32), faces_F3.astype(np.uint32))
    packer.add_mesh(spare_43, np.array([[0, 1, 2], [0, 2, 3]], np.uint32))
    options = xatlas.PackOptions()
    options.resolution, options.padding, options.bilinear = SIDE, PADDING, True
    packer.generate(pack_options=options)
    assert packer.atlas_count == 1
    texels = SIDE / max(packer.width, packer.height) * np.array([packer.width, packer.height])
    _, indices_F3, uv_N2 = packer.get_mesh(0)
    low_2, high_2 = (packer.get_mesh(1)[2] * texels).min(axis=0), (packer.get_mesh(1)[2] * texels).max(axis=0)
    left, top = np.ceil(low_2).astype(int).tolist()
    right, bottom = np.floor(high_2).astype(int).tolist()
    return (uv_N2 * texels)[indices_F3].astype(np.float32), (left, top, right - left, bottom - top)


def _texel_m(template_V3: Array, faces_F3: NDArray[np.int32], corners_F32: Array) -> Array:
    """A texel's side (V,) in metres: a mean over the triangles around, lest borders painted by it be ragged."""
    surface_V, picture_V = (
        np.bincount(faces_F3.ravel(), np.repeat(_areas(triangles), 3), len(template_V3))
        for triangles in (template_V3[faces_F3], corners_F32)
    )
    size_F = np.sqrt(surface_V / np.maximum(picture_V, 1e-3))[faces_F3].mean(axis=1)
    around_V = np.bincount(faces_F3.ravel(), minlength=len(template_V3))
    return np.bincount(faces_F3.ravel(), np.repeat(size_F, 3), len(template_V3)) / np.maximum(around_V, 1)


def _areas(triangles_F3C: Array) -> Array:
    """Areas (F,) of triangles in the plane or in space."""
    first_FC, second_FC = triangles_F3C[:, 1] - triangles_F3C[:, 0], triangles_F3C[:, 2] - triangles_F3C[:, 0]
    squares_F = (first_FC**2).sum(axis=1) * (second_FC**2).sum(axis=1) - (first_FC * second_FC).sum(axis=1) ** 2
    return np.sqrt(np.maximum(squares_F, 0)) / 2


def rasterise(corners_F32: Array, side: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """The texels whose middle a triangle covers: indices (K,), triangles (K,) and weights of their corners (K, 3)."""
    triangle_HW = np.full(side * side, -1, np.int64)
    weights_HW3 = np.empty((side * side, 3), np.float32)
    _rasterise(corners_F32.astype(np.float32), side, triangle_HW, weights_HW3)
    texel_K = np.flatnonzero(triangle_HW >= 0)
    return texel_K, triangle_HW[texel_K], weights_HW3[texel_K]


@njit()
def _rasterise(corners_F32, side, triangle_HW, weights_HW3):  # type: ignore[no-untyped-def]
    for triangle in range(len(corners_F32)):
        corners = corners_F32[triangle]
        ax, ay = corners[1] - corners[0]
        bx, by = corners[2] - corners[0]
        double_area = ax * by - ay * bx
        if abs(double_area) < 1e-9:
            continue
        for row in range(max(0, int(corners[:, 1].min() - 0.5)), min(side, int(corners[:, 1].max() + 1))):
            for column in range(max(0, int(corners[:, 0].min() - 0.5)), min(side, int(corners[:, 0].max() + 1))):
                x, y = column + 0.5 - corners[0, 0], row + 0.5 - corners[0, 1]
                second, third = (x * by - y * bx) / double_area, (ax * y - ay * x) / double_area
                first = 1 - second - third
                if min(first, second, third) >= -1e-5:
                    texel = row * side + column
                    triangle_HW[texel] = triangle
                    weights_HW3[texel, 0], weights_HW3[texel, 1], weights_HW3[texel, 2] = first, second, third


@njit()
def _carry(array_VC, faces_F3, triangle_K, weights_K3):  # type: ignore[no-untyped-def]
    carried_KC = np.empty((len(triangle_K), array_VC.shape[1]), np.float32)
    for texel in range(len(triangle_K)):
        first, second, third = faces_F3[triangle_K[texel]]
        a, b, c = weights_K3[texel]
        for channel in range(array_VC.shape[1]):
            carried_KC[texel, channel] = (
                a * array_VC[first, channel] + b * array_VC[second, channel] + c * array_VC[third, channel]
            )
    return carried_KC

"""The soft shadow that a person casts on the floor.

Shape suffixes: V vertices, F triangles, G cells along the shadow's side, H height, W width, 2 and 3 coordinates
(metres, y up) or RGB.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.jit import njit

Array = NDArray[np.float32]

CELL_M = 0.03
CELLS = 120
RIM = 6
"""Cells at the grid's edges that stay light: a very long shadow ends there, softly."""
STRENGTH = 0.5
"""How much of the floor's light a full shadow takes."""
HIGH_M = 0.35
"""What is higher casts a softer shadow, as under a lamp with a size."""


@dataclass(frozen=True)
class Shadow:
    """Darkness on the floor.

    Attributes:
        darkness_GG: from 0 to 1 at the cells' centres, rows along z and columns along x.
        corner: x and z of the corner of the first cell, metres.
    """

    darkness_GG: Array
    corner: tuple[float, float]


def cast(vertices_V3: Array, faces_F3: NDArray[np.int32], light_3: Array) -> Shadow:
    """The shadow of a surface.

    The projections of vertices and triangles' middles fill a grid, which is blurred, more for what is high.

    Args:
        vertices_V3: float32, metres; neighbours at most three cells apart.
        faces_F3: triangles over V.
        light_3: float32 unit vector towards the light.
    """
    filled_2GG = np.zeros((2, CELLS, CELLS), np.float32)
    corner_x, corner_z = _fill(vertices_V3, faces_F3, light_3, filled_2GG)
    darkness_GG = np.empty((CELLS, CELLS), np.float32)
    _soften(filled_2GG, darkness_GG)
    return Shadow(darkness_GG, (corner_x * CELL_M, corner_z * CELL_M))


@njit(nogil=True)
def _fill(vertices_V3: Any, faces_F3: Any, light_3: Any, filled_2GG: Any) -> tuple[int, int]:
    """Fill the cells of low and of high points; returns the first cell's place in the world's grid."""
    across, along = light_3[0] / light_3[1], light_3[2] / light_3[1]
    low_x = low_z = np.float32(1e30)
    high_x = high_z = np.float32(-1e30)
    for vertex in range(len(vertices_V3)):
        x = vertices_V3[vertex, 0] - vertices_V3[vertex, 1] * across
        z = vertices_V3[vertex, 2] - vertices_V3[vertex, 1] * along
        low_x, high_x, low_z, high_z = min(low_x, x), max(high_x, x), min(low_z, z), max(high_z, z)
    corner_x = int(np.floor((low_x + high_x) / 2 / CELL_M)) - CELLS // 2
    corner_z = int(np.floor((low_z + high_z) / 2 / CELL_M)) - CELLS // 2
    third, per_cell = np.float32(1 / 3), np.float32(1 / CELL_M)
    for index in range(len(vertices_V3) + len(faces_F3)):
        if index < len(vertices_V3):
            x, y, z = vertices_V3[index, 0], vertices_V3[index, 1], vertices_V3[index, 2]
        else:
            face = index - len(vertices_V3)
            i, j, k = faces_F3[face, 0], faces_F3[face, 1], faces_F3[face, 2]
            x = (vertices_V3[i, 0] + vertices_V3[j, 0] + vertices_V3[k, 0]) * third
            y = (vertices_V3[i, 1] + vertices_V3[j, 1] + vertices_V3[k, 1]) * third
            z = (vertices_V3[i, 2] + vertices_V3[j, 2] + vertices_V3[k, 2]) * third
        column = int(np.floor((x - y * across) * per_cell)) - corner_x
        row = int(np.floor((z - y * along) * per_cell)) - corner_z
        if RIM <= column < CELLS - RIM and RIM <= row < CELLS - RIM:
            filled_2GG[1 if y > HIGH_M else 0, row, column] = 1
    return corner_x, corner_z


@njit(nogil=True, fastmath=True)
def _soften(filled_2GG: Any, darkness_GG: Any) -> None:
    """Blur by boxes, twice each way, and keep the darker of the two."""
    line = np.empty(CELLS + 1, np.float32)
    darkness_GG[:] = 0
    for level in range(2):
        reach = 1 + level
        share = np.float32(1 / (2 * reach + 1))
        grid_GG = filled_2GG[level]
        for turn in range(4):
            lines_GG = grid_GG if turn % 2 else grid_GG.T
            for index in range(CELLS):
                total = np.float32(0)
                line[0] = 0
                for cell in range(CELLS):
                    total += lines_GG[index, cell]
                    line[cell + 1] = total
                for cell in range(CELLS):
                    most, least = min(cell + reach + 1, CELLS), max(cell - reach, 0)
                    lines_GG[index, cell] = (line[most] - line[least]) * share
        for row in range(CELLS):
            for column in range(CELLS):
                dark = min(np.float32(1), np.float32(1.3) * grid_GG[row, column]) * np.float32(STRENGTH)
                darkness_GG[row, column] = max(darkness_GG[row, column], dark)


@njit(nogil=True, fastmath=True)
def darken(picture_HW3: Any, floor_HW2: Any, darkness_GG: Any, corner_x: float, corner_z: float) -> None:
    """Take the shadow's light from a picture of the floor, in place; `floor_HW2` is x and z of each pixel's floor."""
    per_cell, half, one = np.float32(1 / CELL_M), np.float32(0.5), np.float32(1)
    first_x, first_z = np.float32(corner_x), np.float32(corner_z)
    for row in range(len(picture_HW3)):
        for column in range(picture_HW3.shape[1]):
            x = (floor_HW2[row, column, 0] - first_x) * per_cell - half
            z = (floor_HW2[row, column, 1] - first_z) * per_cell - half
            if not (0 <= x < CELLS - 1 and 0 <= z < CELLS - 1):  # NaN: no floor
                continue
            x0, z0 = np.uint32(x), np.uint32(z)
            fx, fz = x - np.float32(x0), z - np.float32(z0)
            near = darkness_GG[z0, x0] + fx * (darkness_GG[z0, x0 + 1] - darkness_GG[z0, x0])
            far = darkness_GG[z0 + 1, x0] + fx * (darkness_GG[z0 + 1, x0 + 1] - darkness_GG[z0 + 1, x0])
            dark = near + fz * (far - near)
            if dark > 0:
                for channel in range(3):
                    value = np.float32(picture_HW3[row, column, channel]) * (one - dark)
                    picture_HW3[row, column, channel] = np.uint8(value + half)

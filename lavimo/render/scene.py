"""What a picture shows besides the person: floor, light and shadow; plain arrays, whatever draws them.

Shape suffixes: N vertices, F triangles, P points, G cells along the shadow's side, 3 coordinates (metres, y up) or RGB
(0 to 1, as displayed).
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from lavimo.render.camera import Camera

Array = NDArray[np.float32]
Color = tuple[float, float, float]

TILE_M = 0.5
FLOOR_TILES = 44
FADE_M = (3.0, 10.5)
"""Between these distances from its middle the floor becomes the background: it has no edge."""

SHADOW_CELL_M = 0.03
SHADOW_CELLS = 120
SHADOW_STRENGTH = 0.5
"""How much of the floor's light a full shadow takes."""


@dataclass(frozen=True)
class Scene:
    """A clip's scene.

    Attributes:
        camera: static.
        background, floor: colours, RGB from 0 to 1.
        light: unit vector towards the light.
        middle: where the floor's fine part is, (x, z) metres.
    """

    camera: Camera
    background: Color
    floor: Color
    light: tuple[float, float, float]
    middle: tuple[float, float]

    def to_json(self) -> dict[str, Any]:
        """As nested dicts and numbers."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Scene":
        """From what `to_json` gave, after a journey through JSON."""
        camera = values["camera"]
        tuples = {key: tuple(value) for key, value in values.items() if key != "camera"}
        return cls(camera=Camera(**{**camera, "position": tuple(camera["position"])}), **tuples)


def floor_mesh(scene: Scene) -> tuple[Array, Array, NDArray[np.int32]]:
    """A checker floor at y = 0 that fades into the background: vertices (N, 3), colours (N, 3), faces (F, 3)."""
    steps = (np.arange(FLOOR_TILES + 1) - FLOOR_TILES / 2) * TILE_M
    row, column = np.mgrid[0:FLOOR_TILES, 0:FLOOR_TILES].reshape(2, -1)
    x_N = steps[np.stack([column, column, column + 1, column + 1], axis=1)].ravel()
    z_N = steps[np.stack([row, row + 1, row + 1, row], axis=1)].ravel()
    # The middle moves by whole pairs of tiles, so that the checker stays where it is in the world.
    offset = np.round(np.array(scene.middle) / (2 * TILE_M)) * (2 * TILE_M)
    vertices_N3 = np.stack([x_N + offset[0], np.zeros_like(x_N), z_N + offset[1]], axis=1)
    tone_N = np.repeat(np.where((row + column) % 2, 1.0, 0.86), 4)
    fade_N = np.clip((np.hypot(x_N, z_N) - FADE_M[0]) / (FADE_M[1] - FADE_M[0]), 0, 1)
    fade_N1 = (fade_N * fade_N * (3 - 2 * fade_N))[:, None]
    colors_N3 = (1 - fade_N1) * tone_N[:, None] * np.array(scene.floor) + fade_N1 * np.array(scene.background)
    first_F = np.arange(FLOOR_TILES**2)[:, None] * 4
    faces_F3 = np.concatenate([first_F + [0, 1, 2], first_F + [0, 2, 3]])
    return vertices_N3.astype(np.float32), colors_N3.astype(np.float32), faces_F3.astype(np.int32)


def brightness(normals_N3: Array, light_3: Array) -> Array:
    """Light on vertices (N,): a key light, wrapped a little round the form, and a sky brighter than the ground."""
    key_N = np.clip((normals_N3 @ light_3 + 0.15) / 1.15, 0, 1)
    return 0.52 + 0.10 * normals_N3[:, 1] + 0.45 * key_N


def shadow(points_P3: Array, light_3: Array) -> tuple[Array, tuple[float, float]]:
    """The soft shadow that points cast on the floor: darkness (G, G) from 0 to 1, rows along z and columns along x.

    The points' projections fill a grid, which is blurred: little for what is near the floor, more for what is high,
    as under a lamp with a size.

    Args:
        points_P3: (P, 3) a surface's points, at most three cells apart.
        light_3: unit vector towards the light.

    Returns:
        the grid, and the x and z of its corner in metres; its side is SHADOW_CELLS * SHADOW_CELL_M.
    """
    on_floor_P2 = points_P3[:, [0, 2]] - points_P3[:, 1:2] * (light_3[[0, 2]] / light_3[1])
    cells_P2 = np.floor(on_floor_P2 / SHADOW_CELL_M).astype(np.int64)
    corner_2 = (cells_P2.min(axis=0) + cells_P2.max(axis=0)) // 2 - SHADOW_CELLS // 2
    cells_P2 -= corner_2
    # The rim stays light, so that the shadow ends softly where a very long one leaves the grid.
    inside_P = ((cells_P2 >= 6) & (cells_P2 < SHADOW_CELLS - 6)).all(axis=1)
    index_P = cells_P2[:, 1] * SHADOW_CELLS + cells_P2[:, 0]
    low_P = points_P3[:, 1] < 0.35
    size = SHADOW_CELLS**2
    darkness_GG = np.zeros((SHADOW_CELLS, SHADOW_CELLS), np.float32)
    for chosen_P, blur in ((inside_P & low_P, 3), (inside_P & ~low_P, 5)):
        filled = (np.bincount(index_P[chosen_P], minlength=size) > 0).astype(np.float32)
        soft_GG = filled.reshape(SHADOW_CELLS, SHADOW_CELLS)
        for _ in range(2):
            soft_GG = uniform_filter(soft_GG, blur, mode="constant")
        darkness_GG = np.maximum(darkness_GG, np.minimum(1, 1.3 * soft_GG))
    corner_x, corner_z = (corner_2 * SHADOW_CELL_M).tolist()
    return SHADOW_STRENGTH * darkness_GG, (corner_x, corner_z)

"""What stands behind the person and never moves: floor and background, drawn once a clip.

Shape suffixes: H height, W width, 2 x and z on the floor (metres), 3 coordinates or RGB.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.jit import njit
from lavimo.scene.camera import Camera
from lavimo.scene.scene import Scene

Array = NDArray[np.floating]

FADE_M = (3.0, 10.5)
"""Between these distances from its middle the floor becomes the background: it has no edge."""
DARK_TILE = 0.86


@dataclass(frozen=True)
class Backdrop:
    """An empty scene as the camera sees it.

    Attributes:
        picture_HW3: uint8 RGB.
        floor_HW2: x and z of the floor under each pixel's centre, metres; NaN where there is none.
        floor_to_pixels_33: takes (x, z, 1) on the floor, metres, to (column, row, 1) times the depth in metres.
    """

    picture_HW3: NDArray[np.uint8]
    floor_HW2: NDArray[np.float32]
    floor_to_pixels_33: NDArray[np.float64]


def backdrop(scene: Scene, size_px: int) -> Backdrop:
    """The empty scene: a checker floor at y = 0 that fades into the background, or one colour where it has no floor."""
    picture_HW3 = np.empty((size_px, size_px, 3), np.uint8)
    picture_HW3[:] = np.rint(np.array(scene.background) * 255)
    floor_HW2 = np.full((size_px, size_px, 2), np.nan, np.float32)
    if scene.floor is not None:
        camera_to_world_44 = scene.camera.camera_to_world()
        _floor(
            *(np.ascontiguousarray(camera_to_world_44[:3, :3]), camera_to_world_44[:3, 3].copy()),
            np.tan(np.radians(scene.camera.yfov_degrees) / 2),
            *(np.array(scene.middle), scene.tile_m),
            *(np.array(scene.floor) * 255, np.array(scene.background) * 255),
            *(picture_HW3, floor_HW2),
        )
    return Backdrop(picture_HW3, floor_HW2, _floor_to_pixels(scene.camera, size_px))


def _floor_to_pixels(camera: Camera, size_px: int) -> NDArray[np.float64]:
    camera_to_world_44 = camera.camera_to_world()
    right_3, up_3, back_3 = camera_to_world_44[:3, :3].T
    half_px, eye_3 = size_px / 2, camera_to_world_44[:3, 3]
    focal_px = half_px / np.tan(np.radians(camera.yfov_degrees) / 2)
    axes_33 = np.stack([focal_px * right_3 - half_px * back_3, -focal_px * up_3 - half_px * back_3, -back_3])
    return np.column_stack([axes_33[:, 0], axes_33[:, 2], -axes_33 @ eye_3])


@njit(nogil=True)
def _floor(
    axes_33: Any,
    eye_3: Any,
    tangent: float,
    middle_2: Any,
    tile_m: float,
    color_3: Any,
    background_3: Any,
    picture_HW3: Any,
    floor_HW2: Any,
) -> None:
    """The floor's colours on the picture, each the mean over a pixel's footprint, and where each pixel's floor is."""
    size_px = len(picture_HW3)
    step = 2 * tangent / size_px
    for row in range(size_px):
        for column in range(size_px):
            right, up = (column + 0.5) * step - tangent, tangent - (row + 0.5) * step
            x, z = _on_floor(axes_33, eye_3, right, up)
            floor_HW2[row, column, 0], floor_HW2[row, column, 1] = x, z
            away = np.sqrt((x - middle_2[0]) ** 2 + (z - middle_2[1]) ** 2)
            if not away < FADE_M[1]:  # NaN: no floor
                continue
            fade = max((away - FADE_M[0]) / (FADE_M[1] - FADE_M[0]), 0.0)
            fade = fade * fade * (3 - 2 * fade)
            aside_x, aside_z = _on_floor(axes_33, eye_3, right + step, up)
            below_x, below_z = _on_floor(axes_33, eye_3, right, up - step)
            width = max(abs(aside_x - x), abs(below_x - x)) / tile_m
            depth = max(abs(aside_z - z), abs(below_z - z)) / tile_m
            odd = 0.5 - 0.5 * _mean_wave(x / tile_m, width) * _mean_wave(z / tile_m, depth)
            tone = (1 - fade) * (DARK_TILE + (1 - DARK_TILE) * odd)
            for channel in range(3):
                picture_HW3[row, column, channel] = np.uint8(
                    tone * color_3[channel] + fade * background_3[channel] + 0.5
                )


@njit(nogil=True)
def _mean_wave(place: float, width: float) -> float:
    """The mean, over a width around a place, of the wave that is 1 in every second interval of length 1 and -1 between:
    from its integral, a wave of triangles."""
    width = max(width, 1e-6)
    first, last = (place - width / 2) % 2, (place + width / 2) % 2
    return float((abs(first - 1) - abs(last - 1)) / width)


@njit(nogil=True)
def _on_floor(axes_33: Any, eye_3: Any, right: float, up: float) -> tuple[float, float]:
    """x and z where a ray through the picture meets y = 0; NaN where it does not."""
    ray_y = axes_33[1, 0] * right + axes_33[1, 1] * up - axes_33[1, 2]
    length = -eye_3[1] / ray_y if ray_y < 0 else np.nan
    x = eye_3[0] + length * (axes_33[0, 0] * right + axes_33[0, 1] * up - axes_33[0, 2])
    z = eye_3[2] + length * (axes_33[2, 0] * right + axes_33[2, 1] * up - axes_33[2, 2])
    return x, z

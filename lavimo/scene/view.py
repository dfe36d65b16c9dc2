"""Where the camera stands, and the colours and the light of a clip's scene, drawn from its name.

Shape suffixes: T frames, J joints (24), V vertices, 3 coordinates in metres (y up) or axis-angle in radians.
"""

import colorsys

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.avatar import clip_generator
from lavimo.avatar.dress import Dressed
from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.config import AnimateOptions
from lavimo.motion.motion import Motion
from lavimo.scene.camera import Frustum
from lavimo.scene.scene import Color, Scene

Array = NDArray[np.float32]

VIEWS_TRIED = 16
FRAMES_TRIED = 200
LEAST_HEIGHT = 0.3
"""Of the frame's height, what the person's joints should span in the median frame."""
PLAIN = (0.62, 0.62, 0.62)
"""The background where there is no floor."""


def draw_scene(clip: str, person: Dressed, motion: Motion, translation_T3: Array, options: AnimateOptions) -> Scene:
    """A static camera that sees every vertex of every frame, colours and light, drawn within the options' ranges.

    Views and the rest are drawn apart, and the rest in a fixed order: another range of views, or no floor, changes
    nothing else.
    """
    frustum = choose_view(person, motion, translation_T3, options, clip_generator(clip, options.seed, "view"))
    low_3, high_3 = np.full(3, np.inf), np.full(3, -np.inf)
    for vertices_V3 in person.poses(motion.rotations_TJ3, translation_T3):
        vertices_3V = np.ascontiguousarray(vertices_V3.T)
        frustum.include(vertices_3V.T)
        low_3, high_3 = np.minimum(low_3, vertices_3V.min(axis=1)), np.maximum(high_3, vertices_3V.max(axis=1))
    middle_x, _, middle_z = ((low_3 + high_3) / 2).tolist()
    rng = clip_generator(clip, options.seed, "scene")
    background, floor = _color(rng, options.background_lightness), _color(rng, options.floor_lightness)
    tile_m = rng.uniform(*options.tile_m)
    light_azimuth = frustum.azimuth_degrees + rng.uniform(*options.light_azimuth_degrees)
    light_elevation = rng.uniform(*options.light_elevation_degrees)
    plain = options.backdrop == "plain"
    return Scene(
        camera=frustum.camera(),
        background=PLAIN if plain else background,
        floor=None if plain else floor,
        tile_m=tile_m,
        light=_direction(light_azimuth, light_elevation),
        middle=(middle_x, middle_z),
    )


def choose_view(
    person: Dressed,
    motion: Motion,
    translation_T3: Array,
    options: AnimateOptions,
    rng: np.random.Generator,
) -> Frustum:
    """The first of some views, drawn within the ranges, that shows the person tall enough; else the best of them.

    A camera that sees the whole of a long walk from the side would show a small person; along the walk it need not.
    """
    facing_degrees = initial_facing_degrees(motion)
    few = np.linspace(0, len(motion) - 1, min(len(motion), FRAMES_TRIED)).round().astype(int)
    joints_TJ3, _ = forward_kinematics(
        matrices(motion.rotations_TJ3[few]), translation_T3[few], person.joints_J3.astype(np.float64)
    )
    best_height, best = 0.0, None
    for _ in range(VIEWS_TRIED):
        view = {
            "azimuth_degrees": facing_degrees + rng.uniform(*options.azimuth_degrees),
            "elevation_degrees": rng.uniform(*options.elevation_degrees),
            "yfov_degrees": rng.uniform(*options.yfov_degrees),
            "margin": rng.uniform(*options.margin),
        }
        frustum = Frustum(**view)
        frustum.include(joints_TJ3.reshape(-1, 3))
        up_TJ = frustum.camera().project(joints_TJ3.reshape(-1, 3))[:, 1].reshape(joints_TJ3.shape[:2])
        height = float(np.median(np.ptp(up_TJ, axis=1)) / 2)
        if height > best_height:
            best_height, best = height, view
        if height >= LEAST_HEIGHT:
            break
    assert best is not None
    return Frustum(**best)


def initial_facing_degrees(motion: Motion) -> float:
    """Where the pelvis faces in the first frame, around the vertical; 0 is +z, 90 is +x."""
    forward_3 = matrices(motion.rotations_TJ3[0, 0])[:, 2]
    return float(np.degrees(np.arctan2(forward_3[0], forward_3[2])))


def _color(rng: np.random.Generator, lightness: tuple[float, float]) -> Color:
    hue, saturation = rng.uniform(0, 1), rng.uniform(0, 0.28)
    return colorsys.hsv_to_rgb(hue, saturation, rng.uniform(*lightness))


def _direction(azimuth_degrees: float, elevation_degrees: float) -> tuple[float, float, float]:
    azimuth, elevation = np.radians([azimuth_degrees, elevation_degrees])
    across = np.cos(elevation)
    return (float(across * np.sin(azimuth)), float(np.sin(elevation)), float(across * np.cos(azimuth)))

"""Stage `animate`: who acts out each motion, where they stand, and the scene around them. No vertices are stored.

Shape suffixes: T frames, J joints (24), V vertices, 3 coordinates in metres (y up) or axis-angle in radians.
"""

import colorsys
import logging
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from lavimo.avatar.avatar import choose_avatar, clip_generator
from lavimo.avatar.dress import Dressed, dressed
from lavimo.avatar.scale import grounded, scaled
from lavimo.body.kinematics import matrices
from lavimo.config import AnimateOptions
from lavimo.motion.motion import FPS, Motion, read_motions
from lavimo.render.camera import Frustum
from lavimo.render.scene import Color, Scene
from lavimo.shards import write_shard

log = logging.getLogger(__name__)

Array = NDArray[np.float32]


def animate(motions: Path, animations: Path, options: AnimateOptions) -> None:
    """Give every clip of a shard an avatar, a place on the floor, a camera and a scene.

    Writes `clip/rotations` (T, 24, 3) and `clip/translation` (T, 3) of the avatar, and as metadata `scenes`:
    {clip: {"avatar": name, "scene": Scene}}. All is drawn from the clip's name and the seed.

    Raises:
        ValueError: the shard is damaged, or a clip in it is no motion (named).
    """
    arrays, scenes = {}, {}
    for clip, motion in tqdm(read_motions(motions), desc="animate", unit="clip", mininterval=5, disable=None):
        rng = clip_generator(clip, options.seed)
        avatar = choose_avatar(rng)
        person = dressed(avatar.name)
        translation_T3 = scaled(motion, person.joints_J3)
        translation_T3 = grounded(person, motion.rotations_TJ3, translation_T3)
        scene = draw_scene(person, motion, translation_T3, options, rng)
        arrays[f"{clip}/rotations"] = motion.rotations_TJ3
        arrays[f"{clip}/translation"] = translation_T3
        scenes[clip] = {"avatar": avatar.name, "scene": scene.to_json()}
    write_shard(animations, arrays, fps=FPS, scenes=scenes)
    log.info("animated %d clips", len(scenes))


def draw_scene(
    person: Dressed, motion: Motion, translation_T3: Array, options: AnimateOptions, rng: np.random.Generator
) -> Scene:
    """A static camera that sees every vertex of every frame, colours and light, drawn within the options' ranges."""
    facing_degrees = initial_facing_degrees(motion)
    azimuth = facing_degrees + rng.uniform(*options.azimuth_degrees)
    frustum = Frustum(
        azimuth_degrees=azimuth,
        elevation_degrees=rng.uniform(*options.elevation_degrees),
        yfov_degrees=rng.uniform(*options.yfov_degrees),
        margin=rng.uniform(*options.margin),
    )
    low_3, high_3 = np.full(3, np.inf), np.full(3, -np.inf)
    for vertices_V3 in person.poses(motion.rotations_TJ3, translation_T3):
        frustum.include(vertices_V3)
        low_3, high_3 = np.minimum(low_3, vertices_V3.min(axis=0)), np.maximum(high_3, vertices_V3.max(axis=0))
    middle_x, _, middle_z = ((low_3 + high_3) / 2).tolist()
    return Scene(
        camera=frustum.camera(),
        background=_color(rng, options.background_lightness),
        floor=_color(rng, options.floor_lightness),
        light=_direction(
            azimuth + rng.uniform(*options.light_azimuth_degrees), rng.uniform(*options.light_elevation_degrees)
        ),
        middle=(middle_x, middle_z),
    )


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

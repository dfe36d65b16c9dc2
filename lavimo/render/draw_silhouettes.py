"""Stage `draw_silhouettes`: a clip's video and its motion as sets of black and white pictures, for MotionSet.

Nobody makes a video on the way: where a person is in a picture, the renderer knows.

Shape suffixes: A views of the video, W views of the motion, N pictures, H height, W width (in pixels where beside H), V
vertices, T frames, J joints (24), 3 coordinates or RGB, 2 texture coordinates, 4 RGBA.
"""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lavimo.avatar.wardrobe import Wardrobe
from lavimo.body.body import embedded_body
from lavimo.body.skinning import posed
from lavimo.config import DrawSilhouettesOptions, RenderOptions
from lavimo.jobs.progress import progress
from lavimo.motion.motion import Motion, read_motion
from lavimo.render.draw import look_of
from lavimo.render.layer import Layer, Look
from lavimo.render.renderer import Renderer, renderer_of_process
from lavimo.scene.camera import Frustum
from lavimo.scene.scene import Scene
from lavimo.scene.view import initial_facing_degrees
from lavimo.shards import Shard, write_shard

Silhouettes = NDArray[np.bool_]

OVER = 4
"""Pixels of a drawing in a side of a pixel that is kept: the person need not fill the video's picture."""
ELEVATION_DEGREES, YFOV_DEGREES, MARGIN = 12.0, 30.0, 1.05
"""From where a motion is seen."""

log = logging.getLogger(__name__)


def draw_silhouettes(
    animations: Path,
    motions: Path,
    wardrobe: Path,
    silhouettes: Path,
    options: DrawSilhouettesOptions,
    rendering: RenderOptions,
) -> None:
    """Write `clip/video` (A, N, H, W), the avatar before each of its cameras, and `clip/motion` (W, N, H, W), a bare
    body from so many sides, as uint8 of 0 and 1.

    Raises:
        ValueError: a shard is damaged, or the renderer asked for does not come up.
    """
    shard, moving, people = Shard(animations), Shard(motions), Wardrobe(wardrobe)
    renderer = renderer_of_process(rendering.renderer, OVER * options.size_px)
    arrays = {}
    for clip in progress(shard.clips, len(shard.clips), f"draw-silhouettes {animations.stem}"):
        views = range(len(shard.metadata["scenes"][clip]))
        arrays[f"{clip}/video"] = np.stack([of_video(renderer, people, shard, clip, view, options) for view in views])
        arrays[f"{clip}/motion"] = of_motion(renderer, read_motion(moving, clip), options)
    write_shard(silhouettes, {name: array.astype(np.uint8) for name, array in arrays.items()})
    log.info("drew the silhouettes of %d clips", len(shard.clips))


def of_video(
    renderer: Renderer, people: Wardrobe, animations: Shard, clip: str, view: int, options: DrawSilhouettesOptions
) -> Silhouettes:
    """A view of a clip's video, (N, H, W)."""
    entry = animations.metadata["scenes"][clip][view]
    person, camera = people[entry["avatar"]], Scene.from_json(entry["scene"]).camera
    rotations_TJ3, translation_T3 = animations[f"{clip}/rotations"], animations[f"{clip}/translation"][view]
    chosen = evenly(len(rotations_TJ3), options.frames)
    pelvis_T3 = person.joints_J3[0] + translation_T3
    renderer.open(look_of(person, camera, OVER * options.size_px, pelvis_T3), camera)
    return cropped(drawn(renderer, person.poses(rotations_TJ3[chosen], translation_T3[chosen])), options.size_px)


def of_motion(renderer: Renderer, motion: Motion, options: DrawSilhouettesOptions) -> Silhouettes:
    """A motion on the spot, from sides that begin with its face, (W, N, H, W)."""
    body, chosen = embedded_body(), evenly(len(motion), options.frames)
    rest_V3, joints_J3 = body.rest(np.zeros(10, np.float32))
    still_T3 = np.zeros((len(chosen), 3), np.float32)
    poses = list(posed(body.sparse_weights, rest_V3, joints_J3, motion.rotations_TJ3[chosen], still_T3))
    blank_V2, white_HW3 = np.zeros((len(rest_V3), 2), np.float32), np.full((1, 1, 3), 255, np.uint8)
    look = Look(np.arange(len(rest_V3), dtype=np.int32), body.faces_F3, blank_V2, white_HW3)
    facing_degrees, views = initial_facing_degrees(motion), []
    for side in range(options.views):
        azimuth_degrees = facing_degrees + 360 * side / options.views
        frustum = Frustum(azimuth_degrees, ELEVATION_DEGREES, YFOV_DEGREES, MARGIN)
        for vertices_V3 in poses:
            frustum.include(vertices_V3)
        renderer.open(look, frustum.camera())
        views.append(cropped(drawn(renderer, poses), options.size_px))
    return np.stack(views)


def evenly(frames: int, count: int) -> list[int]:
    """So many frames of a clip, evenly, the first and the last among them."""
    chosen: list[int] = np.linspace(0, frames - 1, count).round().astype(int).tolist()
    return chosen


def drawn(renderer: Renderer, poses: Iterator[NDArray[np.float32]] | Sequence[NDArray[np.float32]]) -> list[Layer]:
    """The person in each pose."""
    return [renderer.draw(vertices_V3, np.ones_like(vertices_V3)) for vertices_V3 in poses]


def cropped(layers: Sequence[Layer], size_px: int) -> Silhouettes:
    """Silhouettes (N, H, W) about their middles, all as large as the largest allows; of nobody, nothing."""
    side = max(max(layer.rgba_HW4.shape[:2]) for layer in layers)
    found_NHW = np.zeros((len(layers), size_px, size_px), bool)
    for number, layer in enumerate(layers):
        height, width = layer.rgba_HW4.shape[:2]
        if min(height, width):
            square_HW = np.zeros((side, side), np.uint8)
            top, left = (side - height) // 2, (side - width) // 2
            square_HW[top : top + height, left : left + width] = layer.rgba_HW4[..., 3]
            small = Image.fromarray(square_HW).resize((size_px, size_px), Image.Resampling.BOX)
            found_NHW[number] = np.asarray(small) >= 128
    return found_NHW

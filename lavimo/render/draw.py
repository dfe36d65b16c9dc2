"""From an animated clip to its frames: pose, light, shadow, person, picture.

Shape suffixes: V vertices, T frames, H height, W width, 3 coordinates or RGB.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.dress import Dressed
from lavimo.avatar.wardrobe import Wardrobe
from lavimo.render.compose import composed
from lavimo.render.layer import Look
from lavimo.render.renderer import Renderer
from lavimo.scene.backdrop import backdrop
from lavimo.scene.camera import Camera
from lavimo.scene.light import illumination
from lavimo.scene.scene import Scene
from lavimo.scene.shadow import cast
from lavimo.shards import Shard

Frame = NDArray[np.uint8]


def draw_clip(
    renderer: Renderer,
    people: Wardrobe,
    animations: Shard,
    clip: str,
    size_px: int,
    chosen: Sequence[int] | None = None,
    view: int = 0,
) -> Iterator[Frame]:
    """The frames (H, W, 3) uint8 RGB of a view of a clip, one at a time: all, or the chosen ones in the order given.

    A frame is the same whatever frames and clips were drawn before it.
    """
    entry = animations.metadata["scenes"][clip][view]
    person, scene = people[entry["avatar"]], Scene.from_json(entry["scene"])
    rotations_TJ3, translation_T3 = animations[f"{clip}/rotations"], animations[f"{clip}/translation"][view]
    yield from draw(renderer, person, scene, rotations_TJ3, translation_T3, size_px, chosen)


def draw(
    renderer: Renderer,
    person: Dressed,
    scene: Scene,
    rotations_TJ3: NDArray[np.float32],
    translation_T3: NDArray[np.float32],
    size_px: int,
    chosen: Sequence[int] | None = None,
) -> Iterator[Frame]:
    """The frames of a person who acts in a scene: see `draw_clip`."""
    place, light_3 = backdrop(scene, size_px), np.array(scene.light, np.float32)
    renderer.open(look_of(person, scene.camera, size_px, person.joints_J3[0] + translation_T3), scene.camera)
    if chosen is not None:
        rotations_TJ3, translation_T3 = rotations_TJ3[list(chosen)], translation_T3[list(chosen)]
    for vertices_V3 in person.poses(rotations_TJ3, translation_T3):
        light_V3 = illumination(vertices_V3, person.faces_F3, light_3)
        layer = renderer.draw(vertices_V3, light_V3)
        shadow = cast(vertices_V3, person.faces_F3, light_3) if scene.floor is not None else None
        yield composed(place, layer, shadow)


def look_of(person: Dressed, camera: Camera, size_px: int, pelvis_T3: NDArray[np.float32]) -> Look:
    """What the renderer needs of a person, with the texture halved as long as a texel stays finer than a pixel."""
    depth_m = float(camera.project(pelvis_T3)[:, 2].min())
    pixel_m = 2 * depth_m * np.tan(np.radians(camera.yfov_degrees) / 2) / size_px
    return Look(person.source_N, person.drawn_faces_F3, person.uv_N2, person.texture(pixel_m))

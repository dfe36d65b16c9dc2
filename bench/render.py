"""What a frame costs in processor time: as pyrender is commonly used, through our EGL path, and by our rasteriser.

All draw the same poses of the same person before the same camera on a checker floor, 512x512. The common way makes a
trimesh, a mesh and a scene a frame and shades physically, without and with its shadow map. Ours have texture,
antialiasing and a soft shadow always. The times are those of all threads, from posed vertices to the frame; the last
figure is the whole of a clip, from rotations to H.264, against the 8 ms a frame of issue 3.
"""

import logging
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import trimesh
from table import write_results

from lavimo import demo
from lavimo.avatar.dress import Dressed
from lavimo.avatar.wardrobe import Wardrobe, dress_all
from lavimo.config import AnimateOptions, DemoOptions, DressOptions
from lavimo.motion.motion import write_motions
from lavimo.render.compose import composed
from lavimo.render.cpu import CpuRenderer
from lavimo.render.draw import draw_clip, look_of
from lavimo.render.egl import EglRenderer
from lavimo.render.renderer import Renderer
from lavimo.scene.animate import animate
from lavimo.scene.backdrop import backdrop
from lavimo.scene.light import illumination
from lavimo.scene.scene import Scene
from lavimo.scene.shadow import cast
from lavimo.shards import Shard
from lavimo.video.codec import write_video

SIZE_PX, CLIPS, POSES, REPEATS = 512, 5, 6, 3
ALLOWED_CLIP_MS = 8.0


def animations(folder: Path) -> tuple[Shard, Wardrobe]:
    """The first demo clips, animated, and who acts in them."""
    options = DemoOptions(train=16, val=4, test=4)
    names = sorted(clip.id for clip in demo.catalogue(options))[:CLIPS]
    write_motions(folder / "motions", {name: demo.load(name, options) for name in names})
    dress_all(folder / "avatars", DressOptions())
    animate(folder / "motions", folder / "avatars", folder / "animations", AnimateOptions())
    return Shard(folder / "animations"), Wardrobe(folder / "avatars")


def cpu_ms(draw: Callable[[Any], object], things: list[Any]) -> float:
    """Processor milliseconds a thing drawn, the least of some rounds after one that does not count."""
    rounds = []
    for _ in range(1 + REPEATS):
        start = time.process_time()
        for thing in things:
            draw(thing)
        rounds.append((time.process_time() - start) / len(things) * 1e3)
    return min(rounds[1:])


class Common:
    """pyrender as its own examples and the field's repositories use it."""

    def __init__(self, egl: EglRenderer, scene: Scene, faces_F3: np.ndarray, vertices: int):
        self._egl, self._pyrender = egl, egl._pyrender
        self._scene, self._faces_F3 = scene, faces_F3
        self._colors_V3 = np.full((vertices, 3), 170, np.uint8)
        steps = np.arange(-10, 10) * scene.tile_m
        corners = np.array([[0, 0, 0], [0, 0, 1], [1, 0, 1], [1, 0, 0]]) * scene.tile_m
        tiles = np.array([corners + [x, 0, z] for x in steps for z in steps]).reshape(-1, 3)
        first = np.arange(len(steps) ** 2)[:, None] * 4
        odd = np.add.outer(np.arange(len(steps)), np.arange(len(steps))).ravel() % 2
        grey = np.repeat(np.where(odd, 220, 190), 4)[:, None] * np.ones(3)
        faces = np.concatenate([first + [0, 1, 2], first + [0, 2, 3]])
        self._floor = trimesh.Trimesh(tiles, faces, vertex_colors=grey.astype(np.uint8), process=False)
        light_3 = np.array(scene.light)
        side_3 = np.cross([0, 1, 0], light_3) / np.linalg.norm(np.cross([0, 1, 0], light_3))
        self._light_44 = np.eye(4)
        self._light_44[:3, :3] = np.stack([side_3, np.cross(light_3, side_3), light_3], axis=1)

    def draw(self, vertices_V3: np.ndarray, shadow: bool) -> np.ndarray:
        pyrender, camera = self._pyrender, self._scene.camera
        scene = pyrender.Scene(bg_color=[*self._scene.background, 1.0], ambient_light=[0.4, 0.4, 0.4])
        scene.add(pyrender.PerspectiveCamera(yfov=np.radians(camera.yfov_degrees)), pose=camera.camera_to_world())
        scene.add(pyrender.DirectionalLight(np.ones(3), 3.0), pose=self._light_44)
        scene.add(pyrender.Mesh.from_trimesh(self._floor, smooth=False))
        person = trimesh.Trimesh(vertices_V3, self._faces_F3, vertex_colors=self._colors_V3, process=False)
        scene.add(pyrender.Mesh.from_trimesh(person, smooth=True))
        flags = pyrender.RenderFlags.SHADOWS_DIRECTIONAL if shadow else pyrender.RenderFlags.NONE
        # The context is the EGL renderer's (there is one a process), set back to how pyrender makes it.
        renderer, gl = self._egl._offscreen._renderer, self._egl._gl
        self._egl._offscreen._platform.make_current()
        gl.glDisable(gl.GL_SCISSOR_TEST)
        vars(renderer).pop("_read_main_framebuffer", None)
        frame_HW3, _ = self._egl._offscreen.render(scene, flags=flags)
        return frame_HW3


class Ours:
    """A clip's person before its backdrop, drawn by either renderer."""

    def __init__(self, person: Dressed, scene: Scene, pelvis_T3: np.ndarray):
        self._person, self._place, self._camera = person, backdrop(scene, SIZE_PX), scene.camera
        self._look = look_of(person, scene.camera, SIZE_PX, pelvis_T3)
        self._light_3 = np.array(scene.light, np.float32)

    def open(self, renderer: Renderer) -> None:
        renderer.open(self._look, self._camera)

    def draw(self, renderer: Renderer, vertices_V3: np.ndarray) -> np.ndarray:
        person = self._person
        light_V3 = illumination(vertices_V3, person.faces_F3, self._light_3)
        layer = renderer.draw(vertices_V3, light_V3)
        return composed(self._place, layer, cast(vertices_V3, person.faces_F3, self._light_3))


def main() -> None:
    logging.basicConfig(level=logging.WARNING)
    egl, cpu = EglRenderer(SIZE_PX), CpuRenderer(SIZE_PX)
    with tempfile.TemporaryDirectory() as folder:
        shard, people = animations(Path(folder))
        times: dict[str, list[float]] = {"naive": [], "naive_shadow": [], "egl": [], "cpu": []}
        for clip in shard.clips:
            entry = shard.metadata["scenes"][clip][0]
            person, scene = people[entry["avatar"]], Scene.from_json(entry["scene"])
            rotations, translation = shard[f"{clip}/rotations"], shard[f"{clip}/translation"][0]
            chosen = np.linspace(0, len(rotations) - 1, POSES).astype(int)
            poses = list(person.poses(rotations[chosen], translation[chosen]))
            common = Common(egl, scene, person.faces_F3, len(poses[0]))
            times["naive"].append(cpu_ms(partial(common.draw, shadow=False), poses))
            times["naive_shadow"].append(cpu_ms(partial(common.draw, shadow=True), poses))
            ours = Ours(person, scene, person.joints_J3[0] + translation)
            for kind, renderer in (("egl", egl), ("cpu", cpu)):
                ours.open(renderer)
                times[kind].append(cpu_ms(partial(ours.draw, renderer), poses))

        def whole(clip: str) -> None:
            write_video(Path(folder) / "clip.mp4", draw_clip(cpu, people, shard, clip, SIZE_PX), 20, 18)

        frames = sum(len(shard[f"{clip}/translation"]) for clip in shard.clips)
        clip_ms = cpu_ms(whole, shard.clips) * len(shard.clips) / frames
    naive, shadowed, by_egl, by_cpu = (float(np.mean(times[kind])) for kind in ("naive", "naive_shadow", "egl", "cpu"))
    unit = "cpu ms/frame"
    figures = {
        "egl_vs_naive": (naive, by_egl, unit),
        "egl_vs_naive_shadow": (shadowed, by_egl, unit),
        "cpu_vs_naive": (naive, by_cpu, unit),
        "cpu_vs_naive_shadow": (shadowed, by_cpu, unit),
        "cpu_clip_ms": (ALLOWED_CLIP_MS, clip_ms, unit),
    }
    write_results("render", figures)


if __name__ == "__main__":
    main()

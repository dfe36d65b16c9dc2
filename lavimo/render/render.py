"""Stage `render`: animations to 512x512 videos.

Shape suffixes: V vertices, N vertices to draw, F triangles, P points, H height, W width, 3 coordinates or RGB.
"""

import hashlib
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from lavimo.avatar.dress import dressed, incidence, vertex_normals
from lavimo.config import RenderOptions
from lavimo.files import atomic
from lavimo.render.egl import EglRenderer
from lavimo.render.scene import Scene, brightness, shadow
from lavimo.shards import Shard
from lavimo.video.codec import write_video

log = logging.getLogger(__name__)


def render(animations: Path, videos: Path, options: RenderOptions) -> None:
    """Draw a shard's clips into a folder: `clip.mp4` each and manifest.json, {clip: {"frames", "sha256"}}.

    The folder appears when all is written. One process has one renderer: call this once a process, or again with the
    same size.

    Raises:
        ValueError: the shard is damaged, or there is no EGL to draw with.
    """
    shard = Shard(animations)
    renderer = EglRenderer.of_process(options.size_px)
    manifest: dict[str, tuple[int, str]] = {}
    with atomic(videos) as folder:
        folder.mkdir()
        for clip in tqdm(shard.clips, desc="render", unit="clip", mininterval=5, disable=None):
            path = folder / f"{clip}.mp4"
            frames = write_video(path, draw_clip(renderer, shard, clip), shard.metadata["fps"], options.crf)
            manifest[clip] = (frames, hashlib.sha256(path.read_bytes()).hexdigest())
        entries = {clip: {"frames": frames, "sha256": digest} for clip, (frames, digest) in manifest.items()}
        (folder / "manifest.json").write_text(json.dumps(entries, indent=1, sort_keys=True), encoding="utf-8")
    log.info("rendered %d clips, %d frames", len(manifest), sum(frames for frames, _ in manifest.values()))


def draw_clip(renderer: EglRenderer, animations: Shard, clip: str) -> Iterator[NDArray[np.uint8]]:
    """A clip's frames (H, W, 3) uint8 RGB, one at a time."""
    entry = animations.metadata["scenes"][clip]
    bodies = animations.metadata.get("bodies")
    person = dressed(entry["avatar"], Path(bodies) if bodies else None)
    scene = Scene.from_json(entry["scene"])
    light_3 = np.array(scene.light, np.float32)
    incidence_VF = incidence(person.faces_F3, len(person.rest_V3))
    renderer.open(scene, person.drawn_faces_F3, len(person.colors_N3))
    for vertices_V3 in person.poses(animations[f"{clip}/rotations"], animations[f"{clip}/translation"]):
        normals_V3 = vertex_normals(vertices_V3, person.faces_F3, incidence_VF)
        lit_N1 = person.blend_NV @ brightness(normals_V3, light_3)[:, None]
        drawn_N3 = person.blend_NV @ vertices_V3
        shadow_GG, corner = shadow(drawn_N3, light_3)
        yield renderer.draw(drawn_N3, person.colors_N3 * lit_N1, shadow_GG, corner)

"""Stage `render`: animations to 512x512 videos."""

import hashlib
import json
import logging
from pathlib import Path
from typing import Any

from lavimo.avatar.wardrobe import Wardrobe
from lavimo.config import RenderOptions
from lavimo.files import atomic
from lavimo.jobs.progress import progress
from lavimo.render.draw import draw_clip
from lavimo.render.renderer import renderer_of_process
from lavimo.shards import Shard
from lavimo.video.codec import video_file, write_video

log = logging.getLogger(__name__)


def render(animations: Path, wardrobe: Path, videos: Path, options: RenderOptions) -> None:
    """Draw a shard's clips into a folder: `clip.mp4` each, further views in the folders `view-2` and so on, and
    manifest.json, {clip: [{"frames", "sha256"} of each view]}.

    The folder appears when all is written. One process has one renderer: call this once a process, or again with the
    same size.

    Raises:
        ValueError: the shard is damaged, or the renderer asked for does not come up.
    """
    shard, people = Shard(animations), Wardrobe(wardrobe)
    renderer = renderer_of_process(options.renderer, options.size_px)
    manifest: dict[str, list[dict[str, Any]]] = {}
    with atomic(videos) as folder:
        folder.mkdir()
        clips = [clip for clip in shard.clips if has_video(shard, clip, options)]
        for clip in progress(clips, len(clips), f"render {animations.stem}"):
            manifest[clip] = []
            for view in range(len(shard.metadata["scenes"][clip])):
                path = video_file(folder, clip, view)
                path.parent.mkdir(exist_ok=True)
                drawn = draw_clip(renderer, people, shard, clip, options.size_px, view=view)
                frames = write_video(path, drawn, shard.metadata["fps"], options.crf)
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                manifest[clip].append({"frames": frames, "sha256": digest})
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
    log.info("rendered %d clips, %d frames", len(manifest), sum(v["frames"] for vs in manifest.values() for v in vs))


def has_video(animations: Shard, clip: str, options: RenderOptions) -> bool:
    """Whether a clip gets a video."""
    return options.videos == "all" or (options.videos == "tested" and animations.metadata["splits"][clip] != "train")

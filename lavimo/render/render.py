"""Stage `render`: animations to 512x512 videos."""

import hashlib
import json
import logging
from pathlib import Path

from tqdm import tqdm

from lavimo.avatar.wardrobe import Wardrobe
from lavimo.config import RenderOptions
from lavimo.files import atomic
from lavimo.render.draw import draw_clip
from lavimo.render.renderer import renderer_of_process
from lavimo.shards import Shard
from lavimo.video.codec import write_video

log = logging.getLogger(__name__)


def render(animations: Path, wardrobe: Path, videos: Path, options: RenderOptions) -> None:
    """Draw a shard's clips into a folder: `clip.mp4` each and manifest.json, {clip: {"frames", "sha256"}}.

    The folder appears when all is written. One process has one renderer: call this once a process, or again with the
    same size.

    Raises:
        ValueError: the shard is damaged, or the renderer asked for does not come up.
    """
    shard, people = Shard(animations), Wardrobe(wardrobe)
    renderer = renderer_of_process(options.renderer, options.size_px)
    manifest: dict[str, tuple[int, str]] = {}
    with atomic(videos) as folder:
        folder.mkdir()
        for clip in tqdm(shard.clips, desc="render", unit="clip", mininterval=5, disable=None):
            path = folder / f"{clip}.mp4"
            drawn = draw_clip(renderer, people, shard, clip, options.size_px)
            frames = write_video(path, drawn, shard.metadata["fps"], options.crf)
            manifest[clip] = (frames, hashlib.sha256(path.read_bytes()).hexdigest())
        entries = {clip: {"frames": frames, "sha256": digest} for clip, (frames, digest) in manifest.items()}
        (folder / "manifest.json").write_text(json.dumps(entries, indent=1, sort_keys=True), encoding="utf-8")
    log.info("rendered %d clips, %d frames", len(manifest), sum(frames for frames, _ in manifest.values()))

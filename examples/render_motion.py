"""A motion file, acted out by one of the thirteen people, as an mp4:

python examples/render_motion.py tests/data/cmu/10_03.bvh kick.mp4 mei

The file is anything that `read_motion` knows: BVH, AMASS, SMPL, HumanML3D's joints or features.
"""

import sys
import tempfile
from pathlib import Path

from lavimo.avatar.wardrobe import Wardrobe, dress_all
from lavimo.config import AnimateOptions, DressOptions
from lavimo.formats import read_motion
from lavimo.motion.motion import FPS, write_motions
from lavimo.render.draw import draw_clip
from lavimo.render.renderer import renderer_of_process
from lavimo.scene.animate import animate
from lavimo.shards import Shard
from lavimo.video.codec import write_video

motion_file, video, avatar = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "jonas"
with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    write_motions(folder / "motions", {"clip": read_motion(motion_file)})
    dress_all(folder / "avatars", DressOptions(avatars=(avatar,)))
    animate(folder / "motions", folder / "avatars", folder / "animations", AnimateOptions())
    frames = draw_clip(
        renderer_of_process("auto", 512), Wardrobe(folder / "avatars"), Shard(folder / "animations"), "clip", 512
    )
    written = write_video(video, frames, FPS, crf=18)
sys.stdout.write(f"{video}: {written} frames of {avatar}\n")

"""Draw the pictures of this folder: the avatars in three poses each, clips frame by frame, and one that moves.

python docs/draw.py
"""

import logging
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lavimo import demo
from lavimo.avatar.avatar import avatars
from lavimo.avatar.wardrobe import Wardrobe, dress_all
from lavimo.config import AnimateOptions, DemoOptions, DressOptions
from lavimo.landmarks.blazepose import BlazePose
from lavimo.landmarks.tracks import search
from lavimo.motion.motion import Motion, write_motions
from lavimo.render.draw import draw_clip
from lavimo.render.renderer import renderer_of_process
from lavimo.report.people import COLOURS
from lavimo.report.people import draw as draw_person
from lavimo.scene.animate import animate
from lavimo.shards import Shard

HERE = Path(__file__).parent
Frames = NDArray[np.uint8]

POSES = (("walk_curve_left_wide_01", 0.50, 20), ("stretch_spread_01", 0.50, 0), ("clap_twice_front_01", 0.1, 150))
"""The sheet's poses: a demo clip, how far through it, and where the camera stands, degrees from the face."""
STILLS = (
    ("kick_right_high_once_01", "malik"), ("jump_once_high_01", "yuki"), ("sit_ground_knees_01", "walter"),
    ("walk_curve_left_tight_01", "ravi"), ("raise_arms_right_forward_01", "ingrid"),
)  # fmt: skip
MOVING = (
    ("jumping_jack_twice_overhead_01", "diego"), ("kick_aside_right_high_twice_01", "clara"),
    ("walk_curve_left_tight_01", "henrik"), ("punch_right_thrice_body_01", "amara"),
)  # fmt: skip


class Studio:
    """A folder with every avatar dressed, each alone in a wardrobe."""

    def __init__(self, folder: Path):
        self._folder, self._options = folder, DemoOptions()
        for name in avatars():
            dress_all(folder / name, DressOptions(avatars=(name,)))

    def motion(self, clip: str) -> Motion:
        """A demo clip's motion."""
        return demo.load(clip, self._options)

    def draw(
        self, motion: Motion, avatar: str, size_px: int, frames: list[int], name: str = "", **options: Any
    ) -> Frames:
        """Frames (N, H, W, 3) of a motion acted out by an avatar; the clip's name draws its colours."""
        clip = name or avatar
        write_motions(self._folder / "motions", {clip: motion})
        wardrobe, animations = self._folder / avatar, self._folder / "animations"
        animate(self._folder / "motions", wardrobe, animations, AnimateOptions(**options))
        renderer = renderer_of_process("cpu", size_px)
        return np.stack([*draw_clip(renderer, Wardrobe(wardrobe), Shard(animations), clip, size_px, frames)])


def sheet(studio: Studio) -> Image.Image:
    """Every avatar in three poses."""
    people = []
    for avatar in avatars():
        poses = []
        for clip, when, azimuth in POSES:
            motion, frame = studio.motion(clip), round(when * 40)
            still = Motion(motion.rotations_TJ3[[frame] * 2], motion.translation_T3[[frame] * 2], motion.betas_B)
            view = {"azimuth_degrees": (azimuth, azimuth), "elevation_degrees": (6, 6), "margin": (1.12, 1.12)}
            calm = {"background_lightness": (0.93, 0.93), "floor_lightness": (0.8, 0.8), "yfov_degrees": (30, 30)}
            poses.append(studio.draw(still, avatar, 384, [0], "a quiet grey", **view, **calm)[0, :, 44:-44])
        people.append(np.concatenate(poses, axis=1))
    people += [np.full_like(people[0], 238)] * (-len(people) % 3)
    rows = [np.concatenate(people[first : first + 3], axis=1) for first in range(0, len(people), 3)]
    return Image.fromarray(np.concatenate(rows))


def stills(studio: Studio, frames: int = 8) -> Image.Image:
    """Clips, a row each, frame by frame."""
    rows = []
    for clip, avatar in STILLS:
        motion = studio.motion(clip)
        chosen = np.linspace(0, len(motion) - 1, frames).round().astype(int).tolist()
        rows.append(np.concatenate(studio.draw(motion, avatar, 192, chosen), axis=1))
    return Image.fromarray(np.concatenate(rows))


def moving(studio: Studio, frames: int = 60) -> list[Image.Image]:
    """Clips side by side, each from its beginning again when it has ended."""
    columns = []
    for clip, avatar in MOVING:
        motion = studio.motion(clip)
        columns.append(studio.draw(motion, avatar, 256, [index % len(motion) for index in range(frames)]))
    return [Image.fromarray(picture) for picture in np.concatenate(columns, axis=2)]


def landmarks(studio: Studio) -> Image.Image:
    """Clips with the landmarks that are found in them."""
    pose, tiles = BlazePose(), []
    for (clip, avatar), azimuth in zip((*STILLS, MOVING[0]), (40, -30, 60, 20, -50, 0)):
        motion = studio.motion(clip)
        view = {"azimuth_degrees": (azimuth, azimuth), "margin": (1.1, 1.1)}
        (frame,) = studio.draw(motion, avatar, 320, [len(motion) // 2], **view)
        picture = Image.fromarray(frame)
        for region in search(picture, pose):
            person = pose.landmarks(picture, region)
            if person is not None:
                draw_person(picture, person, COLOURS[0])
        tiles.append(np.asarray(picture))
    return Image.fromarray(np.concatenate(tiles, axis=1))


def main() -> None:
    logging.basicConfig(level=logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Path(folder))
        sheet(studio).save(HERE / "avatars.jpg", quality=88)
        stills(studio).save(HERE / "frames.jpg", quality=88)
        landmarks(studio).save(HERE / "landmarks.jpg", quality=88)
        first, *others = moving(studio)
        first.save(HERE / "clip.webp", save_all=True, append_images=others, duration=50, loop=0, quality=75, method=6)


if __name__ == "__main__":
    main()

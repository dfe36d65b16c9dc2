"""Stage `animate`: who acts out each motion, where they stand, and the scene around them. No vertices are stored.

Shape suffixes: W views, T frames, J joints (24), V vertices, 3 coordinates in metres (y up) or axis-angle in radians.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.avatar.avatar import choose_avatar, clip_generator
from lavimo.avatar.shape.scale import lowest, placed
from lavimo.avatar.wardrobe import Wardrobe
from lavimo.config import AnimateOptions
from lavimo.jobs.progress import progress
from lavimo.motion.motion import FPS, Motion, read_motions
from lavimo.motion.shoulders import to_smpl
from lavimo.scene.view import draw_scene
from lavimo.shards import Shard, write_shard
from lavimo.sources.splits import is_filmed

log = logging.getLogger(__name__)


def animate(
    motions: Path, wardrobe: Path, animations: Path, options: AnimateOptions, splits: Mapping[str, str] | None = None
) -> None:
    """Give every clip of a shard that is filmed an avatar, a place on the floor, a camera and a scene.

    Writes `clip/rotations` (T, 24, 3) and `clip/translation` (W, T, 3), of the avatar of each view, and as metadata
    `splits`, {clip: split}, and `scenes`, {clip: [{"avatar": name, "scene": Scene} of each view]}. All is drawn from
    the clip's name and the seeds. The test split gets the held-out avatars and views, where options hold some out.

    Args:
        splits: of clips; those that it does not name are of the train split. `any`: of one fold's test split, and of
            others' train split.

    Raises:
        ValueError: the shard is damaged, a clip in it is no motion (named), or a held-out avatar does not exist.
    """
    people = Wardrobe(wardrobe)
    arrays, scenes, own = {}, {}, {}
    for clip, motion in progress(read_motions(motions), len(Shard(motions).clips), f"animate {motions.stem}"):
        split = (splits or {}).get(clip, "train")
        if split == "train" and not is_filmed(clip, options.video_share):
            continue
        rotations_TJ3 = to_smpl(motion.rotations_TJ3) if people.smpl else motion.rotations_TJ3
        acted = replace(motion, rotations_TJ3=rotations_TJ3)
        count = 1 if split in ("val", "test") else options.views
        heights_T = lowest(motion)
        views = [one_view(clip, number, motion, heights_T, acted, people, options, split) for number in range(count)]
        arrays[f"{clip}/rotations"] = rotations_TJ3
        arrays[f"{clip}/translation"] = np.stack([translation_T3 for translation_T3, _ in views])
        scenes[clip], own[clip] = [scene for _, scene in views], split
    write_shard(animations, arrays, fps=FPS, scenes=scenes, splits=own)
    log.info("animated %d clips", len(scenes))


def one_view(
    clip: str,
    number: int,
    motion: Motion,
    heights_T: NDArray[np.float32],
    acted: Motion,
    people: Wardrobe,
    options: AnimateOptions,
    split: str,
) -> tuple[NDArray[np.float32], dict[str, Any]]:
    """The avatar's translation (T, 3), and who acts where: a view is drawn from the seeds after the one before."""
    casting = clip_generator(clip, options.avatar_seed + number, "avatar")
    avatar = choose_avatar(casting, people.names, options.held_out_avatars, split == "test")
    translation_T3 = placed(motion, people[avatar], acted.rotations_TJ3, heights_T)
    changes: dict[str, Any] = {"seed": options.seed + number}
    if options.held_out_azimuth_degrees and split == "test":
        changes["azimuth_degrees"] = options.held_out_azimuth_degrees
    scene = draw_scene(clip, people[avatar], acted, translation_T3, options.model_copy(update=changes))
    return translation_T3, {"avatar": avatar, "scene": scene.to_json()}

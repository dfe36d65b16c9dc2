"""Stage `animate`: who acts out each motion, where they stand, and the scene around them. No vertices are stored.

Shape suffixes: T frames, J joints (24), V vertices, 3 coordinates in metres (y up) or axis-angle in radians.
"""

import logging
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from lavimo.avatar.avatar import choose_avatar, clip_generator
from lavimo.avatar.shape.scale import placed
from lavimo.avatar.wardrobe import Wardrobe
from lavimo.config import AnimateOptions
from lavimo.motion.motion import FPS, read_motions
from lavimo.motion.shoulders import to_smpl
from lavimo.scene.view import draw_scene
from lavimo.shards import write_shard

log = logging.getLogger(__name__)


def animate(
    motions: Path,
    wardrobe: Path,
    animations: Path,
    options: AnimateOptions,
    test_clips: Collection[str] = (),
    unfilmed: Collection[str] = (),
) -> None:
    """Give every clip of a shard that is filmed an avatar, a place on the floor, a camera and a scene.

    Writes `clip/rotations` (T, 24, 3) and `clip/translation` (T, 3) of the avatar, and as metadata `scenes`:
    {clip: {"avatar": name, "scene": Scene}}. All is drawn from the clip's name and the seeds.

    Args:
        test_clips: clips that get the held-out avatars and views; asked about only where options hold some out.
        unfilmed: clips that get no video.

    Raises:
        ValueError: the shard is damaged, a clip in it is no motion (named), or a held-out avatar does not exist.
    """
    people = Wardrobe(wardrobe)
    arrays, scenes = {}, {}
    for clip, motion in tqdm(read_motions(motions), desc="animate", unit="clip", mininterval=5, disable=None):
        if clip in unfilmed:
            continue
        casting = clip_generator(clip, options.avatar_seed, "avatar")
        avatar = choose_avatar(casting, people.names, options.held_out_avatars, clip in test_clips)
        person = people[avatar]
        rotations_TJ3 = to_smpl(motion.rotations_TJ3) if people.smpl else motion.rotations_TJ3
        translation_T3 = placed(motion, person, rotations_TJ3)
        acted = replace(motion, rotations_TJ3=rotations_TJ3)
        ranges = options
        if options.held_out_azimuth_degrees and clip in test_clips:
            ranges = options.model_copy(update={"azimuth_degrees": options.held_out_azimuth_degrees})
        scene = draw_scene(clip, person, acted, translation_T3, ranges)
        arrays[f"{clip}/rotations"] = acted.rotations_TJ3
        arrays[f"{clip}/translation"] = translation_T3
        scenes[clip] = {"avatar": avatar, "scene": scene.to_json()}
    write_shard(animations, arrays, fps=FPS, scenes=scenes)
    log.info("animated %d clips", len(scenes))

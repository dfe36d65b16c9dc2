"""Stage `perturb`: a split's motions as a worse recording would have them, to see what a trained model makes of them.

Shape suffixes: T frames, J joints, 3 and 4 vectors and quaternions (x, y, z, w).
"""

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from lavimo.clips import read_clips
from lavimo.config import PerturbOptions
from lavimo.motion.motion import FPS, Motion, read_motions, write_motions
from lavimo.motion.resample import instants, lerp, slerp

log = logging.getLogger(__name__)


def perturb(motions: Path, clips: Path, perturbed: Path, split: str, options: PerturbOptions) -> None:
    """Write the changed motions of a shard's clips that belong to the split; nothing of other clips.

    Raises:
        ValueError: a damaged file, or a motion that is too short for the change (named).
    """
    table = read_clips(clips)
    changed = {}
    for clip, motion in read_motions(motions):
        if clip in table and table[clip].split == split:
            try:
                changed[clip] = slowly_recorded(leading(motion, options.share), options.fps)
            except ValueError as error:
                raise ValueError(f"clip {clip!r} of {motions}: {error}; use a longer share or more frames") from error
    write_motions(perturbed, changed)
    log.info("perturb: %d motions of the split %s", len(changed), split)


def leading(motion: Motion, share: float) -> Motion:
    """The first frames of a motion, a share of them."""
    count = max(round(share * len(motion)), 1)
    return replace(motion, rotations_TJ3=motion.rotations_TJ3[:count], translation_T3=motion.translation_T3[:count])


def slowly_recorded(motion: Motion, fps: float) -> Motion:
    """The motion as a recording of so many frames a second has it: sampled, then filled up by interpolation.

    What comes after its last sample, less than a frame of the recording, is lost.
    """
    return motion if fps == FPS else resampled(resampled(motion, FPS, fps), fps, FPS)


def resampled(motion: Motion, old_fps: float, new_fps: float) -> Motion:
    """The motion with another number of frames in the same time."""
    before_T, after_T, share_T = instants(len(motion), 1 / old_fps, new_fps)
    shape = motion.rotations_TJ3.shape[:2]
    rotations_TJ4 = Rotation.from_rotvec(motion.rotations_TJ3.reshape(-1, 3)).as_quat().reshape(*shape, 4)
    rotations_TJ4 = slerp(rotations_TJ4[before_T], rotations_TJ4[after_T], share_T)
    places_T13 = motion.translation_T3[:, None].astype(np.float64)
    return replace(
        motion,
        rotations_TJ3=Rotation.from_quat(rotations_TJ4.reshape(-1, 4)).as_rotvec().reshape(-1, shape[1], 3),
        translation_T3=lerp(places_T13[before_T], places_T13[after_T], share_T)[:, 0].astype(np.float32),
    )

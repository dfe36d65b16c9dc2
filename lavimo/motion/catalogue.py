"""Stage `catalogue`: the configured source's clips, their splits and captions, as one table."""

import logging
from pathlib import Path

from lavimo.clips import SPLITS, Clip, write_clips
from lavimo.config import SourceOptions
from lavimo.motion.mirror import with_mirrored
from lavimo.motion.splits import leaking

log = logging.getLogger(__name__)


def clips_of(options: SourceOptions) -> list[Clip]:
    """The source's clips. Reads tables and folders only, no motion, so that planning a workflow stays quick.

    Raises:
        ValueError: the source's tables are missing or bad; every bad clip is named.
    """
    match options.kind:
        case "demo":
            from lavimo.motion import demo

            clips = demo.catalogue(options.demo)
        case "bvh":
            from lavimo.motion import bvh

            clips = bvh.catalogue(options.bvh)
        case "smpl":
            from lavimo.motion import smpl

            clips = smpl.catalogue(options.smpl)
        case "amass":
            from lavimo.motion import amass

            clips = amass.catalogue(options.amass)
        case "humanml3d":  # Mirror images stand in its split files, with texts of their own.
            from lavimo.motion import humanml3d

            return humanml3d.catalogue(options.humanml3d, options.with_mirrored)
        case "kitml":
            from lavimo.motion import kitml

            return kitml.catalogue(options.kitml, options.with_mirrored)
    return with_mirrored(clips) if options.with_mirrored else clips


def catalogue(output: Path, options: SourceOptions) -> None:
    """Write the clip table of the configured source.

    Raises:
        ValueError: see `clips_of`.
    """
    clips = clips_of(options)
    write_clips(output, clips)
    counts = ", ".join(f"{sum(clip.split == split for clip in clips)} {split}" for split in SPLITS)
    log.info("%s: %d clips (%s)", options.name, len(clips), counts)
    for split in SPLITS[1:]:
        if leaked := leaking(clips, split):
            log.info("%d clips of %s come from recordings that also feed train", len(leaked), split)

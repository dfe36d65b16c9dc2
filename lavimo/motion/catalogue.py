"""Stage `catalogue`: the configured source's clips, their splits and captions, as one table."""

import logging
from pathlib import Path

from lavimo.clips import SPLITS, Clip, write_clips
from lavimo.config import SourceOptions

log = logging.getLogger(__name__)


def clips_of(options: SourceOptions) -> list[Clip]:
    """The source's clips. Reads tables and folders only, no motion, so that planning a workflow stays quick.

    Raises:
        ValueError: the source's tables are missing or bad; every bad clip is named.
    """
    match options.kind:
        case "demo":
            from lavimo.motion import demo

            return demo.catalogue(options.demo)
        case "bvh":
            from lavimo.motion import bvh

            return bvh.catalogue(options.bvh)


def catalogue(output: Path, options: SourceOptions) -> None:
    """Write the clip table of the configured source.

    Raises:
        ValueError: see `clips_of`.
    """
    clips = clips_of(options)
    write_clips(output, clips)
    counts = ", ".join(f"{sum(clip.split == split for clip in clips)} {split}" for split in SPLITS)
    log.info("%s: %d clips (%s)", options.name, len(clips), counts)

"""Stage `catalogue`: the configured source's clips, their splits and captions, as one table."""

import logging
from pathlib import Path

from lavimo.clips import SPLITS, write_clips
from lavimo.config import SourceOptions
from lavimo.sources import open_source
from lavimo.sources.splits import check_counts, leaking

log = logging.getLogger(__name__)


def catalogue(output: Path, options: SourceOptions) -> None:
    """Write the clip table of the configured source.

    Raises:
        ValueError: the source's tables are missing or bad (every bad clip is named), or a split has too few clips.
    """
    clips = open_source(options).clips()
    check_counts(clips, options.required_splits)
    write_clips(output, clips)
    counts = ", ".join(f"{sum(clip.split == split for clip in clips)} {split}" for split in SPLITS)
    log.info("%s: %d clips (%s)", options.name, len(clips), counts)
    for split in SPLITS[1:]:
        if leaked := leaking(clips, split):
            log.info("%d clips of %s come from recordings that also feed train", len(leaked), split)

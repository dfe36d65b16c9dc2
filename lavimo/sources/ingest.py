"""Stage `ingest`: the source's files become SMPL motions; what cannot is rejected by name."""

import csv
import logging
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lavimo.config import IngestOptions, SourceOptions
from lavimo.files import atomic
from lavimo.jobs.progress import progress
from lavimo.motion.motion import Motion, write_motions
from lavimo.shards import parse_shard, shard_of
from lavimo.sources import open_source

log = logging.getLogger(__name__)


def ingest(shard: str, motions: Path, rejected: Path, options: SourceOptions, ingest_options: IngestOptions) -> None:
    """Read a shard's clips and write their motions, with released features if the source has them, and the table of
    those rejected (columns clip, reason).

    Args:
        shard: such as `3-of-8`.
        motions: the shard file to write; without arrays if every clip is rejected.
        rejected: the CSV to write.

    Raises:
        ValueError: the source's tables are bad, or `on_rejection` is `stop` and clips are rejected: all are named.
    """
    number, shards = parse_shard(shard)
    source = open_source(options)
    # Not from the clip table: a job that reads it would run again with every caption (or, were the table `ancient`, not
    # even with another window: below a job that runs, Snakemake asks about no other reason).
    own = sorted((clip for clip in source.clips() if shard_of(clip.id, shards) == number), key=lambda clip: clip.id)
    ingested: dict[str, Motion] = {}
    features: dict[str, NDArray[np.float32]] = {}
    reasons: dict[str, str] = {}
    for clip in progress(own, len(own), f"ingest {number}-of-{shards}"):
        try:
            motion, released_TD = source.motion(clip), source.features(clip)
        except ValueError as error:
            reasons[clip.id] = str(error)
            log.warning("rejected clip %r: %s", clip.id, error)
            continue
        ingested[clip.id] = motion
        if released_TD is not None:
            features[clip.id] = released_TD
    if reasons and ingest_options.on_rejection == "stop":
        listing = "\n".join(f"clip {name!r}: {reason}" for name, reason in reasons.items())
        raise ValueError(
            f"{len(reasons)} of the {len(own)} clips of shard {shard} cannot be read; repair or remove them, or set "
            f"ingest.on_rejection to continue without them\n{listing}"
        )
    write_motions(motions, ingested, features)
    with atomic(rejected) as partial, open(partial, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("clip", "reason"))
        writer.writerows(reasons.items())
    frames = sum(map(len, ingested.values()))
    log.info("shard %s: %d clips ingested (%d frames), %d rejected", shard, len(ingested), frames, len(reasons))

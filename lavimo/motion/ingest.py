"""Stage `ingest`: the source's files become SMPL motions; what cannot is refused by name."""

import csv
import logging
from pathlib import Path

from tqdm import tqdm

from lavimo.config import IngestOptions, SourceOptions
from lavimo.files import atomic
from lavimo.motion.catalogue import clips_of
from lavimo.motion.motion import Motion, write_motions
from lavimo.shards import parse_shard, shard_of

log = logging.getLogger(__name__)


def ingest(shard: str, motions: Path, refused: Path, source: SourceOptions, options: IngestOptions) -> None:
    """Read a shard's clips and write their motions, and the table of those refused (columns clip, reason).

    Args:
        shard: such as `3-of-8`.
        motions: the shard file to write; without arrays if every clip is refused.
        refused: the CSV to write.

    Raises:
        ValueError: the source's tables are bad, or `on_refusal` is `stop` and clips are refused: all are named.
    """
    number, shards = parse_shard(shard)
    names = sorted(clip.name for clip in clips_of(source) if shard_of(clip.name, shards) == number)
    ingested: dict[str, Motion] = {}
    reasons: dict[str, str] = {}
    for name in tqdm(names, desc="ingest", unit="clip", mininterval=5, disable=None):
        try:
            ingested[name] = _load(name, source)
        except ValueError as error:
            reasons[name] = str(error)
            log.warning("refused clip %r: %s", name, error)
    if reasons and options.on_refusal == "stop":
        listing = "\n".join(f"clip {name!r}: {reason}" for name, reason in reasons.items())
        raise ValueError(
            f"{len(reasons)} of the {len(names)} clips of shard {shard} cannot be read; repair or remove them, or set "
            f"ingest.on_refusal to continue without them\n{listing}"
        )
    write_motions(motions, ingested)
    with atomic(refused) as partial, open(partial, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("clip", "reason"))
        writer.writerows(reasons.items())
    frames = sum(map(len, ingested.values()))
    log.info("shard %s: %d clips ingested (%d frames), %d refused", shard, len(ingested), frames, len(reasons))


def _load(clip: str, source: SourceOptions) -> Motion:
    match source.kind:
        case "demo":
            from lavimo.motion import demo

            return demo.load(clip, source.demo)
        case "bvh":
            from lavimo.motion import bvh

            return bvh.load(clip, source.bvh)

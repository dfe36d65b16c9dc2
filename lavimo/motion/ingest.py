"""Stage `ingest`: the source's files become SMPL motions; what cannot is refused by name."""

import csv
import logging
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from lavimo.clips import Clip
from lavimo.config import IngestOptions, SourceOptions
from lavimo.files import atomic
from lavimo.motion.catalogue import clips_of
from lavimo.motion.mirror import PREFIX, mirrored_motion
from lavimo.motion.motion import Motion, write_motions
from lavimo.shards import parse_shard, shard_of

log = logging.getLogger(__name__)


def ingest(shard: str, motions: Path, refused: Path, source: SourceOptions, options: IngestOptions) -> None:
    """Read a shard's clips and write their motions, with released features if the source has them, and the table of
    those refused (columns clip, reason).

    Args:
        shard: such as `3-of-8`.
        motions: the shard file to write; without arrays if every clip is refused.
        refused: the CSV to write.

    Raises:
        ValueError: the source's tables are bad, or `on_refusal` is `stop` and clips are refused: all are named.
    """
    number, shards = parse_shard(shard)
    clips = sorted((c for c in clips_of(source) if shard_of(c.name, shards) == number), key=lambda clip: clip.name)
    ingested: dict[str, Motion] = {}
    features: dict[str, NDArray[np.float32]] = {}
    reasons: dict[str, str] = {}
    for clip in tqdm(clips, desc="ingest", unit="clip", mininterval=5, disable=None):
        try:
            motion, released_TD = _load(clip, source), _released_features(clip, source)
        except ValueError as error:
            reasons[clip.name] = str(error)
            log.warning("refused clip %r: %s", clip.name, error)
            continue
        ingested[clip.name] = motion
        if released_TD is not None:
            features[clip.name] = released_TD
    if reasons and options.on_refusal == "stop":
        listing = "\n".join(f"clip {name!r}: {reason}" for name, reason in reasons.items())
        raise ValueError(
            f"{len(reasons)} of the {len(clips)} clips of shard {shard} cannot be read; repair or remove them, or set "
            f"ingest.on_refusal to continue without them\n{listing}"
        )
    write_motions(motions, ingested, features)
    with atomic(refused) as partial, open(partial, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("clip", "reason"))
        writer.writerows(reasons.items())
    frames = sum(map(len, ingested.values()))
    log.info("shard %s: %d clips ingested (%d frames), %d refused", shard, len(ingested), frames, len(reasons))


def _load(clip: Clip, source: SourceOptions) -> Motion:
    match source.kind:
        case "demo":
            from lavimo.motion import demo

            motion = demo.load(clip.name.removeprefix(PREFIX) if clip.mirrored else clip.name, source.demo)
        case "bvh":
            from lavimo.motion import bvh

            motion = bvh.load(clip, source.bvh)
        case "smpl":
            from lavimo.motion import smpl

            motion = smpl.load(clip, source.smpl)
        case "amass":
            from lavimo.motion import amass

            motion = amass.load(clip, source.amass)
        case "humanml3d":
            from lavimo.motion import humanml3d

            motion = humanml3d.load(clip, source.humanml3d)
        case "kitml":
            from lavimo.motion import kitml

            motion = kitml.load(clip, source.kitml)
    return mirrored_motion(motion) if clip.mirrored else motion


def _released_features(clip: Clip, source: SourceOptions) -> NDArray[np.float32] | None:
    match source.kind:
        case "humanml3d":
            from lavimo.motion import humanml3d

            return humanml3d.features(clip, source.humanml3d)
        case "kitml":
            from lavimo.motion import kitml

            return kitml.features(clip, source.kitml)
    return None

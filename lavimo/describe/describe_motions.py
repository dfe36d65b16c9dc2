"""Stage `describe_motions`: captions of the train split's motions that say what geometry sees of them."""

import logging
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from zlib import crc32

import numpy as np

from lavimo.clips import Clip, read_clips, write_clips
from lavimo.config import DescribeMotionsOptions
from lavimo.describe.describe import describe
from lavimo.describe.words.words import captions
from lavimo.jobs.progress import progress
from lavimo.motion.motion import read_motions

log = logging.getLogger(__name__)


def describe_motions(clips: Path, motions: Sequence[Path], described: Path, options: DescribeMotionsOptions) -> None:
    """Write a clip table of the train split whose captions are described ones (`lavimo.describe`).

    Clips of which facts say nothing are not in it. Captions are drawn by the clip's name alone.

    Args:
        motions: shards.

    Raises:
        ValueError: a damaged table or shard, or facts say nothing of any clip.
    """
    train = {name: clip for name, clip in read_clips(clips).items() if clip.split == "train"}
    found = list(_described(train, motions, options.captions))
    if not found:
        raise ValueError(
            f"{clips}: found no motion of the train split that facts know, expected some: described: false"
        )
    write_clips(described, found)
    log.info("described %d of %d clips of train", len(found), len(train))


def _described(train: dict[str, Clip], shards: Sequence[Path], count: int) -> Iterator[Clip]:
    motions = chain.from_iterable(map(read_motions, shards))
    for name, motion in progress(((name, motion) for name, motion in motions if name in train), len(train), "describe"):
        told = captions(describe(motion), np.random.default_rng(crc32(name.encode())), count)
        if told:
            yield Clip(name, "train", told)

"""Stage `average`: several runs at once, by the mean of their similarities.

A run that sees frames and one that sees landmarks err on other clips, so that together they find more than either.

N clips of a split.
"""

import logging
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.evaluate.embeddings import DIRECTIONS, Embeddings, read_embeddings
from lavimo.shards import write_shard

log = logging.getLogger(__name__)


def average(runs: list[Path], embeddings: Path) -> None:
    """Write the mean similarity of each query and each item of the gallery, in every direction that all runs have.

    Raises:
        ValueError: a damaged file, fewer than two runs, other clips in one than in another, or no common direction.
    """
    if len(runs) < 2:
        raise ValueError(f"found {len(runs)} run(s), expected at least two to average")
    found = [read_embeddings(path) for path in runs]
    for path, one in zip(runs, found):
        if (one.ids, one.captions) != (found[0].ids, found[0].captions):
            raise ValueError(f"{path}: found other clips or captions than in {runs[0]}, expected one split's")
    common = [direction for direction in DIRECTIONS if all(direction in one.directions for one in found)]
    if not common:
        raise ValueError(f"found no direction that all of {', '.join(map(str, runs))} have")
    arrays: dict[str, NDArray[Any]] = {f"similarity_{direction}": mean(found, direction) for direction in common}
    first = found[0]
    if first.captions_NC is not None:
        arrays["caption_embeddings"] = first.captions_NC
    write_shard(embeddings, arrays, ids=list(first.ids), captions=list(first.captions), split=first.split)
    log.info("average: %d runs, %d clips, %s", len(runs), len(first.ids), ", ".join(common))


def mean(runs: list[Embeddings], direction: str) -> NDArray[np.float64]:
    """The runs' mean similarity, (N, N)."""
    total_NN: NDArray[np.float64] = np.mean([run.similarity(direction) for run in runs], axis=0)
    return total_NN

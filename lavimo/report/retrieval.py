"""Plots of how well embeddings retrieve: recalls over k, and similarities of right pairs against wrong ones."""

import numpy as np
from numpy.typing import NDArray

from lavimo.evaluate.embeddings import PAIRS, Embeddings
from lavimo.evaluate.evaluate import rank_queries
from lavimo.evaluate.protocols import Protocol, own_clip, whole
from lavimo.evaluate.table import words
from lavimo.report.plot import Points, histograms, lines

LARGEST_K = 50

Ranks = dict[str, NDArray[np.float64]]
"""By direction, the 0-based rank (N,) of each query's own clip among all; the mean of tied places."""


def ranks_of(embeddings: Embeddings) -> Ranks:
    """The ranks of a run's queries under protocol `all`."""
    found = rank_queries(embeddings, [Protocol("all", whole(len(embeddings.ids)), own_clip)])
    return {direction: placements.ranks().ravel() for direction, (placements,) in found.items()}


def mean_reciprocal_rank(ranks: Ranks) -> float:
    """Over all directions."""
    return float(np.mean([np.mean(1 / (1 + ranks_N)) for ranks_N in ranks.values()]))


def recall_curves(ranks: dict[str, Ranks], runs: list[str]) -> list[tuple[str, str]]:
    """Title and SVG of each direction's R@k over k, a line a run in its place among `runs`."""
    by_direction: dict[str, dict[str, Points]] = {}
    for run, of_run in ranks.items():
        for direction, ranks_N in of_run.items():
            points = [(k, 100 * float(np.mean(ranks_N < k))) for k in range(1, min(LARGEST_K, len(ranks_N)) + 1)]
            by_direction.setdefault(direction, {})[run] = points
    return [
        (words(direction), lines(f"recall {direction}", by_run, runs, percent=True))
        for direction, by_run in by_direction.items()
    ]


def similarity_histograms(embeddings: Embeddings) -> list[tuple[str, str]]:
    """Title and SVG of the similarities of each pair of modalities: those of one clip, and those of two clips."""
    made = []
    for (direction, _), (one, other) in PAIRS.items():
        if direction in embeddings.directions:
            similarity_NN = embeddings.similarity(direction)
            two_clips_NN = ~np.eye(len(similarity_NN), dtype=bool)
            svg = histograms(f"similarities {direction}", similarity_NN.diagonal(), similarity_NN[two_clips_NN])
            made.append((f"{one} and {other}", svg))
    return made

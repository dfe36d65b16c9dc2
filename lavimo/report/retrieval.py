"""Plots of how well embeddings retrieve: recalls over k, and similarities of right pairs against wrong ones."""

import numpy as np

from lavimo.evaluate.embeddings import PAIRS, Embeddings
from lavimo.evaluate.evaluate import rank_queries
from lavimo.evaluate.protocols import Protocol, own_clip, whole
from lavimo.evaluate.ranks import similarity
from lavimo.evaluate.table import words
from lavimo.report.plot import Points, histograms, lines

LARGEST_K = 50


def recall_curves(found: dict[str, Embeddings], runs: list[str]) -> list[tuple[str, str]]:
    """Title and SVG of each direction's R@k over k under protocol `all`, a line a run in its place among `runs`."""
    by_direction: dict[str, dict[str, Points]] = {}
    for run, embeddings in found.items():
        clips = len(embeddings.ids)
        for direction, (placements,) in rank_queries(embeddings, [Protocol("all", whole(clips), own_clip)]).items():
            ranks_N = placements.ranks().ravel()
            points = [(k, 100 * float(np.mean(ranks_N < k))) for k in range(1, min(LARGEST_K, clips) + 1)]
            by_direction.setdefault(direction, {})[run] = points
    return [
        (words(direction), lines(f"recall {direction}", by_run, runs, percent=True))
        for direction, by_run in by_direction.items()
    ]


def similarity_histograms(embeddings: Embeddings) -> list[tuple[str, str]]:
    """Title and SVG of the cosines of each pair of modalities: those of one clip, and those of two clips."""
    made = []
    for directions, (one, other) in PAIRS.items():
        if one in embeddings.of and other in embeddings.of:
            similarity_NN = similarity(embeddings.of[one], embeddings.of[other])
            two_clips_NN = ~np.eye(len(similarity_NN), dtype=bool)
            svg = histograms(f"cosines {directions[0]}", similarity_NN.diagonal(), similarity_NN[two_clips_NN])
            made.append((f"{one} and {other}", svg))
    return made

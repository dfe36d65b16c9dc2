"""What a similarity means: from which on an answer is probably right, and from which on it may be.

N clips, C dimensions of the joint space.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.evaluate.embeddings import PAIRS
from lavimo.evaluate.ranks import similarity

WRONG = 0.9
"""Of so many queries the nearest wrong answer is farther than the first limit."""
RIGHT = 0.05
"""Of so many queries the right answer is farther than the second."""
LEAST = 8
"""Clips without which nothing is said."""


def calibrated(
    embeddings: Mapping[str, NDArray[Any]], captions: NDArray[Any], least_alike: float
) -> dict[str, dict[str, float]]:
    """For each direction `probably` and `perhaps`, cosines, from clips that training did not see: whatever is nearer
    than both limits is probably right, what is farther than both is hardly, and between them it may be.

    Args:
        embeddings: (N, C) by modality.
        captions: (N, X) sentence embeddings; clips whose captions are as alike as this are right answers too.
    """
    found: dict[str, dict[str, float]] = {}
    if len(captions) < LEAST:
        return found
    alike_NN = similarity(captions, captions) >= least_alike
    for directions, (x, y) in PAIRS.items():
        if x in embeddings and y in embeddings:
            similarity_NN = similarity(embeddings[x], embeddings[y])
            for direction, matrix_NN in zip(directions, (similarity_NN, similarity_NN.T)):
                right_N = np.diagonal(matrix_NN)
                nearest_wrong_N = np.where(alike_NN, -1, matrix_NN).max(1)
                limits = sorted((np.quantile(nearest_wrong_N, WRONG), np.quantile(right_N, RIGHT)))
                found[direction] = {"perhaps": round(float(limits[0]), 4), "probably": round(float(limits[1]), 4)}
    return found

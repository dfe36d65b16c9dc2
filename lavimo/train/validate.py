"""How good a model is on the validation split, and which of two epochs is kept."""

import numpy as np
from numpy.typing import NDArray

from lavimo.evaluate.embeddings import PAIRS
from lavimo.evaluate.metrics import metrics
from lavimo.evaluate.ranks import ranks, similarity

METRICS = ("R1", "R10", "MedR")


def validation_metrics(embeddings: dict[str, NDArray[np.float32]]) -> dict[str, float]:
    """Recalls (percent) and median rank of every direction under the protocol `all`, as `t2m_R1` and the like."""
    values: dict[str, float] = {}
    for (there, back), (x, y) in PAIRS.items():
        if x in embeddings and y in embeddings:
            similarity_NN = similarity(embeddings[x], embeddings[y])
            for direction, matrix_NN in ((there, similarity_NN), (back, similarity_NN.T)):
                scores = metrics(ranks(matrix_NN, np.diagonal(matrix_NN)))
                values |= {f"{direction}_{metric}": scores[metric] for metric in METRICS}
    return values


def selection_score(validation: dict[str, float]) -> tuple[float, float]:
    """What decides which epoch is kept, the greater the better: the mean R@10 of t2m and m2t, then their median rank.

    Small validation splits tie often: the later of equal epochs is kept.
    """
    recall = (validation["t2m_R10"] + validation["m2t_R10"]) / 2
    return recall, -(validation["t2m_MedR"] + validation["m2t_MedR"]) / 2

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
            told_NN = embeddings.get(f"similarity_{there}")
            similarity_NN = similarity(embeddings[x], embeddings[y]) if told_NN is None else told_NN.astype(np.float64)
            for direction, matrix_NN in ((there, similarity_NN), (back, similarity_NN.T)):
                scores = metrics(ranks(matrix_NN, np.diagonal(matrix_NN)))
                values |= {f"{direction}_{metric}": scores[metric] for metric in METRICS}
    return values


def selection_score(validation: dict[str, float]) -> float:
    """How good an epoch is: the mean of R@1 and R@10 over all directions, percent."""
    return float(np.mean([value for name, value in validation.items() if name.endswith(("_R1", "_R10"))]))


def selected(score: float, best: float, clips: int) -> bool:
    """Whether an epoch is kept: it is less than a standard error of a recall over so many clips below the best so far.

    Of epochs that validation cannot tell apart the latest is kept (Breiman et al. 1984: the one-standard-error rule),
    and not one that a query's luck made best. The share is counted as Laplace does, lest its error be 0 at 100 %.
    """
    if not clips or not np.isfinite(best):
        return score >= best
    share = (clips * best / 100 + 1) / (clips + 2)
    return score >= best - 100 * float(np.sqrt(share * (1 - share) / clips))

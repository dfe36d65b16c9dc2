"""Numbers from ranks. Recalls are percentages (higher is better), MedR a 1-based rank (lower is better)."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

RECALLS = (1, 2, 3, 5, 10)
METRICS = (*(f"R{k}" for k in RECALLS), "MedR")

Metrics = dict[str, float]
"""One value for each of METRICS."""


def metrics(ranks_Q: NDArray[Any]) -> Metrics:
    """Recalls and median rank of 0-based ranks: R@k counts ranks below k, MedR is the median plus one."""
    recalls = {f"R{k}": 100 * int(np.count_nonzero(ranks_Q < k)) / len(ranks_Q) for k in RECALLS}
    return {**recalls, "MedR": float(np.median(ranks_Q)) + 1}


def mean(of: Iterable[Metrics]) -> Metrics:
    """The mean of each metric."""
    several = list(of)
    return {name: float(np.mean([one[name] for one in several])) for name in METRICS}


def chance(gallery: int) -> Metrics:
    """What a random order scores on average in a gallery of that many items, one of which is right."""
    recalls = {f"R{k}": 100 * min(k, gallery) / gallery for k in RECALLS}
    return {**recalls, "MedR": (gallery + 1) / 2}

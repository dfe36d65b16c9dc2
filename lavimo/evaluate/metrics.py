"""Numbers from ranks: recalls in percent (higher is better), MedR a 1-based rank (lower is better), MRR from 0 to 1.

Q queries of one gallery, B galleries, S shuffles into galleries, x any further axes.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

RECALLS = (1, 2, 3, 5, 10)
METRICS = (*(f"R{k}" for k in RECALLS), "MedR", "MRR")
RESAMPLED_AT_ONCE = 2**22
"""Ranks that a bootstrap holds in memory."""

Metrics = dict[str, float]
"""One value for each of METRICS."""


def measure(ranks_xQ: NDArray[Any]) -> NDArray[np.float64]:
    """METRICS of 0-based ranks, (7, x): R@k counts ranks below k, MedR is the median + 1, MRR the mean inverse."""
    recalls = [100 * (ranks_xQ < k).sum(-1) / ranks_xQ.shape[-1] for k in RECALLS]
    return np.stack([*recalls, np.median(ranks_xQ, axis=-1) + 1, np.mean(1 / (ranks_xQ + 1), axis=-1)])


def metrics(ranks_xQ: NDArray[Any]) -> Metrics:
    """METRICS of 0-based ranks, averaged over galleries where there are several."""
    return named(measure(ranks_xQ).reshape(len(METRICS), -1).mean(-1))


def deviation(ranks_SBQ: NDArray[Any]) -> Metrics:
    """The standard deviation of METRICS over several shuffles into galleries."""
    return named(measure(ranks_SBQ).mean(-1).std(-1, ddof=1))


def bootstrap(ranks_BQ: NDArray[Any], samples: int, seed: int) -> NDArray[np.float64]:
    """METRICS of resampled queries, (7, samples): each gallery's queries are drawn again, with replacement.

    Equal shapes and seeds draw equal queries, so that two models can be compared sample by sample.
    """
    generator = np.random.default_rng(seed)
    at_once = max(1, RESAMPLED_AT_ONCE // ranks_BQ.size)
    parts = []
    for done in range(0, samples, at_once):
        shape = (min(at_once, samples - done), *ranks_BQ.shape)
        drawn_xBQ = generator.integers(ranks_BQ.shape[-1], size=shape)
        parts.append(measure(np.take_along_axis(ranks_BQ[None], drawn_xBQ, axis=-1)).mean(-1))
    return np.concatenate(parts, axis=-1)


def interval(ranks_BQ: NDArray[Any], samples: int, seed: int) -> tuple[Metrics, Metrics]:
    """The ends of each metric's 95% interval, by bootstrap over queries."""
    low, high = np.quantile(bootstrap(ranks_BQ, samples, seed), (0.025, 0.975), axis=-1)
    return named(low), named(high)


def chance(gallery: int) -> Metrics:
    """What a random order scores on average in a gallery of that many items, one of which is right."""
    return metrics(np.arange(gallery))


def named(values: NDArray[np.float64]) -> Metrics:
    """Seven values as Metrics."""
    return dict(zip(METRICS, values.tolist(), strict=True))

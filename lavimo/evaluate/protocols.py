"""The field's protocols: which gallery a query sees and which answers count as right.

In a similarity matrix (N, N) row i is query i and column i its ground truth. Protocols whose names sound alike give
numbers that cannot be compared, so each is one function here. N clips, K clips of a part, B batches.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.evaluate.metrics import Metrics, mean, metrics
from lavimo.evaluate.ranks import Ties, best_positive, ranks


def whole_gallery(similarity_NN: NDArray[np.float64], ties: Ties = "average") -> Metrics:
    """Protocol `all`: only the query's own clip is right, the gallery is the whole split."""
    return metrics(ranks(similarity_NN, similarity_NN.diagonal(), ties))


def threshold(similarity_NN: NDArray[np.float64], positives_NN: NDArray[np.bool_], ties: Ties = "average") -> Metrics:
    """Protocol `threshold`: every clip with a similar caption is right, and the best placed of them counts."""
    return metrics(ranks(similarity_NN, best_positive(similarity_NN, positives_NN), ties))


def part(similarity_NN: NDArray[np.float64], clips_K: NDArray[np.integer[Any]], ties: Ties = "average") -> Metrics:
    """Protocol `all` among some of the clips: with those of `farthest_first` it is protocol `dissimilar`."""
    return whole_gallery(similarity_NN[np.ix_(clips_K, clips_K)], ties)


def small_batches(
    similarity_NN: NDArray[np.float64], batches_BK: NDArray[np.integer[Any]], ties: Ties = "average"
) -> Metrics:
    """Protocol `small_batches`: `all` within each batch of clips, averaged over the batches."""
    return mean(part(similarity_NN, clips_K, ties) for clips_K in batches_BK)


def similar_captions(caption_similarity_NN: NDArray[np.float64], cosine: float) -> NDArray[np.bool_]:
    """The positives of protocol `threshold`, (N, N): captions of a cosine above the cut (TMR: strictly), and i itself.

    TMR names its cuts (1 + cosine) / 2: its 0.95 is the cosine 0.90.
    """
    return (caption_similarity_NN > cosine) | np.eye(len(caption_similarity_NN), dtype=bool)


def farthest_first(caption_similarity_NN: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    """`count` clips of mutually dissimilar captions, (count,): the first, then always the one farthest from all chosen.

    Greedy and deterministic; of equally far clips the first is taken.
    """
    assert 1 <= count <= len(caption_similarity_NN)
    chosen = [0]
    closest_N = caption_similarity_NN[0].copy()
    while len(chosen) < count:
        closest_N[chosen[-1]] = np.inf
        chosen.append(int(closest_N.argmin()))
        closest_N = np.maximum(closest_N, caption_similarity_NN[chosen[-1]])
    return np.array(chosen)


def shuffled_batches(clips: int, size: int, seed: int) -> NDArray[np.intp]:
    """TMR's small batches, (B, size): clip numbers shuffled by numpy's legacy generator, the remainder dropped."""
    order_N = np.random.RandomState(seed).permutation(clips)
    return order_N[: clips // size * size].reshape(-1, size)

"""Graded relevance: how far in front stands what is right, where a clip of nearly the same caption is nearly right.

The usual protocols call one clip right, or all above a cut. Here a clip's gain for a query is the cosine of their
captions, and none where it is negative; nDCG@10 is the gain of the first ten answers, each divided by log2 of its
place plus one, as a share of what the best order would have (Jarvelin and Kekalainen 2002; captions as the measure:
Wray et al. 2021). Tied answers share the mean of their gains. It asks the sentence model, not the method, what is
alike.
"""

import numpy as np
from numpy.typing import NDArray

from lavimo.evaluate.embeddings import Embeddings
from lavimo.evaluate.ranks import CHUNK, Rows, chunks

FIRST = 10
"""Answers that count."""

Matrix = NDArray[np.float64]


def graded(embeddings: Embeddings) -> dict[str, float]:
    """The mean nDCG@10, from 0 to 1, of each direction; none where nobody knows how similar captions are."""
    if embeddings.captions_NC is None:
        return {}
    captions, clips = Rows.of(embeddings.captions_NC), len(embeddings.ids)
    sums = dict.fromkeys(embeddings.directions, 0.0)
    for queries_R in chunks(clips, clips, CHUNK):
        gain_RN = embeddings.within(queries_R, captions.similarity(queries_R, captions).clip(min=0), 0)
        for direction in sums:
            sums[direction] += float(ndcg(embeddings.similarity(direction, queries_R), gain_RN).sum())
    return {direction: total / clips for direction, total in sums.items()}


def ndcg(similarity_RN: Matrix, gain_RN: Matrix, first: int = FIRST) -> Matrix:
    """Each query's nDCG, (R,); 1 where no answer has any gain."""
    first = min(first, similarity_RN.shape[1])
    discount_K = 1 / np.log2(np.arange(first) + 2)
    order_RN = np.argsort(-similarity_RN, axis=1, kind="stable")
    sorted_RN = np.take_along_axis(similarity_RN, order_RN, 1)
    found_RN = np.take_along_axis(gain_RN, order_RN, 1)
    for row in np.flatnonzero((np.diff(sorted_RN[:, : first + 1]) == 0).any(1)):
        _, group_N = np.unique(-sorted_RN[row], return_inverse=True)
        found_RN[row] = (np.bincount(group_N, found_RN[row]) / np.bincount(group_N))[group_N]
    best_R = np.sort(gain_RN, axis=1)[:, ::-1][:, :first] @ discount_K
    return np.divide(found_RN[:, :first] @ discount_K, best_R, out=np.ones(len(best_R)), where=best_R > 0)

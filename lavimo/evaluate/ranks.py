"""The core of every protocol: two matrices in, ranks out. It knows no modality and computes in float64.

Q queries, G gallery items, C channels, U distinct rows.
"""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Ties = Literal["average", "optimistic", "pessimistic"]


def similarity(queries_QC: NDArray[Any], gallery_GC: NDArray[Any]) -> NDArray[np.float64]:
    """Cosine similarity of every query with every gallery item, (Q, G); equal rows get bit-equal similarities.

    Equal rows are multiplied once and broadcast: BLAS may round the same product differently at different positions
    of a matrix, and ties would vanish. It also makes the result independent of the rows' order.
    """
    queries_UC, query_of_Q = distinct(unit(queries_QC))
    gallery_UC, item_of_G = distinct(unit(gallery_GC))
    similarity_UU = queries_UC @ gallery_UC.T
    return similarity_UU[np.ix_(query_of_Q, item_of_G)]


def unit(rows_QC: NDArray[Any]) -> NDArray[np.float64]:
    """Rows divided by their lengths, float64."""
    rows_QC = np.asarray(rows_QC, np.float64)
    return rows_QC / np.sqrt(np.square(rows_QC).sum(1, keepdims=True))


def distinct(rows_QC: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """The rows that differ in any bit, (U, C), in an order of their own, and which of them each row is, (Q,)."""
    rows_QC = np.ascontiguousarray(rows_QC)
    as_bytes_Q = rows_QC.view(np.dtype((np.void, rows_QC.itemsize * rows_QC.shape[1])))[:, 0]
    _, first_U, row_of_Q = np.unique(as_bytes_Q, return_index=True, return_inverse=True)
    return rows_QC[first_U], row_of_Q


def best_positive(similarity_QG: NDArray[np.float64], positives_QG: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Each query's highest similarity among its positives, (Q,); every query has at least one."""
    assert positives_QG.any(1).all(), "a query without a positive"
    queries, items = np.nonzero(positives_QG)
    starts_Q = np.searchsorted(queries, np.arange(len(positives_QG)))
    return np.maximum.reduceat(similarity_QG[queries, items], starts_Q)


def ranks(
    similarity_QG: NDArray[np.float64], target_Q: NDArray[np.float64], ties: Ties = "average"
) -> NDArray[np.float64]:
    """The 0-based rank of each query's target, (Q,): how many gallery items stand before it.

    Items of exactly the target's similarity are tied with it. `average` gives the target the mean of the tied places
    (TMR's rule), `optimistic` the first of them, `pessimistic` the last.
    """
    better_Q = np.count_nonzero(similarity_QG > target_Q[:, None], axis=1).astype(np.float64)
    if ties == "optimistic":
        return better_Q
    tied_Q = np.count_nonzero(similarity_QG == target_Q[:, None], axis=1) - 1
    return better_Q + (tied_Q if ties == "pessimistic" else tied_Q / 2)

"""The core of every protocol: two matrices in, ranks out. It knows no modality and computes in float64.

Ties are exact: equal rows get bit-equal similarities, because each distinct row is multiplied once and its products
are broadcast. BLAS may round the same product differently at different places of a matrix, and ties would vanish.

Q queries, G gallery items, C channels, U distinct rows, R some of the rows, P pairs of a query and a positive.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Ties = Literal["average", "optimistic", "pessimistic"]
CHUNK = 2**22
"""Similarities computed at once: few enough for any memory, however large the gallery."""


@dataclass(frozen=True)
class Rows:
    """Unit rows, each distinct one once.

    Attributes:
        distinct_UC: the distinct rows, in an order of their own: the order of the given rows changes no bit.
        of_Q: which of them each given row is.
    """

    distinct_UC: NDArray[np.float64]
    of_Q: NDArray[np.intp]

    @classmethod
    def of(cls, rows_QC: NDArray[Any]) -> "Rows":
        """The given rows, divided by their lengths."""
        return cls(*distinct(unit(rows_QC)))

    def similarity(self, rows_R: NDArray[np.intp], gallery: "Rows") -> NDArray[np.float64]:
        """Cosine similarity of some of the rows with every gallery item, (R, G)."""
        needed_U, row_of_R = np.unique(self.of_Q[rows_R], return_inverse=True)
        similarity_UU = self.distinct_UC[needed_U] @ gallery.distinct_UC.T
        return similarity_UU[np.ix_(row_of_R, gallery.of_Q)]


@dataclass(frozen=True)
class Placements:
    """Where the targets of queries stand: integers (Q,), the items `better` than it and the others `tied` with it."""

    better: NDArray[np.integer[Any]]
    tied: NDArray[np.integer[Any]]

    def ranks(self, ties: Ties = "average") -> NDArray[np.float64]:
        """0-based ranks: `average` is the mean of the tied places (TMR's rule), `optimistic` the first of them,
        `pessimistic` the last."""
        return self.better + self.tied * {"optimistic": 0.0, "average": 0.5, "pessimistic": 1.0}[ties]


def similarity(queries_QC: NDArray[Any], gallery_GC: NDArray[Any]) -> NDArray[np.float64]:
    """Cosine similarity of every query with every gallery item, (Q, G)."""
    return Rows.of(queries_QC).similarity(np.arange(len(queries_QC)), Rows.of(gallery_GC))


def chunks(queries: int, gallery: int, similarities: int = CHUNK) -> Iterator[NDArray[np.intp]]:
    """The queries in chunks of no more than so many similarities with a gallery, but at least one query.

    From one chunking to another a similarity may differ in its last bit; ties, which are within a query, never do.
    """
    size = max(1, similarities // gallery)
    for start in range(0, queries, size):
        yield np.arange(start, min(start + size, queries))


def unit(rows_QC: NDArray[Any]) -> NDArray[np.float64]:
    """Rows divided by their lengths, float64."""
    rows_QC = np.asarray(rows_QC, np.float64)
    return rows_QC / np.sqrt(np.square(rows_QC).sum(1, keepdims=True))


def distinct(rows_QC: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """The rows that differ in any bit, (U, C), in an order of their own, and which of them each row is, (Q,)."""
    rows_QC = np.ascontiguousarray(rows_QC + 0.0)  # makes -0.0 the 0.0 that it equals
    as_bytes_Q = rows_QC.view(np.dtype((np.void, rows_QC.itemsize * rows_QC.shape[1])))[:, 0]
    _, first_U, row_of_Q = np.unique(as_bytes_Q, return_index=True, return_inverse=True)
    return rows_QC[first_U], row_of_Q


def best_positive(
    similarity_QG: NDArray[np.float64], queries_P: NDArray[np.intp], items_P: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Each query's highest similarity among its positives, (Q,); the pairs are sorted, every query has some."""
    starts_Q = np.searchsorted(queries_P, np.arange(len(similarity_QG)))
    assert np.array_equal(np.unique(queries_P), np.arange(len(similarity_QG))), "a query without a positive"
    return np.maximum.reduceat(similarity_QG[queries_P, items_P], starts_Q)


def placements(similarity_QG: NDArray[np.float64], target_Q: NDArray[np.float64]) -> Placements:
    """Where each query's target stands among the gallery items; items of exactly its similarity are tied with it."""
    better_QG, tied_QG = similarity_QG > target_Q[:, None], similarity_QG == target_Q[:, None]
    return Placements(better_QG.sum(1, dtype=np.int32), tied_QG.sum(1, dtype=np.int32) - 1)


def ranks(
    similarity_QG: NDArray[np.float64], target_Q: NDArray[np.float64], ties: Ties = "average"
) -> NDArray[np.float64]:
    """The 0-based rank of each query's target, (Q,)."""
    return placements(similarity_QG, target_Q).ranks(ties)

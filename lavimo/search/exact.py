"""Exact search among many vectors: a compiled pass over 8-bit codes, then the true product where it can matter.

A vector x is kept as x' = scale * code, with 8-bit codes. For a query q of length 1 the error of q'x' is bounded by
|q'(x - x')| <= |x - x'| (Cauchy and Schwarz), of which the index knows the largest. So every row whose coarse product
is within twice that bound of the k-th best is computed in full precision, and no other can be among the best k: the
answer is the plain product's, for a quarter of the memory traffic of single precision.

N rows, C dimensions.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

FEW = 2**21
"""Numbers that are multiplied as they are: sooner done than the compiled pass is loaded."""


def coded(vectors_NC: NDArray[np.floating[Any]]) -> tuple[NDArray[np.int8], NDArray[np.float32], NDArray[np.float32]]:
    """The codes (N, C) of vectors, their scales (N,), and how far each vector is from its code (N,)."""
    vectors_NC = vectors_NC.astype(np.float32)
    scale_N = np.maximum(np.abs(vectors_NC).max(1), 1e-12) / 127 if len(vectors_NC) else np.zeros(0, np.float32)
    codes_NC = np.rint(vectors_NC / scale_N[:, None]).astype(np.int8)
    error_N = np.linalg.norm(vectors_NC - codes_NC * scale_N[:, None], axis=1)
    return codes_NC, scale_N.astype(np.float32), error_N.astype(np.float32)


def coarse(codes_NC: NDArray[np.int8], scale_N: NDArray[np.float32], query_C: NDArray[np.float32]) -> Any:
    """The products (N,) of the codes with a query, and the bound on the error that the query's own code makes."""
    largest = max(float(np.abs(query_C).max()), 1e-12)
    step = largest / 2047
    query_codes_C = np.rint(query_C / step).astype(np.int16)
    bound = float(np.linalg.norm(query_C - query_codes_C * np.float32(step)))
    from lavimo.search.products import products

    return products(codes_NC, scale_N, query_codes_C, np.float32(step)), bound


def best(
    codes_NC: NDArray[np.int8],
    scale_N: NDArray[np.float32],
    error: float,
    vectors_NC: NDArray[Any],
    query_C: NDArray[np.float32],
    k: int,
    allowed_N: NDArray[np.bool_] | None = None,
    more_N: NDArray[np.float32] | None = None,
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The rows of the k highest products with a query, and these, highest first; equal ones in the rows' order.

    Args:
        error: the largest distance of a vector from its code.
        vectors_NC: what the codes are of, in any precision; only some rows are read.
        allowed_N: which rows may be found; None: all.
        more_N: what is added to each row's product; None: nothing.
    """
    query_C = np.ascontiguousarray(query_C, np.float32)
    if vectors_NC.size <= FEW:
        rough_N, bound = np.asarray(vectors_NC, np.float32) @ query_C, 0.0  # a copy only of half precision
        rough_N[~np.isfinite(rough_N)] = -np.inf
    else:
        rough_N, own = coarse(codes_NC, scale_N, query_C)
        bound = error * float(np.linalg.norm(query_C)) + own * 1.01
    if more_N is not None:
        rough_N += more_N
    if allowed_N is not None:
        rough_N[~allowed_N] = -np.inf
        k = min(k, int(allowed_N.sum()))
    k = min(k, len(rough_N))
    if not k:
        return np.zeros(0, np.intp), np.zeros(0, np.float32)
    # A code is hardly longer than its vector, 1: twice the two bounds part a row from one that could pass it.
    margin = 2 * bound + 1e-6
    threshold = np.partition(rough_N, len(rough_N) - k)[len(rough_N) - k] - margin
    rows = np.flatnonzero(rough_N >= max(threshold, np.finfo(np.float32).min))
    exact = np.asarray(vectors_NC[rows], np.float32) @ query_C
    exact += 0 if more_N is None else more_N[rows]
    sound = np.isfinite(exact)  # what a damaged disk made of a vector is never found
    rows, exact = rows[sound], exact[sound]
    order = np.argsort(-exact, kind="stable")[:k]
    return rows[order], exact[order]

"""The coded search is the plain product's, whatever the vectors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lavimo.search import exact
from lavimo.search.exact import best, coded


@pytest.fixture(autouse=True, params=[exact.FEW, 0], ids=["plain", "coded"], scope="module")
def way(request):
    """Few vectors, and many: by the codes."""
    few, exact.FEW = exact.FEW, request.param
    yield
    exact.FEW = few


def plain(vectors_NC: np.ndarray, query_C: np.ndarray, k: int, allowed_N: np.ndarray) -> list[int]:
    """The naive twin."""
    scores_N = vectors_NC.astype(np.float32) @ query_C
    order = sorted(np.flatnonzero(allowed_N), key=lambda n: (-scores_N[n], n))
    return order[:k]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1), count=st.integers(0, 300), dim=st.integers(1, 70), k=st.integers(1, 40),
    spread=st.sampled_from([1e-3, 1.0, 30.0]), share=st.sampled_from([0.0, 0.1, 1.0]),
)  # fmt: skip
def test_the_best_are_those_of_the_plain_product(seed, count, dim, k, spread, share):
    rng = np.random.default_rng(seed)
    # A few directions only: many nearly equal scores, where a coarse search would go wrong.
    base = rng.standard_normal((3, dim))
    vectors_NC = base[rng.integers(0, 3, count)] + spread * 0.01 * rng.standard_normal((count, dim))
    vectors_NC = (vectors_NC / np.maximum(np.linalg.norm(vectors_NC, axis=1, keepdims=True), 1e-9)).astype(np.float16)
    query_C = rng.standard_normal(dim).astype(np.float32)
    query_C /= np.linalg.norm(query_C)
    allowed_N = rng.random(count) < share
    codes, scale, error = coded(vectors_NC)
    rows, scores = best(codes, scale, float(error.max(initial=0)), vectors_NC, query_C, k, allowed_N)
    expected = plain(vectors_NC, query_C, k, allowed_N)
    # Sums in another order may differ in the last bit: equal scores may change places.
    np.testing.assert_allclose(scores, vectors_NC[expected].astype(np.float32) @ query_C, atol=1e-6)
    assert len(rows) == len(expected)
    assert allowed_N[rows].all()


def test_a_code_is_as_near_as_it_says():
    rng = np.random.default_rng(0)
    vectors_NC = rng.standard_normal((50, 64)).astype(np.float32)
    codes, scale, error = coded(vectors_NC)
    away_N = np.linalg.norm(vectors_NC - codes * scale[:, None], axis=1)
    np.testing.assert_allclose(error, away_N, rtol=1e-5)
    assert error.max() < 0.2


def test_no_vectors_and_none_allowed():
    codes, scale, _ = coded(np.zeros((0, 8), np.float32))
    assert not len(best(codes, scale, 0.0, np.zeros((0, 8), np.float16), np.ones(8, np.float32), 5)[0])
    one = np.ones((1, 8), np.float16)
    codes, scale, error = coded(one)
    found = best(codes, scale, float(error.max()), one, np.ones(8, np.float32), 5, np.array([False]))
    assert not len(found[0])


@pytest.mark.parametrize("dim", [1, 512, 2048])
def test_whole_numbers_do_not_run_over(dim):
    ones = np.ones((4, dim), np.float16)
    codes, scale, error = coded(ones)
    _, scores = best(codes, scale, float(error.max()), ones, np.ones(dim, np.float32), 4)
    np.testing.assert_allclose(scores, dim, rtol=1e-3)

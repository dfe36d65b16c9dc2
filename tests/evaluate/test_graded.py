"""Graded relevance, against loops and known orders."""

import itertools
from math import log2

import numpy as np
import pytest

from lavimo.evaluate.embeddings import Embeddings
from lavimo.evaluate.graded import graded, ndcg


def naive(similarity_N, gain_N, first):
    """The mean over every order that the ties allow."""
    items = range(len(similarity_N))
    orders = [
        order
        for order in itertools.permutations(items)
        if all(similarity_N[a] >= similarity_N[b] for a, b in itertools.pairwise(order))
    ]
    found = np.mean([sum(gain_N[item] / log2(2 + i) for i, item in enumerate(order[:first])) for order in orders])
    best = sum(gain / log2(2 + i) for i, gain in enumerate(sorted(gain_N, reverse=True)[:first]))
    return found / best if best else 1.0


@pytest.mark.parametrize("first", [1, 3, 10])
def test_it_is_the_mean_over_all_orders_that_ties_allow(first):
    rng = np.random.default_rng(0)
    similarity_RN, gain_RN = rng.integers(0, 4, (20, 6)).astype(float), rng.uniform(0, 1, (20, 6))
    gain_RN[3] = 0
    expected = [naive(similarity_RN[row], gain_RN[row], first) for row in range(20)]
    np.testing.assert_allclose(ndcg(similarity_RN, gain_RN, first), expected, rtol=1e-12)


def test_the_best_order_has_one_and_the_worst_less():
    gain_RN = np.array([[1.0, 0.5, 0.1, 0.0]])
    assert ndcg(gain_RN, gain_RN)[0] == pytest.approx(1)
    worst = (0.1 / log2(3) + 0.5 / log2(4) + 1 / log2(5)) / (1 + 0.5 / log2(3) + 0.1 / log2(4))
    assert ndcg(-gain_RN, gain_RN)[0] == pytest.approx(worst)


def embeddings(**more):
    """Five clips; the motions are the texts, turned round by one."""
    text_NC = np.eye(5)
    return Embeddings(
        tuple("abcde"), tuple("vwxyz"), "test", {"text": text_NC, "motion": np.roll(text_NC, 1, 0)}, **more
    )


def test_captions_decide_and_without_them_nothing_is_said():
    assert graded(embeddings(captions_NC=None)) == {}
    found = graded(embeddings(captions_NC=np.eye(5)))
    # The right answer is tied with three others behind a wrong one: places two to five.
    expected = np.mean([1 / log2(1 + place) for place in (2, 3, 4, 5)])
    assert found == pytest.approx({"t2m": expected, "m2t": expected})
    alike = graded(embeddings(captions_NC=np.ones((5, 3))))
    assert alike == pytest.approx({"t2m": 1, "m2t": 1})

"""Every measure beside a naive twin that follows the published code line by line."""

import numpy as np
import pytest
from scipy import linalg

from lavimo.judge import measures


@pytest.fixture
def random():
    return np.random.default_rng(0)


def near(random, motions_NC, noise):
    return motions_NC + noise * random.standard_normal(motions_NC.shape)


@pytest.mark.parametrize("noise", [0.0, 0.8, 5.0])
def test_r_precision_and_matching_distance(random, noise):
    motions_NC = random.standard_normal((96, 16))
    texts_NC = near(random, motions_NC, noise)
    hits, distance = np.zeros(3), 0.0
    for start in range(0, 96, 32):
        for i in range(32):
            away = [linalg.norm(texts_NC[start + i] - motions_NC[start + j]) for j in range(32)]
            place = sorted(range(32), key=away.__getitem__).index(i)
            hits += [place < 1, place < 2, place < 3]
            distance += away[i]
    precision, own = measures.matching(texts_NC, motions_NC)
    np.testing.assert_allclose(precision, hits / 96)
    assert own == pytest.approx(distance / 96, abs=1e-6)


def test_motions_that_are_all_the_same_match_by_chance():
    precision, _ = measures.matching(np.ones((64, 4)), np.zeros((64, 4)))
    np.testing.assert_allclose(precision, [1 / 32, 2 / 32, 3 / 32])


def frechet(first, second):
    """By the root of a matrix, as published."""
    mean, cov = np.mean(first, axis=0), np.cov(first, rowvar=False)
    other, theirs = np.mean(second, axis=0), np.cov(second, rowvar=False)
    root = np.real(linalg.sqrtm(cov.dot(theirs)))
    return (mean - other).dot(mean - other) + np.trace(cov) + np.trace(theirs) - 2 * np.trace(root)


def test_frechet(random):
    first = random.standard_normal((500, 12)) @ random.standard_normal((12, 12))
    second = random.standard_normal((400, 12)) @ random.standard_normal((12, 12)) + 0.5
    assert measures.frechet(first, second) == pytest.approx(frechet(first, second), rel=1e-9)
    assert measures.frechet(first, second) == pytest.approx(measures.frechet(second, first), rel=1e-9)
    assert measures.frechet(first, first) == pytest.approx(0, abs=1e-9)
    assert measures.frechet(first, first + 2) == pytest.approx(12 * 4)
    flat = np.repeat(first[:6], 2, 0)  # fewer than dimensions: the root of a matrix is not to be trusted here
    assert measures.frechet(flat, flat + 2) == pytest.approx(12 * 4)


def test_diversity_and_multimodality(random):
    motions_NC = random.standard_normal((50, 8))
    twin = np.random.default_rng(7)
    first, second = twin.choice(50, 30, replace=False), twin.choice(50, 30, replace=False)
    expected = sum(linalg.norm(motions_NC[i] - motions_NC[j]) for i, j in zip(first, second)) / 30
    assert measures.diversity(motions_NC, 30, np.random.default_rng(7)) == pytest.approx(expected)
    motions_GRC = random.standard_normal((4, 12, 8))
    twin = np.random.default_rng(7)
    first, second = twin.choice(12, 10, replace=False), twin.choice(12, 10, replace=False)
    away = [linalg.norm(one[i] - one[j]) for one in motions_GRC for i, j in zip(first, second)]
    assert measures.multimodality(motions_GRC, 10, np.random.default_rng(7)) == pytest.approx(np.mean(away))


def test_the_interval_is_the_published_one():
    assert measures.interval([1.0, 2.0, 3.0]) == pytest.approx(
        {"mean": 2.0, "interval": 1.96 * np.sqrt(2 / 3) / np.sqrt(3)}
    )


def test_retrieval_among_all(random):
    """Motions of the same words are right; equal ones share their places."""
    text_of_N = np.array([*range(30), 0, 0, 1, 5])
    texts_TC = random.standard_normal((30, 6))
    motions_NC = near(random, texts_TC[text_of_N], 0.9)
    motions_NC[9] = motions_NC[8]
    found = measures.retrieval(texts_TC, motions_NC, text_of_N)

    def place(query, gallery, right):
        away = np.array([np.sqrt(((query - one) ** 2).sum()) for one in gallery])
        best = min(away[one] for one in right)
        return (away < best - 1e-9).sum() + 0.5 * ((np.abs(away - best) < 1e-9).sum() - 1)

    there = [place(texts_TC[t], motions_NC, np.flatnonzero(text_of_N == t)) for t in text_of_N]
    back = [place(motion, texts_TC, [t]) for motion, t in zip(motions_NC, text_of_N)]
    for direction, places, gallery in (("t2m", there, 34), ("m2t", back, 30)):
        expected = {f"R{k}": 100 * np.mean(np.array(places) < k) for k in (1, 3, 10)}
        assert found[direction] == pytest.approx(expected | {"MedR": np.median(places) + 1, "N": gallery})


def test_nearest(random):
    motions_NC, training_MC = random.standard_normal((7, 5)), random.standard_normal((9, 5))
    cosines_N, places_N = measures.nearest(motions_NC, training_MC)
    for motion, cosine, place in zip(motions_NC, cosines_N, places_N):
        every = [motion @ one / linalg.norm(motion) / linalg.norm(one) for one in training_MC]
        assert (cosine, place) == (pytest.approx(max(every)), int(np.argmax(every)))

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavimo.evaluate.metrics import METRICS, chance, metrics
from lavimo.evaluate.protocols import (
    farthest_first,
    part,
    shuffled_batches,
    similar_captions,
    small_batches,
    threshold,
    whole_gallery,
)


def random_similarity(n, seed=0):
    return np.random.default_rng(seed).normal(size=(n, n))


def test_metrics_of_known_ranks():
    expected = {"R1": 25.0, "R2": 50.0, "R3": 50.0, "R5": 75.0, "R10": 75.0, "MedR": 3.75}
    assert metrics(np.array([0, 1.5, 4, 30])) == expected
    assert tuple(expected) == METRICS


def test_chance_is_what_random_orders_score():
    found = [metrics(np.random.default_rng(seed).permutation(64)) for seed in range(3)]
    assert all(one == chance(64) for one in found), "a permutation holds every rank once"
    assert chance(4)["R5"] == 100


def test_a_perfect_model_is_perfect_under_every_protocol():
    perfect = {**{f"R{k}": 100.0 for k in (1, 2, 3, 5, 10)}, "MedR": 1.0}
    similarity_NN = np.eye(70)
    positives_NN = similar_captions(np.eye(70), 0.9)
    assert whole_gallery(similarity_NN) == threshold(similarity_NN, positives_NN) == perfect
    assert small_batches(similarity_NN, shuffled_batches(70, 32, 0)) == perfect


def test_more_positives_never_lower_a_recall():
    similarity_NN, captions_NN = random_similarity(90), np.corrcoef(random_similarity(90, 1)[:, :4])
    for metric in METRICS:
        values = [threshold(similarity_NN, similar_captions(captions_NN, cut))[metric] for cut in (0.9, 0.8, 0.6)]
        assert values == sorted(values, reverse=metric == "MedR")
    assert threshold(similarity_NN, similar_captions(captions_NN, 1.0)) == whole_gallery(similarity_NN)


def test_the_cut_is_strict_and_a_clip_is_its_own_positive():
    captions_NN = np.array([[0.5, 0.8, 0.81], [0.8, 1, 0], [0.81, 0, 1]])
    expected = [[True, False, True], [False, True, False], [True, False, True]]
    np.testing.assert_array_equal(similar_captions(captions_NN, 0.8), expected)


def test_small_batches_are_the_mean_of_their_parts():
    similarity_NN = random_similarity(100)
    batches_BK = shuffled_batches(100, 32, 0)
    assert batches_BK.shape == (3, 32)
    assert len(np.unique(batches_BK)) == 96
    parts = [part(similarity_NN, clips_K) for clips_K in batches_BK]
    for metric, value in small_batches(similarity_NN, batches_BK).items():
        assert value == pytest.approx(sum(one[metric] for one in parts) / 3)


def naive_farthest_first(captions_NN, count):
    chosen = [0]
    while len(chosen) < count:
        left = [i for i in range(len(captions_NN)) if i not in chosen]
        chosen.append(min(left, key=lambda i: (max(captions_NN[i][j] for j in chosen), i)))
    return chosen


@given(st.integers(1, 15), st.integers(0, 1000), st.integers(1, 4))
def test_farthest_first_is_its_naive_twin(n, seed, channels):
    rows = np.random.default_rng(seed).integers(-1, 2, (n, channels)).astype(float)
    for count in {1, (n + 1) // 2, n}:
        assert farthest_first(rows @ rows.T, count).tolist() == naive_farthest_first(rows @ rows.T, count)

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lavimo.config import EvaluateOptions
from lavimo.evaluate.embeddings import Embeddings
from lavimo.evaluate.metrics import METRICS, bootstrap, chance, deviation, interval, metrics
from lavimo.evaluate.prepare import prepare
from lavimo.evaluate.protocols import (
    Protocol,
    farthest_first,
    own_clip,
    own_texts,
    same_caption,
    shuffled_batches,
    similar_captions,
    whole,
)
from lavimo.evaluate.ranks import Rows, ranks, similarity


def scores(protocol, similarity_NN, captions_NN=None, ties="average"):
    """What a protocol makes of one similarity matrix."""
    clips_N = np.arange(len(similarity_NN))
    placements_NS = protocol.rank_queries(clips_N, similarity_NN if captions_NN is None else captions_NN)(similarity_NN)
    return metrics(protocol.arrange(placements_NS.ranks(ties)))


def whole_gallery(similarity_NN):
    return scores(Protocol("all", whole(len(similarity_NN)), own_clip), similarity_NN)


def threshold(similarity_NN, captions_NN, cosine):
    protocol = Protocol("threshold", whole(len(similarity_NN)), partial(similar_captions, cosine=cosine))
    return scores(protocol, similarity_NN, captions_NN)


def random_similarity(n, seed=0):
    return np.random.default_rng(seed).normal(size=(n, n))


def test_metrics_of_known_ranks():
    expected = {"R1": 25.0, "R2": 50.0, "R3": 50.0, "R5": 75.0, "R10": 75.0, "MedR": 3.75}
    expected["MRR"] = (1 + 1 / 2.5 + 1 / 5 + 1 / 31) / 4
    assert metrics(np.array([0, 1.5, 4, 30])) == pytest.approx(expected, abs=1e-15)
    assert tuple(expected) == METRICS


def test_chance_is_what_random_orders_score():
    for seed in range(3):
        assert metrics(np.random.default_rng(seed).permutation(64)) == pytest.approx(chance(64), abs=1e-12)
    assert chance(4)["R5"] == 100


def test_a_perfect_model_is_perfect_under_every_protocol():
    perfect = {**{f"R{k}": 100.0 for k in (1, 2, 3, 5, 10)}, "MedR": 1.0, "MRR": 1.0}
    assert whole_gallery(np.eye(70)) == threshold(np.eye(70), np.eye(70), 0.9) == perfect
    assert scores(Protocol("small_batches", shuffled_batches(70, 32, 0)[None]), np.eye(70)) == perfect


def test_more_positives_never_lower_a_recall():
    similarity_NN, captions_NN = random_similarity(90), np.corrcoef(random_similarity(90, 1)[:, :4])
    for metric in METRICS:
        values = [threshold(similarity_NN, captions_NN, cut)[metric] for cut in (0.9, 0.8, 0.6)]
        assert values == sorted(values, reverse=metric == "MedR")
    assert threshold(similarity_NN, captions_NN, 1.0) == whole_gallery(similarity_NN)


def test_the_cut_is_strict_and_a_clip_is_its_own_positive():
    captions_NN = np.array([[0.5, 0.8, 0.81], [0.8, 1, 0], [0.81, 0, 1]])
    expected = [[True, False, True], [False, True, False], [True, False, True]]
    np.testing.assert_array_equal(similar_captions(np.arange(3), captions_NN, 0.8), expected)


def test_same_caption_is_the_best_of_the_clips_of_the_same_words():
    number_N = np.array([0, 1, 0, 2])
    similarity_NN = np.array([[0.1, 0.5, 0.9, 0.2], [0.3, 0.2, 0.1, 0.0], [0.3, 0.2, 0.1, 0.0], [0.9, 0.8, 0.7, 0.6]])
    protocol = Protocol("same_caption", whole(4), partial(same_caption, caption_N=number_N))
    placements = protocol.rank_queries(np.arange(4), similarity_NN)(similarity_NN)
    assert placements.better[:, 0].tolist() == [0, 1, 0, 3]


def test_own_texts_are_the_best_of_the_clips_that_the_method_takes_for_one():
    """As Kimodo's code has it: scores of (1 + cosine) / 2, of which those above 2 * 0.99 - 1 are one text's."""
    rng = np.random.default_rng(0)
    texts_NC = np.repeat(rng.normal(size=(12, 6)), 3, axis=0) + 0.2 * rng.normal(size=(36, 6))
    similarity_NN = random_similarity(36)
    unit_NC = texts_NC / np.linalg.norm(texts_NC, axis=1, keepdims=True)
    one_NN = (unit_NC @ unit_NC.T / 2 + 0.5) > 2 * 0.99 - 1
    assert 36 < one_NN.sum() < 36 * 4
    expected = [int((row > row[right].max()).sum()) for row, right in zip(similarity_NN, one_NN)]
    protocol = Protocol("own_texts", whole(36), partial(own_texts, texts=Rows.of(texts_NC), cosine=0.96))
    placements = protocol.rank_queries(np.arange(36), similarity_NN)(similarity_NN)
    assert placements.better[:, 0].tolist() == expected


def test_own_texts_reward_words_that_are_all_alike_and_the_log_says_so(caplog):
    rng = np.random.default_rng(0)
    texts_NC, motions_NC, captions_NC = (rng.normal(size=(20, 6)) for _ in range(3))
    names = tuple(f"{number:02d}" for number in range(20))
    for collapsed in (False, True):
        caplog.clear()
        words_NC = 0.05 * texts_NC + 1 if collapsed else texts_NC
        given = Embeddings(names, names, "test", {"text": words_NC, "motion": motions_NC}, captions_NC)
        (protocol,) = prepare(given, EvaluateOptions(protocols=("own_texts",)))
        assert (scores(protocol, given.similarity("t2m"))["R1"] == 100) == collapsed
        assert ("its embeddings have collapsed" in caplog.text) == collapsed


@pytest.mark.parametrize("ties", ["average", "optimistic", "pessimistic"])
def test_small_batches_are_the_mean_of_their_parts(ties):
    similarity_NN = random_similarity(100).round(1)
    batches_SBK = np.stack([shuffled_batches(100, 32, seed) for seed in range(4)])
    assert batches_SBK.shape == (4, 3, 32)
    assert len(np.unique(batches_SBK[0])) == 96
    parts = [
        metrics(ranks(part_KK, part_KK.diagonal(), ties))
        for part_KK in (similarity_NN[np.ix_(clips_K, clips_K)] for clips_K in batches_SBK.reshape(-1, 32))
    ]
    found = scores(Protocol("small_batches", batches_SBK), similarity_NN, ties=ties)
    assert found == pytest.approx({name: np.mean([part[name] for part in parts]) for name in METRICS}, abs=1e-12)
    by_seed = [np.mean([part["R1"] for part in parts[s : s + 3]]) for s in range(0, 12, 3)]
    protocol = Protocol("small_batches", batches_SBK)
    placements = protocol.rank_queries(np.arange(100), similarity_NN)(similarity_NN)
    assert deviation(protocol.arrange(placements.ranks(ties)))["R1"] == pytest.approx(
        np.std(by_seed, ddof=1), abs=1e-12
    )


def test_a_bootstrap_spreads_as_the_theory_of_shares_says():
    ranks_1Q = np.where(np.arange(2000) < 600, 0, 50)[None]
    low, high = interval(ranks_1Q, 4000, seed=0)
    half = 1.96 * 100 * np.sqrt(0.3 * 0.7 / 2000)
    assert (low["R1"], high["R1"]) == pytest.approx((30 - half, 30 + half), abs=0.15)
    assert interval(ranks_1Q, 4000, seed=0) == (low, high)


def test_a_bootstrap_in_several_lots_is_the_naive_one(monkeypatch):
    ranks_BQ = np.random.default_rng(0).integers(0, 9, (3, 8))
    generator = np.random.default_rng(5)
    drawn = [generator.integers(8, size=(3, 8)) for _ in range(7)]
    expected = [metrics(np.array([row[d] for row, d in zip(ranks_BQ, some)])) for some in drawn]
    monkeypatch.setattr("lavimo.evaluate.metrics.RESAMPLED_AT_ONCE", 50)
    np.testing.assert_allclose(bootstrap(ranks_BQ, 7, seed=5).T, [[*one.values()] for one in expected], atol=1e-12)


def naive_farthest_first(captions_NN, count):
    chosen = [0]
    while len(chosen) < count:
        left = [i for i in range(len(captions_NN)) if i not in chosen]
        chosen.append(min(left, key=lambda i: (max(captions_NN[i][j] for j in chosen), i)))
    return chosen


@given(st.integers(1, 15), st.integers(0, 1000), st.integers(1, 5))
def test_farthest_first_is_its_naive_twin(n, seed, distinct):
    generator = np.random.default_rng(seed)
    rows_NC = generator.normal(size=(distinct, 6))[generator.integers(0, distinct, n)]
    captions_NN = similarity(rows_NC, rows_NC).round(12)
    for count in {1, (n + 1) // 2, n}:
        assert farthest_first(rows_NC, count).tolist() == naive_farthest_first(captions_NN, count)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 40), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_success_and_mrr_are_those_of_trec_eval(n, right, seed):
    """trec_eval orders ties by name, so there are none here; with several right answers the best of them counts."""
    pytrec_eval = pytest.importorskip("pytrec_eval")
    generator = np.random.default_rng(seed)
    similarity_NN = generator.permuted(np.tile(np.linspace(-1, 1, n), (n, 1)), axis=1)
    positives_NN = np.eye(n, dtype=bool) | (generator.integers(0, n, (n, n)) < right)
    relevance = {f"q{i}": {f"d{j}": int(positives_NN[i, j]) for j in range(n)} for i in range(n)}
    run = {f"q{i}": {f"d{j}": float(similarity_NN[i, j]) for j in range(n)} for i in range(n)}
    measures = {"success.1,2,3,5,10", "recip_rank"}
    theirs = pytrec_eval.RelevanceEvaluator(relevance, measures).evaluate(run).values()
    protocol = Protocol("any", whole(n), lambda queries_R, captions_RN: positives_NN[queries_R])
    ours = scores(protocol, similarity_NN)
    for k in (1, 2, 3, 5, 10):
        assert ours[f"R{k}"] / 100 == pytest.approx(np.mean([one[f"success_{k}"] for one in theirs]), rel=0, abs=1e-9)
    assert ours["MRR"] == pytest.approx(np.mean([one["recip_rank"] for one in theirs]), rel=0, abs=1e-9)

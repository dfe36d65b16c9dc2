import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lavimo.evaluate.ranks import Rows, best_positive, chunks, ranks, similarity


def naive_rank(row, positives, ties):
    target = max(score for score, positive in zip(row, positives) if positive)
    tied = [place for place, score in enumerate(sorted(row, reverse=True)) if score == target]
    return {"average": sum(tied) / len(tied), "optimistic": tied[0], "pessimistic": tied[-1]}[ties]


@st.composite
def cases(draw):
    """Few distinct scores, so that ties abound; every query has its own column among its positives."""
    n = draw(st.integers(1, 12))
    similarity_NN = draw(hnp.arrays(np.float64, (n, n), elements=st.sampled_from([-1.0, -0.25, 0.0, 0.5, 1.0])))
    positives_NN = draw(hnp.arrays(np.bool_, (n, n))) | np.eye(n, dtype=bool)
    return similarity_NN, positives_NN


@given(cases(), st.sampled_from(["average", "optimistic", "pessimistic"]))
def test_ranks_are_those_of_the_naive_twin(case, ties):
    similarity_NN, positives_NN = case
    expected = [naive_rank(row, positives, ties) for row, positives in zip(similarity_NN, positives_NN)]
    np.testing.assert_array_equal(
        ranks(similarity_NN, best_positive(similarity_NN, *np.nonzero(positives_NN)), ties), expected
    )
    own = [naive_rank(row, truth, ties) for row, truth in zip(similarity_NN, np.eye(len(similarity_NN), dtype=bool))]
    np.testing.assert_array_equal(ranks(similarity_NN, similarity_NN.diagonal(), ties), own)


@given(cases())
def test_rows_can_be_ranked_in_chunks(case):
    similarity_NN, positives_NN = case
    whole = ranks(similarity_NN, best_positive(similarity_NN, *np.nonzero(positives_NN)))
    parts = [
        ranks(similarity_NN[i : i + 5], best_positive(similarity_NN[i : i + 5], *np.nonzero(positives_NN[i : i + 5])))
        for i in range(0, len(similarity_NN), 5)
    ]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_similarity_is_the_cosine():
    generator = np.random.default_rng(0)
    queries, gallery = generator.normal(size=(7, 5)), generator.normal(size=(9, 5))
    expected = [[q @ g / np.linalg.norm(q) / np.linalg.norm(g) for g in gallery] for q in queries]
    np.testing.assert_allclose(similarity(queries, gallery), expected, rtol=0, atol=1e-14)


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 150), st.integers(1, 130), st.integers(0, 2**32 - 1))
def test_equal_rows_tie_exactly_wherever_they_stand(n, channels, seed):
    generator = np.random.default_rng(seed)
    which = generator.integers(0, max(1, n // 3), n)
    texts = generator.normal(size=(n, channels)).astype(np.float32)[which]
    motions = generator.normal(size=(n, channels)).astype(np.float32)
    text_to_motion = similarity(texts, motions)
    for i, j in enumerate(np.unique(which, return_index=True)[1][np.unique(which, return_inverse=True)[1]]):
        assert (text_to_motion[i] == text_to_motion[j]).all()
    assert (similarity(motions, texts)[:, 0] == similarity(motions, texts)[:, which == which[0]].T).all()


def test_similarity_does_not_depend_on_the_order_of_rows():
    generator = np.random.default_rng(1)
    queries, gallery = generator.normal(size=(83, 48)), generator.normal(size=(101, 48))
    order, other = generator.permutation(83), generator.permutation(101)
    np.testing.assert_array_equal(
        similarity(queries[order], gallery[other]), similarity(queries, gallery)[np.ix_(order, other)]
    )


def test_a_query_without_a_positive_is_our_own_mistake():
    for positives in ([[True, False], [False, False]], [[False, False], [True, False]]):
        with pytest.raises(AssertionError, match="without a positive"):
            best_positive(np.zeros((2, 2)), *np.nonzero(positives))


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 200))
def test_chunks_hold_every_query_once_and_no_more_than_allowed(queries, gallery, similarities):
    found = list(chunks(queries, gallery, similarities))
    assert np.concatenate(found).tolist() == list(range(queries))
    assert all(len(rows_R) == 1 or len(rows_R) * gallery <= similarities for rows_R in found)


def test_a_gallery_ties_exactly_whatever_the_chunk():
    generator = np.random.default_rng(2)
    which = generator.integers(0, 40, 150)
    gallery = Rows.of(generator.normal(size=(40, 33))[which])
    queries = Rows.of(generator.normal(size=(101, 33)))
    for similarities in (150, 7 * 150, 64 * 150, 10**6):
        for rows_R in chunks(101, 150, similarities):
            similarity_RG = queries.similarity(rows_R, gallery)
            np.testing.assert_array_equal(
                similarity_RG, similarity_RG[:, np.unique(which, True)[1][np.unique(which, False, True)[1]]]
            )

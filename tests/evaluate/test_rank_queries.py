"""Whatever the chunk, placements are those of five naive lines, with ties and duplicates in every modality."""

import math
import tracemalloc

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lavimo.config import EvaluateOptions
from lavimo.evaluate.embeddings import Embeddings
from lavimo.evaluate.evaluate import rank_queries
from lavimo.evaluate.prepare import prepare


def naive_places(queries, gallery, positives):
    """How many items are better than the best positive, and how many others are its equal, a query at a time."""
    found = []
    for query, right in zip(queries, positives):
        cosines = [
            math.fsum(query * item) / math.dist(query, 0 * query) / math.dist(item, 0 * item) for item in gallery
        ]
        best = max(cosines[j] for j in right)
        found.append((sum(c > best for c in cosines), sum(c == best for c in cosines) - 1))
    return found


@st.composite
def splits(draw):
    """Some captions and motions come several times; a sentence has the direction of one of three themes, or nearly."""
    n = draw(st.integers(2, 24))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    caption_N, motion_N = (generator.integers(0, draw(st.integers(1, n)), n) for _ in range(2))
    themes = generator.normal(size=(3, 5))[generator.integers(0, 3, n)]
    sentences = themes + 0.3 * generator.normal(size=(n, 5))
    width = draw(st.integers(2, 40))
    return Embeddings(
        tuple(f"{i:03}" for i in range(n)),
        tuple(f"caption {i}" for i in caption_N),
        "test",
        {
            "text": generator.normal(size=(n, width)).astype(np.float32)[caption_N],
            "motion": generator.normal(size=(n, width)).astype(np.float32)[motion_N],
        },
        sentences[caption_N],
    )


@settings(max_examples=40, deadline=None)
@given(splits(), st.sampled_from([1, 50, 200, 10**6]))
def test_every_whole_gallery_in_any_chunk_is_the_naive_twin(embeddings, chunk):
    clips = range(len(embeddings.ids))
    unit = embeddings.captions_NC / np.linalg.norm(embeddings.captions_NC, axis=1, keepdims=True)
    options = EvaluateOptions(protocols=("all", "same_caption", "threshold"), threshold_cosines=(0.7,))
    positives = [
        [[i] for i in clips],
        [[j for j in clips if embeddings.captions[i] == embeddings.captions[j]] for i in clips],
        [[j for j in clips if i == j or unit[i] @ unit[j] > 0.7] for i in clips],
    ]
    found = rank_queries(embeddings, prepare(embeddings, options), chunk)
    for direction, (queries, gallery) in embeddings.directions.items():
        rows, items = np.float64(embeddings.of[queries]), np.float64(embeddings.of[gallery])
        for placements, right in zip(found[direction], positives):
            ours = list(zip(placements.better.ravel().tolist(), placements.tied.ravel().tolist()))
            assert ours == naive_places(rows, items, right)


@settings(max_examples=20, deadline=None)
@given(splits(), st.sampled_from([1, 50, 200]))
def test_every_protocol_in_chunks_is_itself_at_once(embeddings, chunk):
    protocols = prepare(embeddings, EvaluateOptions(small_batch_clips=4, small_batches_shuffles=3))
    whole = rank_queries(embeddings, protocols)
    for direction, of_direction in rank_queries(embeddings, protocols, chunk).items():
        for placements, expected in zip(of_direction, whole[direction], strict=True):
            np.testing.assert_array_equal(placements.better, expected.better)
            np.testing.assert_array_equal(placements.tied, expected.tied)


def test_memory_grows_with_the_clips_and_not_with_their_square():
    """At 100,000 clips a matrix of similarities is 80 GB; one chunk of them is what may be held."""
    clips, chunk = 4000, 2**16
    generator = np.random.default_rng(0)
    rows_NC = generator.normal(size=(clips, 4)).astype(np.float32)
    ids = tuple(f"{i:05}" for i in range(clips))
    embeddings = Embeddings(ids, ids, "test", {"text": rows_NC, "motion": rows_NC[::-1]}, rows_NC)
    protocols = prepare(embeddings, EvaluateOptions(small_batches_shuffles=2))
    tracemalloc.start()
    rank_queries(embeddings, protocols, chunk)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < clips * clips * 8 / 8

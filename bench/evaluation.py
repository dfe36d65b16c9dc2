"""How long all protocols, directions and tie rules take on a split of HumanML3D's size, and against a naive twin.

The naive twin does what one writes first: a sort of the gallery for each query, each protocol and each direction.
Both must give the same scores, or the bench fails.
"""

import time

import numpy as np
from numpy.typing import NDArray
from table import write_results

from lavimo.config import EvaluateOptions
from lavimo.evaluate.embeddings import Embeddings
from lavimo.evaluate.evaluate import Origin, score
from lavimo.evaluate.metrics import metrics
from lavimo.evaluate.protocols import farthest_first, shuffled_batches
from lavimo.evaluate.ranks import similarity

CLIPS, CHANNELS, CAPTIONS = 4384, 512, 3900


def split(generator: np.random.Generator) -> Embeddings:
    """A split of random embeddings, related so that ranks vary; some clips share a caption."""
    caption_N = generator.integers(0, CAPTIONS, CLIPS)
    meaning_NC = generator.normal(size=(CAPTIONS, CHANNELS))[caption_N]
    themes_NC = np.repeat(generator.normal(size=(CAPTIONS // 20, 384)), 20, axis=0)
    sentences_NC = (2 * themes_NC + generator.normal(size=themes_NC.shape))[caption_N]
    motion_NC = 0.1 * meaning_NC + generator.normal(size=meaning_NC.shape)
    video_NC = motion_NC + generator.normal(size=meaning_NC.shape)
    return Embeddings(
        tuple(f"{clip:06}" for clip in range(CLIPS)),
        tuple(f"caption {caption}" for caption in caption_N),
        "test",
        {name: x.astype(np.float32) for name, x in (("text", meaning_NC), ("motion", motion_NC), ("video", video_NC))},
        sentences_NC.astype(np.float32),
    )


def naive_places(similarity_NN: NDArray[np.float64], positives_NN: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The first and the last place of what ties with the best positive, (2, N), a query at a time."""
    places = []
    for row, positives in zip(similarity_NN, positives_NN):
        tied = np.flatnonzero(np.sort(row)[::-1] == row[positives].max())
        places.append(tied[[0, -1]])
    return np.array(places).T


def naive_scores(embeddings: Embeddings, options: EvaluateOptions) -> dict[tuple[str, str], NDArray[np.float64]]:
    """METRICS by protocol and direction, (3, 7): optimistic, average, pessimistic; each from the embeddings alone."""

    def scores_of(similarity_NN: NDArray[np.float64], positives_NN: NDArray[np.bool_]) -> NDArray[np.float64]:
        first_N, last_N = naive_places(similarity_NN, positives_NN)
        return np.array([[*metrics(r).values()] for r in (first_N, (first_N + last_N) / 2, last_N)])

    scores = {}
    assert embeddings.captions_NC is not None
    own_NN = np.eye(CLIPS, dtype=bool)
    captions = np.array(embeddings.captions)
    for direction, (queries, gallery) in embeddings.directions.items():
        similarity_NN = similarity(embeddings.of[queries], embeddings.of[gallery])
        captions_NN = similarity(embeddings.captions_NC, embeddings.captions_NC)
        scores["all", direction] = scores_of(similarity_NN, own_NN)
        scores["same_caption", direction] = scores_of(similarity_NN, captions == captions[:, None])
        for cosine in options.threshold_cosines:
            scores[f"threshold_{cosine:.2f}", direction] = scores_of(similarity_NN, (captions_NN > cosine) | own_NN)
        part = np.ix_(*2 * [farthest_first(embeddings.captions_NC, options.dissimilar_clips)])
        scores["dissimilar", direction] = scores_of(similarity_NN[part], own_NN[part])
        of_seeds = []
        for seed in range(options.small_batches_shuffles):
            parts = [np.ix_(batch, batch) for batch in shuffled_batches(CLIPS, options.small_batch_clips, seed)]
            of_seeds.append(np.mean([scores_of(similarity_NN[part], own_NN[part]) for part in parts], axis=0))
        scores["small_batches", direction] = of_seeds[0]
        scores[f"small_batches_{len(of_seeds)}_seeds", direction] = np.mean(of_seeds, axis=0)
    return scores


def main() -> None:
    options = EvaluateOptions(ties=("optimistic", "average", "pessimistic"), bootstrap_samples=0)
    embeddings = split(np.random.default_rng(0))
    ours = np.inf
    for _ in range(3):
        start = time.perf_counter()
        rows = score({"whole": embeddings}, Origin("run", "bench"), options)
        ours = min(ours, time.perf_counter() - start)
    start = time.perf_counter()
    expected = naive_scores(embeddings, options)
    naive = time.perf_counter() - start
    for row in rows:
        values = expected[row.protocol, row.direction][options.ties.index(row.ties)]
        np.testing.assert_allclose([*row.metrics.values()], values, rtol=0, atol=1e-9)
    write_results("evaluation", {"ten_seconds_vs_all_protocols": (10.0, ours, "s"), "vs_naive": (naive, ours, "s")})


if __name__ == "__main__":
    main()

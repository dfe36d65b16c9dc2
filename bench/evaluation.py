"""How long all protocols and directions take on a test split of HumanML3D's size, and against a naive twin.

The naive twin does what one writes first: a sort of the gallery for each query, each protocol and each direction.
Both must give the same scores, or the bench fails.
"""

import time

import numpy as np
from numpy.typing import NDArray
from table import write_results

from lavimo.config import EvaluateOptions
from lavimo.evaluate.embeddings import Embeddings
from lavimo.evaluate.evaluate import score
from lavimo.evaluate.metrics import METRICS, metrics
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
        {"text": np.float32(meaning_NC), "motion": np.float32(motion_NC), "video": np.float32(video_NC)},
        np.float32(sentences_NC),
    )


def naive_ranks(similarity_NN: NDArray[np.float64], positives_NN: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The mean place of the best positive and of what ties with it, a query at a time."""
    ranks = []
    for row, positives in zip(similarity_NN, positives_NN):
        places = np.flatnonzero(np.sort(row)[::-1] == row[positives].max())
        ranks.append(places.mean())
    return np.array(ranks)


def naive_scores(embeddings: Embeddings, options: EvaluateOptions) -> dict[tuple[str, str], dict[str, float]]:
    """Every protocol and direction, each from the embeddings alone."""
    scores = {}
    own_NN = np.eye(CLIPS, dtype=bool)
    for directions, pair in embeddings.pairs.items():
        for direction, (queries, gallery) in zip(directions, (pair, pair[::-1])):
            similarity_NN = similarity(embeddings.of[queries], embeddings.of[gallery])
            captions_NN = similarity(embeddings.captions_NC, embeddings.captions_NC)
            scores["all", direction] = metrics(naive_ranks(similarity_NN, own_NN))
            for cosine in options.threshold_cosines:
                positives_NN = (captions_NN > cosine) | own_NN
                scores[f"threshold_{cosine:.2f}", direction] = metrics(naive_ranks(similarity_NN, positives_NN))
            part = np.ix_(*2 * [farthest_first(captions_NN, options.dissimilar_clips)])
            scores["dissimilar", direction] = metrics(naive_ranks(similarity_NN[part], own_NN[part]))
            batches = shuffled_batches(CLIPS, options.small_batch_clips, options.small_batches_seed)
            parts = [np.ix_(batch, batch) for batch in batches]
            of_parts = [metrics(naive_ranks(similarity_NN[part], own_NN[part])) for part in parts]
            scores["small_batches", direction] = {m: float(np.mean([one[m] for one in of_parts])) for m in METRICS}
    return scores


def main() -> None:
    options = EvaluateOptions()
    embeddings = split(np.random.default_rng(0))
    ours = np.inf
    for _ in range(3):
        start = time.perf_counter()
        rows = score(embeddings, "run", "bench", options)
        ours = min(ours, time.perf_counter() - start)
    start = time.perf_counter()
    expected = naive_scores(embeddings, options)
    naive = time.perf_counter() - start
    for row in rows:
        np.testing.assert_allclose(
            list(row.metrics.values()), list(expected[row.protocol, row.direction].values()), rtol=0, atol=1e-9
        )
    write_results("evaluation", {"ten_seconds_vs_all_protocols": (10.0, ours, "s"), "vs_naive": (naive, ours, "s")})


if __name__ == "__main__":
    main()

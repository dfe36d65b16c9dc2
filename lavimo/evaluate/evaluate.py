"""Stage `evaluate`: a run's embeddings to its scores, under every protocol and in every direction."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.config import EvaluateOptions
from lavimo.evaluate.embeddings import Embeddings, read_embeddings
from lavimo.evaluate.metrics import Metrics
from lavimo.evaluate.protocols import (
    farthest_first,
    part,
    shuffled_batches,
    similar_captions,
    small_batches,
    threshold,
    whole_gallery,
)
from lavimo.evaluate.ranks import similarity
from lavimo.evaluate.scores import Score, write_scores

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Protocol:
    """A protocol made ready for one split: its name, its gallery, and what it makes of a similarity matrix."""

    name: str
    gallery: int
    measure: Callable[[NDArray[np.float64]], Metrics]


def evaluate(embeddings: Path, scores: Path, run: str, source: str, options: EvaluateOptions) -> None:
    """Write the scores of a run's embeddings, in percent and ranks, with the gallery's size beside each.

    Raises:
        ValueError: the embeddings are damaged, not finite, of zero length, or do not belong together.
    """
    found = read_embeddings(embeddings)
    rows = score(found, run, source, options)
    write_scores(scores, rows)
    log.info("evaluate: %d scores of run %s on %d %s clips", len(rows), run, len(found.ids), found.split)


def score(embeddings: Embeddings, run: str, source: str, options: EvaluateOptions) -> list[Score]:
    """The scores of every protocol of `options` and every direction that the modalities allow."""
    protocols = prepare(embeddings.captions_NC, options)
    scores = []
    for (there, back), (queries, gallery) in embeddings.pairs.items():
        similarity_NN = similarity(embeddings.of[queries], embeddings.of[gallery])
        for direction, matrix_NN in ((there, similarity_NN), (back, np.ascontiguousarray(similarity_NN.T))):
            for protocol in protocols:
                measured = protocol.measure(matrix_NN)
                scores.append(
                    Score(run, source, embeddings.split, protocol.name, direction, protocol.gallery, measured)
                )
    return scores


def prepare(captions_NC: NDArray[Any], options: EvaluateOptions) -> list[Protocol]:
    """The protocols of `options` for clips of these caption embeddings; what all directions share is made once."""
    clips = len(captions_NC)
    caption_similarity_NN = similarity(captions_NC, captions_NC)
    protocols: list[Protocol] = []
    for name in options.protocols:
        if name == "all":
            protocols.append(Protocol(name, clips, whole_gallery))
        elif name == "threshold":
            for cosine in options.threshold_cosines:
                positives_NN = similar_captions(caption_similarity_NN, cosine)
                measure = partial(threshold, positives_NN=positives_NN)
                protocols.append(Protocol(f"{name}_{cosine:.2f}", clips, measure))
        elif name == "dissimilar":
            size = smaller(name, options.dissimilar_clips, clips // 2)
            clips_K = farthest_first(caption_similarity_NN, size)
            protocols.append(Protocol(name, size, partial(part, clips_K=clips_K)))
        else:
            size = smaller(name, options.small_batch_clips, clips)
            batches_BK = shuffled_batches(clips, size, options.small_batches_seed)
            protocols.append(Protocol(name, size, partial(small_batches, batches_BK=batches_BK)))
    return protocols


def smaller(protocol: str, wanted: int, available: int) -> int:
    """The gallery that a small split allows a protocol, said in the log where it is not the wanted one."""
    if available < wanted:
        log.warning("protocol %s: a gallery of %d instead of %d, the split is small", protocol, available, wanted)
    return min(wanted, available)

"""Stage `evaluate`: a run's embeddings to its scores, under every protocol, in every direction, by every tie rule."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from lavimo.config import EvaluateOptions
from lavimo.evaluate.embeddings import Embeddings, read_embeddings
from lavimo.evaluate.graded import graded
from lavimo.evaluate.metrics import deviation, interval, metrics
from lavimo.evaluate.prepare import prepare
from lavimo.evaluate.protocols import Protocol
from lavimo.evaluate.ranks import CHUNK, Placements, Rows, Ties, chunks
from lavimo.evaluate.scores import Score, write_scores
from lavimo.evaluate.subsets import subsets

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Origin:
    """What the scores of a run say of where they come from: see `Score`."""

    run: str
    source: str
    seed: str = ""
    family: str = ""
    benchmark: str = ""


def evaluate(
    embeddings: Path,
    scores: Path,
    origin: Origin,
    options: EvaluateOptions,
    clips: Path | None = None,
    animations: list[Path] | None = None,
) -> list[Score]:
    """Write the scores of a run's embeddings, in percent and ranks, with the gallery's size beside each.

    `clips` and `animations` tell which clips a model may have met in training in another guise: see `subsets.subsets`.

    Raises:
        ValueError: the embeddings are damaged, not finite, of zero length, or do not belong together.
    """
    found = read_embeddings(embeddings)
    if not found.captions:
        log.warning("no captions: protocol same_caption is left out")
    if found.captions_NC is None:
        log.warning("no caption_embeddings: protocols threshold and dissimilar (but for a list) are left out")
    rows = score(subsets(found, options, clips, animations), origin, options)
    write_scores(scores, rows)
    log.info("evaluate: %d scores of run %s on %d %s clips", len(rows), origin.run, len(found.ids), found.split)
    return rows


def score(subsets: dict[str, Embeddings], origin: Origin, options: EvaluateOptions) -> list[Score]:
    """The scores of every subset, every protocol of `options` and every direction that the modalities allow."""
    scores = []
    for subset, embeddings in subsets.items():
        protocols = prepare(embeddings, options, subset)
        found, gains = rank_queries(embeddings, protocols), graded(embeddings)
        for direction in embeddings.directions:
            for protocol, placements_SBK in zip(protocols, found[direction]):
                same = Score(
                    origin.run,
                    origin.source,
                    embeddings.split,
                    protocol.name,
                    direction,
                    embeddings.gallery if embeddings.galleries else protocol.gallery,
                    {},
                    subset=protocol.subset or subset,
                    seed=origin.seed,
                    family=origin.family,
                    benchmark=origin.benchmark,
                    graded=gains.get(direction) if protocol.name == "all" else None,
                )
                scores += [measured(same, placements_SBK, ties, options) for ties in options.ties]
    return scores


def measured(score: Score, placements_SBK: Placements, ties: Ties, options: EvaluateOptions) -> Score:
    """The score with its metrics; their deviation over shuffles, or else their intervals over resampled queries."""
    ranks_SBK = placements_SBK.ranks(ties)
    score = replace(score, ties=ties, metrics=metrics(ranks_SBK))
    if len(ranks_SBK) > 1:
        return replace(score, deviation=deviation(ranks_SBK))
    if options.bootstrap_samples:
        low, high = interval(ranks_SBK[0], options.bootstrap_samples, options.bootstrap_seed)
        return replace(score, low=low, high=high)
    return score


def rank_queries(embeddings: Embeddings, protocols: list[Protocol], chunk: int = CHUNK) -> dict[str, list[Placements]]:
    """The places (S, B, K) of each protocol's right answers, by direction, a chunk of similarities at a time."""
    clips = len(embeddings.ids)
    captions = None if embeddings.captions_NC is None else Rows.of(embeddings.captions_NC)
    found = {
        direction: [np.zeros((2, clips, len(protocol.galleries_SBK)), np.int32) for protocol in protocols]
        for direction in embeddings.directions
    }
    for queries_R in chunks(clips, clips, chunk):
        captions_RN = captions.similarity(queries_R, captions) if captions else np.zeros((len(queries_R), clips))
        rankers = [protocol.rank_queries(queries_R, captions_RN) for protocol in protocols]
        for direction in embeddings.directions:
            similarity_RN = embeddings.similarity(direction, queries_R)
            for placements_2NS, rank in zip(found[direction], rankers):
                placements_RS = rank(similarity_RN)
                placements_2NS[:, queries_R] = placements_RS.better, placements_RS.tied
    return {
        direction: [
            Placements(*map(protocol.arrange, placements_2NS))
            for protocol, placements_2NS in zip(protocols, of_direction)
        ]
        for direction, of_direction in found.items()
    }

"""The field's protocols: which gallery a query sees and which answers count as right.

In a similarity matrix row i is query i and column i its ground truth. Protocols whose names sound alike give numbers
that cannot be compared, so each is one function here.

N clips, R queries among them, K clips of a gallery, B galleries, S shuffles into galleries, P pairs of a query and a
right clip, M queries that are in a gallery, C channels.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.evaluate.ranks import Placements, Rows, best_positive, placements

Clips = NDArray[np.intp]
"""Clip numbers."""
Similarity = NDArray[np.float64]
Positives = Callable[[Clips, Similarity], NDArray[np.bool_]]
RankQueries = Callable[[Similarity], Placements]
"""The places (R, S) of some queries' right answers, from their similarities (R, N) with all clips."""


@dataclass(frozen=True)
class Protocol:
    """A protocol made ready for one split.

    Attributes:
        galleries_SBK: the clips of each gallery; a clip's query is compared with its own gallery only.
        positives: for a gallery of all clips, which of them (R, N) are right, from the queries' numbers and their
            captions' similarity (R, N) with all captions. None: each query's own clip alone.
        subset: which clips they are, if the protocol chooses them.
    """

    name: str
    galleries_SBK: Clips
    positives: Positives | None = None
    subset: str = ""

    @property
    def gallery(self) -> int:
        """The clips that a query is compared with."""
        return self.galleries_SBK.shape[-1]

    def rank_queries(self, queries_R: Clips, caption_similarity_RN: Similarity) -> RankQueries:
        """What ranks these queries' right answers, in any direction."""
        if self.positives is None:
            clips = caption_similarity_RN.shape[1]
            own = [own_gallery(queries_R, galleries_BK, clips) for galleries_BK in self.galleries_SBK]
            return lambda similarity_RN: own_galleries(similarity_RN, queries_R, own)
        positives_RN = self.positives(queries_R, caption_similarity_RN)
        pairs_P = np.divmod(np.flatnonzero(positives_RN), positives_RN.shape[1])
        return lambda similarity_RN: whole_gallery(similarity_RN, *pairs_P)

    def arrange(self, placements_NS: NDArray[Any]) -> NDArray[Any]:
        """What `rank_queries` found for all clips, in the order of the galleries, (S, B, K)."""
        return placements_NS[self.galleries_SBK, np.arange(len(self.galleries_SBK))[:, None, None]]


def whole_gallery(similarity_RN: Similarity, queries_P: NDArray[np.intp], items_P: NDArray[np.intp]) -> Placements:
    """The place (R, 1) of the best of each query's positives among all clips."""
    found = placements(similarity_RN, best_positive(similarity_RN, queries_P, items_P))
    return Placements(found.better[:, None], found.tied[:, None])


def own_gallery(queries_R: Clips, galleries_BK: Clips, clips: int) -> tuple[Clips, Clips]:
    """Which of the queries are in a gallery, (M,), and the clips of the gallery that each is in, (M, K)."""
    gallery_N = np.full(clips, -1)
    gallery_N[galleries_BK] = np.arange(len(galleries_BK))[:, None]
    members_M = np.flatnonzero(gallery_N[queries_R] >= 0)
    return members_M, galleries_BK[gallery_N[queries_R[members_M]]]


def own_galleries(similarity_RN: Similarity, queries_R: Clips, own: list[tuple[Clips, Clips]]) -> Placements:
    """The place (R, S) of each query's own clip in its gallery of each shuffle; zero for a query in none."""
    better_RS, tied_RS = np.zeros((2, len(queries_R), len(own)), np.int32)
    for s, (members_M, clips_MK) in enumerate(own):
        target_M = similarity_RN[members_M, queries_R[members_M]]
        found = placements(similarity_RN[members_M[:, None], clips_MK], target_M)
        better_RS[members_M, s], tied_RS[members_M, s] = found.better, found.tied
    return Placements(better_RS, tied_RS)


def whole(clips: int) -> Clips:
    """One gallery of all clips."""
    return np.arange(clips)[None, None]


def own_clip(queries_R: Clips, caption_similarity_RN: Similarity) -> NDArray[np.bool_]:
    """Protocol `all`, (R, N): only the query's own clip is right."""
    return queries_R[:, None] == np.arange(caption_similarity_RN.shape[1])


def similar_captions(queries_R: Clips, caption_similarity_RN: Similarity, cosine: float) -> NDArray[np.bool_]:
    """Protocol `threshold`, (R, N): captions of a cosine above the cut (TMR: strictly) are right, and the query's own.

    TMR names its cuts (1 + cosine) / 2: its 0.95 is the cosine 0.90.
    """
    return (caption_similarity_RN > cosine) | own_clip(queries_R, caption_similarity_RN)


def same_caption(queries_R: Clips, caption_similarity_RN: Similarity, caption_N: Clips) -> NDArray[np.bool_]:
    """Protocol `same_caption`, (R, N): clips of the query's very words, by the captions' numbers, are right."""
    return caption_N[queries_R][:, None] == caption_N


def own_texts(queries_R: Clips, caption_similarity_RN: Similarity, texts: Rows, cosine: float) -> NDArray[np.bool_]:
    """Protocol `own_texts`, (R, N): clips whose text the method itself embeds like the query's, above a cosine.

    So Kimodo's benchmark (NVIDIA 2026, kimodo/metrics/tmr.py) merges texts. It is a gift to who embeds all words alike.
    """
    return (texts.similarity(queries_R, texts) > cosine) | own_clip(queries_R, caption_similarity_RN)


def farthest_first(captions_NC: NDArray[Any], count: int) -> NDArray[np.intp]:
    """`count` clips of mutually dissimilar captions, (count,): the first, then always the one farthest from all chosen.

    Greedy and deterministic; of equally far clips the first is taken. Captions are rows, compared by cosine.
    """
    assert 1 <= count <= len(captions_NC)
    captions = Rows.of(captions_NC)
    chosen = [0]
    closest_N = np.full(len(captions_NC), -np.inf)
    while len(chosen) < count:
        newest_C = captions.distinct_UC[captions.of_Q[chosen[-1]]]
        similarity_U = np.round(captions.distinct_UC @ newest_C, 12)  # what BLAS rounds away decides nothing
        closest_N = np.maximum(closest_N, similarity_U[captions.of_Q])
        closest_N[chosen[-1]] = np.inf
        chosen.append(int(closest_N.argmin()))
    return np.array(chosen)


def shuffled_batches(clips: int, size: int, seed: int) -> NDArray[np.intp]:
    """TMR's small batches, (B, size): clip numbers shuffled by numpy's legacy generator, the remainder dropped."""
    order_N = np.random.RandomState(seed).permutation(clips)
    return order_N[: clips // size * size].reshape(-1, size)

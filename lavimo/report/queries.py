"""Example queries and what they retrieve."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lavimo.evaluate.embeddings import Embeddings


@dataclass(frozen=True)
class Answer:
    """A retrieved clip: whether it is the right one, or another one of the same caption."""

    clip: str
    caption: str
    cosine: float
    right: bool
    same_caption: bool


@dataclass(frozen=True)
class Query:
    """A query, its best answers, and the 1-based rank of the right one (x.5 in a tie)."""

    clip: str
    caption: str
    answers: list[Answer]
    rank: float


def spread(clips: int, count: int) -> list[int]:
    """`count` clip numbers spread evenly, so that nobody picks the queries that work."""
    return np.linspace(0, clips - 1, min(count, clips)).round().astype(int).tolist()


def extremes(
    similarity_NN: NDArray[np.float64], rank_N: NDArray[np.float64], count: int
) -> tuple[list[int], list[int]]:
    """The `count` best queries and the `count` worst, the worst first: by rank, then by how far the right one leads."""
    others_NN = np.where(np.eye(len(similarity_NN), dtype=bool), -np.inf, similarity_NN)
    lead_N = similarity_NN.diagonal() - others_NN.max(1)
    in_order = np.lexsort((-lead_N, rank_N)).tolist()
    count = min(count, len(in_order) // 2)
    return in_order[:count], in_order[::-1][:count]


def examples(
    embeddings: Embeddings,
    similarity_NN: NDArray[np.float64],
    rank_N: NDArray[np.float64],
    chosen: list[int],
    top: int,
) -> list[Query]:
    """The chosen queries among all clips, by their similarities; equal answers in the order of their names."""
    found = []
    for i in chosen:
        best = np.argsort(-similarity_NN[i], kind="stable")[:top].tolist()
        answers = [
            Answer(
                embeddings.ids[j],
                embeddings.captions[j],
                float(similarity_NN[i, j]),
                right=i == j,
                same_caption=embeddings.captions[i] == embeddings.captions[j],
            )
            for j in best
        ]
        found.append(Query(embeddings.ids[i], embeddings.captions[i], answers, float(rank_N[i]) + 1))
    return found

"""What a library answers to words, in its order: see README.md."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from lavimo.search.item import Filters, Item
from lavimo.search.library import Library
from lavimo.search.query import MOST, Judgement, Part, Query

JUDGEMENTS: tuple[Judgement, ...] = ("probably", "perhaps", "hardly")


@dataclass(frozen=True)
class Asked:
    """A query of queries.csv.

    Attributes:
        action: what all its wordings ask for; the first is the query, the rest are its other wordings.
        words: a relevant motion's caption has one of them.
    """

    action: str
    query: str
    words: tuple[str, ...]

    def relevant(self, item: Item) -> bool:
        """Whether a caption of the motion has one of the words."""
        told = " ".join(item.captions).lower()
        return any(word in told for word in self.words)


@dataclass
class Meant:
    """How many hits were judged so, and how many of these are relevant."""

    hits: Counter[str] = field(default_factory=Counter)
    relevant: Counter[str] = field(default_factory=Counter)

    def count(self, judged: dict[str, Judgement], relevant: Callable[[str], bool | None]) -> None:
        """Add the hits of a query, but not those of which nobody knows whether they are relevant (None)."""
        for id, judgement in judged.items():
            if judgement and (is_so := relevant(id)) is not None:
                self.hits[judgement] += 1
                self.relevant[judgement] += is_so

    def __add__(self, other: "Meant") -> "Meant":
        return Meant(self.hits + other.hits, self.relevant + other.relevant)

    def lines(self, of: str) -> list[str]:
        """For people."""
        if not self.hits:
            return [f"  {of}: the model does not judge its hits"]
        shares = [
            f"{judgement} {self.relevant[judgement] / self.hits[judgement]:.2f} "
            f"({self.relevant[judgement]} of {self.hits[judgement]})"
            for judgement in JUDGEMENTS
            if self.hits[judgement]
        ]
        return [f"  relevant {of}, of hits judged {', '.join(shares)}"]


def read_queries(path: Path) -> list[Asked]:
    """All wordings of all actions."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [Asked(row.get("action") or row["query"], row["query"], tuple(row["words"].split("|"))) for row in rows]


def answered(library: Library, query: str, among: Iterable[str]) -> tuple[list[str], dict[str, Judgement]]:
    """The ids of some motions in the order in which users get them, and what the library says of those that are hits.

    Near-duplicates, which are shown as one hit, follow it. What is not found at all comes last.
    """
    hits = library.search(Query((Part("text", query),), k=MOST)).hits
    found = [id for hit in hits for id in (hit.item.id, *hit.alike)]
    filters = list(among)
    known = set(filters)
    order = [id for id in dict.fromkeys([*found, *filters]) if id in known]
    return order, {hit.item.id: hit.judgement for hit in hits if hit.item.id in known}


def by_vectors(library: Library, query: str, among: Iterable[str]) -> tuple[list[str], dict[str, Judgement]]:
    """The same as the model alone has it: each motion by its best window's cosine with the query. It judges nothing."""
    best: dict[str, float] = {}
    for found in library.store.search(library.retriever.embed_texts([query])[0], library.store.count()[1], Filters()):
        best.setdefault(found.id, found.score)
    filters = list(among)
    scores = np.array([best[id] for id in filters], np.float32)
    return [filters[place] for place in np.argsort(-scores, kind="stable")], {}

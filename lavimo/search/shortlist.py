"""Of an index that is too large to look at every window: which facts are sought, and what the windows show that were
found.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lavimo.describe.columns import COLUMNS, Facts, What, WindowFacts
from lavimo.search.found import Found
from lavimo.search.item import Candidate, Window
from lavimo.search.sql_copy import SHOWN
from lavimo.search.store import Boost

HALF = 0.5
"""Facts that add less than this share of what the best of them do are not sought."""
FAR_M = 10.0
"""The way of the facts that are tried."""


class Row(NamedTuple):
    """A window as a database has it; `shows` are rows of `SHOWN`."""

    item: str
    begin_s: float
    end_s: float
    mirrored: bool
    cosine: float
    shows: bytes


def wanted(boost: Boost, whats: tuple[What, ...]) -> list[int]:
    """Of all facts those that add the most by themselves."""
    rows = np.arange(len(whats), dtype=np.int32)
    zeros, ones = np.zeros(len(rows), np.float32), np.ones(len(rows), np.float32)
    alone = Facts(whats, rows, zeros, ones, FAR_M * ones, np.zeros_like(rows), ones)
    boost_W = boost(WindowFacts.ordered(len(rows), rows, (zeros, ones, zeros > 0), rows, alone))
    found: list[int] = np.flatnonzero((boost_W > 0) & (boost_W >= HALF * boost_W.max(initial=0.0))).tolist()
    return found


def shown_by_found(found: Sequence[Row], whats: tuple[What, ...]) -> WindowFacts:
    """What some windows show."""
    pairs_P = np.frombuffer(b"".join([row.shows for row in found]), SHOWN)
    row_P = np.repeat(np.arange(len(found)), [len(row.shows) // SHOWN.itemsize for row in found])
    places: dict[str, int] = {}
    item_R = np.array([places.setdefault(row.item, len(places)) for row in found], np.int32)
    begin_R, end_R = (np.array([row[place] for row in found], np.float32) for place in (1, 2))
    spans = (begin_R, end_R, np.array([row.mirrored for row in found], bool))
    facts = Facts(whats, **{name: pairs_P[name] for name in COLUMNS})
    return WindowFacts.ordered(len(places), item_R, spans, row_P, facts)


def candidates(rows: Sequence[Row], boosts: NDArray[np.floating[Any]]) -> Found:
    """Windows and what facts add to each of their cosines, the best first."""

    def candidate(place: int) -> Candidate:
        row, boost = rows[place], float(boosts[place])
        return Candidate(
            row.item, Window(round(row.begin_s, 2), round(row.end_s, 2), row.mirrored), row.cosine + boost, boost
        )

    places: dict[str, int] = {}
    return Found(np.array([places.setdefault(row.item, len(places)) for row in rows], np.int64), candidate)

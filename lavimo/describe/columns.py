"""Facts of many motions as columns: an index keeps them so, and whoever scores a whole library reads them so.

I items, F facts, R windows, W whats, P pairs of a window and a fact that lies in it, Q some of these.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.describe.fact import KINDS, Fact, swapped
from lavimo.describe.windows import GROWING, HAIR_S, LEAST
from lavimo.describe.words.words import interest

What = tuple[str, str, str]
"""Of a fact its kind, side and direction."""
SALIENT, LEAST_ACTION_S = 0.5, 0.5
"""Of how much interest actions are that people tell of, and the time that the shortest of them is taken for."""
AT_ONCE = 1_000_000
"""Pairs that are looked at together: an hour's recording has thousands of windows and facts."""


@dataclass(frozen=True)
class Facts:
    """Facts, a row each; seconds and the kinds' units.

    Attributes:
        whats: what there is at all; `what` says which of these a fact is.
    """

    whats: tuple[What, ...]
    what: NDArray[np.int32]
    begin: NDArray[np.float32]
    end: NDArray[np.float32]
    amount: NDArray[np.float32]
    count: NDArray[np.int32]
    certainty: NDArray[np.float32]

    @classmethod
    def of(cls, facts: Sequence[Fact]) -> "Facts":
        """As columns."""
        places: dict[What, int] = {}
        what = [places.setdefault((fact.kind, fact.side, fact.direction), len(places)) for fact in facts]
        own: dict[str, Any] = {
            "begin": [fact.begin_s for fact in facts],
            "end": [fact.end_s for fact in facts],
            "amount": [fact.amount for fact in facts],
            "certainty": [fact.certainty for fact in facts],
        }
        return cls(
            tuple(places),
            np.array(what, np.int32),
            count=np.array([fact.count for fact in facts], np.int32),
            **{name: np.array(values, np.float32) for name, values in own.items()},
        )

    def __len__(self) -> int:
        return len(self.what)

    def rows(self, rows: slice) -> tuple[Fact, ...]:
        """Some of them, as facts."""
        columns = [getattr(self, name)[rows].tolist() for name in COLUMNS]
        return tuple(
            Fact(kind, round(begin, 2), round(end, 2), side, direction, round(amount, 2), count, round(certainty, 2))
            for what, begin, end, amount, count, certainty in zip(*columns)
            for kind, side, direction in [self.whats[what]]
        )


COLUMNS = tuple(field.name for field in fields(Facts))[1:]


@dataclass(frozen=True, eq=False)
class WindowFacts:
    """Windows, and which facts lie in each, cut to it as `lavimo.describe.windows.within` does.

    Attributes:
        item_R: which of `items` items a window is of.
        begin_R, end_R, mirrored_R: of the windows, seconds.
        row_P: the window of each pair; a window without facts has none. Pairs of the same `what` stand together.
        facts: of each pair the fact, P; of a mirror image left is right already. `whats` of one kind stand together.
        first_W: where the pairs of each `what` begin, and at last how many there are, (W + 1,).
    """

    items: int
    item_R: NDArray[np.int32]
    begin_R: NDArray[np.float32]
    end_R: NDArray[np.float32]
    mirrored_R: NDArray[np.bool_]
    row_P: NDArray[np.int32]
    facts: Facts
    first_W: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        items: int,
        item_R: NDArray[np.int32],
        spans_R: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]],
        facts: Facts,
        first_I: NDArray[np.int64],
    ) -> "WindowFacts":
        """Of windows and their items' facts.

        Args:
            spans_R: begin, end, and whether it is a mirror image.
            first_I: where an item's facts begin, and at last how many there are, (I + 1,).
        """
        begin_R, end_R, mirrored_R = spans_R
        count_R = np.diff(first_I)[item_R]
        parts, row, rows = [], 0, len(item_R)
        while row < rows:
            ahead = np.cumsum(count_R[row:])
            to = row + max(int(np.searchsorted(ahead, AT_ONCE, "right")), 1)
            parts.append(_lying(np.arange(row, to), count_R, first_I[item_R], begin_R, end_R, facts))
            row = to
        row_P, fact_P, common_P = (
            (np.concatenate([part[n] for part in parts]) if parts else np.zeros(0, np.int64)) for n in range(3)
        )
        every = (*facts.whats, *((kind, swapped(side), swapped(direction)) for kind, side, direction in facts.whats))
        what_P = facts.what[fact_P] + len(facts.whats) * mirrored_R[row_P]
        length_P = facts.end[fact_P] - facts.begin[fact_P]
        share_P = np.where(length_P > HAIR_S, np.clip(common_P / np.maximum(length_P, HAIR_S), 0, 1), 1)
        share_P = np.where(share_P > 1 - HAIR_S, 1, share_P)
        grows_P = np.array([kind in GROWING for kind, *_ in every], bool)[what_P]
        count_P = facts.count[fact_P]
        cut_P = share_P < 1
        own = Facts(
            every,
            what_P.astype(np.int32),
            np.where(cut_P, np.maximum(facts.begin[fact_P], begin_R[row_P]), facts.begin[fact_P]).astype(np.float32),
            np.where(cut_P, np.minimum(facts.end[fact_P], end_R[row_P]), facts.end[fact_P]).astype(np.float32),
            (facts.amount[fact_P] * np.where(grows_P, share_P, 1)).astype(np.float32),
            np.where(count_P > 0, np.maximum((count_P * share_P + 0.5).astype(np.int32), 1), 0).astype(np.int32),
            facts.certainty[fact_P],
        )
        return cls.ordered(items, item_R, spans_R, row_P, own)

    @classmethod
    def whole(cls, motions: Sequence[tuple[float, Sequence[Fact]]]) -> "WindowFacts":
        """Of motions that are one window each: how long each is, in seconds, and its facts."""
        end_R = np.array([duration_s for duration_s, _ in motions], np.float32)
        first_I = np.cumsum([0, *(len(facts) for _, facts in motions)]).astype(np.int64)
        return cls.of(
            len(motions),
            np.arange(len(motions), dtype=np.int32),
            (np.zeros_like(end_R), end_R, np.zeros(len(motions), bool)),
            Facts.of([fact for _, facts in motions for fact in facts]),
            first_I,
        )

    @classmethod
    def ordered(
        cls,
        items: int,
        item_R: NDArray[np.int32],
        spans_R: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]],
        row_P: NDArray[np.integer[Any]],
        facts: Facts,
    ) -> "WindowFacts":
        """Of pairs in any order."""
        there_W = np.bincount(facts.what, minlength=len(facts.whats)) > 0
        whats = tuple(sorted({facts.whats[number] for number in np.flatnonzero(there_W)}))
        place = {what: number for number, what in enumerate(whats)}
        what_P = np.array([place.get(what, 0) for what in facts.whats], np.int16)[facts.what]
        order_P = np.argsort(what_P, kind="stable")
        columns = {name: getattr(facts, name)[order_P] for name in COLUMNS}
        columns["what"] = what_P[order_P].astype(np.int32)
        first_W = np.searchsorted(columns["what"], np.arange(len(whats) + 1))
        return cls(items, item_R, *spans_R, row_P[order_P].astype(np.int32), Facts(whats, **columns), first_W)

    def pairs(self, kinds: Collection[str]) -> NDArray[np.intp]:
        """The pairs whose facts are of some kinds, (Q,)."""
        slices = [self._pairs_of[kind] for kind in kinds if kind in self._pairs_of]
        return np.concatenate([np.arange(first, last) for first, last in slices] or [np.zeros(0, np.intp)])

    @cached_property
    def _pairs_of(self) -> dict[str, tuple[int, int]]:
        """Where the pairs of each kind begin and end."""
        found: dict[str, tuple[int, int]] = {}
        for (kind, *_), first, last in zip(self.facts.whats, self.first_W[:-1].tolist(), self.first_W[1:].tolist()):
            found[kind] = found.get(kind, (first, last))[0], last
        return found

    def seconds(self, kinds: Collection[str]) -> NDArray[np.float64]:
        """How long actions of some kinds take of each window, (R,)."""
        pairs_Q = self.pairs(kinds)
        row_Q = self.row_P[pairs_Q]
        seconds_Q = np.minimum(self.facts.end[pairs_Q], self.end_R[row_Q]) - self.facts.begin[pairs_Q]
        return np.bincount(row_Q, np.maximum(seconds_Q, LEAST_ACTION_S), len(self.item_R)).astype(np.float64)

    @cached_property
    def busy_R(self) -> NDArray[np.float64]:
        """How long actions take of each window of which people tell at all, (R,)."""
        return self.seconds(telling())


@cache
def telling() -> frozenset[str]:
    """Kinds of which people tell."""
    return frozenset(kind for kind in KINDS if interest(kind) >= SALIENT)


def _lying(
    rows: NDArray[np.int64],
    count_R: NDArray[np.int64],
    first_R: NDArray[np.int64],
    begin_R: NDArray[np.float32],
    end_R: NDArray[np.float32],
    facts: Facts,
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Of some windows each with a fact that lies in it, and for how many seconds."""
    count = count_R[rows]
    row = np.repeat(rows, count)
    fact = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first_R[rows], count)
    common = np.minimum(facts.end[fact], end_R[row]) - np.maximum(facts.begin[fact], begin_R[row])
    shorter = np.minimum(facts.end[fact] - facts.begin[fact], end_R[row] - begin_R[row])
    lies = common >= LEAST * shorter - HAIR_S
    return row[lies], fact[lies], common[lies]

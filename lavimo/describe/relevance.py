"""How far windows show what words ask for, by their facts.

The model's cosine knows meaning, and facts know geometry. Facts speak as far as they know what is asked for: a window's
worth is added to its cosine, weighted by the share of the words that facts understand; the contrary of what is asked
for, another side or direction, goes below everything else.

R windows, P pairs of a window and a fact that lies in it, I items.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lavimo.describe.columns import What, WindowFacts, telling
from lavimo.describe.fact import SIDEWAYS, Fact
from lavimo.describe.reading.asked import Asked, Part, Reading, contrary, matches
from lavimo.describe.reading.reading import read
from lavimo.describe.words.words import implies

Array = NDArray[np.float32]

WEIGHT = 2.0
"""Of facts beside the model's cosine, where they know all that is asked for; chosen on CMU's trials (docs/paper.md)."""
CONTRARY = -3.0
"""Of a window that shows the other side, or the opposite way: lower than any cosine."""
LASTING = frozenset(
    ("walk", "run", "sneak", "limp", "stand", "sit", "lie", "kneel", "balance", "dance", "gesture", "climb")
)
"""Kinds that fill a window, or only a part of it."""
PARTIAL = 0.7
"""What a fact that only begins in a window is worth beside one that fills it."""
WAYS = frozenset(("walk", "run", "sneak"))
FAR_M = 2.5
"""Who goes so far goes that way; a step aside on the way elsewhere is worth half as much."""
IMPURE = 0.2
"""What a window loses that is full of other actions than those asked for."""
NOTHING = (0.0, False, False, False, False)
TRUST = {"dance": 0.0, "gesture": 0.5, "swing": 0.5, "throw": 0.5, "hand to head": 0.7}
"""Of kinds that geometry tells less surely than the model; of others 1."""
SHOWN = 0.5
"""A fact that matches by so much counts as the action, where several follow one another."""
UNORDERED = 0.6
"""What actions in another order, or some of them, are worth beside all of them in order."""


@dataclass(frozen=True)
class Relevance:
    """What words ask for, ready to be compared.

    Attributes:
        reading: of the words.
        known: the share of the words that facts understand, 0 to 1.
    """

    reading: Reading
    known: float

    @classmethod
    def of(cls, words: str) -> "Relevance":
        """Of an English sentence; of other words nothing is known."""
        reading = read(words)
        parts = [part.known * float(np.mean([_trust(one) for one in part.asked] or [0])) for part in reading.parts]
        return cls(reading, sum(parts) / len(parts) if parts else 0.0)

    @property
    def speaks(self) -> bool:
        """Whether facts have anything to say."""
        return self.known > 0

    @property
    def in_order(self) -> bool:
        """Whether actions are asked for that follow one another."""
        return sum(bool(part.asked) for part in self.reading.parts) > 1

    def __call__(self, shown: WindowFacts) -> Array:
        """What is added to each window's cosine, (R,)."""
        return self.boost(shown)

    def boost(self, shown: WindowFacts, weight: float = WEIGHT) -> Array:
        """The same, where facts that know all weigh so much."""
        fit_R, contrary_R = self.fits(shown)
        return np.where(contrary_R, CONTRARY, weight * self.known * fit_R).astype(np.float32)

    def fits(self, shown: WindowFacts) -> tuple[Array, NDArray[np.bool_]]:
        """How far each window shows what is asked for, 0 to 1, and whether it shows the contrary instead."""
        parts = [part for part in self.reading.parts if part.asked]
        scores = [_part_fits(part, shown) for part in parts]
        fit_R = np.mean([fit_R for fit_R, _ in scores], axis=0)
        contrary_R = np.logical_or.reduce([against_R for _, against_R in scores])
        if len(parts) > 1:
            fit_R = np.maximum(UNORDERED * fit_R, _in_order(parts, shown))
            contrary_R &= fit_R < UNORDERED
        return fit_R.astype(np.float32), contrary_R

    def moments(self, facts: Sequence[Fact]) -> list[tuple[str, Fact]]:
        """Of a motion's facts the first that is each part, in the order asked for; empty if some part has none."""
        found: list[tuple[str, Fact]] = []
        for part in (part for part in self.reading.parts if part.asked):
            after_s = _middle(found[-1][1]) if found else -1.0
            fits = [fact for fact in facts if _middle(fact) > after_s and _matches(part.asked[0], fact) >= SHOWN]
            if not fits:
                return []
            found.append((part.words, min(fits, key=_middle)))
        return found


def _trust(asked: Asked) -> float:
    return asked.weight * TRUST.get(asked.kinds[0], 1.0)


def _middle(fact: Fact) -> float:
    return (fact.begin_s + fact.end_s) / 2


def _matches(asked: Asked, fact: Fact) -> float:
    return matches(asked, fact) * fact.certainty


def _part_fits(part: Part, shown: WindowFacts) -> tuple[Array, NDArray[np.bool_]]:
    """Of actions at the same time: the mean over them of the best fact, and where the contrary of one is shown."""
    rows = len(shown.item_R)
    total_R, against_R = np.zeros(rows, np.float32), np.zeros(rows, bool)
    weight = sum(map(_trust, part.asked))
    for asked in part.asked:
        best_R, opposed_R = np.zeros(rows, np.float32), np.zeros(rows, bool)
        pairs_Q, fit_Q, contrary_Q = _pair_fits(asked, shown)
        row_Q = shown.row_P[pairs_Q]
        np.maximum.at(best_R, row_Q, fit_Q)
        opposed_R[row_Q[contrary_Q]] = True
        against_R |= opposed_R & (best_R < SHOWN * 0.5)
        total_R += _trust(asked) * best_R
    pure_R = (1 - IMPURE * _others(part, shown)).astype(np.float32)
    return total_R / max(weight, 1e-6) * pure_R, against_R


def _others(part: Part, shown: WindowFacts) -> NDArray[np.float64]:
    """The share of each window's time that other actions take, 0 to 1, (R,)."""
    kinds = {kind for asked in part.asked for kind in asked.kinds}
    implied = kinds.union(*(implies(kind) for kind in kinds))
    others_R = shown.busy_R - shown.seconds(implied & telling())
    return np.clip(others_R / np.maximum(shown.end_R - shown.begin_R, 0.1), 0, 1)


@lru_cache(10_000)
def _worth(asked: Asked, what: What) -> tuple[float, bool, bool, bool, bool]:
    """Of facts of some kind, side and direction: how far they are what is asked for, whether they are its contrary,
    fill a window, go a way, and go it aside."""
    kind, side, way = what
    fact = Fact(kind, 0, 1, side, way)
    goes = kind in WAYS
    return matches(asked, fact), contrary(asked, fact), kind in LASTING, goes, goes and way in SIDEWAYS


def _pair_fits(asked: Asked, shown: WindowFacts) -> tuple[NDArray[np.intp], Array, NDArray[np.bool_]]:
    """The pairs whose fact is of a kind that is asked for, (Q,); how far each is it, and whether it is the contrary."""
    facts, pairs_Q = shown.facts, shown.pairs(asked.kinds)
    what_Q, row_Q = facts.what[pairs_Q], shown.row_P[pairs_Q]
    worth_W5 = np.array(
        [_worth(asked, what) if what[0] in asked.kinds else NOTHING for what in facts.whats], np.float32
    )
    fit_Q, contrary_Q, lasting_Q, way_Q, aside_Q = worth_W5.reshape(-1, 5)[what_Q].T
    length_Q = np.maximum(shown.end_R[row_Q] - shown.begin_R[row_Q], 0.1)
    share_Q = np.clip((facts.end[pairs_Q] - facts.begin[pairs_Q]) / length_Q, 0, 1)
    fit_Q = fit_Q * facts.certainty[pairs_Q]
    fit_Q = fit_Q * np.where(lasting_Q > 0, PARTIAL + (1 - PARTIAL) * share_Q, 1)
    far_Q = np.clip(0.5 + 0.5 * facts.amount[pairs_Q] / FAR_M, 0, 1)
    fit_Q = fit_Q * np.where(way_Q > 0, far_Q, 1)
    if asked.count:
        count_Q = facts.count[pairs_Q]
        off_Q = np.minimum(np.abs(count_Q - asked.count) / asked.count, 1)
        off_Q = np.where((aside_Q > 0) & (count_Q == 2 * asked.count), 0, off_Q)  # each takes both feet
        fit_Q = fit_Q * np.where(count_Q > 0, 1 - 0.5 * off_Q, 1)
    return pairs_Q, fit_Q.astype(np.float32), contrary_Q > 0


def _in_order(parts: Sequence[Part], shown: WindowFacts) -> Array:
    """1 for every window of an item, or of its mirror image, that shows the parts one after the other."""
    own_R = shown.item_R * 2 + shown.mirrored_R
    after_I = np.full(2 * shown.items, -np.inf)
    middle_P = (shown.facts.begin + shown.facts.end) / 2
    for part in parts:
        now_I = np.full(2 * shown.items, np.inf)
        pairs_Q, fit_Q, _ = _pair_fits(part.asked[0], shown)
        item_Q, middle_Q = own_R[shown.row_P[pairs_Q]], middle_P[pairs_Q]
        good_Q = (fit_Q >= SHOWN * PARTIAL) & (middle_Q > after_I[item_Q] + 0.1)
        np.minimum.at(now_I, item_Q[good_Q], middle_Q[good_Q])
        after_I = now_I
    return np.isfinite(after_I)[own_R].astype(np.float32)

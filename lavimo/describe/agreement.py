"""How far two stretches show the same, by their facts: of a video, and of a motion."""

from collections import defaultdict
from collections.abc import Iterable

from lavimo.describe.fact import Fact

UNSEEN = frozenset(("stand", "quick", "slow", "symmetric", "gesture", "dance", "limp", "climb"))
"""Kinds that say nothing here: how people wait and hurry is their own, and landmarks do not tell the others."""
UNDECIDED = 0.5
"""The agreement where neither shows anything; so much is between it and the others as one fact weighs."""
SIMILAR, OTHER = 0.5, 0.2
"""What a fact of the same kind is worth whose side or way is a part of the other's, and whose is another."""


def agreement(one: Iterable[Fact], other: Iterable[Fact]) -> float:
    """From 0 to 1: what both show beside what either does; a kind counts once, with its best side and way."""
    first, second = _kinds(one), _kinds(other)
    common, every = UNDECIDED, 1.0
    for kind in first.keys() | second.keys():
        pairs = [(a, b) for a in first.get(kind, ()) for b in second.get(kind, ())]
        common += max((min(a.certainty, b.certainty) * _alike(a, b) for a, b in pairs), default=0.0)
        every += max(fact.certainty for fact in (*first.get(kind, ()), *second.get(kind, ())))
    return common / every


def _kinds(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.kind not in UNSEEN:
            found[fact.kind].append(fact)
    return found


def _alike(one: Fact, other: Fact) -> float:
    return _same(one.side, other.side) * _same(one.direction, other.direction)


def _same(one: str, other: str) -> float:
    if one == other:
        return 1.0
    return SIMILAR if "both" in (one, other) or one in other or other in one else OTHER

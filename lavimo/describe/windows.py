"""What a stretch of a motion shows: of its timeline of facts those that lie in it."""

from collections.abc import Sequence
from dataclasses import replace

from lavimo.describe.fact import Fact

LEAST = 0.5
"""A fact lies in a window if at least this share of the fact, or of the window, is common to both."""
GROWING = ("walk", "run", "sneak", "turn", "curve", "circle", "climb")
"""Kinds whose amount grows with time: in a part of their time there is a part of it. A jump is as high as it is."""
HAIR_S = 1e-3
"""Times in single precision are a hair off."""


def within(facts: Sequence[Fact], begin_s: float, end_s: float) -> tuple[Fact, ...]:
    """The facts that lie in a window, each cut to it: with that part of the way, of the turn, of the count."""
    found = []
    for fact in facts:
        begin, end = max(fact.begin_s, begin_s), min(fact.end_s, end_s)
        length_s = fact.end_s - fact.begin_s
        if end - begin < min(LEAST * length_s, LEAST * (end_s - begin_s)) - HAIR_S:
            continue
        share = min(max(end - begin, 0.0) / length_s, 1.0) if length_s > HAIR_S else 1.0
        if share > 1 - HAIR_S:
            found.append(fact)
            continue
        amount = fact.amount * share if fact.kind in GROWING else fact.amount
        count = max(int(fact.count * share + 0.5), 1) if fact.count else 0
        found.append(replace(fact, begin_s=begin, end_s=end, amount=amount, count=count))
    return tuple(found)

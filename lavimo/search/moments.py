"""Which stretches of a motion a hit shows."""

from collections.abc import Iterable, Sequence

from lavimo.describe.fact import Fact, mirrored
from lavimo.search.item import Candidate, Window
from lavimo.search.judgement import Words
from lavimo.search.query import Moment
from lavimo.search.windows import overlap_s

LEAST_OVERLAP = 0.25
"""Moments of a motion that overlap by more than this share of the shorter are one."""
MOST_MOMENTS = 4


def moments_in_order(words: Words, one: Candidate, facts: Sequence[Fact]) -> tuple[Window, tuple[Moment, ...]] | None:
    """Of several actions asked for one after the other: from the first to the last, and each with its words."""
    own = [mirrored(fact) for fact in facts] if one.window.mirrored else facts
    told = words.relevance.moments(own)
    if len(told) < 2:
        return None
    spans = [Window(fact.begin_s, fact.end_s, one.window.mirrored) for _, fact in told]
    whole = Window(min(span.begin_s for span in spans), max(span.end_s for span in spans), one.window.mirrored)
    return whole, tuple(Moment(span, one.score, text) for span, (text, _) in zip(spans, told))


def other_moments(shown: Window, found: Iterable[Candidate]) -> tuple[Moment, ...]:
    """A motion's other windows, the best first, that do not overlap the shown one nor each other."""
    kept: list[Moment] = []
    for one in found:
        others = [shown, *(moment.window for moment in kept)]
        length_s = one.window.end_s - one.window.begin_s
        shorter = [min(length_s, other.end_s - other.begin_s) for other in others]
        if all(overlap_s(one.window, other) <= LEAST_OVERLAP * s for other, s in zip(others, shorter)):
            kept.append(Moment(one.window, one.score))
            if len(kept) == MOST_MOMENTS:
                break
    return tuple(kept)

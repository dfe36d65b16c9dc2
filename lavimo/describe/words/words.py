"""Facts in plain English: sentences, captions to learn from, the line that a hit shows, a timeline for the terminal."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lavimo.describe.fact import Fact
from lavimo.describe.words.patterns import table
from lavimo.describe.words.saying import measured_phrases, ongoing, phrases, plainest, verb_phrases

__all__ = ["captions", "phrases", "sentence", "summary", "timeline"]

SUMMARY_LETTERS = 100
ACTIONS = 4
"""Of one sentence, one after the other: people write no longer ones."""
MOST = 5
"""Facts in a sentence, at the same time or not."""
VAGUE = 0.15
"""How often a caption leaves out the side or the direction."""
MEASURED = 0.5
"""How many say how much or how often, where that is known."""
ALONE = 0.25
"""How many captions tell a single fact."""
THEN = (", then ", " and then ", ", and then ", " and ", ", after that ")
BETWEEN = (", then ", ", ", ", after that ")


def summary(facts: Sequence[Fact]) -> str:
    """One line of at most 100 letters: the most telling facts, in order."""
    told = _told(facts)
    texts: dict[Fact, str] = {}
    for fact in sorted(told, key=lambda one: -_interest(one)):
        text = plainest(fact)
        if text not in texts.values() and len(", ".join((*texts.values(), text))) <= SUMMARY_LETTERS:
            texts[fact] = text
    return ", ".join(text for fact, text in sorted(texts.items(), key=lambda pair: pair[0].begin_s))


def timeline(facts: Sequence[Fact]) -> str:
    """A line a fact, for the terminal: when, what, how much."""
    lines = []
    for fact in sorted(facts, key=lambda one: (one.begin_s, one.end_s, one.kind)):
        amount = f" {fact.amount:.{0 if fact.unit == 'degrees' else 1}f} {fact.unit}" if fact.amount else ""
        steps = ("step" if fact.count == 1 else "steps") if fact.kind in ("walk", "run", "sneak") else "times"
        count = f"{', ' if amount else ' '}{fact.count} {steps}" if fact.count > (steps == "times") else ""
        lines.append(f"{fact.begin_s:5.1f} to {fact.end_s:4.1f} s  {plainest(fact)}{amount}{count}")
    return "\n".join(lines)


def sentence(facts: Sequence[Fact], rng: np.random.Generator) -> str:
    """One sentence of what happens, in order; empty where there is nothing to tell."""
    told = _told(facts)
    most = rng.integers(2, MOST + 1)
    while len(told) > most:
        told.remove(min(told, key=lambda one: _interest(one) + rng.random()))
    steps: list[list[Fact]] = []
    for fact in told:
        last = steps[-1] if steps else []
        if last and len(last) < 3 and all(_together(fact, other) for other in last):
            last.append(fact)
        else:
            steps.append([fact])
    if not steps:
        return ""
    texts = [_step(step, facts, rng) for step in steps[:ACTIONS]]
    text = texts[0]
    for place, more in enumerate(texts[1:], 2):
        joins = THEN if place == len(texts) else BETWEEN
        text += joins[rng.integers(len(joins))] + more
    return f"{_subject(rng)} {text}"


def captions(facts: Sequence[Fact], rng: np.random.Generator, count: int) -> tuple[str, ...]:
    """At most so many different captions that are true by the facts: some of one fact, some whole sentences."""
    told = _told(facts)
    if not told:
        return ()
    weights = np.array([_interest(fact) for fact in told])
    found: dict[str, None] = {}
    for _ in range(20 * count):
        if len(found) >= count:
            break
        if rng.random() < ALONE or len(told) == 1:
            fact = _vaguer(told[rng.choice(len(told), p=weights / weights.sum())], rng)
            text = f"{_subject(rng)} {_verbs(fact, facts, rng)}"
        else:
            text = sentence(facts, rng)
        found[text] = None
    return tuple(found)


def _told(facts: Sequence[Fact]) -> list[Fact]:
    """The facts worth a word, in order: without those that another one, at the same time, says already, or the last one
    of the same kind, which then has no amount: it is a part's."""
    words = table("words/words.yaml")["kinds"]
    told: list[Fact] = []
    for fact in sorted(facts, key=lambda one: (one.begin_s, one.end_s)):
        better = words[fact.kind].get("implied", ())
        if _interest(fact) == 0 or any(other.kind in better and _together(fact, other) for other in facts):
            continue
        same = [one for one in told[-2:] if (one.kind, one.side, one.direction) == _what(fact)]
        if same:
            told[told.index(same[0])] = replace(same[0], end_s=fact.end_s, amount=0.0, count=0)
        else:
            told.append(fact)
    return told


def _what(fact: Fact) -> tuple[str, str, str]:
    return fact.kind, fact.side, fact.direction


def _interest(fact: Fact) -> float:
    return interest(fact.kind)


def interest(kind: str) -> float:
    """How much people tell of such facts, 0 to 1."""
    return float(table("words/words.yaml")["kinds"][kind]["interest"])


def implies(kind: str) -> frozenset[str]:
    """Kinds that go without saying where this one is told: who waves has raised the hand."""
    kinds = table("words/words.yaml")["kinds"]
    return frozenset(other for other, own in kinds.items() if kind in own.get("implied", ()))


def _together(one: Fact, other: Fact) -> bool:
    """Whether they overlap by half of the shorter."""
    common = min(one.end_s, other.end_s) - max(one.begin_s, other.begin_s)
    return common > 0 and common >= 0.5 * min(one.end_s - one.begin_s, other.end_s - other.begin_s)


def _step(step: list[Fact], facts: Sequence[Fact], rng: np.random.Generator) -> str:
    """Facts of the same time: the longest, and beside it the others."""
    first, *others = sorted(step, key=lambda one: one.begin_s - one.end_s)
    text = _verbs(first, facts, rng)
    for place, other in enumerate(others):
        verbs = _verbs(other, facts, rng)
        text += f" while {ongoing(verbs)}" if place == 0 and " while " not in text else f" and {ongoing(verbs)}"
    return text


def _verbs(fact: Fact, facts: Sequence[Fact], rng: np.random.Generator) -> str:
    """A verb phrase of a fact; now and then with how fast, where a fact says it of most of this one's time."""
    choices = verb_phrases(replace(fact, amount=0.0, count=0))
    if (measured := measured_phrases(fact)) and rng.random() < MEASURED:
        choices = measured
    text = choices[rng.integers(len(choices))]
    manners = table("words/words.yaml")["manners"]
    length = max(fact.end_s - fact.begin_s, 1e-6)
    for other in facts:
        common = min(fact.end_s, other.end_s) - max(fact.begin_s, other.begin_s)
        if other.kind in manners and common >= 0.7 * length and rng.random() < 0.4:
            return f"{text} {manners[other.kind][rng.integers(len(manners[other.kind]))]}"
    return text


def _vaguer(fact: Fact, rng: np.random.Generator) -> Fact:
    """Now and then without its side or direction, where the words without are true of it as well."""
    says = table("words/words.yaml")["kinds"][fact.kind]["says"]
    if fact.side in ("left", "right") and rng.random() < VAGUE:
        fact = replace(fact, side="")
    if fact.direction and fact.direction != "in place" and rng.random() < VAGUE:
        plain = isinstance(says, str) or fact.direction not in ("left", "right", "backward")
        return replace(fact, direction="") if plain or fact.kind in ("turn", "curve", "circle", "lean") else fact
    return fact


def _subject(rng: np.random.Generator) -> str:
    subjects: list[str] = table("words/words.yaml")["subjects"]
    return subjects[rng.integers(len(subjects))]

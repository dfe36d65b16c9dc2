"""Sentences from patterns.

A pattern is text with choices in brackets, `[kicks|does a kick]`, which may be nested. A choice that begins with `~` is
kept for val and test clips: training never reads it.
"""

import re

import numpy as np

INNERMOST = re.compile(r"\[([^\[\]]*)\]")

NOVELTY = 0.15
"""How often a test clip's sentence takes a choice that training never reads, where there is one."""


def sentence(pattern: str, rng: np.random.Generator, *, heldout: bool) -> str:
    """One sentence of a pattern: one choice taken of each bracket, those kept from training only if `heldout`."""

    def choose(match: re.Match[str]) -> str:
        kept = [choice for choice in match[1].split("|") if choice.startswith("~")]
        known = [choice for choice in match[1].split("|") if not choice.startswith("~")]
        choices = kept if kept and heldout and rng.random() < NOVELTY else known
        return choices[rng.integers(len(choices))].removeprefix("~")

    text = pattern
    while INNERMOST.search(text):
        text = INNERMOST.sub(choose, text)
    return re.sub(r"\s+,", ",", " ".join(text.split()))


def sentences(pattern: str, rng: np.random.Generator, *, heldout: bool) -> tuple[str, ...]:
    """Three different sentences of a pattern, as for `sentence`."""
    found: dict[str, None] = {}
    for _ in range(100):
        found[sentence(pattern, rng, heldout=heldout)] = None
        if len(found) == 3:
            return tuple(found)
    raise AssertionError(f"{pattern!r} has fewer than three sentences")

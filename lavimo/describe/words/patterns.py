"""Patterns of words: text with choices in brackets, `[kicks|does a kick]`, which may be nested.

As in the demo's actions; nothing is kept from training here.
"""

import re
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is ten times as fast, where there is one


def every(pattern: str) -> tuple[str, ...]:
    """All texts of a pattern, each once; the first takes the first choice of each bracket."""
    texts = (re.sub(r"\s+,", ",", " ".join(text.split())) for text in _all(pattern))
    return tuple(dict.fromkeys(texts))


def _all(pattern: str) -> list[str]:
    begin = pattern.find("[")
    if begin < 0:
        return [pattern]
    depth, cuts = 0, [begin]
    for place in range(begin, len(pattern)):
        letter = pattern[place]
        depth += (letter == "[") - (letter == "]")
        if depth == 0 or (depth == 1 and letter == "|"):
            cuts.append(place)
        if depth == 0:
            break
    choices = [text for first, last in pairwise(cuts) for text in _all(pattern[first + 1 : last])]
    rests = _all(pattern[cuts[-1] + 1 :])
    return [f"{pattern[:begin]}{choice}{rest}" for choice in choices for rest in rests]


@cache
def table(name: str) -> dict[str, Any]:
    """A file of words of this room."""
    told: dict[str, Any] = yaml.load((files("lavimo.describe") / name).read_text(encoding="utf-8"), Loader=LOADER)
    return told

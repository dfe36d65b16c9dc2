"""Patterns of words: text with choices in brackets, `[kicks|does a kick]`, which may be nested.

As in the demo's actions; nothing is kept from training here.
"""

import re
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

INNERMOST = re.compile(r"\[([^\[\]]*)\]")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is ten times as fast, where there is one


def every(pattern: str) -> tuple[str, ...]:
    """All texts of a pattern, each once; the first takes the first choice of each bracket."""
    found = INNERMOST.search(pattern)
    if found is None:
        return (re.sub(r"\s+,", ",", " ".join(pattern.split())),)
    before, after = pattern[: found.start()], pattern[found.end() :]
    texts = [text for choice in found[1].split("|") for text in every(before + choice + after)]
    return tuple(dict.fromkeys(texts))


@cache
def table(name: str) -> dict[str, Any]:
    """A file of words beside this one."""
    told: dict[str, Any] = yaml.load((files("lavimo.describe") / name).read_text(encoding="utf-8"), Loader=LOADER)
    return told

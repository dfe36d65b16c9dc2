"""The words that queries are made of: base forms, groups, and the rules that know actions by them."""

import re
from dataclasses import dataclass
from functools import cache

from lavimo.describe.words.patterns import every, table

VOWELS = "aeiou"


@dataclass(frozen=True)
class Rule:
    """Words of an action, and what they mean: see reading.yaml."""

    words: tuple[str, ...]
    kinds: tuple[str, ...]
    weight: float = 1.0
    side: str = ""
    direction: str = ""
    manner: str = ""
    opposite: bool = False
    bare: bool = False
    tight: bool = False


@dataclass(frozen=True)
class Lexicon:
    """All words.

    Attributes:
        rules: by first word, the longest first.
        groups: the words that `@name` stands for.
        bases: a word's base form, of those that differ.
    """

    rules: dict[str, tuple[Rule, ...]]
    groups: dict[str, frozenset[str]]
    bases: dict[str, str]


@cache
def lexicon() -> Lexicon:
    """Of the files beside this one."""
    told = table("reading/reading.yaml")
    groups = {f"@{name}": frozenset(words) for name, words in told["groups"].items()}
    rules = [
        Rule(
            tuple(merged(text.replace(",", " ,")).split()),
            tuple(entry["kinds"]),
            **{key: entry[key] for key in OPTIONAL if key in entry},
        )
        for entry in told["rules"]
        for text in every(f"[{entry['says']}]")
    ]
    by_first: dict[str, list[Rule]] = {}
    for rule in rules:
        for word in groups.get(rule.words[0], (rule.words[0],)):
            by_first.setdefault(word, []).append(rule)
    known = {word for rule in rules for word in rule.words} | {word for words in groups.values() for word in words}
    known |= {word for words in WORDS_OF_GRAMMAR for word in small(words)}
    bases: dict[str, str] = {}
    for word in sorted(known):
        for form in forms(word):
            if form not in known:
                bases.setdefault(form, word)
    ordered = {word: tuple(sorted(found, key=lambda rule: -len(rule.words))) for word, found in by_first.items()}
    return Lexicon(ordered, groups, bases | table("reading/grammar.yaml")["irregular"])


OPTIONAL = ("weight", "side", "direction", "manner", "opposite", "bare", "tight")
WORDS_OF_GRAMMAR = ("harmless", "units")


@cache
def small(name: str) -> frozenset[str]:
    """A list of grammar.yaml."""
    return frozenset(table("reading/grammar.yaml")[name])


@cache
def by_word(name: str) -> dict[str, str]:
    """A table of lists of grammar.yaml, the other way round: what a word stands for."""
    return {word: meaning for meaning, words in table("reading/grammar.yaml")[name].items() for word in words}


def merged(text: str) -> str:
    """Several words that are read as one, as one."""
    for several, one in _merged():
        text = several.sub(one, text)
    return text


@cache
def _merged() -> tuple[tuple[re.Pattern[str], str], ...]:
    pairs = sorted(table("reading/grammar.yaml")["merged"].items(), key=lambda pair: -len(pair[0]))
    return tuple((re.compile(rf"(?<!\S){re.escape(several)}(?!\S)"), one) for several, one in pairs)


def forms(word: str) -> tuple[str, ...]:
    """A verb's or noun's other regular forms, and some that nobody says: they only have to be recognised."""
    if word.startswith("@") or len(word) < 3:
        return ()
    if word.endswith("y") and word[-2] not in VOWELS:
        return (f"{word[:-1]}ies", f"{word[:-1]}ied", f"{word}ing")
    if word.endswith("e"):
        stem = word[:-1]
        return (f"{word}s", f"{word}d", f"{stem}ing", f"{word}ing")
    plain = (f"{word}s", f"{word}es", f"{word}ed", f"{word}ing")
    return (*plain, f"{word}{word[-1]}ed", f"{word}{word[-1]}ing")


def base(word: str) -> str:
    """A word's base form, or itself."""
    return lexicon().bases.get(word, word)

"""Which words of a query anybody knows: those that captions of training have, and those that facts are read by."""

from collections.abc import Collection, Iterable
from functools import cache

from lavimo.describe.reading.lexicon import by_word, lexicon, small
from lavimo.describe.reading.reading import read
from lavimo.describe.reading.token import BARRIERS, SIDES, Token, tokens_of


def vocabulary(captions: Iterable[str]) -> list[str]:
    """The base forms of captions' words, in order."""
    return sorted({token.base for caption in captions for token in tokens_of(caption) if token.base.isalpha()})


def unknown(query: str, known: Collection[str]) -> tuple[list[str], float]:
    """The words of a query that say what is done and that neither training nor facts know, and the share of the others.

    Args:
        known: what `vocabulary` says of the captions of training.
    """
    own = [token for token in tokens_of(query) if _tells(token)]
    rules = _words_of_rules() if any(part.asked for part in read(query).parts) else frozenset()
    strange = [t.text for t in own if not any(word in words for word in (t.base, t.text) for words in (known, rules))]
    return list(dict.fromkeys(strange)), 1 - len(strange) / len(own) if own else 0.0


def _tells(token: Token) -> bool:
    if not any(letter.isalnum() for letter in token.text):
        return False
    return token.text not in _silent() and token.base not in _silent()


@cache
def _silent() -> frozenset[str]:
    """Words that say nothing of what is done."""
    return BARRIERS.union(*map(small, ("stop", "subjects", "then", "while", "with", "without")))


@cache
def _words_of_rules() -> frozenset[str]:
    """The words that rules, ways, manners and numbers are made of."""
    known = lexicon()
    words = {word for rules in known.rules.values() for rule in rules if rule.kinds for word in rule.words}
    words |= {word for group in known.groups.values() for word in group}
    lists = ("harmless", "numbers", "often", "units")
    return frozenset(words | SIDES | set(by_word("ways")) | set(by_word("manners"))).union(*map(small, lists))

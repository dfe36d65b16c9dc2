"""A query's words, and where rules find actions in them."""

import re
from dataclasses import dataclass

from lavimo.describe.reading.lexicon import Rule, base, by_word, lexicon, merged, small

WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+(?:\.\d+)?|[,;.!?:]")
ENDS = frozenset(".;!?:")
SIDES = frozenset(("left", "right", "both", "either"))
SKIPPED = 5
"""At most so many small words between two words of a rule."""
GOES = frozenset(("the", "a", "his", "her", "their", "its", "for", "through", "my"))


@dataclass(frozen=True)
class Token:
    """A word, its base form, and whether it is said of what is not done."""

    text: str
    base: str
    negated: bool = False

    @property
    def barrier(self) -> bool:
        """Whether a rule's small words end here."""
        return self.text in BARRIERS

    @property
    def small(self) -> bool:
        """Whether it may stand between the words of a rule, or before an action that it describes."""
        return not self.barrier and (self.text in SMALL or self.base in SMALL or self.text[0].isdigit())


@dataclass(frozen=True)
class Match:
    """A rule's words, found at these places."""

    rule: Rule
    places: tuple[int, ...]

    @property
    def first(self) -> int:
        return self.places[0]

    @property
    def last(self) -> int:
        return self.places[-1]


SEVERAL = ("then", "while", "with", "without")
BARRIERS = frozenset(("and", ",", "before", "after")).union(*(small(name) for name in SEVERAL))
SMALL = small("stop") | small("subjects") | small("numbers") | small("often") | small("units") | SIDES
SMALL |= frozenset(by_word("manners")) | frozenset(by_word("ways")) | {"back", "side", "head", "air", "handed"}


def tokens_of(query: str) -> list[Token]:
    """A query's words, with punctuation."""
    words = WORD.findall(query.lower().replace("-", " ").replace("’", "'"))
    text = " ".join(
        "their" if word.endswith("'s") and word not in ("it's", "he's", "she's") else word for word in words
    )
    text = merged(text)
    found: list[Token] = []
    negated = False
    words = text.split()
    for place, word in enumerate(words):
        negated = (negated or word in small("without")) and not (word in ENDS or word in ("and", ",", "then", "but"))
        if word == "left" and _is_verb(words, place):
            word = "leaves"
        found.append(Token(word, base(word), negated))
    return found


def matches_in(tokens: list[Token]) -> list[Match]:
    """The actions, in order: of rules that want a word the one that takes most words has it, then the closest."""
    rules, found = lexicon().rules, []
    for place, token in enumerate(tokens):
        for rule in {token.text: rules.get(token.text, ()), token.base: rules.get(token.base, ())}.values():
            for one in rule:
                places = _places(one, tokens, place)
                negated = token.negated and token.text not in small("without")
                if places and not negated:
                    found.append(Match(one, places))
    found.sort(key=lambda one: (-len(one.places), one.last - one.first, -one.rule.weight))
    taken: set[int] = set()
    chosen = []
    for match in found:
        if not taken & set(match.places):
            taken |= set(match.places)
            chosen.append(match)
    return sorted(chosen, key=lambda one: one.places)


def _places(rule: Rule, tokens: list[Token], place: int) -> tuple[int, ...]:
    """Where a rule's words stand from a place on; empty: they do not."""
    groups, places = lexicon().groups, [place]
    for word in rule.words[1:]:
        wanted = groups.get(word, (word,))
        for next_place in range(places[-1] + 1, min(places[-1] + 2 + SKIPPED, len(tokens))):
            token = tokens[next_place]
            if token.text in wanted or token.base in wanted:
                places.append(next_place)
                break
            if rule.tight or not token.small:
                return ()
        else:
            return ()
    return tuple(places)


def _is_verb(words: list[str], place: int) -> bool:
    """Whether `left` is what somebody did: he left the room."""
    before = words[place - 1] if place else ""
    after = words[place + 1] if place + 1 < len(words) else ""
    return before in small("subjects") and (after in GOES or not after)

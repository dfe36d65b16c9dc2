"""An English query, read: which actions of `lavimo.describe.fact.KINDS` it asks for, one after the other."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from lavimo.describe.reading.asked import Asked, Part, Reading, contrary, matches
from lavimo.describe.reading.attributes import attributes, limb_of, limb_of_kind
from lavimo.describe.reading.clauses import claimed, clauses
from lavimo.describe.reading.lexicon import Rule, by_word, small
from lavimo.describe.reading.token import BARRIERS, SIDES, Match, Token, matches_in, tokens_of

__all__ = ["Asked", "Part", "Reading", "contrary", "matches", "read"]

MOVES = {"move", "pace", "speed"}
"""Words beside which a manner is all that is asked: moves slowly."""
WHEELS = {"curve", "circle"}


@lru_cache(maxsize=1024)
def read(query: str) -> Reading:
    """What a query asks for; of a part without `asked` nothing is understood."""
    parts: list[Part] = []
    for tokens in clauses(tokens_of(query)):
        part = _part(tokens)
        if not part.asked and parts and parts[-1].asked and _only_how(tokens):
            part = _again(parts[-1], tokens, part.words)
        if part.asked or _content(tokens):
            parts.append(part)
    return Reading(tuple(parts))


def _part(tokens: list[Token]) -> Part:
    words = _text(tokens)
    found = matches_in(tokens)
    meant = [match for match in found if match.rule.kinds]
    starts = [
        0 if place == 0 else claimed(match, tokens, meant[place - 1].last + 1) for place, match in enumerate(meant)
    ]
    asked: list[tuple[Asked, Rule]] = []
    for match, begin, end in zip(meant, starts, [*starts[1:], len(tokens)]):
        own: dict[str, Any] = attributes(match, tokens, begin, end)
        one = Asked(match.rule.kinds, **own, weight=match.rule.weight, words=_text(tokens[begin:end]))
        asked.append((one, match.rule))
    told = _merged([one for one, rule in asked if not rule.bare] or [one for one, _ in asked])
    content = _content(tokens)
    if not told and (manner := _manner(tokens, content)):
        return Part((Asked((manner,), manner=manner, weight=0.6, words=words),), words, 1.0)
    if not told:
        return Part((), words, 0.0)
    limbs = {limb_of_kind(kind) for one in told for kind in one.kinds}
    taken = {place for match in meant for place in match.places}
    nothing = {place for match in found if not match.rule.kinds for place in match.places}
    known = [
        place for place in content if place in taken or (place not in nothing and _explained(tokens[place], limbs))
    ]
    return Part(tuple(told), words, len(known) / len(content) if content else 1.0)


def _text(tokens: list[Token]) -> str:
    return " ".join(token.text for token in tokens).replace(" ,", ",").strip(", ")


def _merged(asked: list[Asked]) -> list[Asked]:
    """Without what is asked twice (talks and gestures), and to the left in a circle is a circle to the left."""
    told: list[Asked] = []
    for one in asked:
        same = next(
            (place for place, other in enumerate(told) if other.kinds == one.kinds and _agree(other, one)), None
        )
        if same is None:
            told.append(one)
        else:
            other = told[same]
            more = {
                name: getattr(other, name) or getattr(one, name) for name in ("side", "direction", "count", "manner")
            }
            told[same] = replace(other, **more)
    wheel = next((place for place, one in enumerate(told) if one.kinds[0] in WHEELS and not one.direction), None)
    for place, one in enumerate(told):
        if wheel is not None and one.kinds[0] in ("walk", "run", "sneak") and one.direction in ("left", "right"):
            told[wheel], told[place] = replace(told[wheel], direction=one.direction), replace(one, direction="")
    return told


def _agree(one: Asked, other: Asked) -> bool:
    pairs = ((one.side, other.side), (one.direction, other.direction), (one.count, other.count))
    return all(not a or not b or a == b for a, b in pairs)


def _again(earlier: Part, tokens: list[Token], words: str) -> Part:
    """The last action once more, as other words say: `kicks with the left leg, then with the right`."""
    last = earlier.asked[-1]
    own: dict[str, Any] = attributes(Match(Rule((), last.kinds), ()), tokens, 0, len(tokens))
    return Part((Asked(last.kinds, **own, weight=last.weight, words=words),), words, 1.0)


def _content(tokens: list[Token]) -> list[int]:
    """The places of the words that say what is done, and how."""
    without = small("stop") | small("subjects") | BARRIERS
    return [
        place
        for place, token in enumerate(tokens)
        if not token.negated
        and token.text not in without
        and (token.base not in without or token.text in ("left", "right"))
    ]


def _explained(token: Token, limbs: set[str]) -> bool:
    """Whether a word only says how an action is done."""
    if limb_of(token) and limb_of(token) not in limbs and token.base not in small("harmless"):
        return False
    return bool(limb_of(token)) or _how(token)


def _how(token: Token) -> bool:
    lists = ("harmless", "numbers", "often", "units")
    small_word = any(word in small(name) for name in lists for word in (token.text, token.base))
    told = (by_word("ways"), by_word("manners"), SIDES)
    return small_word or token.text[0].isdigit() or token.text == "handed" or any(token.text in words for words in told)


def _only_how(tokens: list[Token]) -> bool:
    content = _content(tokens)
    sided = any(tokens[place].text in SIDES or tokens[place].text in by_word("ways") for place in content)
    return sided and all(_how(tokens[place]) or limb_of(tokens[place]) for place in content)


def _manner(tokens: list[Token], content: list[int]) -> str:
    """quick or slow, where nothing else is asked."""
    manners = [by_word("manners").get(tokens[place].text, "") for place in content]
    rest = [place for place, manner in zip(content, manners) if not manner and not _how(tokens[place])]
    plain = all(tokens[place].base in MOVES for place in rest)
    return next(filter(None, manners), "") if plain else ""

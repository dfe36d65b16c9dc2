"""One fact in plain English: its verb phrases, with side, direction, amount and count. The words are in words.yaml."""

import re
from functools import cache

from lavimo.describe.fact import SIDEWAYS, Fact
from lavimo.describe.words.patterns import every, table

TURNING = {"left": "counterclockwise", "right": "clockwise"}
"""Seen from above."""
OTHER = {"left": "right", "right": "left"}
TAILS = 3
"""Verb phrases that are said with the amount or the count as well."""
VOWEL = re.compile("[aeiou]+")
UNDOUBLED = ("w", "x", "y")


def phrases(fact: Fact) -> tuple[str, ...]:
    """All the short ways to say a fact, the plainest first: sentences about a person."""
    return tuple(f"a person {verbs}" for verbs in verb_phrases(fact))


def plainest(fact: Fact) -> str:
    """The first of `verb_phrases`."""
    return _plain(fact.kind, fact.side, fact.direction)[0]


def verb_phrases(fact: Fact) -> tuple[str, ...]:
    """The same without the person: `waves with the left hand`."""
    return tuple(dict.fromkeys((*_plain(fact.kind, fact.side, fact.direction), *measured_phrases(fact))))


def measured_phrases(fact: Fact) -> tuple[str, ...]:
    """Of these, those that say how much or how often."""
    plain = _plain(fact.kind, fact.side, fact.direction)
    own = table("words/words.yaml")["kinds"][fact.kind]
    more = [_chosen(own["steps"], fact.direction)] if "steps" in own and 0 < fact.count <= 20 and not fact.side else []
    for bounds in own.get("amounts", ()):
        if bounds["least"] <= fact.amount <= bounds["most"]:
            more.append(_chosen(bounds, fact.direction))
    filled = [
        text for pattern in more if pattern for text in every(_filled(pattern, fact.side, fact.direction, fact.count))
    ]
    tail = how_much(fact)
    return (*filled, *(f"{text} {tail}" for text in plain[:TAILS] if tail))


def how_much(fact: Fact) -> str:
    """The metres of who walks, or how often somebody did what is counted; empty where there is nothing to say."""
    if fact.kind in ("walk", "run", "sneak"):
        return _metres(fact.amount) if fact.direction != "in place" else ""
    often = ("", "once", "twice")
    return often[fact.count] if fact.count < len(often) else f"{number(fact.count)} times"


def number(count: int) -> str:
    """In words up to twenty."""
    words: list[str] = table("words/words.yaml")["numbers"]
    return words[count] if 0 <= count < len(words) else str(count)


def ongoing(verbs: str) -> str:
    """A verb phrase as what goes on beside another: `walks forward` is `walking forward`, `is seated` is `seated`."""
    first, _, rest = verbs.partition(" ")
    if first == "is":
        return rest
    return " ".join(filter(None, (_gerund(first), re.sub(r"\band (\w+s)$", lambda m: f"and {_gerund(m[1])}", rest))))


@cache
def _plain(kind: str, side: str, direction: str) -> tuple[str, ...]:
    own = table("words/words.yaml")["kinds"][kind]
    says = own["led"] if side and "led" in own else own["says"]
    pattern = says if isinstance(says, str) else _chosen(says, direction)
    return every(_filled(pattern, side, direction, 0))


def _chosen(says: dict[str, str], direction: str) -> str:
    """The pattern of a direction; empty where none is for it."""
    keys = (direction, *(("aside",) if direction in SIDEWAYS else ()), "any")
    return next((says[key] for key in keys if key in says), "")


def _filled(pattern: str, side: str, direction: str, count: int) -> str:
    words = table("words/words.yaml")
    slots = {name: ways.get(side, "") for name, ways in words["slots"].items()}
    slots |= {"to": direction, "turning": TURNING.get(direction, ""), "way": words["ways"].get(direction, "")}
    return pattern.format_map(slots | {"count": number(count)})


def _metres(amount: float) -> str:
    if amount < 0.75:
        return ""
    if amount < 1.25:
        return "about a metre"
    return "about one and a half metres" if amount < 1.75 else f"about {number(round(amount))} metres"


def _gerund(verb: str) -> str:
    """Of the third person: sits, sitting."""
    stem = verb.removesuffix("s")
    if verb in ("goes", "does") or verb.endswith(("shes", "ches", "sses", "xes")):
        stem = verb.removesuffix("es")
    if verb == "has":
        return "having"
    if stem.endswith("ie"):
        return stem.removesuffix("ie") + "ying"
    if stem.endswith("e") and not stem.endswith(("ee", "oe")):
        return stem.removesuffix("e") + "ing"
    short = len(VOWEL.findall(stem.replace("qu", "q"))) == 1 or stem.endswith("step")
    if short and re.search(r"[^aeiou][aeiou][^aeiou]$", stem.replace("qu", "q")) and not stem.endswith(UNDOUBLED):
        stem += stem[-1]
    return f"{stem}ing"

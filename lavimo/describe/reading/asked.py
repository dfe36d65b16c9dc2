"""What words ask for, and how far a fact is it."""

from dataclasses import dataclass
from functools import cache

from lavimo.describe.fact import KINDS, Fact

FALLS = (1.0, 0.7, 0.5, 0.4)
"""What a fact of the first, second ... acceptable kind is worth; later ones as the last."""
OPPOSED = (
    {"forward", "backward"},
    {"left", "right"},
    {"up", "down"},
    {"chair", "ground"},
    {"forward", "in place"},
    {"backward", "in place"},
    {"left", "in place"},
    {"right", "in place"},
)
LATERAL = {"left", "right"}


@dataclass(frozen=True)
class Asked:
    """An action that words ask for.

    Attributes:
        kinds: what may be meant, of `lavimo.describe.fact.KINDS`; the first is the best.
        side: left, right, both; empty: any.
        direction: of the first kind; also `side`, left or right, and `diagonal`; empty: any.
        count: how often, or steps; 0: any.
        manner: quick, slow, or empty.
        weight: how sure it is that the words mean this, 0 to 1.
        words: the stretch of words.
    """

    kinds: tuple[str, ...]
    side: str = ""
    direction: str = ""
    count: int = 0
    manner: str = ""
    weight: float = 1.0
    words: str = ""


@dataclass(frozen=True)
class Part:
    """What is asked of one time.

    Attributes:
        asked: at the same time; empty: nothing is understood.
        words: the stretch of words.
        known: the share of its content words that are understood.
    """

    asked: tuple[Asked, ...]
    words: str
    known: float


@dataclass(frozen=True)
class Reading:
    """What a query asks for: its parts, one after the other."""

    parts: tuple[Part, ...]


def contrary(asked: Asked, fact: Fact) -> bool:
    """Whether a fact of an acceptable kind has the other side, only one where both are asked, or the opposite way."""
    if fact.kind not in asked.kinds:
        return False
    if asked.side and fact.side and asked.side != fact.side and fact.side != "both":
        return True
    return _opposite(asked.direction, fact.direction)


@cache
def _opposite(asked: str, found: str) -> bool:
    """Whether a direction is opposite to the one asked for."""
    ways, has = set(asked.split(" ")), set(found.split(" "))
    if "in place" in (asked, found):
        ways, has = {asked}, {found}
    ways |= LATERAL if asked == "side" and found == "in place" else set()
    return any(pair & ways and (pair - ways) & has and not pair <= ways & has for pair in OPPOSED)


def matches(asked: Asked, fact: Fact) -> float:
    """How far a fact is what is asked, 0 to 1; what words leave open costs nothing, and the contrary is 0."""
    if fact.kind not in asked.kinds or contrary(asked, fact):
        return 0.0
    worth = FALLS[min(asked.kinds.index(fact.kind), len(FALLS) - 1)]
    if asked.side and asked.side != fact.side and KINDS[fact.kind].sides:
        worth *= 0.5 if fact.side else 0.7
    if asked.direction and KINDS[fact.kind].directions:
        worth *= _way(asked.direction, fact.direction)
    if asked.count and fact.count:
        worth *= 1 - 0.5 * min(1.0, abs(asked.count - fact.count) / asked.count)
    return worth


def _way(asked: str, found: str) -> float:
    """How far a direction is the one asked for, where it is not the opposite."""
    ways = set(found.split(" "))
    if asked == found or (asked == "side" and found in LATERAL) or (asked == "diagonal" and len(ways) == 2):
        return 1.0
    if not found:
        return 0.7
    if asked == "diagonal":
        return 0.3
    common = ways & (LATERAL if asked == "side" else set(asked.split(" ")))
    if not common:
        return 0.2
    return 0.8 if "forward" in common or "backward" in common else 0.6

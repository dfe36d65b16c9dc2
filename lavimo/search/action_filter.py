"""Filters by what somebody does, and the marks of a window by which both stores answer them alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from lavimo.describe.columns import WindowFacts
from lavimo.describe.fact import WAYS, Fact

Hand = Literal["", "left", "right", "both"]
Leg = Literal["", "left", "right"]
Direction = Literal[
    "", "forward", "backward", "left", "right",
    "forward left", "forward right", "backward left", "backward right",
]  # fmt: skip
Gait = Literal["", "walk", "run", "sneak", "limp"]
Turns = Literal["", "left", "right", "none"]
Speed = Literal["", "slow", "normal", "quick"]

HANDS = (
    "raise", "wave", "punch", "throw", "reach up", "reach down", "hand to head", "hand to mouth", "hand on hip",
    "hand to foot", "circle arm",
)  # fmt: skip
"""Kinds whose side is a hand's."""
LEGS = ("limp", "hop", "kneel", "kick", "raise knee", "balance", "lunge", "walk")
"""Kinds whose side is a leg's; a walk of a single step has one."""
GAITS = ("walk", "run", "sneak", "limp")
ON_THE_WAY = ("walk", "run", "sneak")
TURNS = ("turn", "curve", "circle")
JUMPS = ("jump", "hop")
SLOW_MPS, QUICK_MPS = 0.8, 1.8
"""People mostly walk at 1.2 to 1.4 m/s; at 2 they begin to run."""
LEAST_M = 0.3
"""Of a shorter way one does not say how quick it was."""
HAIR = 1e-6
"""Of metres and seconds in single precision."""
SURE = 0.5
"""Less certain facts do not count here."""


@dataclass(frozen=True)
class ActionFilter:
    """What somebody does in a window, as far as it is asked for; empty asks for nothing.

    Attributes:
        hand: with which hand something is done, a raise, wave, punch ...; both: with both at once.
        leg: with which leg: a kick, a hop, a limp ...
        direction: of a walk, run, sneak or jump.
        gait: how the person goes.
        turns: on the spot or on the way; none: it does not.
        jumps: whether.
        speed: of the way: slow below 0.8 m/s, quick above 1.8.

    Raises:
        ValueError: another word than these.
    """

    hand: Hand = ""
    leg: Leg = ""
    direction: Direction = ""
    gait: Gait = ""
    turns: Turns = ""
    jumps: bool | None = None
    speed: Speed = ""

    def __post_init__(self) -> None:
        for name, words in WORDS.items():
            if (found := getattr(self, name)) not in words:
                raise ValueError(f"found the {name} {found!r}, expected {', '.join(words[1:])}")

    @property
    def present(self) -> int:
        """The marks that a window must have."""
        asked = [(name, getattr(self, name)) for name in WORDS]
        found = sum(BITS[one] for one in asked if one[1] and one != ("turns", "none"))
        return found | (BITS["jumps", ""] if self.jumps else 0)

    @property
    def absent(self) -> int:
        """The marks that it must not have."""
        found = BITS["turns", "left"] | BITS["turns", "right"] if self.turns == "none" else 0
        return found | (BITS["jumps", ""] if self.jumps is False else 0)

    def fits(self, marks: Any) -> Any:
        """Whether a window of these marks is meant: a number, or an array of them."""
        return (marks & (self.present | self.absent)) == self.present


_HINTS: dict[str, Any] = get_type_hints(ActionFilter)
WORDS: dict[str, tuple[str, ...]] = {
    name: get_args(hint) for name, hint in _HINTS.items() if get_origin(hint) is Literal
}
"""What one may ask for, by name."""
BITS: dict[tuple[str, str], int] = {
    mark: 1 << place
    for place, mark in enumerate(
        [*((name, word) for name, words in WORDS.items() for word in words[1:] if word != "none"), ("jumps", "")]
    )
}
"""A bit for each mark. An index keeps them: whoever changes one raises the index's format."""


def doing(**asked: Any) -> ActionFilter:
    """Of words that somebody typed.

    Raises:
        ValueError: one is none of those that there are.
    """
    return ActionFilter(**asked)


def marks_of(facts: Sequence[Fact]) -> int:
    """The marks of a window that shows these facts."""
    marks = 0
    for mark in _marks([fact for fact in facts if fact.certainty >= SURE]):
        marks |= BITS[mark]
    return marks


def marks_of_windows(shown: WindowFacts) -> NDArray[np.int64]:
    """The same of many windows at once, (R,)."""
    facts, rows = shown.facts, len(shown.item_R)
    sure_P = facts.certainty >= SURE
    marks_W = np.array([marks_of([Fact(kind, 0, 1, side, way)]) for kind, side, way in facts.whats], np.int64)
    marks_R = np.zeros(rows, np.int64)
    np.bitwise_or.at(marks_R, shown.row_P[sure_P], marks_W[facts.what[sure_P]])
    going_W = np.array([kind in ON_THE_WAY and way != "in place" for kind, _, way in facts.whats], bool)
    going_P = sure_P & going_W[facts.what]
    row_P, seconds_P = shown.row_P[going_P], (facts.end - facts.begin)[going_P]
    way_R, time_R = np.bincount(row_P, facts.amount[going_P], rows), np.bincount(row_P, seconds_P, rows)
    speed_R = way_R / np.maximum(time_R, HAIR)
    speeds = (speed_R < SLOW_MPS - HAIR, speed_R > QUICK_MPS + HAIR)
    names = np.select(speeds, [BITS["speed", "slow"], BITS["speed", "quick"]], BITS["speed", "normal"])
    return marks_R | np.where((way_R >= LEAST_M - HAIR) & (time_R > 0), names, 0)


def _marks(facts: Sequence[Fact]) -> Iterator[tuple[str, str]]:
    for fact in facts:
        if fact.side and fact.kind in HANDS:
            yield "hand", fact.side
        if fact.side in ("left", "right") and fact.kind in LEGS:
            yield "leg", fact.side
        if fact.direction in WAYS and fact.kind in (*ON_THE_WAY, "jump"):
            yield "direction", fact.direction
        if fact.kind in GAITS:
            yield "gait", fact.kind
        if fact.direction and fact.kind in TURNS:
            yield "turns", fact.direction
        if fact.kind in JUMPS:
            yield "jumps", ""
    ways = [fact for fact in facts if fact.kind in ON_THE_WAY and fact.direction != "in place"]
    way_m, time_s = sum(fact.amount for fact in ways), sum(fact.end_s - fact.begin_s for fact in ways)
    if way_m >= LEAST_M and time_s > 0:
        speed = way_m / time_s
        yield "speed", "slow" if speed < SLOW_MPS else "quick" if speed > QUICK_MPS else "normal"

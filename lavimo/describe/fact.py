"""A fact about a motion: what is done, by which side, which way, when, how much."""

from dataclasses import dataclass, fields, replace
from typing import Any

SIDES = ("left", "right", "both")
"""Whose: of hands, legs and feet, the person's own."""
SIDEWAYS = ("left", "right")
WAYS = ("forward", "backward", "left", "right", "forward left", "forward right", "backward left", "backward right")


@dataclass(frozen=True)
class Kind:
    """What a kind of fact can say.

    Attributes:
        sides: whose; empty: of the whole body.
        directions: which way, or where.
        unit: of the amount: m, degrees, m/s; empty where there is none.
        means: the amount, or the rule, in words.
    """

    sides: tuple[str, ...] = ()
    directions: tuple[str, ...] = ()
    unit: str = ""
    means: str = ""


KINDS: dict[str, Kind] = {
    "stand": Kind(means="upright, and nothing moves"),
    "walk": Kind(
        SIDEWAYS, (*WAYS, "in place"), "m", "the way of the hips; count: steps; of a single one whose foot went first"
    ),
    "run": Kind((), (*WAYS, "in place"), "m", "the way of the hips; count: steps"),
    "sneak": Kind((), (*WAYS, "in place"), "m", "walks with bent knees, the hips low; the way of the hips"),
    "limp": Kind(SIDEWAYS, (), "", "walks, one leg stiffer or shorter on the floor than the other: whose"),
    "turn": Kind((), SIDEWAYS, "degrees", "on the spot"),
    "curve": Kind((), SIDEWAYS, "degrees", "while it walks or runs"),
    "circle": Kind((), SIDEWAYS, "degrees", "a curve that closes"),
    "jump": Kind((), ("up", *WAYS), "m", "how far the hips fly above standing; count: jumps"),
    "hop": Kind(SIDEWAYS, (), "m", "jumps on one leg; count: hops"),
    "climb": Kind((), ("up", "down"), "m", "net height"),
    "squat": Kind((), (), "m", "how far the hips sink; count"),
    "lunge": Kind(
        SIDEWAYS, ("forward", "backward", "side"), "m", "a far step, the knee bent: whose foot; how far the hips sink"
    ),
    "sit": Kind((), ("chair", "ground"), "", "the hips rest low, the trunk upright"),
    "sit down": Kind((), ("chair", "ground"), "", "the way there"),
    "kneel": Kind(SIDES, (), "", "a knee on the floor"),
    "lie": Kind(means="the trunk level, near the floor"),
    "fall": Kind(means="down to the floor, faster than one sits down"),
    "get up": Kind((), ("chair", "ground"), "", "from sitting, kneeling or lying to standing"),
    "bend": Kind((), ("forward", "backward"), "degrees", "the trunk, away from upright"),
    "bow": Kind(
        (), (), "degrees", "bends forward and comes up again, the legs straight, the hands off the floor; count"
    ),
    "lean": Kind((), SIDEWAYS, "degrees", "the trunk to a side"),
    "kick": Kind(SIDEWAYS, ("forward", "side", "backward"), "m", "how high the foot comes; count"),
    "raise knee": Kind(SIDEWAYS, (), "m", "how high the knee comes; count"),
    "balance": Kind(SIDEWAYS, (), "", "stands on one leg: which foot is off the floor"),
    "raise": Kind(
        SIDES, ("forward", "side", "above"), "", "the hand at least as high as the shoulder; above: as the head"
    ),
    "wave": Kind(SIDES, (), "", "the raised hand to and fro; count"),
    "punch": Kind(SIDES, (), "", "the hand quickly forward, the arm stretched, and back; count"),
    "throw": Kind(SIDES, (), "", "the hand swings fast past the body, once, and the trunk with it"),
    "swing": Kind((), (), "", "both hands together, fast, as with a sword or a bat; count"),
    "clap": Kind((), (), "", "the hands meet; count"),
    "reach up": Kind(SIDES, (), "", "the hand above the head, the arm stretched"),
    "reach down": Kind(SIDES, (), "", "the hand below the knee"),
    "hand to head": Kind(SIDES, (), "", "and stays there"),
    "hand to mouth": Kind(SIDES, (), "", "and stays there"),
    "hand on hip": Kind(SIDES, (), "", "and stays there"),
    "hand to foot": Kind(SIDES, (), "", ""),
    "circle arm": Kind(SIDES, ("forward", "backward"), "", "around the shoulder; count"),
    "gesture": Kind(means="stands or sits, and the hands move before the body, as of somebody who talks"),
    "dance": Kind(means="the whole body moves, in a rhythm, and goes nowhere"),
    "cartwheel": Kind((), (), "", "the head below the hips, the body turning over; count"),
    "quick": Kind(means="faster than people mostly do it"),
    "slow": Kind(means="slower than people mostly do it"),
    "symmetric": Kind(means="both arms do the same"),
}
"""Every kind of fact, by name."""


@dataclass(frozen=True)
class Fact:
    """Something that a motion shows.

    Attributes:
        kind: of `KINDS`.
        begin_s, end_s: when, seconds.
        side: whose hand, leg or foot: left, right, both; empty where nobody asks.
        direction: which way or where; empty where it has none.
        amount: how much, in the kind's unit; 0 where it has none.
        count: how often, or how many steps; 0: it is not counted.
        certainty: 0 to 1.

    Raises:
        ValueError: an unknown kind, or a side or direction that it does not have.
    """

    kind: str
    begin_s: float
    end_s: float
    side: str = ""
    direction: str = ""
    amount: float = 0.0
    count: int = 0
    certainty: float = 1.0

    def __post_init__(self) -> None:
        known = KINDS.get(self.kind)
        if known is None:
            raise ValueError(f"found a fact of kind {self.kind!r}, expected one of {', '.join(KINDS)}")
        if self.side not in ("", *known.sides) or self.direction not in ("", *known.directions):
            raise ValueError(f"{self.kind}: found {self.side!r} {self.direction!r}, expected {known}")

    @property
    def unit(self) -> str:
        """Of the amount."""
        return KINDS[self.kind].unit

    def to_json(self) -> dict[str, Any]:
        """As programs read it: what it has nothing to say of is left out."""
        told = {name: value for name in FIELDS if (value := getattr(self, name)) not in ("", 0)}
        told |= {"begin_s": round(self.begin_s, 2), "end_s": round(self.end_s, 2)}
        if self.amount:
            told |= {"amount": round(self.amount, 2), "unit": self.unit}
        return told | {"certainty": round(self.certainty, 2)}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Fact":
        """Back from `to_json`."""
        return cls(**{name: told[name] for name in FIELDS if name in told})


FIELDS = tuple(field.name for field in fields(Fact))

OTHER = {"left": "right", "right": "left"}


def swapped(text: str) -> str:
    """A side or direction as a mirror shows it: `forward left` is `forward right`."""
    return " ".join(OTHER.get(word, word) for word in text.split(" "))


def mirrored(fact: Fact) -> Fact:
    """What the mirror image of the motion shows."""
    return replace(fact, side=swapped(fact.side), direction=swapped(fact.direction))

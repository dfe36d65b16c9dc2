"""A performance written down: key poses on named channels and footsteps, before any joint is solved.

Actions are written for the left side. While `flip` is set, whatever they write is mirrored, so that the right-hand
variant of an action is exactly its mirror image. Angles are degrees, lengths metres, times seconds.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

BODY_CHANNELS = {
    "drop": 0.0,  # how far the pelvis sinks below standing, m
    "aside": 0.0,  # the pelvis to the left of its balanced place, m
    "ahead": 0.0,  # ... and forwards, m
    "tilt": 0.0,  # the pelvis leans forwards
    "roll": 0.0,  # ... and to the left
    "yaw": 0.0,  # ... and turns to the left of where the feet point
    "bend": 0.0,  # the spine bends forwards
    "lean": 0.0,  # ... and to the left
    "twist": 0.0,  # ... and turns to the left
    "nod": 0.0,  # the head looks down
    "turn": 0.0,  # ... and to the left
    "cock": 0.0,  # ... and leans to the left
    "swing": 1.0,  # how much the arms swing against the legs
    "ground": 0.0,  # 1: what is lowest of the body lies on the floor, whatever it is
}
"""Channels of the whole body and their values when standing."""

SIDE_CHANNELS = {
    "flex": 3.0,  # the upper arm raised forwards
    "abduct": 10.0,  # ... and sidewards
    "rotate": 4.0,  # ... turned inwards about its own axis
    "elbow": 17.0,  # bent
    "pronate": -22.0,  # the forearm turned inwards
    "wrist": 4.0,  # the hand bent towards the palm
    "shrug": 0.0,  # the collar raised
    "air": 0.0,  # 1: the leg follows hip, spread, knee and ankle; 0: the foot follows the footsteps
    "hip": 0.0,  # the thigh raised forwards
    "spread": 0.0,  # ... and sidewards
    "knee": 10.0,  # bent
    "ankle": 0.0,  # the toes point down
    "heel": 0.0,  # the heel of a planted foot raised
    "open": 0.0,  # the knee turned outwards
}
"""Channels that the left and the right each have (`left_flex`), and their values when standing."""

MIRRORED = {"aside", "roll", "yaw", "lean", "twist", "turn", "cock"}
"""Channels that change sign in the mirror."""

REST = BODY_CHANNELS | {f"{side}_{name}": value for side in ("left", "right") for name, value in SIDE_CHANNELS.items()}
"""Every channel's value when standing."""


def swapped(name: str) -> str:
    """The channel of the other side: `left_flex` for `right_flex`; `nod` stays."""
    if name.startswith("left_"):
        return "right_" + name.removeprefix("left_")
    return "left_" + name.removeprefix("right_") if name.startswith("right_") else name


def left(**values: float) -> dict[str, float]:
    """The left side's channels: `left(flex=90)` is `{"left_flex": 90}`."""
    return {f"left_{name}": value for name, value in values.items()}


def right(**values: float) -> dict[str, float]:
    """The right side's channels."""
    return {f"right_{name}": value for name, value in values.items()}


def both(**values: float) -> dict[str, float]:
    """Both sides' channels."""
    return left(**values) | right(**values)


@dataclass(frozen=True)
class Step:
    """A foot's way through the air from where it stands to its next place.

    Attributes:
        side: `left` or `right`.
        start, end: when it leaves the floor and when it is back, seconds.
        place, heading: where the person then stands, x + iz metres and degrees in the world.
        width: the foot's distance from there, metres to the left of the heading.
        toe: how far it points to the left of the heading, degrees.
        lift: clearance under the sole half-way, metres.
        push, land: the heel's raise at take-off and at landing, degrees; negative raises the toes.
        flight: the foot leaves the floor together with the body: its lift is ballistic.
        level: height of the floor where it lands, metres: stairs.
    """

    side: str
    start: float
    end: float
    place: complex
    heading: float
    width: float
    toe: float
    lift: float
    push: float
    land: float
    flight: bool = False
    level: float = 0.0


@dataclass
class Score:
    """The performance so far: actions append to it at `now`.

    Attributes:
        tempo: 2 plays the actions twice as fast; flights obey gravity and stay as they are.
        size: 1.1 makes the gestures a tenth larger.
        facing: the heading at the beginning, degrees: 0 faces +z, positive to the left.
        flip: mirror what is written.
        place: where the person stands by now, x + iz metres; `heading` likewise, and `level`, metres up.
        flights: when gravity alone moves the body: start, end (s) and height (m).
        manner: what a person's way adds to channels all the time.
    """

    tempo: float = 1.0
    size: float = 1.0
    facing: float = 0.0
    flip: bool = False
    now: float = 0.0
    place: complex = 0j
    level: float = 0.0
    keys: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    flights: list[tuple[float, float, float]] = field(default_factory=list)
    manner: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.heading = self.facing

    def begin(self, **values: float) -> None:
        """Have the named channels at the values from the first moment: before anything else moves them."""
        for name, value in values.items():
            sign = -1.0 if self.flip and name in MIRRORED else 1.0
            self.keys[swapped(name) if self.flip else name] = [(0.0, sign * value)]

    def hold(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds / self.tempo

    def pose(self, seconds: float, **values: float) -> None:
        """Move the named channels to the values, and the clock with them."""
        self.meanwhile(0.0, seconds, **values)
        self.hold(seconds)

    def meanwhile(self, delay: float, seconds: float, **values: float) -> None:
        """Move the named channels after a delay, and leave the clock where it is."""
        for name, value in values.items():
            sign = -1.0 if self.flip and name in MIRRORED else 1.0
            self._key(swapped(name) if self.flip else name, delay, seconds, sign * value)

    def relax(self, seconds: float) -> None:
        """Bring every channel back to standing."""
        for name, keys in self.keys.items():
            if keys[-1][1] != REST[name]:
                self._key(name, 0.0, seconds, REST[name])
        self.hold(seconds)

    def _key(self, name: str, delay: float, seconds: float, value: float) -> None:
        start = self.now + delay / self.tempo
        keys = self.keys.setdefault(name, [(0.0, REST[name])])
        if keys[-1][0] < start - 1e-6:
            keys.append((start, keys[-1][1]))
        elif keys[-1][0] > start + 1e-6:
            # A movement that is overtaken ends where it has got to.
            (before, from_), (after, to) = keys[-2:]
            assert before < start, f"{name} is given two movements at once"
            keys[-1] = (start, from_ + (to - from_) * (start - before) / (after - before))
        keys.append((start + seconds / self.tempo, value))

    def move(self, forward: float = 0.0, aside: float = 0.0, turn: float = 0.0, rise: float = 0.0) -> None:
        """Move the place on which the next steps land: metres along the heading, to its left, and up; degrees."""
        sign = -1.0 if self.flip else 1.0
        halfway = self.heading + sign * turn / 2
        self.heading += sign * turn
        self.place += turned(complex(sign * aside, forward), halfway)
        self.level += rise

    def step(self, side: str, seconds: float, overlap: float = 0.0, **how: float) -> None:
        """Let a foot take its place beside `place`; the clock stops `overlap` seconds before it lands.

        `how` are `lift`, `push` and `land` of `Step`, `width` (metres from the middle) and `toe` (degrees outwards).
        """
        self._step(side, self.now, seconds / self.tempo, **how)
        self.hold(seconds - overlap)

    def jump(self, height: float, feet: tuple[str, ...] = ("left", "right"), **how: float) -> None:
        """Leave the floor and come down on `place` again, as gravity has it."""
        seconds = 2 * (2 * height / 9.81) ** 0.5
        for side in feet:
            self._step(side, self.now, seconds, **({"lift": height, "push": 40.0, "land": 25.0} | how))
            self.steps[-1] = replace(self.steps[-1], flight=True)
        self.flights.append((self.now, self.now + seconds, height))
        self.now += seconds

    def _step(
        self,
        side: str,
        start: float,
        seconds: float,
        lift: float = 0.05,
        push: float = 25.0,
        land: float = -12.0,
        width: float = 0.1,
        toe: float = 4.0,
    ) -> None:
        if self.flip:
            side = "right" if side == "left" else "left"
        sign = 1.0 if side == "left" else -1.0
        foot = (self.place, self.heading, sign * width, sign * toe)
        self.steps.append(Step(side, start, start + seconds, *foot, lift, push, land, level=self.level))


def turned(offset: Any, heading: Any) -> Any:
    """An offset of x + iz metres (left + i forwards), seen by a person of that heading (degrees), in the world."""
    return offset * np.exp(-1j * np.radians(heading))

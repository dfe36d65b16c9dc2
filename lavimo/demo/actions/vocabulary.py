"""The actions by name: what each does, its attributes and its words (`actions.yaml`, `wide.yaml`, `wider.yaml`)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any, Literal

import yaml

from lavimo.demo.actions import (
    arms,
    ballet,
    climbing,
    falls,
    fights,
    gaits,
    games,
    gestures,
    idle,
    jumps,
    kicks,
    legs,
    locomotion,
    sports,
    styles,
    trunk,
    work,
)
from lavimo.demo.score import Score

MODULES = (
    *(locomotion, jumps, legs, arms, trunk, sports, ballet, climbing),
    *(gaits, styles, kicks, idle, gestures, falls, fights, work, games),
)

TEMPO = {"slow": 0.74, "normal": 1.0, "quick": 1.3}
"""How fast an action is played at each speed."""


@cache
def vocabulary() -> dict[str, Any]:
    """`actions.yaml`, with the actions of `wide.yaml` and `wider.yaml` after its own."""
    vocabulary, more = _read("actions.yaml"), _read("wider.yaml")
    vocabulary["words"] |= more["words"]
    vocabulary["actions"] |= _read("wide.yaml")["actions"] | more["actions"]
    return vocabulary


@cache
def wider() -> frozenset[str]:
    """The actions of `wider.yaml`, which take longer."""
    return frozenset(_read("wider.yaml")["actions"])


def actions(kinds: Literal["everyday", "wide"]) -> list[str]:
    """The names of actions: those of `actions.yaml`, or all."""
    return list((_read("actions.yaml") if kinds == "everyday" else vocabulary())["actions"])


def _read(file: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((files("lavimo.demo.actions") / file).read_text("utf-8"))
    return read


@dataclass(frozen=True)
class Phrase:
    """One action with its attributes' values, in the order of `actions.yaml`."""

    action: str
    values: tuple[str, ...]

    @property
    def attributes(self) -> dict[str, str]:
        """Each attribute's value."""
        return dict(zip(attributes(self.action), self.values, strict=True))

    def __str__(self) -> str:
        """Its name, fit for a file: `kick_left_high_twice`."""
        words = (self.action, *(value for value in self.values if value != "normal"))
        return "_".join(words).replace(" ", "_")

    @property
    def pattern(self) -> str:
        """Its verb phrase with the attributes' patterns filled in (see `grammar`)."""
        text: str = vocabulary()["actions"][self.action]["says"]
        words = {name: attributes(self.action)[name][value] for name, value in self.attributes.items()}
        while "{" in text:
            text = text.format_map(words)
        return text

    def perform(self, score: Score) -> None:
        """Write it to the score."""
        given = self.attributes
        tempo = score.tempo
        score.flip = "right" in self.values
        score.tempo *= TEMPO[given.pop("speed", "normal")]
        _function(self.action)(score, **given)
        score.tempo, score.flip = tempo, False


def attributes(action: str) -> dict[str, dict[str, str]]:
    """An action's attributes, the values of each, and the words of each value."""
    vocabulary_ = vocabulary()
    return {
        name: values if isinstance(values, dict) else {value: vocabulary_["words"][name][value] for value in values}
        for name, values in vocabulary_["actions"][action].items()
        if name != "says"
    }


def phrases(action: str) -> list[Phrase]:
    """Every combination of an action's attributes."""
    return [Phrase(action, values) for values in product(*attributes(action).values())]


def parse(text: str) -> Phrase:
    """`kick left low once` as a phrase."""
    action, *values = text.split()
    return Phrase(action, tuple(values))


def _function(action: str) -> Callable[..., None]:
    return next(getattr(module, action) for module in MODULES if hasattr(module, action))

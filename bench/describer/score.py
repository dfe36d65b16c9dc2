"""How true and how complete the facts of procedural clips are: see README.md.

A fact that `truth.yaml` asks for, and that is said, is right; one that it neither asks for nor allows is wrong.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lavimo.demo.actions.vocabulary import Phrase
from lavimo.describe.fact import WAYS, Fact


@dataclass
class Score:
    """Of one kind of fact: clips in which it is said rightly and wrongly, asked for and found."""

    right: int = 0
    wrong: int = 0
    asked: int = 0
    found: int = 0

    @property
    def precision(self) -> float:
        """The share of what is said that is right; 1 where nothing is said."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """The share of what is asked for that is said."""
        return self.found / self.asked if self.asked else 1.0


@dataclass(frozen=True)
class Asked:
    """A fact that must or may be: one of some kinds, with these sides and directions."""

    kinds: tuple[str, ...]
    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str, attributes: Mapping[str, str]) -> "Asked":
        """From an entry of the truth."""
        kinds, _, words = text.partition(",")
        own = [truth()["words"].get(word, word) for word in words.format_map(attributes).split()]
        return cls(tuple(kinds.split("|")), tuple(own))

    def says(self, fact: Fact) -> bool:
        """Whether a fact is what is asked for."""
        if fact.kind not in self.kinds or not all(word in (fact.side, *fact.direction.split()) for word in self.words):
            return False
        ways = {word for word in self.words if word in fact.direction.split()}
        return not ways or ways == set(fact.direction.split()) or fact.direction not in WAYS


@cache
def truth() -> dict[str, Any]:
    """The whole table."""
    read: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("truth.yaml").read_text(encoding="utf-8"))
    return read


def asked_of(phrase: Phrase) -> tuple[list[Asked], list[Asked]]:
    """The facts that must be said of an action, and those that may."""
    own, attributes = truth()["actions"][phrase.action], phrase.attributes
    must = []
    for entry in own["must"]:
        text, when = (entry, {}) if isinstance(entry, str) else (entry["fact"], entry["when"])
        if all(attributes[name] in values for name, values in when.items()):
            must.append(Asked.of(text, attributes))
    return must, [Asked.of(text, attributes) for text in [*own["may"], *truth()["everywhere"]]]


def score(
    clips: Iterable[tuple[tuple[Phrase, ...], tuple[Fact, ...]]],
) -> tuple[dict[str, Score], dict[str, Counter[str]]]:
    """Each kind's score, and by kind the actions about which it is wrong or silent."""
    scores: dict[str, Score] = defaultdict(Score)
    faults: dict[str, Counter[str]] = defaultdict(Counter)
    for phrases, facts in clips:
        must, may = [], []
        for phrase in phrases:
            own = asked_of(phrase)
            must += own[0]
            may += own[1]
        name = " then ".join(phrase.action for phrase in phrases)
        for kind in {fact.kind for fact in facts}:
            said = [fact for fact in facts if fact.kind == kind]
            if any(not any(one.says(fact) for one in must + may) for fact in said):
                scores[kind].wrong += 1
                faults[kind][f"wrong: {name}"] += 1
            elif any(one.says(fact) for one in must for fact in said):
                scores[kind].right += 1
        for one in must:
            kind = one.kinds[0]
            scores[kind].asked += 1
            found = any(one.says(fact) for fact in facts)
            scores[kind].found += found
            if not found:
                faults[kind][f"silent: {name}"] += 1
    return dict(scores), dict(faults)

"""What one asks a library for, and the answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from lavimo.describe.fact import Fact
from lavimo.describe.words.saying import plainest
from lavimo.describe.words.words import summary
from lavimo.search.item import Filters, Item, Window

Judgement = Literal["probably", "perhaps", "hardly", ""]
"""What validation clips say of a score; empty where they say nothing, as of mixed queries."""


@dataclass(frozen=True)
class Part:
    """A part of a mixed query.

    Attributes:
        kind: what it is.
        content: words, or a file.
        weight: beside the other parts; below 0: not like this.
    """

    kind: Literal["text", "video", "motion"]
    content: str | Path
    weight: float = 1.0


@dataclass(frozen=True)
class Query:
    """What is asked for.

    Attributes:
        parts: added up in the joint space, by their weights.
        image: a picture of a pose; orders what the parts find, or everything where there are none.
        person: of several in a video: `largest`, `moving`, `person N`.
        filters: what a hit must be like.
        k: hits.
        rerank: compare the landmarks of a video with the best hits' joints, and order them by that.
    """

    parts: tuple[Part, ...] = ()
    image: Path | None = None
    person: str = "largest"
    filters: Filters = field(default_factory=Filters)
    k: int = 10
    rerank: bool = True

    def __post_init__(self) -> None:
        if not self.parts and self.image is None:
            raise ValueError("found an empty query, expected words, a video, a motion or a picture")
        if self.parts and not any(part.weight > 0 for part in self.parts):
            raise ValueError("found only what a hit should not be like, expected a part with a weight above 0")
        if not 1 <= self.k <= MOST:
            raise ValueError(f"found k = {self.k}, expected 1 to {MOST}")
        for part in self.parts:
            if part.kind == "text" and not str(part.content).strip():
                raise ValueError("found an empty text, expected words")

    def only(self, kind: str) -> bool:
        """Whether the query is one part of this kind."""
        return self.image is None and [part.kind for part in self.parts] == [kind]


MOST = 1000


@dataclass(frozen=True)
class Moment:
    """A stretch of a motion that answers, seconds; of several actions asked for, one after another, its words."""

    window: Window
    score: float
    words: str = ""


@dataclass(frozen=True)
class Hit:
    """A motion that answers.

    Attributes:
        window: where in it.
        score: the cosine with the query, and what facts add to it.
        distance_m: how far the joints are from the video's landmarks; None where they were not compared.
        judgement: what the score means.
        moments: other stretches of it that answer, the best first; they do not overlap.
        alike: motions that are nearly the same, and so not hits of their own.
        facts: what the window shows.
        cosine: what the model alone says; of a query by words the rest of the score is what facts add.
        video_s: begin and end of what it answers in the query's video, seconds; None where they were not compared.
    """

    item: Item
    window: Window
    score: float
    distance_m: float | None = None
    judgement: Judgement = ""
    moments: tuple[Moment, ...] = ()
    alike: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    cosine: float = 0.0
    video_s: tuple[float, float] | None = None

    @property
    def description(self) -> str:
        """What the window shows, in words; empty where geometry says nothing of it."""
        return summary(self.facts)

    def to_json(self) -> dict[str, Any]:
        """As programs read it."""
        item = self.item
        return {
            "id": item.id,
            "name": item.name,
            "library": item.library,
            "file": item.file,
            "captions": list(item.captions),
            "licence": item.licence,
            "format": item.format,
            "duration_s": round(item.duration_s, 2),
            "travel_m": item.travel_m,
            "begin_s": self.window.begin_s,
            "end_s": self.window.end_s,
            "mirrored": self.window.mirrored,
            "score": round(self.score, 4),
            "cosine": round(self.cosine, 4),
            "distance_m": None if self.distance_m is None else round(self.distance_m, 4),
            "video_s": None if self.video_s is None else [round(seconds, 2) for seconds in self.video_s],
            "judgement": self.judgement,
            "moments": [
                {"begin_s": m.window.begin_s, "end_s": m.window.end_s, "score": round(m.score, 4)}
                | ({"words": m.words} if m.words else {})
                for m in self.moments
            ],
            "alike": list(self.alike),
            "description": self.description,
            "facts": [told(fact) for fact in self.facts],
        }


def told(fact: Fact) -> dict[str, Any]:
    """A fact as programs read it, and in words: `walks forward`."""
    return {**fact.to_json(), "words": plainest(fact)}


@dataclass(frozen=True)
class Answer:
    """What a search found.

    Attributes:
        found: whether any hit is more than hardly one; None where nothing can be said.
        unknown: words of the query that neither the model's training nor facts know.
    """

    hits: tuple[Hit, ...]
    found: bool | None
    unknown: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As programs read it."""
        return {"found": self.found, "unknown": list(self.unknown), "hits": [hit.to_json() for hit in self.hits]}


def mixed(
    words: str, video: Path | None, motion: Path | None, negative: str, weights: Sequence[float]
) -> tuple[Part, ...]:
    """The parts of a mixed query.

    Args:
        weights: of words, video and motion, as far as these are given; none: 1 each.

    Raises:
        ValueError: another number of weights than parts.
    """
    given: list[tuple[Literal["text", "video", "motion"], str | Path]] = []
    given += [("text", words)] if words else []
    given += [("video", video)] if video else []
    given += [("motion", motion)] if motion else []
    if weights and len(weights) != len(given):
        raise ValueError(f"found {len(weights)} weight(s) for {len(given)} part(s) of the query, expected one each")
    parts = [Part(kind, content, weight) for (kind, content), weight in zip(given, weights or [1.0] * len(given))]
    return (*parts, Part("text", negative, NEGATIVE)) if negative else tuple(parts)


NEGATIVE = -0.5
"""The weight of what a hit should not be like."""

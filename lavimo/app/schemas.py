"""What clients ask and get, as JSON: the interface's shapes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from lavimo.app.settings import Settings
from lavimo.app.uploads import Upload, Uploads
from lavimo.describe.fact import Fact
from lavimo.describe.words.words import summary
from lavimo.search.action_filter import ActionFilter, Direction, Gait, Hand, Leg, Speed, Turns
from lavimo.search.item import Filters
from lavimo.search.library import Library
from lavimo.search.query import Query, mixed, told

Upload32 = Field("", pattern="^([0-9a-f]{32})?$")
WORDS, PART = 500, 200
EXAMPLES = 8
CHOICES = 50


class Request(BaseModel):
    """Of a request: nothing that is not known."""

    model_config = ConfigDict(extra="forbid")


class SearchRequest(Request):
    """A query; see `lavimo.search.query.Query`. `video`, `motion` and `image` are ids of uploads.

    `unlike`, `again`, `least_s` and `most_s` are old names, read until version 0.4.0.
    """

    text: str = Field("", max_length=WORDS)
    negative: str = Field("", max_length=WORDS, validation_alias=AliasChoices("negative", "unlike"))
    video: str = Upload32
    motion: str = Upload32
    image: str = Upload32
    weights: list[float] = Field(default_factory=list, max_length=3)
    person: int = Field(-1, ge=-1, le=1000)
    k: int = Field(12, ge=1, le=100)
    rerank: bool = Field(True, validation_alias=AliasChoices("rerank", "again"))
    folder: str = Field("", max_length=PART)
    licence: str = Field("", max_length=PART)
    min_s: float = Field(0, ge=0, le=3600, validation_alias=AliasChoices("min_s", "least_s"))
    max_s: float = Field(0, ge=0, le=3600, validation_alias=AliasChoices("max_s", "most_s"))
    travels: bool | None = None
    mirrored: bool | None = None
    hand: Hand = ""
    leg: Leg = ""
    direction: Direction = ""
    gait: Gait = ""
    turns: Turns = ""
    jumps: bool | None = None
    speed: Speed = ""

    def query(self, uploads: Uploads) -> Query:
        """As the library takes it.

        Raises:
            ValueError: it is empty, or an upload is gone.
        """
        video, motion, image = (
            uploads.get(id, kind).file if id else None
            for id, kind in ((self.video, "video"), (self.motion, "motion"), (self.image, "image"))
        )
        doing = ActionFilter(self.hand, self.leg, self.direction, self.gait, self.turns, self.jumps, self.speed)
        filters = Filters(self.folder, self.licence, self.min_s, self.max_s, self.travels, self.mirrored, doing)
        parts = mixed(self.text.strip(), video, motion, self.negative.strip(), self.weights)
        who = f"person {self.person}" if self.person >= 0 else "largest"
        return Query(parts, image, who, filters, self.k, self.rerank)


class MomentResponse(BaseModel):
    """A moment of a motion."""

    begin_s: float
    end_s: float
    score: float
    words: str = ""


class FactResponse(BaseModel):
    """Something that a motion shows; see `lavimo.describe.fact.Fact`. The unit is that of the amount."""

    kind: str
    words: str
    begin_s: float
    end_s: float
    side: str = ""
    direction: str = ""
    amount: float = 0
    unit: str = ""
    count: int = 0
    certainty: float


class DescriptionResponse(BaseModel):
    """What a stretch of a motion shows: in words, and fact by fact."""

    description: str
    facts: list[FactResponse]

    @classmethod
    def of(cls, facts: Sequence[Fact]) -> "DescriptionResponse":
        """In words."""
        return cls(description=summary(facts), facts=[FactResponse(**told(fact)) for fact in facts])


class HitResponse(BaseModel):
    """A hit; see `lavimo.search.query.Hit`. Where it lies on the server's disk is not told."""

    id: str
    name: str
    captions: list[str]
    licence: str
    format: str
    duration_s: float
    travel_m: float
    begin_s: float
    end_s: float
    mirrored: bool
    score: float
    cosine: float
    distance_m: float | None
    video_s: tuple[float, float] | None
    judgement: str
    moments: list[MomentResponse]
    alike: list[str]
    description: str
    facts: list[FactResponse]


class SearchResponse(BaseModel):
    """An answer."""

    found: bool | None
    unknown: list[str]
    hits: list[HitResponse]


class UploadResponse(BaseModel):
    """An upload: its id, and what is in it."""

    id: str
    kind: str
    people: int
    chosen: int
    duration_s: float

    @classmethod
    def of(cls, upload: Upload) -> "UploadResponse":
        """What clients learn of an upload."""
        people = upload.seen.people
        lengths = [float(one.times_T[-1] - one.times_T[0]) for one in people if len(one)]
        return cls(
            id=upload.id,
            kind=upload.kind,
            people=len(people),
            chosen=upload.seen.chosen,
            duration_s=round(max(lengths, default=0.0), 2),
        )


class LibraryResponse(BaseModel):
    """A library: how much there is, what one may ask it, and with which words it is described."""

    motions: int
    moments: int
    modalities: list[str]
    mirrored: bool
    licences: list[str]
    examples: list[str]
    longest_upload_s: float
    largest_upload: int


def facts(library: Library, settings: Settings) -> LibraryResponse:
    """Those of a library."""
    items = list(library.store.items())
    motions, moments = library.store.count()
    captions = sorted({item.captions[0] for item in items if item.captions})
    some = np.linspace(0, len(captions) - 1, min(EXAMPLES, len(captions))).astype(int)
    about: dict[str, Any] = {
        "motions": motions,
        "moments": moments,
        "modalities": list(library.retriever.modalities),
        "mirrored": library.store.about.mirrored,
        "licences": sorted({item.licence for item in items if item.licence})[:CHOICES],
        "examples": [captions[place][:WORDS] for place in some],
        "longest_upload_s": settings.longest_upload_s,
        "largest_upload": settings.largest_upload,
    }
    return LibraryResponse(**about)

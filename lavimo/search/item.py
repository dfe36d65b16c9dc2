"""What a library holds: motions, each cut into windows that are found.

T frames, R windows, C dimensions of the joint space, K landmarks, 3 coordinates in metres.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lavimo.describe.columns import Facts, WindowFacts
from lavimo.describe.fact import Fact
from lavimo.describe.fact import mirrored as mirror_image
from lavimo.describe.windows import within
from lavimo.motion.motion import FPS, Motion
from lavimo.search.action_filter import ActionFilter, marks_of

ID = re.compile(r"[0-9a-f]{16}")
"""An item's id: nothing else ever names a file of an index."""


@dataclass(frozen=True)
class Item:
    """A motion of a library, in words and numbers.

    Attributes:
        id: made of the library's folder and the name.
        name: the file's path in its library, or the clip's id.
        library: the folder that was indexed.
        file: where the motion was read from; empty for a clip of a workflow.
        sha256: of what was read.
        size, modified_ns: of the file; as long as they stay, its content is taken to stay.
        captions: none where nobody wrote any.
        licence: in words; empty if unknown.
        format: the file's kind.
        frames: at 20 a second.
        travel_m: how far from its start the person comes, over the floor.
    """

    id: str
    name: str
    library: str
    file: str
    sha256: str
    size: int
    modified_ns: int
    captions: tuple[str, ...]
    licence: str
    format: str
    frames: int
    travel_m: float

    @property
    def duration_s(self) -> float:
        """In seconds."""
        return self.frames / FPS

    def to_json(self) -> dict[str, Any]:
        """As a file keeps it."""
        return {name: getattr(self, name) for name in FIELDS}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Item":
        """Back from `to_json`."""
        return cls(**{**values, "captions": tuple(values["captions"])})


FIELDS = tuple(field.name for field in fields(Item))
"""Of an item, in order."""


class Window(NamedTuple):
    """A stretch of an item that is found as one, seconds; perhaps its mirror image."""

    begin_s: float
    end_s: float
    mirrored: bool = False

    def shows(self, facts: Sequence[Fact]) -> tuple[Fact, ...]:
        """Of the facts of its motion those that lie in it; left and right are those of what is seen."""
        found = within(facts, self.begin_s, self.end_s)
        return tuple(map(mirror_image, found)) if self.mirrored else found


@dataclass(frozen=True)
class Entry:
    """An item with all that is kept of it.

    Attributes:
        windows: R of them.
        vectors_RC: theirs, of length 1.
        points_TK3, path_T3: see `lavimo.landmarks.movement.about_hips`.
        facts: of the whole motion, in order of begin.
    """

    item: Item
    motion: Motion
    points_TK3: NDArray[np.float32]
    path_T3: NDArray[np.float32]
    windows: tuple[Window, ...]
    vectors_RC: NDArray[np.float32]
    facts: tuple[Fact, ...] = ()


def shown_by(entries: Sequence[Entry]) -> WindowFacts:
    """What the windows of some entries show."""
    rows = [(number, *window) for number, entry in enumerate(entries) for window in entry.windows]
    item, begin, end, mirrored = zip(*rows) if rows else ((),) * 4
    spans = (np.array(begin, np.float32), np.array(end, np.float32), np.array(mirrored, bool))
    first_I = np.cumsum([0, *(len(entry.facts) for entry in entries)]).astype(np.int64)
    facts = Facts.of([fact for entry in entries for fact in entry.facts])
    return WindowFacts.of(len(entries), np.array(item, np.int32), spans, facts, first_I)


class Candidate(NamedTuple):
    """A window that a search found.

    Attributes:
        score: the cosine with the query, and what facts add to it.
        boost: what facts add.
    """

    id: str
    window: Window
    score: float
    boost: float = 0.0

    @property
    def cosine(self) -> float:
        """What the model says."""
        return self.score - self.boost


@dataclass(frozen=True)
class Filters:
    """What a hit must be like, beside the query. Empty texts and zero lengths ask for nothing.

    Attributes:
        folder: part of the library's or the file's path.
        licence: part of the licence, in small or capital letters.
        min_s, max_s: of the found window.
        travels: whether the person leaves the place, by more than `PLACE_M`.
        mirrored: mirror images only, or none of them.
        action: what somebody does in it.
    """

    folder: str = ""
    licence: str = ""
    min_s: float = 0.0
    max_s: float = 0.0
    travels: bool | None = None
    mirrored: bool | None = None
    action: ActionFilter = field(default_factory=ActionFilter)

    def item(self, item: Item) -> bool:
        """Whether an item may be found."""
        return (
            self.folder in f"{item.library}/{item.name}"
            and self.licence.lower() in item.licence.lower()
            and (self.travels is None or self.travels == (item.travel_m > PLACE_M))
        )

    def window(self, window: Window, facts: Sequence[Fact]) -> bool:
        """Whether a window of such an item may be found; of the item's facts."""
        length_s = window.end_s - window.begin_s
        return (
            length_s >= self.min_s
            and (not self.max_s or length_s <= self.max_s)
            and (self.mirrored is None or self.mirrored == window.mirrored)
            and (self.action == ActionFilter() or self.action.fits(marks_of(window.shows(facts))))
        )


PLACE_M = 1.0
"""Who never gets farther from the start than this stays in place."""


def id_of(library: str, name: str) -> str:
    """The id of a motion of this name in a library."""
    return sha256(f"{library}\0{name}".encode(errors="surrogateescape")).hexdigest()[:16]


def check_id(text: str) -> str:
    """The id, if it is one.

    Raises:
        ValueError: it is none.
    """
    if not ID.fullmatch(text):
        raise ValueError(f"found the id {text[:40]!r}, expected sixteen of the digits 0 to 9 and a to f")
    return text

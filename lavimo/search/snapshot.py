"""An index in a folder, as one index.json says: what readers keep while a writer goes on.

I items of a segment.
"""

import json
import os
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.files import atomic
from lavimo.search.item import Item
from lavimo.search.segment import Segment
from lavimo.search.store import About

FORMAT = 2
"""2: with facts."""
STATE, SEGMENTS = "index.json", "segments"


@dataclass(frozen=True)
class State:
    """What index.json says.

    Attributes:
        segments: names of files, the oldest first.
        gone: by segment, the ids in it that count no more.
    """

    about: About
    segments: tuple[str, ...]
    gone: dict[str, list[str]]

    @classmethod
    def read(cls, folder: Path) -> "State":
        """That of a folder.

        Raises:
            ValueError: it is damaged, or another version's.
        """
        path = folder / STATE
        try:
            told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if told["format"] != FORMAT:
                raise ValueError(f"found the format {told['format']} of another version of lavimo, expected {FORMAT}")
            return cls(About(**told["about"]), tuple(told["segments"]), told["gone"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ValueError(
                f"{path}: cannot be read as an index ({error}); delete {folder} and index its folders anew: "
                f"`lavimo index FOLDER... --index {folder}`"
            ) from error

    def write(self, folder: Path) -> None:
        """Make it the folder's; it lies on the disk when this returns."""
        told = {"format": FORMAT, **asdict(self)}
        with atomic(folder / STATE) as partial, open(partial, "w", encoding="utf-8") as file:
            json.dump(told, file)
            file.flush()
            os.fsync(file.fileno())
        entry = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(entry)
        finally:
            os.close(entry)


Stamp = tuple[int, int, int]


def stamp_of(folder: Path) -> Stamp:
    """By which one sees that index.json was replaced."""
    known = (folder / STATE).stat()
    return known.st_ino, known.st_mtime_ns, known.st_size


@dataclass(frozen=True)
class Snapshot:
    """See the module.

    Attributes:
        segments: by name.
        alive: by segment, which of its items count, (I,).
    """

    stamp: Stamp
    state: State
    segments: dict[str, Segment]
    alive: dict[str, NDArray[np.bool_]]

    @classmethod
    def of(cls, folder: Path, open_already: dict[str, Segment]) -> "Snapshot":
        """The folder's, now.

        Raises:
            ValueError: index.json or a segment is damaged.
        """
        while True:
            stamp, state = stamp_of(folder), State.read(folder)
            try:
                segments = {
                    name: open_already.get(name) or Segment(folder / SEGMENTS / name) for name in state.segments
                }
                break
            except ValueError:
                # A writer may just have merged what this index.json names: then there is another.
                if stamp_of(folder) == stamp:
                    raise
        alive = {name: np.ones(len(segment.items), bool) for name, segment in segments.items()}
        for name, segment in segments.items():
            alive[name][[segment.place[id] for id in state.gone.get(name, ()) if id in segment.place]] = False
        return cls(stamp, state, segments, alive)

    def place(self, id: str) -> tuple[Segment, int] | None:
        """An item's segment and its number in it; None: there is no such item."""
        for name, segment in self.segments.items():
            number = segment.place.get(id)
            if number is not None and self.alive[name][number]:
                return segment, number
        return None

    @cached_property
    def count(self) -> tuple[int, int]:
        """How many items and windows count."""
        items = sum(int(alive_I.sum()) for alive_I in self.alive.values())
        return items, sum(int(self.alive[name][segment["item"]].sum()) for name, segment in self.segments.items())

    @property
    def items(self) -> list[Item]:
        """Those that count."""
        return [
            segment.items[number]
            for name, segment in self.segments.items()
            for number in np.flatnonzero(self.alive[name])
        ]

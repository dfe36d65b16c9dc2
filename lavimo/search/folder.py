"""An index in a folder: no server, exact search.

`index.json` names the segments that count, and the items in them that do not any more. A change writes a new segment
and then, by renaming one file, the new index.json: whatever is killed, and whenever, the one or the other is whole.
Segments that no index.json names are left of such a kill, and the next writer deletes them. Where there are many, small
ones are merged.

C dimensions of the joint space, I items of a segment.
"""

import fcntl
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from lavimo.describe.fact import Fact
from lavimo.files import atomic
from lavimo.motion.motion import Motion
from lavimo.search.exact import best
from lavimo.search.found import Found
from lavimo.search.item import Candidate, Entry, Filters, Item
from lavimo.search.segment import Segment, merge_segments, write_segment
from lavimo.search.snapshot import SEGMENTS, STATE, Snapshot, State, stamp_of
from lavimo.search.store import About, Boost, Known, Points

MODEL, LOCK = "model.safetensors", ".lock"
MOST_SEGMENTS = 8
MERGED_MB = 256
"""Segments that are larger are merged only to drop items that count no more."""
LEAST_ALIVE = 0.5
"""A segment of which less counts is written anew."""


class FolderStore:
    """See the module, and `lavimo.search.store.Store`."""

    def __init__(self, folder: Path):
        """Open a folder's index.

        Raises:
            ValueError: see `open_store`.
        """
        self.folder = folder
        self._now = Snapshot.of(folder, {})

    @classmethod
    def open(cls, folder: Path) -> "FolderStore":
        """An index that is there.

        Raises:
            ValueError: see `open_store`.
        """
        if not (folder / STATE).is_file():
            raise ValueError(f"{folder}: found no index there; make one with `lavimo index FOLDER --index {folder}`")
        return cls(folder)

    @classmethod
    def make(cls, folder: Path, about: About, model: Path) -> "FolderStore":
        """An index, empty if it was not there.

        Raises:
            ValueError: the folder cannot be written to, or what is there is damaged.
        """
        if not (folder / STATE).is_file():
            with atomic(folder / MODEL) as partial:
                shutil.copyfile(model, partial)
            State(about, (), {}).write(folder)
        return cls(folder)

    @property
    def about(self) -> About:
        """See `Store`."""
        return self._now.state.about

    def known(self) -> dict[str, Known]:
        """See `Store`."""
        return {item.id: Known(item.library, item.sha256, item.size, item.modified_ns) for item in self.items()}

    def add(self, entries: Sequence[Entry]) -> None:
        """See `Store`."""
        if entries:
            with self._writing():
                self._change([entry.item.id for entry in entries], entries)

    def remove(self, ids: Sequence[str]) -> None:
        """See `Store`."""
        if ids:
            with self._writing():
                self._change(ids, [])

    def finish(self) -> None:
        """See `Store`: nothing is left to do."""

    def search(self, query_C: NDArray[np.float32], k: int, filters: Filters, boost: Boost | None = None) -> Found:
        """See `Store`."""
        now = self._now
        segments, parts = list(now.segments.values()), []
        for number, (name, segment) in enumerate(now.segments.items()):
            allowed_R = segment.allowed(filters, now.alive[name])
            boost_R = None if boost is None else boost(segment.window_facts)
            told = segment["codes"], segment["scale"], segment.error, segment.vectors
            rows, scores = best(*told, query_C, k, allowed_R, boost_R)
            boosts = np.zeros_like(scores) if boost_R is None else boost_R[rows]
            parts.append((np.full(len(rows), number), rows, segment["item"][rows].astype(np.int64), scores, boosts))
        if not parts:
            return Found.nothing()
        segment_N, row_N, item_N, score_N, boost_N = map(np.concatenate, zip(*parts))
        order_N = np.argsort(-score_N, kind="stable")[:k]
        firsts = np.cumsum([0, *(len(segment.items) for segment in segments)])

        def candidate(place: int) -> Candidate:
            at = order_N[place]
            id, window = segments[segment_N[at]].window(row_N[at])
            return Candidate(id, window, float(score_N[at]), float(boost_N[at]))

        return Found((firsts[segment_N] + item_N)[order_N], candidate)

    def get(self, id: str) -> Item:
        """See `Store`."""
        segment, number = self._place(id)
        return segment.items[number]

    def motion(self, id: str) -> Motion:
        """See `Store`."""
        segment, number = self._place(id)
        return segment.motion(number)

    def points(self, id: str) -> Points:
        """See `Store`."""
        segment, number = self._place(id)
        return segment.points(number)

    def facts(self, id: str) -> tuple[Fact, ...]:
        """See `Store`."""
        segment, number = self._place(id)
        return segment.facts(number)

    def items_of(self, ids: Sequence[str]) -> list[Item]:
        """See `Store`."""
        return list(map(self.get, ids))

    def points_of(self, ids: Sequence[str]) -> list[Points]:
        """See `Store`."""
        return list(map(self.points, ids))

    def facts_of(self, ids: Sequence[str]) -> list[tuple[Fact, ...]]:
        """See `Store`."""
        return list(map(self.facts, ids))

    def items(self) -> Iterator[Item]:
        """See `Store`."""
        yield from sorted(self._now.items, key=lambda item: (item.library, item.name))

    def count(self) -> tuple[int, int]:
        """See `Store`."""
        return self._now.count

    def refresh(self) -> None:
        """See `Store`."""
        if stamp_of(self.folder) != self._now.stamp:
            self._load()

    def model(self) -> Path:
        """See `Store`."""
        return self.folder / MODEL

    def close(self) -> None:
        """See `Store`."""

    def _load(self) -> None:
        self._now = Snapshot.of(self.folder, self._now.segments)

    def _place(self, id: str) -> tuple[Segment, int]:
        if (place := self._now.place(id)) is None:
            raise ValueError(f"found no motion of the id {id!r} in {self.folder}")
        return place

    def _change(self, gone: Sequence[str], entries: Sequence[Entry]) -> None:
        """Take ids out and put entries in, at once."""
        now = self._now
        lost = {
            name: set(now.state.gone.get(name, ())) | (segment.place.keys() & gone)
            for name, segment in now.segments.items()
        }
        left = [name for name, segment in now.segments.items() if len(lost[name]) < len(segment.items)]
        new = [self._written(partial(write_segment, entries=entries))] if entries else []
        self._become(replace(now.state, segments=(*left, *new), gone={n: sorted(lost[n]) for n in left if lost[n]}))
        self._merge()

    def _merge(self) -> None:
        """Where there are too many segments, put the smaller ones together; and drop what counts no more."""
        now = self._now
        sizes = {name: segment.path.stat().st_size for name, segment in now.segments.items()}
        chosen = {name for name, alive_I in now.alive.items() if alive_I.mean() < LEAST_ALIVE}
        if len(sizes) > MOST_SEGMENTS:
            small = sorted((size, name) for name, size in sizes.items() if size < MERGED_MB << 20)
            chosen |= {name for _, name in small[: MOST_SEGMENTS // 2 + 1]}
        if not chosen:
            return
        left = [name for name in now.segments if name not in chosen]
        parts = [(now.segments[name], now.alive[name]) for name in now.segments if name in chosen]
        merged = [self._written(partial(merge_segments, parts=parts))]
        gone = {name: now.state.gone[name] for name in left if name in now.state.gone}
        self._become(replace(now.state, segments=(*merged, *left), gone=gone))
        self._sweep()

    def _become(self, state: State) -> None:
        state.write(self.folder)
        self._load()

    def _written(self, write: Callable[[Path], None]) -> str:
        name = f"{uuid4().hex}.safetensors"
        write(self.folder / SEGMENTS / name)
        return name

    def _sweep(self) -> None:
        """Delete what no index.json names."""
        for path in (self.folder / SEGMENTS).glob("*"):
            if path.name not in self._now.state.segments:
                path.unlink(missing_ok=True)
        for path in (self.folder / SEGMENTS).glob(".*"):
            path.unlink(missing_ok=True)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Inside, nobody else writes."""
        with open(self.folder / LOCK, "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise ValueError(
                    f"{self.folder}: another process changes this index now; wait until it is done"
                ) from error
            self.refresh()
            self._sweep()
            yield

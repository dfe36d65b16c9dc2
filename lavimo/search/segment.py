"""A segment: some entries of an index in one file, written once and never changed.

A safetensors file, read by memory map: `vectors` (R, C) float16, `codes` (R, C) int8, `scale` and `error` (R,),
`begin`, `end`, `mirrored`, `item` and `marks` (R,) of windows; `rotations`, `translation`, `points`, `path` of all
frames of all items, `betas` (I, 10), `first` (I + 1,), where an item's frames begin; the columns of `Facts` (F,), and
`fact_first` (I + 1,), where an item's begin; and `items` and `whats`, JSON.

I items, R windows, C dimensions, T frames, F facts.
"""

import json
import math
import mmap
import os
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.describe.columns import COLUMNS, Facts, What, WindowFacts
from lavimo.describe.fact import Fact
from lavimo.files import atomic
from lavimo.motion.motion import Motion
from lavimo.search.action_filter import ActionFilter, marks_of_windows
from lavimo.search.exact import FEW, coded
from lavimo.search.item import Entry, Filters, Item, Window, shown_by

LENGTHS = {
    "items": "items", "vectors": "vectors", "codes": "vectors", "scale": "vectors", "error": "vectors",
    "begin": "vectors", "end": "vectors", "mirrored": "vectors", "item": "vectors", "marks": "vectors",
    "betas": "betas", "first": "first", "fact_first": "first", "whats": "whats",
    "path": "path", "rotations": "path", "translation": "path", "points": "path",
    **{f"fact_{name}": "fact_what" for name in COLUMNS},
}  # fmt: skip
"""The arrays, each with one that is as long."""
KINDS = {"F16": np.float16, "F32": np.float32, "I8": np.int8, "I32": np.int32, "I64": np.int64, "U8": np.uint8}


def write_segment(path: Path, entries: Sequence[Entry]) -> None:
    """Write entries to a new file, which lies on the disk when this returns."""
    vectors_RC = np.concatenate([entry.vectors_RC for entry in entries]).astype(np.float16)
    codes_RC, scale_R, error_R = coded(vectors_RC)
    facts = Facts.of([fact for entry in entries for fact in entry.facts])
    shown = shown_by(entries)
    arrays: dict[str, NDArray[Any]] = {
        "vectors": vectors_RC,
        "codes": codes_RC,
        "scale": scale_R,
        "error": error_R,
        "begin": shown.begin_R,
        "end": shown.end_R,
        "mirrored": shown.mirrored_R.astype(np.uint8),
        "item": shown.item_R,
        "marks": marks_of_windows(shown),
        "rotations": np.concatenate([entry.motion.rotations_TJ3 for entry in entries]),
        "translation": np.concatenate([entry.motion.translation_T3 for entry in entries]),
        "betas": np.stack([entry.motion.betas_B for entry in entries]),
        "points": np.concatenate([entry.points_TK3 for entry in entries]).astype(np.float16),
        "path": np.concatenate([entry.path_T3 for entry in entries]).astype(np.float32),
        "first": np.cumsum([0, *(len(entry.motion) for entry in entries)]).astype(np.int64),
        "fact_first": np.cumsum([0, *(len(entry.facts) for entry in entries)]).astype(np.int64),
        **{f"fact_{name}": getattr(facts, name) for name in COLUMNS},
    }
    _write(path, arrays, [entry.item for entry in entries], facts.whats)


def merge_segments(path: Path, parts: Sequence[tuple["Segment", NDArray[np.bool_]]]) -> None:
    """Write the items that count, (I,), of several segments to a new file."""
    whats: dict[What, int] = {}
    columns = defaultdict(list)
    items: list[Item] = []
    for segment, alive_I in parts:
        frames_I, facts_I = (np.diff(segment[name]) for name in ("first", "fact_first"))
        kept = {
            "vectors": alive_I[segment["item"]], "path": np.repeat(alive_I, frames_I), "betas": alive_I,
            "fact_what": np.repeat(alive_I, facts_I),
        }  # fmt: skip
        for name, kind in LENGTHS.items():
            if kind in kept:
                columns[name].append(segment[name] if kept[kind].all() else segment[name][kept[kind]])
        place_I = len(items) + np.cumsum(alive_I) - 1
        columns["item"][-1] = place_I[columns["item"][-1]]
        place_W = np.array([whats.setdefault(what, len(whats)) for what in segment.whats], np.int32)
        columns["fact_what"][-1] = place_W[columns["fact_what"][-1]]
        columns["first"].append(frames_I[alive_I])
        columns["fact_first"].append(facts_I[alive_I])
        items += [segment.items[number] for number in np.flatnonzero(alive_I)]
    arrays = {name: np.concatenate(each) for name, each in columns.items()}
    arrays["item"] = arrays["item"].astype(np.int32)
    arrays |= {name: np.concatenate([[0], np.cumsum(arrays[name])]) for name in ("first", "fact_first")}
    _write(path, arrays, items, tuple(whats))


def _write(path: Path, arrays: dict[str, NDArray[Any]], items: Sequence[Item], whats: tuple[What, ...]) -> None:
    from safetensors.numpy import save

    told = json.dumps([item.to_json() for item in items], ensure_ascii=False)
    arrays["whats"] = np.frombuffer(json.dumps(whats).encode(), np.uint8)
    arrays["items"] = np.frombuffer(told.encode("utf-8", "surrogatepass"), np.uint8)
    # safetensors writes bytes as they lie: an array in another order than C's would come back as another array.
    content = save({name: np.ascontiguousarray(array) for name, array in arrays.items()})
    with atomic(path) as partial, open(partial, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


class Segment:
    """A segment's file, mapped into memory."""

    def __init__(self, path: Path):
        """Open it.

        Raises:
            ValueError: it is missing or damaged.
        """
        self.path = path
        self._arrays: dict[str, NDArray[Any]] = {}
        try:
            with open(path, "rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            length = int.from_bytes(self._map[:8], "little")
            self._header = json.loads(self._map[8 : 8 + length])
            self._start = 8 + length
            if max(one["data_offsets"][1] for one in self._header.values()) != len(self._map) - self._start:
                raise ValueError("it is cut short")
            self._check()
            self.items = [
                Item.from_json(one) for one in json.loads(bytes(self["items"]).decode("utf-8", "surrogatepass"))
            ]
            self._facts = self._read_facts()
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"{path}: cannot be read as a part of an index ({error}); index its folders anew"
            ) from error
        if (self["item"] >= len(self.items)).any() or len(self["first"]) != len(self.items) + 1:
            raise ValueError(f"{path}: found windows of more items than there are; index its folders anew")
        self.place = {item.id: number for number, item in enumerate(self.items)}

    def __getitem__(self, name: str) -> NDArray[Any]:
        """An array, not copied."""
        if name not in self._arrays:
            told = self._header[name]
            begin, end = told["data_offsets"]
            kind = np.dtype(KINDS[told["dtype"]])
            flat = np.frombuffer(self._map, kind, (end - begin) // kind.itemsize, self._start + begin)
            self._arrays[name] = flat.reshape(told["shape"])
        return self._arrays[name]

    def _check(self) -> None:
        """Whether every array is there, as long as the others."""
        for name, kind in LENGTHS.items():
            told = self._header[name]
            begin, end = told["data_offsets"]
            size = np.dtype(KINDS[told["dtype"]]).itemsize * math.prod(told["shape"])
            if not 0 <= begin <= end <= len(self._map) - self._start or end - begin != size:
                raise ValueError(f"found {end - begin} bytes of {name}, expected {size}")
            if len(self[name]) != len(self[kind]):
                raise ValueError(f"found {len(self[name])} {name}, expected {len(self[kind])}")
        if (self["item"] < 0).any() or (np.diff(self["first"]) < 0).any() or len(self["path"]) != self["first"][-1]:
            raise ValueError("found items out of order")
        if (np.diff(self["fact_first"]) < 0).any() or len(self["fact_what"]) != self["fact_first"][-1]:
            raise ValueError("found facts out of order")

    def _read_facts(self) -> Facts:
        whats: list[What] = [(kind, side, direction) for kind, side, direction in json.loads(bytes(self["whats"]))]
        for kind, side, direction in whats:
            Fact(kind, 0.0, 0.0, side, direction)  # of another version's kinds there are none
        columns = {name: self[f"fact_{name}"] for name in COLUMNS}
        if len(columns["what"]) and not 0 <= columns["what"].min() <= columns["what"].max() < len(whats):
            raise ValueError("found facts of no kind")
        return Facts(tuple(whats), **columns)

    @cached_property
    def vectors(self) -> NDArray[np.floating[Any]]:
        """Of few windows in single precision, which numpy multiplies as it is."""
        vectors_RC = self["vectors"]
        return vectors_RC.astype(np.float32) if vectors_RC.size <= FEW else vectors_RC

    @cached_property
    def error(self) -> float:
        """The largest distance of a vector from its code."""
        return float(self["error"].max())

    @cached_property
    def window_facts(self) -> WindowFacts:
        """What every window shows."""
        spans = (self["begin"], self["end"], self["mirrored"].astype(bool))
        return WindowFacts.of(len(self.items), self["item"], spans, self._facts, self["fact_first"])

    @property
    def whats(self) -> tuple[What, ...]:
        """Which facts there are at all."""
        return self._facts.whats

    def facts(self, number: int) -> tuple[Fact, ...]:
        """An item's facts."""
        begin, end = self["fact_first"][number : number + 2]
        return self._facts.rows(slice(begin, end))

    def window(self, row: int) -> tuple[str, Window]:
        """A row's item's id, and its window."""
        begin_s, end_s = (round(float(self[name][row]), 2) for name in ("begin", "end"))
        return self.items[self["item"][row]].id, Window(begin_s, end_s, bool(self["mirrored"][row]))

    def motion(self, number: int) -> Motion:
        """An item's motion."""
        begin, end = self["first"][number : number + 2]
        parts = (self["rotations"][begin:end], self["translation"][begin:end], self["betas"][number])
        try:
            return Motion(*(part.copy() for part in parts))
        except ValueError as error:
            raise ValueError(f"{self.path}: {self.items[number].name}: {error}; index its folder anew") from error

    def points(self, number: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """An item's landmarks and path."""
        begin, end = self["first"][number : number + 2]
        return self["points"][begin:end].astype(np.float32), self["path"][begin:end].astype(np.float32)

    def allowed(self, filters: Filters, alive_I: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
        """Which rows may be found; None: all."""
        if filters == Filters() and alive_I.all():
            return None
        fits_I = alive_I & np.fromiter((filters.item(item) for item in self.items), bool, len(self.items))
        allowed_R: NDArray[np.bool_] = fits_I[self["item"]]
        # In single precision a window of 2 s may be a hair shorter than 2 s.
        length_R = self["end"] - self["begin"]
        allowed_R &= length_R >= filters.min_s - 1e-3
        if filters.max_s:
            allowed_R &= length_R <= filters.max_s + 1e-3
        if filters.mirrored is not None:
            allowed_R &= self["mirrored"].astype(bool) == filters.mirrored
        if filters.action != ActionFilter():
            allowed_R &= filters.action.fits(self["marks"])
        return allowed_R

"""What was read of an index lately: a search reads much of what the one before has read, and the rest at once."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

from lavimo.describe.fact import Fact
from lavimo.landmarks.movement import Movements
from lavimo.search import rerank
from lavimo.search.item import Item, Window
from lavimo.search.store import Store

KEPT = 4_000
"""Movements of windows, 6 kB each, and motions' facts."""
Key = TypeVar("Key")
Value = TypeVar("Value")
Content = tuple[str, str]
"""An item's id and the sha256 of what was read of it."""


class Lately(Generic[Key, Value]):
    """Values of some keys, the first ones forgotten."""

    def __init__(self, read: Callable[[Sequence[Key]], Sequence[Value]]):
        self._read, self._known, self._changing = read, dict[Key, Value](), Lock()

    def __call__(self, keys: Sequence[Key]) -> list[Value]:
        """Of each key its value; those that are not known are read together."""
        found = {key: self._known.get(key) for key in keys}
        missing = [key for key, value in found.items() if value is None]
        if missing:
            made = dict(zip(missing, self._read(missing)))
            found |= made
            with self._changing:
                self._known |= made
                for key in list(self._known)[: max(len(self._known) - KEPT, 0)]:
                    del self._known[key]
        return [value for key in keys if (value := found[key]) is not None]


class Recent:
    """Of a store."""

    def __init__(self, store: Store):
        self._store = store
        self._facts = Lately[Content, tuple[Fact, ...]](lambda keys: store.facts_of([id for id, _ in keys]))
        self._movements = Lately(self._read_movements)

    def facts(self, items: Sequence[Item]) -> list[tuple[Fact, ...]]:
        """What motions show."""
        return self._facts([(item.id, item.sha256) for item in items])

    def movements(self, windows: Sequence[tuple[Item, Window]]) -> list[Movements]:
        """What somebody does in each window."""
        return self._movements([((item.id, item.sha256), window) for item, window in windows])

    def _read_movements(self, keys: Sequence[tuple[Content, Window]]) -> list[Movements]:
        ids = list(dict.fromkeys(id for (id, _), _ in keys))
        points = dict(zip(ids, self._store.points_of(ids)))
        return [rerank.movement_of(points[id], window) for (id, _), window in keys]

"""What an index's store does, wherever it lies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lavimo.describe.columns import WindowFacts
from lavimo.describe.fact import Fact
from lavimo.motion.motion import Motion
from lavimo.search.found import Found
from lavimo.search.item import Filters, Item

Points = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Landmarks from the middle of the hips (T, K, 3), and the hips' path (T, 3), metres."""


@dataclass(frozen=True)
class About:
    """Whose vectors an index holds, and how they were made.

    Attributes:
        model: the sha256 of the model's file.
        dim: of the joint space.
        mirrored: whether mirror images are in it.
    """

    model: str
    dim: int
    mirrored: bool


@dataclass(frozen=True)
class Known:
    """What an index knows of a file, by which it sees a change."""

    library: str
    sha256: str
    size: int
    modified_ns: int


class Boost(Protocol):
    """What facts add to windows' cosines."""

    @property
    def in_order(self) -> bool:
        """Whether it depends on what other windows of a motion show."""

    def __call__(self, shown: WindowFacts) -> NDArray[np.float32]:
        """Of windows and what they show, (R,)."""


class Store(Protocol):
    """A place for an index. What `add` and `remove` have done when they return outlives a crash; readers see all of a
    change or nothing."""

    @property
    def about(self) -> About:
        """Whose vectors it holds."""

    def known(self) -> dict[str, Known]:
        """Every item by id."""

    def add(self, entries: Sequence[Any]) -> None:
        """Put entries in, in place of those with the same ids."""

    def remove(self, ids: Sequence[str]) -> None:
        """Take items out; unknown ids are none."""

    def finish(self) -> None:
        """After many changes: make what finds quick."""

    def search(self, query_C: NDArray[np.float32], k: int, filters: Filters, boost: Boost | None = None) -> Found:
        """The k windows with the highest cosine with a query of length 1, best first.

        Args:
            boost: what is added to each window's cosine, by which it is then found.
        """

    def get(self, id: str) -> Item:
        """An item.

        Raises:
            ValueError: there is none of this id.
        """

    def motion(self, id: str) -> Motion:
        """An item's motion.

        Raises:
            ValueError: there is none of this id.
        """

    def points(self, id: str) -> Points:
        """An item's landmarks.

        Raises:
            ValueError: there is none of this id.
        """

    def facts(self, id: str) -> tuple[Fact, ...]:
        """What an item shows, in order of begin; see `Window.shows` for that of a window.

        Raises:
            ValueError: there is none of this id.
        """

    def items_of(self, ids: Sequence[str]) -> list[Item]:
        """Several at once, as `get`; so `points_of` and `facts_of`."""

    def points_of(self, ids: Sequence[str]) -> list[Points]:
        """See `items_of`."""

    def facts_of(self, ids: Sequence[str]) -> list[tuple[Fact, ...]]:
        """See `items_of`."""

    def items(self) -> Iterator[Item]:
        """Every item, in order of library and name."""

    def count(self) -> tuple[int, int]:
        """How many items and windows there are."""

    def refresh(self) -> None:
        """See what others have changed."""

    def model(self) -> Path:
        """The model's file.

        Raises:
            ValueError: it is not there any more.
        """

    def close(self) -> None:
        """Let go of files and connections."""

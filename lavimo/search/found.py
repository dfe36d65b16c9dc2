"""Windows that a search found: thousands, of which a few are looked at.

N windows, the best first.
"""

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from lavimo.search.item import Candidate


class Found(Sequence[Candidate]):
    """Candidates, each made when it is asked for."""

    def __init__(self, motion_N: NDArray[np.integer[Any]], candidate: Callable[[int], Candidate]):
        """`motion_N` tells windows of the same motion by the same number."""
        self._motion_N, self._candidate = motion_N, candidate

    @classmethod
    def nothing(cls) -> "Found":
        """No window."""
        known: dict[int, Candidate] = {}
        return cls(np.zeros(0, np.int64), known.__getitem__)

    def __len__(self) -> int:
        return len(self._motion_N)

    @overload
    def __getitem__(self, place: int) -> Candidate: ...
    @overload
    def __getitem__(self, place: slice) -> list[Candidate]: ...
    def __getitem__(self, place: int | slice) -> Candidate | list[Candidate]:
        if isinstance(place, slice):
            return [self._candidate(one) for one in range(len(self))[place]]
        return self._candidate(range(len(self))[place])

    @cached_property
    def motions(self) -> list[list[int]]:
        """The places of each motion's windows, in order of its best."""
        order_N = np.argsort(self._motion_N, kind="stable")
        begins = np.flatnonzero(np.diff(self._motion_N[order_N], prepend=-1)).tolist()
        every = order_N.tolist()
        return sorted(every[begin:end] for begin, end in pairwise([*begins, len(every)]))

    def of(self, ids: Collection[str]) -> dict[str, list[int]]:
        """The places of some motions' windows, as far as there are any."""
        found: dict[str, list[int]] = {}
        for places in self.motions:
            if len(found) == len(ids):
                break
            if (id := self[places[0]].id) in ids:
                found[id] = places
        return found

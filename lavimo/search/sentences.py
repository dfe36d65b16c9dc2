"""Sentences as vectors for many who ask at once: those who wait are embedded together, and what was asked lately is
known. One pass of a language model over ten sentences takes as long as three by themselves.

C dimensions of the joint space.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

KEPT = 2_000
"""Vectors."""
TOGETHER = 16
"""More would keep the first waiting."""


class Sentences:
    """Whatever embeds sentences, asked by many threads: one of them embeds for those who came first, and then hands
    that over to the first who still waits."""

    def __init__(self, embed: Callable[[Sequence[str]], NDArray[np.float32]]):
        self._embed = embed
        self._changing, self._busy = Lock(), False
        self._known: OrderedDict[str, Vector] = OrderedDict()
        self._waiting: deque[tuple[str, Future[Vector | None]]] = deque()

    def vector(self, sentence: str) -> Vector:
        """A sentence's vector, (C,) of length 1.

        Raises:
            ValueError: as `embed` has it.
        """
        mine: Future[Vector | None] = Future()
        with self._changing:
            if sentence in self._known:
                self._known.move_to_end(sentence)
                return self._known[sentence]
            self._waiting.append((sentence, mine))
            if not self._busy:
                self._busy = True
                self._waiting[0][1].set_result(None)
        made = mine.result()
        if made is not None:
            return made
        try:
            return self._lead(sentence)
        finally:
            with self._changing:
                self._busy = bool(self._waiting)
                if self._waiting:
                    self._waiting[0][1].set_result(None)

    def _lead(self, sentence: str) -> Vector:
        """Embed for oneself, who is the first, and for those behind."""
        asked: dict[str, list[Future[Vector | None]]] = {sentence: []}
        with self._changing:
            self._waiting.popleft()
            while self._waiting and len(asked) < TOGETHER:
                one, future = self._waiting.popleft()
                asked.setdefault(one, []).append(future)
            known = {one: self._known[one] for one in asked if one in self._known}
        made = known | self._made([one for one in asked if one not in known])
        with self._changing:
            self._known |= {one: vector for one, vector in made.items() if not isinstance(vector, ValueError)}
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        for one, futures in asked.items():
            for future in futures:
                if isinstance(found := made[one], ValueError):
                    future.set_exception(found)
                else:
                    future.set_result(found)
        if isinstance(own := made[sentence], ValueError):
            raise own
        return own

    def _made(self, some: Sequence[str]) -> dict[str, Vector | ValueError]:
        """Of each sentence its vector, or why there is none."""
        if not some:
            return {}
        try:
            return dict(zip(some, self._embed(some)))
        except ValueError as error:
            return (
                {some[0]: error}
                if len(some) == 1
                else {one: made for a in some for one, made in self._made([a]).items()}
            )

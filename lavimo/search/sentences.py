"""Sentences as vectors for many who ask at once: those who wait are embedded together, and what was asked lately is
known. One pass of a language model over ten sentences takes as long as three by themselves.

C dimensions of the joint space.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import islice
from threading import Lock

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

KEPT = 2_000
"""Vectors."""
TOGETHER = 16
"""More would keep the first waiting."""


class Sentences:
    """Whatever embeds sentences, asked by many threads."""

    def __init__(self, embed: Callable[[Sequence[str]], NDArray[np.float32]]):
        self._embed = embed
        self._looking, self._embedding = Lock(), Lock()
        self._known: OrderedDict[str, Vector] = OrderedDict()
        self._waiting: OrderedDict[str, None] = OrderedDict()

    def vector(self, sentence: str) -> Vector:
        """A sentence's vector, (C,) of length 1.

        Raises:
            ValueError: as `embed` has it.
        """
        with self._looking:
            if sentence in self._known:
                self._known.move_to_end(sentence)
                return self._known[sentence]
            self._waiting[sentence] = None
        with self._embedding:  # whoever gets here first embeds for those behind
            with self._looking:
                if sentence in self._known:
                    return self._known[sentence]
                self._waiting = OrderedDict.fromkeys(one for one in self._waiting if one not in self._known)
                self._waiting.pop(sentence, None)
                some = [sentence, *islice(self._waiting, TOGETHER - 1)]
                for one in some[1:]:
                    del self._waiting[one]
            made = dict(zip(some, self._embed(some)))
            with self._looking:
                self._known |= made
                while len(self._known) > KEPT:
                    self._known.popitem(last=False)
        return made[sentence]

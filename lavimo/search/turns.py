"""Turns at the processor: where many ask at once, a few are answered at a time, whoever came first; else all are slow,
and some wait twice as long as others.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class Turns:
    """So many at a time, in the order in which they come."""

    def __init__(self, at_once: int):
        self._free, self._waiting, self._changing = at_once, deque[Lock](), Lock()

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Wait for one's turn."""
        mine = Lock()
        with self._changing:
            if self._free:
                self._free -= 1
            else:
                mine.acquire()
                self._waiting.append(mine)
        mine.acquire()  # whoever is done lets go of it
        try:
            yield
        finally:
            with self._changing:
                if self._waiting:
                    self._waiting.popleft().release()
                else:
                    self._free += 1

"""Previews drawn before anybody asks for them: of what the page's examples find, while nobody waits for another."""

import logging
from collections.abc import Sequence
from threading import Event, Lock, Thread

from lavimo.app.pictures import Pictures
from lavimo.search.library import Library
from lavimo.search.query import Hit, Part, Query

log = logging.getLogger(__name__)

HITS = 12
"""Of each example: as many as the page shows at once."""
PAUSE_S = 0.2


class Ahead:
    """Draws in a thread, one picture at a time."""

    def __init__(self, library: Library, pictures: Pictures):
        self._library, self._pictures = library, pictures
        self._begun, self._end = Lock(), Event()

    def begin(self, sentences: Sequence[str]) -> None:
        """Draw what sentences find, the first time that it is called."""
        if self._begun.acquire(blocking=False):
            Thread(target=self._draw, args=(sentences,), daemon=True).start()

    def close(self) -> None:
        """Draw no more."""
        self._end.set()

    def _draw(self, sentences: Sequence[str]) -> None:
        for sentence in sentences:
            for hit in self._hits(sentence):
                while self._pictures.busy and not self._end.is_set():
                    self._end.wait(PAUSE_S)
                if self._end.is_set():
                    return
                try:
                    self._pictures.preview(hit.item.id, hit.window)
                except (ValueError, RuntimeError) as error:  # it changed, or the processes are gone
                    log.info("%s is not drawn ahead: %s", hit.item.name, error)

    def _hits(self, sentence: str) -> tuple[Hit, ...]:
        if self._end.is_set():
            return ()
        try:
            return self._library.search(Query((Part("text", sentence),), k=HITS)).hits
        except (ValueError, RuntimeError) as error:  # the index is changed, or its server gone
            log.info("what %r finds is not drawn ahead: %s", sentence, error)
            return ()

"""How far a stage is, and how long it still takes: in the terminal of who watches, and in the stage's log."""

import logging
from collections.abc import Iterable, Iterator
from time import monotonic
from typing import TypeVar

from lavimo.jobs.terminal import live_line

LIVE_SECONDS = 0.5
LOG_SECONDS = 60.0

Item = TypeVar("Item")
logger = logging.getLogger("lavimo")


def progress(items: Iterable[Item], total: int, stage: str, unit: str = "clips") -> Iterator[Item]:
    """The items, one by one; now and then a line says how many of the total are done and how many seconds are left."""
    began = logged = monotonic()
    shown = began - LIVE_SECONDS
    for done, item in enumerate(items):
        now = monotonic()
        if done and now - shown >= LIVE_SECONDS:
            live_line(_line(stage, done, total, unit, now - began))
            shown = now
        if done and now - logged >= LOG_SECONDS:
            logger.info(_line(stage, done, total, unit, now - began))
            logged = now
        yield item
    live_line(f"{stage}: {total} {unit} in {monotonic() - began:.0f} s", ends=True)


def _line(stage: str, done: int, total: int, unit: str, seconds: float) -> str:
    return f"{stage}: {done} of {total} {unit}, {seconds / done * (total - done):.0f} s left"

"""Moments as people write them, in a terminal and in addresses: `ID`, `ID@1.2-3.4`, and `ID@1.2-3.4!` mirrored."""

import re
from pathlib import Path
from typing import NamedTuple

from lavimo.export.take import Cut

MOMENT = re.compile(r"(.+?)(?:@(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?))?(!)?")


class Moment(NamedTuple):
    """Of a motion: its id or file, and what of it."""

    what: str
    begin_s: float = 0.0
    end_s: float | None = None
    mirrored: bool = False

    def cut(self, name: str) -> Cut:
        """As it is cut."""
        return Cut(name, self.begin_s, self.end_s, self.mirrored)


def parse_moment(text: str) -> Moment:
    """A moment.

    Raises:
        ValueError: it has a window that is none.
    """
    found = MOMENT.fullmatch(text)
    if found is None or "@" in Path(found[1]).name:
        raise ValueError(f"found {text[:80]!r}, expected ID or ID@BEGIN-END in seconds, and ! after it if mirrored")
    what, begin, end, mirrored = found.groups()
    return Moment(what, float(begin or 0), float(end) if end else None, mirrored is not None)

"""Which stretches of a motion are found as one: short motions whole, long recordings in windows of several lengths."""

from collections.abc import Iterator

from lavimo.search.item import Window

LENGTHS_S = (2.0, 4.0, 8.0)
"""Of windows; each begins half its length after the one before."""
WHOLE_S = 9.8
"""Up to here a motion is found as a whole too: longer ones than 196 frames the models do not take (Guo et al. 2022)."""
UNCUT_S = 4.0
"""Up to here only as a whole."""


def windows_of(duration_s: float, mirrored: bool = False) -> tuple[Window, ...]:
    """The windows of a motion, and those of its mirror image if wanted, in order of their length and begin."""
    found = list(_windows(duration_s))
    images = [Window(window.begin_s, window.end_s, True) for window in found] if mirrored else []
    return tuple(found + images)


def _windows(duration_s: float) -> Iterator[Window]:
    if duration_s > UNCUT_S:
        for length_s in (length_s for length_s in LENGTHS_S if length_s < duration_s):
            count = max(-int(-(duration_s - length_s) // (length_s / 2)), 1) + 1
            for number in range(count):
                begin_s = min(number * length_s / 2, duration_s - length_s)
                yield Window(round(begin_s, 2), round(begin_s + length_s, 2))
    if duration_s <= WHOLE_S:
        yield Window(0.0, round(duration_s, 2))


def overlap_s(one: Window, other: Window) -> float:
    """How long two windows overlap."""
    return max(min(one.end_s, other.end_s) - max(one.begin_s, other.begin_s), 0.0)

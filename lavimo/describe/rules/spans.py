"""Stretches of frames in which something is so. T frames."""

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Mask = NDArray[np.bool_]
T = TypeVar("T", bound=tuple[Any, ...])


def spans(mask_T: Mask, least: int = 1, gap: int = 0) -> list[tuple[int, int]]:
    """Runs of true frames as (begin, end), end exclusive.

    Args:
        least: runs shorter than so many frames are left out, after gaps were closed.
        gap: runs that so few frames or fewer lie between are one.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask_T, [False]]).astype(np.int8)))
    found: list[tuple[int, int]] = []
    for begin, end in edges.reshape(-1, 2).tolist():
        if found and begin - found[-1][1] <= gap:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return [(begin, end) for begin, end in found if end - begin >= least]


def in_a_row(hits: Sequence[T], gap: float) -> list[list[T]]:
    """Hits, (begin, end, ...) in order, that begin less than so many frames after the one before ended, together."""
    rows: list[list[T]] = []
    for hit in hits:
        if rows and hit[0] - rows[-1][-1][1] < gap:
            rows[-1].append(hit)
        else:
            rows.append([hit])
    return rows


def smooth(values_TX: Array, window: int) -> Array:
    """A centred moving average over frames; at the ends over what there is. An even window becomes the next odd one."""
    half = min(window // 2, len(values_TX) - 1)
    if half < 1:
        return values_TX
    total_TX = np.cumsum(values_TX, axis=0, dtype=np.float64)
    total_TX = np.concatenate([np.zeros_like(total_TX[:1]), total_TX])
    last = np.minimum(np.arange(len(values_TX)) + half + 1, len(values_TX))
    first = np.maximum(np.arange(len(values_TX)) - half, 0)
    count_TX = (last - first).reshape(-1, *[1] * (values_TX.ndim - 1))
    mean_TX: Array = (total_TX[last] - total_TX[first]) / count_TX
    return mean_TX


def rate(values_TX: Array, fps: float) -> Array:
    """The change a second, by central differences."""
    if len(values_TX) < 2:
        return np.zeros_like(values_TX)
    change_TX: Array = np.gradient(values_TX, axis=0) * fps
    return change_TX


def lowest_nearby(values_T: Array, half: int) -> Array:
    """The least value among the frames within `half` of each."""
    padded_T = np.pad(values_T, half, mode="edge")
    least_T: Array = np.lib.stride_tricks.sliding_window_view(padded_T, 2 * half + 1).min(1)
    return least_T


def reversals(values_T: Array, least: float) -> list[int]:
    """Frames at which values turn back, having come at least so far from the turn before."""
    found: list[int] = []
    low = high = 0
    rising = 0
    for frame in range(1, len(values_T)):
        if values_T[frame] > values_T[high]:
            high = frame
        if values_T[frame] < values_T[low]:
            low = frame
        if rising >= 0 and values_T[high] - values_T[frame] >= least:
            found += [high] if rising or values_T[high] - values_T[: high + 1].min() >= least else []
            rising, low = -1, frame
        elif rising <= 0 and values_T[frame] - values_T[low] >= least:
            found += [low] if rising or values_T[: low + 1].max() - values_T[low] >= least else []
            rising, high = 1, frame
    return found

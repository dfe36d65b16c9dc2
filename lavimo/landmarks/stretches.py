"""Stretches of a video in which something happens: people stand before they move, and after.

T pictures, K landmarks (those of `SEEN`), 3 coordinates in metres.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lavimo.landmarks.movement import resampled, seen
from lavimo.landmarks.names import SEEN
from lavimo.landmarks.sequence import Landmarks

Array = NDArray[np.floating]

REACH_S = 0.15
"""How far before and after a moment one looks to see whether somebody moves."""
STILL_MPS, CALM_MPS = 0.15, 0.07
"""Metres a second, a landmark's on average, of who stands: sway, and a detector's trembling. Where nothing is faster,
of who stands and moves no more than the head, say."""
DEPTH = 0.3
"""How much the hips' distance from the camera is believed: it is estimated from the apparent size."""
LEAST_M = 0.02
"""Who moves less than this, over all, stands still."""
SHARES = (0.01, 0.05, 0.15, 0.3)
"""Of all that is moved, before a stretch begins, and after it ends."""
MARGINS_S = (0.2, 0.1, 0.3, 0.4, 0.5, 0.7)
"""By how much longer stretches are tried at each end, for a motion has some rest in it too; the likeliest first."""
LEAST_SHARE = 0.7
"""Of all that is moved, in a stretch."""
SHORTEST_S = 0.5
SHORTEST_VIDEO = 8
"""Pictures; of a shorter video only the whole is looked at."""


@dataclass(frozen=True)
class Stretch:
    """A part of a video.

    Attributes:
        missed: how much of what is moved lies outside of it, from 0 to 1.
    """

    begin_s: float
    end_s: float
    missed: float = 0.0

    def of(self, video: Landmarks) -> Landmarks:
        """What is seen in it."""
        inside_T = (video.times_T >= self.begin_s - 1e-6) & (video.times_T <= self.end_s + 1e-6)
        return Landmarks(*(array[inside_T] for array in video.arrays().values()))


def stretches(video: Landmarks) -> list[Stretch]:
    """Parts of a video that a motion may answer: all of it first, then the one that loses nearly no movement."""
    times_T = video.times_T.astype(np.float64)
    whole = Stretch(float(times_T[0]), float(times_T[-1]))
    if len(times_T) < SHORTEST_VIDEO:
        return [whole]
    speed_T = speed(video)
    for still in (STILL_MPS, CALM_MPS):
        faster_T = np.maximum(speed_T - still, 0)
        moved_T = np.concatenate([[0.0], np.cumsum((faster_T[1:] + faster_T[:-1]) / 2 * np.diff(times_T))])
        if moved_T[-1] > LEAST_M:
            break
    else:
        return [whole]
    moved_T /= moved_T[-1]
    share = dict(zip(times_T.tolist(), moved_T.tolist()))
    begins, ends = np.interp(SHARES, moved_T, times_T), np.interp(1 - np.array(SHARES), moved_T, times_T)
    tried = [whole]
    for some_begins, some_ends in ((begins[0] - MARGINS_S, ends[0] + MARGINS_S), (begins, ends)):
        for begin in _pictures(some_begins, times_T):
            tried += [Stretch(begin, end, 1 - share[end] + share[begin]) for end in _pictures(some_ends, times_T)]
    kept = [one for one in tried if one.end_s - one.begin_s >= SHORTEST_S and one.missed <= 1 - LEAST_SHARE]
    return list(dict.fromkeys([whole, *kept]))


def core(video: Landmarks) -> Landmarks:
    """A video without the standing before and after; of one in which nobody moves, all."""
    return stretches(video)[:2][-1].of(video)


def _pictures(seconds_S: Array, times_T: Array) -> list[float]:
    """The times of the nearest pictures, each once, in the order given."""
    nearest_S = np.abs(times_T - seconds_S[:, None]).argmin(1)
    return list(dict.fromkeys(times_T[nearest_S].tolist()))


def speed(video: Landmarks) -> Array:
    """How fast somebody moves, (T,): metres a second, a landmark's on average and the hips'."""
    points_TK3, path_T3 = seen(video)
    times_T, weights_TK = video.times_T.astype(np.float64), video.visibility_TL[:, SEEN]
    moved_TK = _shifts(points_TK3, times_T)
    body_T = (moved_TK * weights_TK).sum(1) / np.maximum(weights_TK.sum(1), 1e-6)
    way_T = _shifts((path_T3 * [1, 1, DEPTH])[:, None], times_T)[:, 0]
    return np.asarray(body_T + way_T)


def _shifts(points_TP3: Array, times_T: Array) -> Array:
    """How far points come in a second, (T, P), by what is seen a little before and after."""
    calm_TP3 = np.mean([resampled(points_TP3, times_T, times_T + by) for by in (-0.1, 0.0, 0.1)], axis=0)
    before_T, after_T = (np.clip(times_T + by, times_T[0], times_T[-1]) for by in (-REACH_S, REACH_S))
    shift_TP3 = resampled(calm_TP3, times_T, after_T) - resampled(calm_TP3, times_T, before_T)
    return np.linalg.norm(shift_TP3, axis=-1) / (after_T - before_T)[:, None]

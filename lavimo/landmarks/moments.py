"""Where in a long motion somebody moves as in a video; or, of a short motion, where in the video.

T frames of a motion, K landmarks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.config import MatchOptions
from lavimo.landmarks.match import distances
from lavimo.landmarks.movement import Movements
from lavimo.landmarks.sequence import Landmarks
from lavimo.motion.motion import FPS

TEMPI = (0.75, 0.87, 1.0, 1.15, 1.33)
"""Lengths of a motion's windows that are tried, as a share of the video's: nobody keeps another's tempo."""
STRIDE_S = 0.2
"""Between two windows."""


@dataclass(frozen=True)
class Moment:
    """A stretch of a video beside a stretch of a motion.

    Attributes:
        distance: see `lavimo.landmarks.match`.
        motion_s, video_s: begin and end, seconds.
    """

    distance: float
    motion_s: tuple[float, float]
    video_s: tuple[float, float]


def best_moment(
    video: Landmarks,
    motion: tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]],
    options: MatchOptions,
    stride_s: float = STRIDE_S,
) -> Moment:
    """The nearest stretches of a video and a motion: of the longer of the two a window, of the shorter all.

    Args:
        motion: landmarks (T, K, 3) and path (T, 3), as `about_hips` gives them.

    Raises:
        ValueError: nobody is in the video.
    """
    if not len(video):
        raise ValueError("found nobody in the video, expected a person to compare with")
    points_TK3, path_T3 = motion
    motion_s, video_s = len(path_T3) / FPS, float(video.times_T[-1] - video.times_T[0])
    whole = (float(video.times_T[0]), float(video.times_T[-1]))
    if motion_s < min(TEMPI) * video_s:
        gallery = Movements.of_points(points_TK3, path_T3, options.moments)
        cuts = list(windows(*whole, motion_s, stride_s))
        queries = Movements.stack([Movements.of_landmarks(cut(video, *ends), options.moments) for ends in cuts])
        distance_Q = distances(queries, gallery, options)[:, 0]
        best = int(distance_Q.argmin())
        return Moment(float(distance_Q[best]), (0.0, motion_s), cuts[best])
    lengths = sorted({min(tempo * video_s, motion_s) for tempo in TEMPI})
    tried = [ends for length in lengths for ends in windows(0.0, motion_s, length, stride_s)]
    parts = [slice(round(begin * FPS), max(round(end * FPS), round(begin * FPS) + 2)) for begin, end in tried]
    gallery = Movements.stack([Movements.of_points(points_TK3[part], path_T3[part], options.moments) for part in parts])
    distance_G = distances(Movements.of_landmarks(video, options.moments), gallery, options)[0]
    best = int(distance_G.argmin())
    return Moment(float(distance_G[best]), tried[best], whole)


def windows(begin: float, end: float, length: float, stride: float) -> Iterator[tuple[float, float]]:
    """Stretches of a length from a begin to an end, the last one touching it."""
    count = max(int(np.ceil((end - begin - length) / stride - 1e-6)), 0) + 1
    for start in np.linspace(begin, max(end - length, begin), count):
        yield float(start), float(min(start + length, end))


def cut(video: Landmarks, begin_s: float, end_s: float) -> Landmarks:
    """A stretch of a video's landmarks."""
    inside_T = (video.times_T >= begin_s - 1e-6) & (video.times_T <= end_s + 1e-6)
    return Landmarks(*(array[inside_T] for array in video.arrays().values()))

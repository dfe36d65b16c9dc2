"""The second look: hits in the order in which their joints move like the landmarks of a video; and which hits are one.

G hits, T frames of a motion.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lavimo.config import MatchOptions
from lavimo.landmarks.match import distances
from lavimo.landmarks.moments import best_moment
from lavimo.landmarks.movement import Movements
from lavimo.landmarks.sequence import Landmarks
from lavimo.motion.features import turn
from lavimo.motion.motion import FPS
from lavimo.search.home import Points
from lavimo.search.item import Found, Window

MATCH = MatchOptions()
UPRIGHT = MatchOptions(tilts_degrees=(0.0,), duration=0.3)
"""Between motions, which have no camera."""
NEAR_M = 0.04
"""Motions that are less unlike than this are the same to an eye."""
PROBABLY_M, PERHAPS_M = 0.16, 0.29
"""Of 128 clips of the demo that nothing was trained or tuned on, the nearest wrong motion was nearer than the first to
a tenth of the videos, and the right one farther than the second from a twentieth. Rendered videos: real ones are
farther from everything, and where a model sees videos its cosines judge instead."""
SLACK = 0.5
"""A window's borders may be moved by this share of its length."""
STRIDE_S = 0.1


def movement_of(points: Points, window: Window) -> Movements:
    """What somebody does in a window of a motion, or in its mirror image."""
    points_TK3, path_T3 = part(points, window)
    made = Movements.of_points(points_TK3, path_T3, MATCH.moments)
    if window.mirrored:
        from lavimo.landmarks.match import mirrored

        return mirrored(made)
    return made


def part(points: Points, window: Window) -> Points:
    """The frames of a window."""
    begin = min(max(round(window.begin_s * FPS), 0), len(points[1]) - 2)
    end = max(round(window.end_s * FPS), begin + 2)
    return points[0][begin:end], points[1][begin:end]


def unlike(video: Landmarks, gallery: Sequence[Movements]) -> NDArray[np.float32]:
    """How unlike a video each movement is, (G,), metres."""
    query = Movements.of_landmarks(video, MATCH.moments)
    return distances(query, Movements.stack(gallery), MATCH)[0]


def refined(video: Landmarks, points: Points, window: Window) -> tuple[Window, float]:
    """The window with borders moved to where the motion is most like the video, and how unlike it is there."""
    length_s = window.end_s - window.begin_s
    begin_s = max(window.begin_s - SLACK * length_s, 0.0)
    wide = Window(begin_s, min(window.end_s + SLACK * length_s, len(points[1]) / FPS), window.mirrored)
    points_TK3, path_T3 = part(points, wide)
    if window.mirrored:
        return window, float(unlike(video, [movement_of(points, window)])[0])
    moment = best_moment(video, (points_TK3, path_T3), MATCH, STRIDE_S)
    first_s, last_s = moment.motion_s
    return Window(round(begin_s + first_s, 2), round(begin_s + last_s, 2)), moment.distance


def alike(movements: Sequence[Movements]) -> NDArray[np.bool_]:
    """Which of some movements are the same to an eye, (G, G)."""
    every = Movements.stack(movements)
    return distances(every, every, UPRIGHT) < NEAR_M


def in_order(found: Sequence[Found], distance_G: NDArray[np.floating]) -> list[tuple[Found, float]]:
    """Hits, the least unlike first."""
    order = np.argsort(distance_G, kind="stable")
    return [(found[place], float(distance_G[place])) for place in order]


def ghost(video: Landmarks, points: Points) -> NDArray[np.float32]:
    """A video's landmarks over a motion, (T, K, 3) metres in the motion's world, a frame each.

    In the size of the motion's body and turned about the vertical to fit it best, its hips where the motion's are; the
    video's time is stretched to the motion's.
    """
    points_TK3, path_T3 = points
    frames = len(path_T3)
    seen_TK3 = Movements.of_landmarks(video, frames).points_GNK3[0].astype(np.float64)
    scale = np.sqrt((points_TK3**2).sum() / max(float((seen_TK3**2).sum()), 1e-9))
    along = (seen_TK3[..., 0] * points_TK3[..., 0] + seen_TK3[..., 2] * points_TK3[..., 2]).sum()
    across = (seen_TK3[..., 2] * points_TK3[..., 0] - seen_TK3[..., 0] * points_TK3[..., 2]).sum()
    yaw = np.arctan2(across, along)
    made: NDArray[np.float32] = (scale * turn(seen_TK3, yaw) + path_T3[:, None]).astype(np.float32)
    return made

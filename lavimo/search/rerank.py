"""Reranking: hits in the order in which their joints move like the landmarks of a video; and which hits are one.

G hits, T frames of a motion.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lavimo.config import MatchOptions
from lavimo.landmarks.movement import Movements, mirrored
from lavimo.landmarks.sequence import Landmarks
from lavimo.landmarks.stretches import core
from lavimo.landmarks.upright import upright_distances
from lavimo.motion.features import turn
from lavimo.motion.motion import FPS
from lavimo.search.item import Window
from lavimo.search.store import Points

MATCH = MatchOptions(moments=16, velocity_weight=2.0, duration_weight=0.15, tilts_degrees=(-35.0, -20.0, -5.0, 10.0))
"""Half the moments and tilts are as right among motions of strangers, in a quarter of the time; nobody keeps another's
tempo."""
UPRIGHT = MatchOptions(velocity_weight=MATCH.velocity_weight, tilts_degrees=(0.0,), duration_weight=0.3)
"""Between motions, which have no camera."""
NEAR_M = 0.04
"""Motions that are nearer than this are the same to an eye."""
FEW = 500
"""Pairs that are compared sooner than the compiled comparison is loaded."""
SLACK = 0.5
"""A window's borders may be moved by this share of its length."""
STRIDE_S = 0.1


def movement_of(points: Points, window: Window) -> Movements:
    """What somebody does in a window of a motion, or in its mirror image."""
    points_TK3, path_T3 = part(points, window)
    made = Movements.of_points(points_TK3, path_T3, MATCH.moments)
    return mirrored(made) if window.mirrored else made


def part(points: Points, window: Window) -> Points:
    """The frames of a window."""
    begin = min(max(round(window.begin_s * FPS), 0), len(points[1]) - 2)
    end = max(round(window.end_s * FPS), begin + 2)
    return points[0][begin:end], points[1][begin:end]


def refined(video: Landmarks, points: Points, window: Window) -> tuple[Window, float]:
    """The window with borders moved to where the motion is most like the video, and by how many metres more."""
    from lavimo.landmarks.match import distances
    from lavimo.landmarks.moments import best_moment

    if window.mirrored:
        return window, 0.0
    length_s = window.end_s - window.begin_s
    begin_s = max(window.begin_s - SLACK * length_s, 0.0)
    wide = Window(begin_s, min(window.end_s + SLACK * length_s, len(points[1]) / FPS))
    before_m = distances(Movements.of_landmarks(video, MATCH.moments), movement_of(points, window), MATCH)[0, 0]
    moment = best_moment(video, part(points, wide), MATCH, STRIDE_S)
    first_s, last_s = moment.motion_s
    return Window(round(begin_s + first_s, 2), round(begin_s + last_s, 2)), float(before_m) - moment.distance


def alike(movements: Sequence[Movements]) -> NDArray[np.bool_]:
    """Which of some movements are the same to an eye, (G, G): of each those after it."""
    every = Movements.stack(movements)
    same_GG = np.zeros((len(every), len(every)), bool)
    first_P, second_P = np.triu_indices(len(every), 1)
    log_G = np.log(np.maximum(every.duration_G, 1e-6))
    likely_P = UPRIGHT.duration_weight * np.abs(log_G[first_P] - log_G[second_P]) < NEAR_M
    pairs_P2 = np.stack([first_P, second_P], axis=1)[likely_P]
    for moments in (1, every.path_GN3.shape[1]):  # the first look takes a sixteenth of the second, and leaves few
        pairs_P2 = pairs_P2[distance_bound(every, pairs_P2, moments) < NEAR_M]
    if len(pairs_P2) > FEW:
        from lavimo.landmarks.match import distances_of_pairs

        pairs_P2 = pairs_P2[distances_of_pairs(every, every, pairs_P2, UPRIGHT) < NEAR_M]
    else:
        pairs_P2 = pairs_P2[upright_distances(every, pairs_P2, UPRIGHT) < NEAR_M]
    same_GG[pairs_P2[:, 0], pairs_P2[:, 1]] = True
    return same_GG


def distance_bound(every: Movements, pairs_P2: NDArray[np.intp], moments: int) -> NDArray[np.float32]:
    """A bound that no distance of pairs lies below, (P,): what of it no turn about the vertical changes, the landmarks'
    heights and their distances from the vertical through the hips, in the first one's size.

    Args:
        moments: that are compared, each the mean of several: fewer are compared sooner, and bound it less.
    """
    points_GNK3 = every.points_GNK3
    own_GNK2 = np.stack([points_GNK3[..., 1], np.hypot(points_GNK3[..., 0], points_GNK3[..., 2])], axis=-1)
    size_G = np.sqrt(np.square(own_GNK2).sum((1, 2, 3)))
    own_GNK2 = own_GNK2.reshape(len(own_GNK2), moments, -1, *own_GNK2.shape[2:]).mean(2)
    first_P, second_P = pairs_P2.T
    scale_P = size_G[first_P] / np.maximum(size_G[second_P], 1e-6)
    apart_PNK2 = own_GNK2[first_P] - scale_P[:, None, None, None] * own_GNK2[second_P]
    return np.sqrt(np.square(apart_PNK2).sum(-1)).mean((1, 2))


def ghost(video: Landmarks, points: Points) -> NDArray[np.float32]:
    """A video's landmarks over a motion, (T, K, 3) metres in the motion's world, a frame each.

    In the size of the motion's body and turned about the vertical to fit it best, its hips where the motion's are; the
    time in which the video's person moves is stretched to the motion's.
    """
    points_TK3, path_T3 = points
    frames = len(path_T3)
    seen_TK3 = Movements.of_landmarks(core(video), frames).points_GNK3[0].astype(np.float64)
    scale = np.sqrt((points_TK3**2).sum() / max(float((seen_TK3**2).sum()), 1e-9))
    along = (seen_TK3[..., 0] * points_TK3[..., 0] + seen_TK3[..., 2] * points_TK3[..., 2]).sum()
    across = (seen_TK3[..., 2] * points_TK3[..., 0] - seen_TK3[..., 0] * points_TK3[..., 2]).sum()
    yaw = np.arctan2(across, along)
    made: NDArray[np.float32] = (scale * turn(seen_TK3, yaw) + path_T3[:, None]).astype(np.float32)
    return made

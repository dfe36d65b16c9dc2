"""What a video may be taken for: which stretch of it is meant, and how the camera leans.

V views, G motions, N moments, K landmarks, 3 coordinates.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lavimo.config import MatchOptions
from lavimo.landmarks.match import distances
from lavimo.landmarks.movement import Movements
from lavimo.landmarks.sequence import Landmarks
from lavimo.landmarks.stretches import Stretch, stretches

ROLLS_DEGREES = (-18.0, -9.0, 0.0, 9.0, 18.0)
"""By which cameras may lean to a side."""
ROLL_COST = 0.003
"""Metres a degree of it: most cameras are level."""
MISSED_COST = 0.6
"""Metres, for a stretch outside of which everything happens."""
AT_FIRST = 2
"""Stretches of a level camera that every motion is compared with: the whole video, and where something happens."""
CLOSER = 150
"""The nearest motions so far, which are compared with every view."""


@dataclass(frozen=True)
class Nearest:
    """How a video is most like some motions.

    Attributes:
        distance_G: metres; what is missed and how the camera must lean are added.
        stretches: of the video, one a motion.
    """

    distance_G: NDArray[np.float32]
    stretches: list[Stretch]


def nearest(video: Landmarks, gallery: Movements, options: MatchOptions) -> Nearest:
    """How far motions are from the likeliest view of a video."""
    parts = stretches(video)
    level = Movements.stack([Movements.of_landmarks(part.of(video), options.moments) for part in parts])
    cost_V = MISSED_COST * np.array([part.missed for part in parts], np.float32)
    first = some(level, range(min(AT_FIRST, len(parts))))
    near_VG = distances(first, gallery, options) + cost_V[: len(first), None]
    view_G, distance_G = near_VG.argmin(0), near_VG.min(0)
    closer = np.argsort(distance_G, kind="stable")[:CLOSER]
    for roll in ROLLS_DEGREES:
        near_VG = distances(rolled(level, roll), some(gallery, closer), options) + cost_V[:, None]
        near_VG += np.float32(ROLL_COST * abs(roll))
        better_G = near_VG.min(0) < distance_G[closer]
        view_G[closer[better_G]] = near_VG.argmin(0)[better_G]
        distance_G[closer[better_G]] = near_VG.min(0)[better_G]
    return Nearest(distance_G, [parts[view] for view in view_G])


def some(movements: Movements, which: Sequence[int] | NDArray[np.intp]) -> Movements:
    """Those of these numbers."""
    numbers = np.asarray(which, np.intp)
    return Movements(
        movements.points_GNK3[numbers],
        movements.path_GN3[numbers],
        movements.weights_GNK[numbers],
        movements.duration_G[numbers],
    )


def rolled(movements: Movements, degrees: float) -> Movements:
    """Movements as a camera sees them that leans by so much, against the clock."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn_33 = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]], np.float32)
    return Movements(
        movements.points_GNK3 @ turn_33.T,
        movements.path_GN3 @ turn_33.T,
        movements.weights_GNK,
        movements.duration_G,
    )

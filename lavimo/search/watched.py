"""Windows of motions in the order in which somebody moves in them as in a video.

G windows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lavimo.landmarks.movement import Movements
from lavimo.landmarks.sequence import Landmarks
from lavimo.landmarks.stretches import Stretch
from lavimo.search import again
from lavimo.search.home import Points
from lavimo.search.item import Found, Window
from lavimo.search.query import Judgement

PROBABLY_M, PERHAPS_M = 0.16, 0.55
"""Of rendered videos of strangers' motions that lean, tremble, begin and end with standing: to a tenth the nearest of
another action was nearer than the first; nearly all right ones are nearer than 0.35, and real people farther."""
FAR_M = 0.8
"""Beyond it nothing is an answer, whatever a model says: real people's walks are found at 0.7."""


@dataclass(frozen=True)
class Placed:
    """A window among others.

    Attributes:
        distance_m: how unlike a video it is; None where they were not compared.
        stretch: of the video, that it answers.
    """

    found: Found
    distance_m: float | None = None
    stretch: Stretch | None = None


def in_order(video: Landmarks, found: Sequence[Found], movement: Callable[[Found], Movements]) -> list[Placed]:
    """Each motion's best window, the least unlike first."""
    from lavimo.landmarks.views import nearest

    if not found:
        return []
    near = nearest(video, Movements.stack([movement(one) for one in found]), again.MATCH)
    best: dict[str, Placed] = {}
    for place in np.argsort(near.distance_G, kind="stable").tolist():
        one = found[place]
        best.setdefault(one.id, Placed(one, float(near.distance_G[place]), near.stretches[place]))
    return list(best.values())


def refined(
    video: Landmarks,
    placed: Sequence[Placed],
    points: Callable[[str], Points],
    fits: Callable[[str, Window], bool],
) -> list[Placed]:
    """Windows with borders moved to where the motion is most like what the video shows, and in a new order.

    Args:
        fits: whether a window of a motion, given by its id, may be found.
    """
    made = []
    for one in placed:
        assert one.stretch is not None
        assert one.distance_m is not None
        window, gain = again.refined(one.stretch.of(video), points(one.found.id), one.found.window)
        if gain > 0 and fits(one.found.id, window):
            one = replace(one, found=one.found._replace(window=window), distance_m=max(one.distance_m - gain, 0.0))
        made.append(one)
    return sorted(made, key=lambda one: one.distance_m or 0.0)


def judged(distance_m: float, told: Judgement | None = None) -> Judgement:
    """What a distance means to a person.

    Args:
        told: what the model says, where it sees videos: who is too far is hardly an answer, whatever it says.
    """
    if told is not None:
        return told if distance_m <= FAR_M else "hardly"
    return "probably" if distance_m <= PROBABLY_M else "perhaps" if distance_m <= PERHAPS_M else "hardly"

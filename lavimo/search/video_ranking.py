"""Windows of motions in the order in which somebody moves in them as in a video.

G windows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lavimo.landmarks.movement import Movements
from lavimo.landmarks.sequence import Landmarks
from lavimo.landmarks.stretches import Stretch
from lavimo.search import rerank
from lavimo.search.item import Candidate, Window
from lavimo.search.query import Judgement
from lavimo.search.store import Points

PROBABLY_M, PERHAPS_M = 0.16, 0.55
"""Of rendered videos of strangers' motions that lean, tremble, begin and end with standing: to a tenth the nearest of
another action was nearer than the first; nearly all right ones are nearer than 0.35, and real people farther."""
FAR_M = 0.8
"""Beyond it nothing is an answer, whatever a model says: real people's walks are found at 0.7."""


@dataclass(frozen=True)
class Ranked:
    """A window among others.

    Attributes:
        distance_m: how far it is from a video; None where they were not compared.
        stretch: of the video, that it answers.
    """

    found: Candidate
    distance_m: float | None = None
    stretch: Stretch | None = None


def in_order(video: Landmarks, found: Sequence[Candidate], movement: Callable[[Candidate], Movements]) -> list[Ranked]:
    """Each motion's best window, the nearest first."""
    from lavimo.landmarks.views import nearest

    if not found:
        return []
    near = nearest(video, Movements.stack([movement(one) for one in found]), rerank.MATCH)
    best: dict[str, Ranked] = {}
    for place in np.argsort(near.distance_G, kind="stable").tolist():
        one = found[place]
        best.setdefault(one.id, Ranked(one, float(near.distance_G[place]), near.stretches[place]))
    return list(best.values())


def refined(
    video: Landmarks,
    placed: Sequence[Ranked],
    points: Callable[[str], Points],
    fits: Callable[[str, Window], bool],
) -> list[Ranked]:
    """Windows with borders moved to where the motion is most like what the video shows, and in a new order.

    Args:
        fits: whether a window of a motion, given by its id, may be found.
    """
    made = []
    for one in placed:
        assert one.stretch is not None
        assert one.distance_m is not None
        window, gain = rerank.refined(one.stretch.of(video), points(one.found.id), one.found.window)
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

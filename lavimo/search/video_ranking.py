"""Windows of motions in the order in which somebody moves in them as in a video.

The match is exact where somebody moves as the motion does. Facts know an action in whatever manner. The farther the
nearest motion is, the more facts count.

G windows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lavimo.describe.agreement import UNDECIDED, agreement
from lavimo.describe.fact import Fact
from lavimo.describe.seen import facts_seen
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
"""Beyond it no model is believed: real people's walks are found at 0.7."""
AGREES = 0.6
"""Facts that agree by so much make what is far perhaps an answer."""
FACTS_M = 0.4
"""What facts that contradict add to a distance in the order."""
OWN_M, STRANGE_M = 0.25, 0.5
"""The nearest motion's distance up to which facts add nothing, and the one from which on they add all."""
LOOKED_AT = 300
"""The nearest windows, whose facts are looked at."""


@dataclass(frozen=True)
class Ranked:
    """A window among others.

    Attributes:
        distance_m: how far it is from a video; None where they were not compared.
        stretch: of the video, that it answers.
        agrees: how far its facts are the video's, from 0 to 1; of windows beyond `LOOKED_AT` not asked, and 0.
        contrary_m: what its facts add to the distance in the order.
    """

    found: Candidate
    distance_m: float | None = None
    stretch: Stretch | None = None
    agrees: float = UNDECIDED
    contrary_m: float = 0.0

    @property
    def cost_m(self) -> float:
        """By which windows are ordered."""
        return (self.distance_m or 0.0) + self.contrary_m


def in_order(
    video: Landmarks,
    found: Sequence[Candidate],
    movements: Sequence[Movements],
    shows: Callable[[Candidate], Sequence[Fact]],
) -> list[Ranked]:
    """Each motion's best window, in order of `Ranked.cost_m`.

    Args:
        movements: of each window.
        shows: the facts of a window.
    """
    from lavimo.landmarks.views import nearest

    if not found:
        return []
    near = nearest(video, Movements.stack(movements), rerank.MATCH)
    seen, order = facts_seen(video), np.argsort(near.distance_G, kind="stable").tolist()
    strange = float(np.clip((near.distance_G[order[0]] - OWN_M) / (STRANGE_M - OWN_M), 0, 1))
    best: dict[str, Ranked] = {}
    for rank, place in enumerate(order):
        one, distance_m = found[place], float(near.distance_G[place])
        agrees = agreement(seen, shows(one)) if rank < LOOKED_AT else 0.0
        placed = Ranked(one, distance_m, near.stretches[place], agrees, strange * FACTS_M * (1 - agrees))
        if one.id not in best or placed.cost_m < best[one.id].cost_m:
            best[one.id] = placed
    return sorted(best.values(), key=lambda one: one.cost_m)


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
    return sorted(made, key=lambda one: one.cost_m)


def judged(placed: Ranked, told: Judgement | None = None) -> Judgement:
    """What a place means to a person.

    Args:
        told: what the model says, where it sees videos: it is not believed of what is too far.
    """
    assert placed.distance_m is not None
    perhaps: Judgement = "perhaps" if placed.agrees >= AGREES else "hardly"
    if told is not None:
        return told if placed.distance_m <= FAR_M else perhaps
    return "probably" if placed.distance_m <= PROBABLY_M else "perhaps" if placed.distance_m <= PERHAPS_M else perhaps

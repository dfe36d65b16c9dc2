"""A clip of the demo, performed."""

from zlib import crc32

import numpy as np

from lavimo.config import DemoOptions
from lavimo.demo.actions.vocabulary import wider
from lavimo.demo.plan import Combination, plan
from lavimo.demo.score import Score
from lavimo.demo.solver.perform import perform
from lavimo.motion.motion import FPS, Motion

SHORTEST_S, LONGEST_S, LONGER_S = 2.0, 4.0, 6.0
"""A clip takes so long; those of `wider.yaml` up to the last."""


def load(clip: str, options: DemoOptions) -> Motion:
    """The motion of a clip: a function of its name and the options.

    Raises:
        ValueError: a name that the catalogue of these options does not have.
    """
    clips = plan(options)
    if clip not in clips:
        raise ValueError(
            f"clip {clip!r}: the demo has no clip of this name, expected one of its catalogue's {len(clips)}"
        )
    rng = np.random.default_rng([options.seed, crc32(clip.encode()), 2])
    return perform(compose(clips[clip][1], rng), rng)


def compose(combination: Combination, rng: np.random.Generator) -> Score:
    """Write a combination down, with a little variation of tempo, size and heading."""
    tempo, size, facing = rng.uniform(0.99, 1.09), rng.uniform(0.92, 1.08), rng.uniform(-12, 12)
    before, after = rng.uniform(0.28, 0.36, 2)
    manner = _manner(rng) if combination.phrases[0].action in wider() else {}

    def written(start: float, faster: float = 1.0) -> Score:
        pace = tempo * (1.12 if len(combination.phrases) == 2 else 1) * faster
        score = Score(tempo=pace, size=size, facing=facing, now=start, manner=dict(manner))
        for phrase in combination.phrases:
            phrase.perform(score)
        return score

    score, faster = written(before), 1.0
    longest = longest_s(combination)
    while round((score.now + after) * FPS) > longest * FPS:  # large steps at a slow pace
        faster += 0.02
        score = written(before, faster)
    idle = SHORTEST_S - (score.now + after)
    if idle > 0:
        score = written(before + 0.6 * idle)
        after += 0.4 * idle
    score.now = round((score.now + after) * FPS) / FPS
    assert SHORTEST_S <= score.now <= longest, f"{combination} takes {score.now:.2f} s"
    return score


def longest_s(combination: Combination) -> float:
    """The most seconds that a combination takes."""
    return LONGER_S if combination.phrases[0].action in wider() else LONGEST_S


POSTURE = {"bend": 3.0, "nod": 4.0, "swing": 0.2, "left_elbow": 4.0, "right_elbow": 4.0}
"""How much people differ in how they hold themselves, at most: channels, degrees."""


def _manner(rng: np.random.Generator) -> dict[str, float]:
    """Somebody's own posture."""
    return {name: most * float(share) for (name, most), share in zip(POSTURE.items(), rng.uniform(-1, 1, len(POSTURE)))}

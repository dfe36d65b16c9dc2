"""Feet that stand keep their place where two takes are blended; feet that do not are lifted on their way.

T frames, 3 metres.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import maximum_filter1d

from lavimo.describe.rules.spans import spans
from lavimo.motion.motion import FPS

Array = NDArray[np.floating]
Mask = NDArray[np.bool_]

FREE = round(0.25 * FPS)
"""Frames in which a foot that has left its place comes to where it would be, or goes to where it is to stand."""
FAR_M = 0.12
"""Where the next take has it farther off, a standing foot takes a step there."""
LIFT, HIGHEST_M = 0.3, 0.08
"""How high a foot is lifted, of its way and at most."""


def held(ball_T3: Array, stands_T: Mask, begin: int, end: int) -> Array:
    """What is to be added (T, 3) to the course of a foot, so that it does not slide.

    Args:
        ball_T3: its course: until frame `begin` of the first take, from `end` on of the second, between them of both.
        stands_T: when it stands.
    """
    stands_T, held_T, added_T3 = stands_T.copy(), np.zeros_like(stands_T), np.zeros_like(ball_T3)
    for first, after in spans(stands_T):
        before, on = first < begin < after, first < end < after
        if before and on:
            to_3 = ball_T3[begin - 1] - ball_T3[end]
            if np.linalg.norm(to_3) > FAR_M:
                stands_T[begin:end] = False
                continue
            added_T3[end:after] = to_3
            held_T[end:after] = True
        if before or on:
            here = slice(max(first, begin), min(after, end))
            added_T3[here] = ball_T3[begin - 1 if before else end] - ball_T3[here]
            held_T[here] = True
    known_T = stands_T | ~maximum_filter1d(held_T, 2 * FREE + 1)
    times = np.concatenate([[-FREE], np.flatnonzero(known_T), [len(ball_T3) + FREE]])
    values = np.concatenate([np.zeros((1, 3)), added_T3[known_T], np.zeros((1, 3))])
    added_T3 = PchipInterpolator(times, values)(np.arange(len(ball_T3)))
    added_T3[:, 1] += _lifted(ball_T3 + added_T3, stands_T, begin, end)
    return added_T3


def _lifted(ball_T3: Array, stands_T: Mask, begin: int, end: int) -> Array:
    """What a foot lacks in height (T,) between the places where it stands."""
    lacks_T = np.zeros(len(ball_T3))
    for first, after in spans(~stands_T):
        if 0 < first < end and begin < after < len(ball_T3):
            from_3, to_3 = ball_T3[first - 1], ball_T3[after]
            share_M = np.arange(1, after - first + 1) / (after - first + 1)
            high_m = min(LIFT * float(np.linalg.norm(to_3 - from_3)), HIGHEST_M)
            least_M = from_3[1] + share_M * (to_3[1] - from_3[1]) + high_m * np.sin(np.pi * share_M)
            lacks_T[first:after] = np.maximum(least_M - ball_T3[first:after, 1], 0)
    return lacks_T

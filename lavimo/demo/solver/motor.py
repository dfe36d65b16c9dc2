"""Curves: from keys to samples, and smoothing.

Shape suffixes: T samples at `RATE`, C anything.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from lavimo.demo.score import REST, Score

Array = NDArray[np.floating]

RATE = 60
"""Samples a second while a performance is solved; three times the product's frames."""

LAG_S = {"elbow": 0.03, "pronate": 0.04, "wrist": 0.06, "nod": 0.04, "cock": 0.04}
"""Follow-through: these channels trail the others, as distal joints do."""


def smooth(values_TC: Array, seconds: float) -> Array:
    """A Gaussian of that standard deviation over time; the ends are held."""
    sigma = seconds * RATE
    reach = int(4 * sigma) + 1
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    padded = np.concatenate([values_TC[:1].repeat(reach, 0), values_TC, values_TC[-1:].repeat(reach, 0)])
    return np.apply_along_axis(np.convolve, 0, padded, kernel / kernel.sum(), mode="valid")


def minimum_jerk(progress_T: Array) -> Array:
    """0 to 1 as people reach (Flash and Hogan 1985)."""
    u = np.clip(progress_T, 0.0, 1.0)
    return u**3 * (10 - 15 * u + 6 * u**2)


def channels(score: Score, times_T: Array) -> dict[str, Array]:
    """Every channel of the performance at the times: monotone cubics through the keys, softened."""
    curves = {}
    for name, rest in REST.items():
        keys = score.keys.get(name)
        if keys is None:
            curves[name] = np.full(len(times_T), rest)
            continue
        lag = LAG_S.get(name.split("_")[-1], 0.0)
        at, values = np.array([*keys, (keys[-1][0] + 10.0, keys[-1][1])]).T
        curves[name] = smooth(PchipInterpolator(at, values)(np.maximum(times_T - lag, 0.0)), 0.045)
    for name, more in score.manner.items():
        curves[name] = curves[name] + more
    return curves

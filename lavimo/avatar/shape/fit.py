"""An avatar's figure on another body: the betas that give it the same height, weight and legs.

An avatar's own betas belong to the embedded body; those of another SMPL-format body mean something else.

Shape suffixes: B betas (10), M measures (height, volume, legs), V vertices, J joints (24), 3 metres.
"""

import logging

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from lavimo.body.body import Body, embedded_body
from lavimo.body.measures import height, leg_length, volume

log = logging.getLogger(__name__)

Array = NDArray[np.floating]

TOLERANCES_M = np.array([0.002, 0.0003, 0.03])
"""What a difference in height (m), volume (m3) and legs (m) weighs against a beta of 1, one standard deviation. Legs
weigh little: bodies disagree by centimetres on where in the flesh a hip is."""
MOST_BETA = 3.0
"""Further out, an SMPL body is no person."""
ROUNDS = 6
STEP = 0.1


def matched_betas(body: Body, betas_B: Array) -> NDArray[np.float32]:
    """The body's betas (10,) for the figure that the embedded body has with `betas_B`.

    Few measures leave many betas open: of those the smallest are taken (regularised Gauss-Newton within bounds).
    """
    wanted_M = _measures(embedded_body(), betas_B)
    found_B = np.zeros(len(betas_B))
    for _ in range(ROUNDS):
        steps_BB = STEP * np.eye(len(found_B))
        slopes_MB = np.stack(
            [
                (_measures(body, found_B + step_B) - _measures(body, found_B - step_B)) / (2 * STEP)
                for step_B in steps_BB
            ],
            axis=1,
        )
        weighted_MB = slopes_MB / TOLERANCES_M[:, None]
        missing_M = (wanted_M - _measures(body, found_B)) / TOLERANCES_M
        solution = lsq_linear(
            np.concatenate([weighted_MB, np.eye(len(found_B))]),
            np.concatenate([missing_M + weighted_MB @ found_B, np.zeros(len(found_B))]),
            bounds=(-MOST_BETA, MOST_BETA),
            method="bvls",
        )
        found_B = solution.x
    height_m, volume_m3, _ = np.abs(_measures(body, found_B) - wanted_M)
    if height_m > 0.02 or volume_m3 > 0.003:
        log.warning(
            "the body's shapes reach an avatar's only within %.0f cm of height and %.0f litres",
            100 * height_m,
            1000 * volume_m3,
        )
    return found_B.astype(np.float32)


def _measures(body: Body, betas_B: Array) -> Array:
    rest_V3, joints_J3 = body.rest(np.asarray(betas_B, np.float32))
    return np.array([height(rest_V3), volume(rest_V3, body.faces_F3), leg_length(joints_J3)])

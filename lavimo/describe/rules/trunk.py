"""The trunk: bending, bowing, leaning; and turning over."""

import numpy as np

from lavimo.describe.fact import Fact
from lavimo.describe.rules.body import FPS, Body
from lavimo.describe.rules.spans import in_a_row, spans

BENDS_DEGREES, BACK_DEGREES, LEANS_DEGREES = 32.0, 18.0, 9.5
"""Nobody stands or walks bent further forward, back or aside without meaning it."""
BOWS_DEGREES = 24.0
BOW_S = 3.5
"""A bow is over by then."""


def trunk(body: Body, ways: list[Fact], low: list[Fact]) -> list[Fact]:
    """Facts of the trunk, while one neither sits nor lies.

    Args:
        low: sitting, kneeling, lying.
    """
    left_T, up_T, forward_T = body.trunk_T3.T
    forward_T = np.degrees(np.arctan2(forward_T, np.maximum(up_T, 1e-3)))
    aside_T = np.degrees(np.arctan2(left_T, np.maximum(up_T, 1e-3)))
    free_T = up_T > -0.2
    for fact in low:
        if fact.kind in ("sit", "kneel", "lie"):
            free_T[max(round(fact.begin_s * FPS) - 10, 0) : round(fact.end_s * FPS) + 10] = False
    found = [
        Fact("bend", begin / FPS, end / FPS, "", "forward", float(forward_T[begin:end].max()))
        for begin, end in spans(free_T & (forward_T > BENDS_DEGREES), least=4, gap=4)
    ]
    found += [
        Fact("bend", begin / FPS, end / FPS, "", "backward", float(-forward_T[begin:end].min()))
        for begin, end in spans(free_T & (forward_T < -BACK_DEGREES), least=5, gap=4)
    ]
    for sign, direction in ((1, "left"), (-1, "right")):
        for begin, end in spans(free_T & (sign * aside_T > LEANS_DEGREES), least=5, gap=4):
            found.append(Fact("lean", begin / FPS, end / FPS, "", direction, float((sign * aside_T)[begin:end].max())))
    return found + _bows(body, forward_T, free_T, ways)


def _bows(body: Body, forward_T: np.ndarray, free_T: np.ndarray, ways: list[Fact]) -> list[Fact]:
    """Forward and up again, on straight legs that stay, the hands off the floor."""
    single = []
    for begin, end in spans(free_T & (forward_T > BOWS_DEGREES), least=5, gap=3):
        whole = begin > 2 and end < len(body) - 2 and (end - begin) / FPS < BOW_S
        hands = (body["wrist"][begin:end, :, 1] - body.ground_T[begin:end, None]).min()
        legs = body.stance_T[begin:end].min() > 0.88 and body.clearance_T2[begin:end].max() < 0.09
        goes = body.speed_T[begin:end].max() > 0.8 or any(
            way.begin_s < end / FPS and way.end_s > begin / FPS for way in ways
        )
        if whole and hands > 0.4 and legs and not goes:
            single.append((begin, end))
    rows = in_a_row(single, 1.5 * FPS)
    return [
        Fact("bow", row[0][0] / FPS, row[-1][1] / FPS, "", "", float(forward_T[row[0][0] : row[-1][1]].max()), len(row))
        for row in rows
    ]


def cartwheels(body: Body) -> list[Fact]:
    """The hips above the head for a while, the hands near the floor, and upright before and after."""
    found = []
    over_T = body.trunk_T3[:, 1] < -0.35
    for begin, end in spans(over_T, least=2, gap=4):
        hands = (body["wrist"][begin:end, :, 1] - body.floor).min()
        before, after = body.trunk_T3[:begin, 1].max(initial=-1), body.trunk_T3[end:, 1].max(initial=-1)
        apart_T3 = body["ankle"][begin:end, 0] - body["ankle"][begin:end, 1]
        wide = np.linalg.norm(apart_T3, axis=-1).max() > 0.6  # who rolls over keeps the legs together
        if wide and hands < 0.35 and max(before, after) > 0.6 and end - begin < 1.5 * FPS:
            found.append((begin, end))
    if not found:
        return []
    return [
        Fact(
            "cartwheel", max(found[0][0] - 8, 0) / FPS, min(found[-1][1] + 8, len(body)) / FPS, "", "", 0.0, len(found)
        )
    ]

"""Turns on the spot, curves and circles."""

import numpy as np

from lavimo.describe.fact import Fact
from lavimo.describe.rules.body import FPS, Body
from lavimo.describe.rules.spans import rate, smooth, spans

QUICK_DEGREES_S = 22.0
"""The hips of who walks straight sway faster than this, but not for long and not one way."""
LEAST_TURN_DEGREES, LEAST_CURVE_DEGREES = 50.0, 38.0
"""Of a turn on the spot, and of a way: a curve bends by less."""
RADIUS_M = 0.42
"""Who turns around a narrower circle than this turns on the spot."""
CIRCLE_DEGREES = 300.0


def turning(body: Body, ways: list[Fact]) -> list[Fact]:
    """Every turn of the hips, on the spot or along a way.

    Args:
        ways: where the person goes (`lavimo.describe.rules.travel`).
    """
    found: list[Fact] = []
    rate_T = smooth(rate(body.heading_T, FPS), 9) * body.upright_T
    for sign, direction in ((1, "left"), (-1, "right")):
        for begin, end in spans(sign * rate_T > QUICK_DEGREES_S, least=4, gap=7):
            degrees = sign * float(body.heading_T[end - 1] - body.heading_T[begin])
            metres = float(body.speed_T[begin:end].sum() / FPS)
            goes = _goes(ways, begin, end)
            curve = goes and metres / np.radians(max(degrees, 1)) > RADIUS_M
            if degrees >= (LEAST_CURVE_DEGREES if curve else LEAST_TURN_DEGREES):
                kind = "curve" if curve else "turn"
                found.append(Fact(kind, begin / FPS, end / FPS, "", direction, degrees))
    return found + _circles(body, ways) + _gentle(body, ways, found)


def _goes(ways: list[Fact], begin: int, end: int) -> bool:
    """Whether a way takes most of the time from one frame to another."""
    shared_s = sum(max(min(way.end_s, end / FPS) - max(way.begin_s, begin / FPS), 0) for way in ways)
    return shared_s > 0.5 * (end - begin) / FPS


def _circles(body: Body, ways: list[Fact]) -> list[Fact]:
    """Ways that bend one way until they close."""
    return [
        Fact("circle", begin / FPS, end / FPS, "", direction, degrees)
        for begin, end, direction, degrees in _bends(body, ways)
        if degrees > CIRCLE_DEGREES
    ]


def _gentle(body: Body, ways: list[Fact], found: list[Fact]) -> list[Fact]:
    """Curves so wide that at no time one turns fast."""
    return [
        Fact("curve", begin / FPS, end / FPS, "", direction, degrees)
        for begin, end, direction, degrees in _bends(body, ways)
        if degrees > LEAST_CURVE_DEGREES
        and not any(one.begin_s < end / FPS and one.end_s > begin / FPS and one.amount > 0.5 * degrees for one in found)
    ]


def _bends(body: Body, ways: list[Fact]) -> list[tuple[int, int, str, float]]:
    """Of each way that leads somewhere: begin, end, direction and degrees of the whole bend."""
    found = []
    for way in ways:
        begin, end = round(way.begin_s * FPS), min(round(way.end_s * FPS), len(body))
        if way.direction != "in place" and way.kind in ("walk", "run", "sneak") and end - begin > 2:
            degrees = float(body.heading_T[end - 1] - body.heading_T[begin])
            if way.amount / np.radians(max(abs(degrees), 1)) > RADIUS_M:
                found.append((begin, end, "left" if degrees > 0 else "right", abs(degrees)))
    return found

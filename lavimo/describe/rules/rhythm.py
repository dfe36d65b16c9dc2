"""The whole body: at rest, talking with the hands, dancing; quick or slow; the same left and right."""

import numpy as np

from lavimo.describe.fact import Fact
from lavimo.describe.rules.body import FPS, Body
from lavimo.describe.rules.spans import rate, reversals, smooth, spans

STILL_M_S = 0.16
"""Who stands and breathes moves no joint faster, averaged over half a second."""
STILL_S, HANDS_M_S = 0.8, 0.45
SWAYS_M, TWISTS_DEGREES, BEAT_S = 0.1, 11.0, 2.2
"""From one turn to the next, in dancing: the hips to the side, or about themselves. Who walks on the spot sways half
as far."""


def stands(body: Body) -> list[Fact]:
    """Upright and at rest, but for a look around."""
    core_TJ3 = np.concatenate([body["hip"], body["knee"], body["ankle"], body["neck"][:, None]], axis=1)
    fastest_T = np.linalg.norm(smooth(rate(core_TJ3, FPS), 9), axis=-1).max(1)
    hands_T = smooth(body.hand_speed_T2.max(1), 9)
    still_T = (fastest_T < STILL_M_S) & (hands_T < HANDS_M_S) & (body.stance_T > 0.86) & body.upright_T
    still_T &= body.clearance_T2.max(1) < 0.08
    return [Fact("stand", b / FPS, e / FPS) for b, e in spans(still_T, least=round(STILL_S * FPS), gap=4)]


def gestures(body: Body, others: list[Fact]) -> list[Fact]:
    """The hands move before the body and do nothing that has a name, the feet at rest."""
    feet_T = smooth(body.step_speed_T2.max(1), 5)
    hands_T = smooth(body.hand_speed_T2.max(1), 15)
    bent_T2 = (body.elbows_T23[..., 1] > -0.12) & (body.hands_T23[..., 1] < 0.12) & (body.elbows_T23[..., 2] > -0.05)
    named_T = np.zeros(len(body), bool)
    for fact in others:
        named_T[max(round(fact.begin_s * FPS) - 4, 0) : round(fact.end_s * FPS) + 4] = True
    guards_T = ((body.reach_T2 < 0.7) & (body.hands_T23[..., 1] > -0.2)).all(1)  # of a boxer
    talks_T = (
        ~guards_T
        & (feet_T < 0.25)
        & (hands_T > 0.22)
        & (hands_T < 1.8)
        & (body.speed_T < 0.25)
        & bent_T2.any(1)
        & body.upright_T
        & ~named_T
    )
    found = []
    for begin, end in spans(talks_T, least=round(1.4 * FPS), gap=8):
        path_T2 = body.hands_T23[begin:end].reshape(end - begin, -1)
        turns = sum(len(reversals(path_T2[:, column], 0.07)) for column in range(6))
        steady = np.ptp(body.stance_T[begin:end]) < 0.07
        if turns >= 4 and steady:
            found.append(Fact("gesture", begin / FPS, end / FPS))
    return found


def dances(body: Body, ways: list[Fact], others: list[Fact]) -> list[Fact]:
    """The hips go from side to side, or twist, in a rhythm, and the person goes nowhere.

    Args:
        others: what one does at such a time that is no dance: jumps, kicks, blows, turns.
    """
    across_3 = body.frame_T33[:, 0].mean(0)
    aside_T = body.hips_T3 @ (across_3 / max(float(np.linalg.norm(across_3)), 1e-6))
    busy_T = ~body.upright_T | (body.trunk_T3[:, 2] > 0.4)
    for fact in [*(way for way in ways if way.direction == "in place" or way.amount > 1), *others]:
        busy_T[max(round(fact.begin_s * FPS) - 2, 0) : round(fact.end_s * FPS) + 2] = True
    found: list[tuple[int, int]] = []
    for values_T, least, beats in ((aside_T, SWAYS_M, 4), (body.heading_T, TWISTS_DEGREES, 4)):
        run: list[int] = []
        for frame in [*reversals(values_T, least), 10**9]:
            if run and not 0.15 * FPS <= frame - run[-1] <= BEAT_S * FPS:
                first, last = run[0], run[-1]
                if len(run) >= beats and busy_T[first:last].mean() < 0.2:
                    found.append((first, last))
                run = []
            if frame < len(body):
                run.append(frame)
    return (
        [Fact("dance", min(b for b, _ in found) / FPS, max(e for _, e in found) / FPS, certainty=0.6)] if found else []
    )


def symmetric(body: Body) -> list[Fact]:
    """Both arms move, and do the same."""
    moving_T = body.hand_speed_T2.min(1) > 0.4
    apart_T = np.linalg.norm(body.hands_T23[:, 0] - body.hands_T23[:, 1], axis=-1)
    return [Fact("symmetric", b / FPS, e / FPS) for b, e in spans(moving_T & (apart_T < 0.12), least=8, gap=6)]


def tempo(ways: list[Fact]) -> list[Fact]:
    """Walks slower than 0.65 m/s or faster than 1.65, runs faster than 4; a single step has no pace."""
    limits = {"walk": (0.65, 1.65), "run": (0.0, 4.0), "sneak": (0.4, 1.3)}
    found = []
    for way in ways:
        if way.kind in limits and way.direction != "in place" and way.count > 2:
            speed = way.amount / max(way.end_s - way.begin_s, 0.1)
            slow, quick = limits[way.kind]
            if speed < slow or speed > quick:
                found.append(Fact("slow" if speed < slow else "quick", way.begin_s, way.end_s))
    return found

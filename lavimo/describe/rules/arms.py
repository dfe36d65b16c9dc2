"""Hands held up, waved, swung in circles."""

import numpy as np

from lavimo.describe.fact import Fact
from lavimo.describe.rules.body import FPS, Body
from lavimo.describe.rules.spans import Mask, rate, reversals, smooth, spans

NAMES = ("left", "right")

HIGH_M = 0.16
"""A wrist at most so far below its shoulder is at its height: an arm held level sags by as much."""
STRAIGHT = 0.86
"""The reach of an arm, its elbow bent by less than 60 degrees, that one calls stretched out."""
ABOVE_M = 0.2
"""Above the shoulder: as high as the brow."""
HOLDS_S = 0.2
WAVE_M, WAVES_M = 0.035, 0.05
"""A hand that is waved goes to and fro by the first each time, by the second at most: its forearm by 12 degrees."""
WAVE_S = (0.15, 0.9)
"""From one turn of a waving hand to the next: quicker is trembling, slower is gesturing."""
CIRCLE_DEGREES = 310.0


def hands_up(body: Body, low_T: Mask) -> list[Fact]:
    """Raised hands, to the front, to the side, above the head.

    Args:
        low_T: when one lies or turns over.
    """
    masks = [_raised(body, side) for side in range(2)]
    found: list[Fact] = []
    for direction in ("above", "side", "forward"):
        up_T2 = np.stack([mask[direction] & ~low_T for mask in masks], axis=1)
        found += sided("raise", direction, up_T2, round(HOLDS_S * FPS))
    return found


def _raised(body: Body, side: int) -> dict[str, Mask]:
    """When a hand is up, by where it is."""
    out_T, up_T, forward_T = body.hands_T23[:, side].T
    straight_T = body.reach_T2[:, side] > STRAIGHT
    above_T = (up_T > ABOVE_M) & (body.reach_T2[:, side] > 0.6)
    level_T = (up_T > -HIGH_M) & straight_T & ~above_T
    aside_T = out_T > np.abs(forward_T)
    return {"above": above_T, "side": level_T & aside_T, "forward": level_T & ~aside_T & (forward_T > 0)}


def sided(kind: str, direction: str, mask_T2: Mask, least: int) -> list[Fact]:
    """Stretches of either hand; two that share most of the shorter's time are one fact of both."""
    left, right = (spans(mask_T2[:, side], least=least, gap=5) for side in range(2))
    pairs = [(min(a[1], b[1]) - max(a[0], b[0]), a, b) for a in left for b in right]
    pairs = [pair for pair in pairs if pair[0] > 0.5 * min(pair[1][1] - pair[1][0], pair[2][1] - pair[2][0])]
    found: list[Fact] = []
    for _, one, other in sorted(pairs, key=lambda pair: (-pair[0], min(pair[1], pair[2]), max(pair[1], pair[2]))):
        if one in left and other in right:
            left.remove(one)
            right.remove(other)
            begin, end = min(one[0], other[0]), max(one[1], other[1])
            found.append(Fact(kind, begin / FPS, end / FPS, "both", direction))
    for side, own in zip(NAMES, (left, right)):
        found += [Fact(kind, begin / FPS, end / FPS, side, direction) for begin, end in own]
    return found


def waves(body: Body, named: list[Fact], low_T: Mask) -> list[Fact]:
    """A raised hand that goes to and fro, the upper arm nearly at rest.

    Args:
        named: what hands do that is no waving: punches, claps.
    """
    free_T = ~low_T
    for fact in named:
        free_T[max(round(fact.begin_s * FPS) - 3, 0) : round(fact.end_s * FPS) + 3] = False
    hits: list[list[tuple[int, int, int]]] = [[], []]
    apart_T = np.linalg.norm(body["wrist"][:, 0] - body["wrist"][:, 1], axis=-1)
    for side in range(2):
        forearm_T3 = body.elbows_T23[:, side]
        upper_T3 = body.hands_T23[:, side] - forearm_T3
        up_T = (forearm_T3[:, 1] > 0.06) & (body.hands_T23[:, side, 1] > -0.22) & free_T
        for begin, end in spans(up_T, least=8, gap=2):
            swing_T = body.hands_T23[begin:end, side, 0]
            turns = [begin + frame for frame in reversals(swing_T, WAVE_M)]
            for a, b in _in_rhythm(turns):
                between = slice(turns[a], turns[b] + 1)
                move_3 = np.ptp(body.hands_T23[between, side], axis=0)
                elbow_3 = np.ptp(upper_T3[between], axis=0)
                sideways = move_3[0] > 0.6 * max(move_3[1], move_3[2])
                upright = (
                    forearm_T3[between, 1] / np.maximum(np.linalg.norm(forearm_T3[between], axis=-1), 1e-6)
                ).mean()
                outside = (
                    upright > 0.6 and body.hands_T23[between, side, 0].mean() > 0.02 and apart_T[between].mean() > 0.48
                )
                if b - a >= 1 and move_3[0] > WAVES_M and outside and sideways and elbow_3.max() < 1.1 * move_3[0]:
                    hits[side].append((turns[a], turns[b] + 1, (b - a + 2) // 2))
    return _both_or_one("wave", hits)


def _in_rhythm(turns: list[int]) -> list[tuple[int, int]]:
    """Runs of turns that follow each other in time, as (first, last)."""
    runs: list[tuple[int, int]] = []
    for place in range(1, len(turns)):
        seconds = (turns[place] - turns[place - 1]) / FPS
        if WAVE_S[0] <= seconds <= WAVE_S[1]:
            if runs and runs[-1][1] == place - 1:
                runs[-1] = (runs[-1][0], place)
            else:
                runs.append((place - 1, place))
    return runs


def circles(body: Body, low_T: Mask) -> list[Fact]:
    """Stretched arms that go round the shoulder, past the hip and over the head."""
    hits: dict[str, list[list[tuple[int, int, int]]]] = {"forward": [[], []], "backward": [[], []]}
    for side in range(2):
        hand_T3 = body.hands_T23[:, side] / body.arm_m
        radius_T = np.linalg.norm(hand_T3[:, 1:], axis=1)
        angle_T = np.degrees(np.unwrap(np.arctan2(hand_T3[:, 2], -hand_T3[:, 1])))  # 0 hanging, 90 forward
        outer_T = (radius_T > 0.2) & (body.reach_T2[:, side] > 0.75) & ~low_T
        for sign, direction in ((-1, "forward"), (1, "backward")):
            speed_T = sign * smooth(rate(angle_T, FPS), 3)
            for begin, end in spans((speed_T > 60) & outer_T, least=6, gap=3):
                degrees = sign * (angle_T[end - 1] - angle_T[begin])
                if (
                    degrees > CIRCLE_DEGREES - 60
                    and hand_T3[begin:end, 1].max() > 0.5
                    and body.upright_T[begin:end].all()
                ):
                    hits[direction][side].append((begin, end, max(round(degrees / 360), 1)))
    return [fact for direction, found in hits.items() for fact in _both_or_one("circle arm", found, direction)]


def _both_or_one(kind: str, hits: list[list[tuple[int, int, int]]], direction: str = "") -> list[Fact]:
    """Counted stretches (begin, end, count) of either hand; of both, where they overlap."""
    found: list[Fact] = []
    rest = list(hits[1])
    for begin, end, count in hits[0]:
        twin = next((o for o in rest if min(end, o[1]) - max(begin, o[0]) > 0.4 * min(end - begin, o[1] - o[0])), None)
        if twin:
            rest.remove(twin)
            begin, end, count = min(begin, twin[0]), max(end, twin[1]), max(count, twin[2])
        found.append(Fact(kind, begin / FPS, end / FPS, "both" if twin else "left", direction, 0.0, count))
    return found + [Fact(kind, b / FPS, e / FPS, "right", direction, 0.0, count) for b, e, count in rest]

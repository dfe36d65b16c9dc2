"""Fast hands: punches, throws, swings of both hands."""

import numpy as np
from numpy.typing import NDArray

from lavimo.describe.fact import Fact
from lavimo.describe.rules.body import FPS, Body
from lavimo.describe.rules.spans import Mask, in_a_row, reversals, smooth, spans

NAMES = ("left", "right")

PUNCH_M_S, THROW_M_S, SWING_M_S = 1.5, 3.0, 2.4
"""Of the wrist about the hips: who walks swings the arms at 1 m/s, who gestures hardly faster."""
PUNCH_M = 0.13
"""By so much the wrist moves away from its shoulder within a fifth of a second."""
OUT = 0.72
"""The reach at the end of a punch."""


def punches(body: Body, low_T: Mask) -> list[Fact]:
    """The hand shoots forward from near the chest, and comes back at once."""
    found: list[Fact] = []
    for side in range(2):
        reach_T = body.reach_T2[:, side]
        forward_T = smooth(body.hands_T23[:, side, 2], 1)
        hits = []
        for frame in _peaks(forward_T, 0.09):
            begin, end = max(frame - 5, 0), min(frame + 8, len(body) - 1)
            out = body.arm_m * (reach_T[frame] - reach_T[begin : frame + 1].min())
            speed = body.hand_speed_T2[begin : frame + 1, side].max()
            up = body.hands_T23[frame, side, 1]
            back = reach_T[frame] - reach_T[frame : end + 1].min()
            level = -0.4 < up < 0.3 and body.hands_T23[begin : frame + 1, side, 1].min() > -0.43
            other_T = body.reach_T2[begin : frame + 1, 1 - side]
            ahead = forward_T[frame] > 0.25 and other_T[-1] - other_T.min() < 0.12  # both at once push
            if (
                ahead
                and reach_T[frame] > OUT
                and out > PUNCH_M
                and speed > PUNCH_M_S
                and level
                and back > 0.15
                and not low_T[frame]
            ):
                hits.append((begin, end))
        rows = in_a_row(hits, 1.5 * FPS)
        found += [Fact("punch", r[0][0] / FPS, (r[-1][1] + 1) / FPS, NAMES[side], "", 0.0, len(r)) for r in rows]
    return found


def _peaks(values_T: NDArray[np.floating], least: float) -> list[int]:
    """Frames at which values are highest, with falls of at least so much on both sides or an end."""
    turns = reversals(values_T, least)
    return [frame for frame in turns if values_T[frame] >= values_T[max(frame - 3, 0) : frame + 4].max() - 1e-9]


def throws(body: Body, punched: list[Fact], circled: list[Fact], low_T: Mask) -> list[Fact]:
    """One hand swings fast through a great arc, once, and ends before the body."""
    found: list[Fact] = []
    for side in range(2):
        own_T, other_T = body.hand_speed_T2[:, side], body.hand_speed_T2[:, 1 - side]
        for begin, end in spans(own_T > THROW_M_S, least=2, gap=2):
            a, b = max(begin - 3, 0), min(end + 3, len(body))
            peak = begin + int(own_T[begin:end].argmax())
            arc = float(own_T[a:b].sum() / FPS)
            hand_T3 = body.hands_T23[a:b, side]
            alone = own_T[peak] > 1.15 * other_T[max(peak - 2, 0) : peak + 3].max()
            ahead = hand_T3[-1, 2] - hand_T3[0, 2]
            wound = hand_T3[:4, 1].max() > 0.05 or hand_T3[:4, 2].min() < -0.02
            busy = _during(punched + circled, NAMES[side], a, b)
            if (
                arc > 0.55
                and alone
                and ahead > 0.22
                and wound
                and own_T[peak] > 2.5 * body.speed_T[peak] + 1
                and not busy
                and not low_T[peak]
                and body.speed_T[peak] < 2
            ):
                found.append(Fact("throw", a / FPS, b / FPS, NAMES[side]))
    return found


def swings(body: Body, others: list[Fact], low_T: Mask) -> list[Fact]:
    """Both hands close together, fast, through an arc: with a sword, a bat, a club.

    Args:
        others: what arms do that is no swing: circles, jumps.
    """
    apart_T = np.linalg.norm(body["wrist"][:, 0] - body["wrist"][:, 1], axis=-1)
    fast_T = (body.hand_speed_T2.min(1) > SWING_M_S * 0.7) & (body.hand_speed_T2.max(1) > SWING_M_S) & (apart_T < 0.43)
    middle_T3 = body.seen(body["wrist"].mean(1) - body.hips_T3)
    hits = []
    for begin, end in spans(fast_T & ~low_T, least=2, gap=2):
        a, b = max(begin - 3, 0), min(end + 3, len(body))
        arc = float(body.hand_speed_T2[a:b].min(1).sum() / FPS)
        way_T3 = middle_T3[a:b]
        across = max(float(np.ptp(way_T3[:, 0])), float(way_T3[:, 1].max() - way_T3[-1, 1]))
        if arc > 0.6 and across > 0.3 and way_T3[-1, 2] > 0.12 and not _during(others, "", a, b):
            hits.append((a, b))
    if not hits:
        return []
    return [Fact("swing", hits[0][0] / FPS, hits[-1][1] / FPS, "", "", 0.0, len(hits))]


def _during(facts: list[Fact], side: str, begin: int, end: int) -> bool:
    return any(
        one.begin_s < end / FPS and one.end_s > begin / FPS and (not side or one.side in (side, "both", ""))
        for one in facts
    )

"""One leg at a time: kicks, raised knees, balance, lunges."""

import numpy as np

from lavimo.describe.fact import Fact
from lavimo.describe.rules.body import FPS, LEG_M, Body
from lavimo.describe.rules.spans import Array, in_a_row, rate, smooth, spans

KICK_M_S = 1.9
"""An ankle about the hips: in walking it reaches 2 m/s near the floor, in a kick as much high over it."""
AHEAD_M, ASIDE_M = 0.3, 0.32
"""How far before the hips, or outside of them, a kicking foot comes."""
UP_M, LOW_M, BALL_M_S = 0.2, 0.09, 3.5
"""How high it comes: a walker's heel rises so far behind the body, never before it. Lower, it must be fast: a ball."""
KNEE = 0.3
"""A knee at most so many legs below the hip: the thigh within 37 degrees of level."""
LUNGES, FAR_M, ASIDE_FAR_M = 0.8, 0.5, 0.65
"""Hips so many legs high, or lower, between feet so far apart, one before the other or side by side: no walker's."""
NAMES = ("left", "right")


def kicks(body: Body, ways: list[Fact]) -> list[Fact]:
    """Kicks of either leg; running on is none."""
    found: list[Fact] = []
    for side in range(2):
        out_T, _, ahead_T = body.feet_T23[:, side].T
        height_T = body.clearance_T2[:, side]
        speed_T = body.foot_speed_T2[:, side]
        other_T = body.clearance_T2[:, 1 - side] < 0.16
        extended_T = body.straight_T2[:, side] > 0.86
        for direction, where_T, least in (
            ("forward", (ahead_T > AHEAD_M) & (ahead_T > 0.8 * out_T), LOW_M),
            ("side", (out_T > ASIDE_M) & (out_T > 1.25 * np.abs(ahead_T)), UP_M),
            ("backward", (ahead_T < -0.45) & (-ahead_T > out_T) & (body.speed_T < 1.2), 0.42),
        ):
            mask_T = where_T & (height_T > least) & other_T & extended_T & (body.trunk_T3[:, 1] > 0.35)
            hits = []
            for begin, end in spans(mask_T, least=1, gap=2):
                a, b = max(begin - 5, 0), min(end + 3, len(body))
                fast = float(speed_T[a:b].max())
                high = float(height_T[begin:end].max())
                quick = _swings_out(body.feet_T23[:, side], a, begin, end)
                least_m_s = KICK_M_S if high > UP_M else BALL_M_S
                if _goes(ways, begin, end):  # a runner's feet swing forward at twice the speed of the run
                    least_m_s = max(least_m_s, 0.7 + 2.0 * float(body.speed_T[begin:end].mean()))
                if fast > least_m_s and quick:
                    hits.append((a, b, high, _sure(fast)))
            found += _counted("kick", NAMES[side], direction, hits)
    return _strongest(found)


def _sure(fast: float) -> float:
    """How certainly a foot of this speed kicks: a dancer throws a leg up at 3 m/s, a footballer at 6."""
    return float(np.clip(0.6 + 0.4 * (fast - 2.0) / 2.5, 0.6, 1.0))


def _swings_out(foot_T3: Array, before: int, begin: int, end: int) -> bool:
    """Whether the foot came from far within a moment: a leg that is held out, or lifted slowly, kicks nobody."""
    farthest = before + int(np.argmax(np.linalg.norm(foot_T3[before:end, [0, 2]], axis=-1)))
    since = max(farthest - 6, 0)
    return bool(np.linalg.norm(foot_T3[farthest] - foot_T3[since]) > 0.45)


def _goes(ways: list[Fact], begin: int, end: int) -> bool:
    return any(way.direction != "in place" and way.begin_s < begin / FPS and way.end_s > end / FPS for way in ways)


def _runs(ways: list[Fact], begin: int, end: int) -> bool:
    return any(way.kind == "run" and way.begin_s - 0.2 < begin / FPS and way.end_s - 0.1 > end / FPS for way in ways)


def _strongest(found: list[Fact]) -> list[Fact]:
    """Of kicks of one leg that overlap, the higher."""
    kept: list[Fact] = []
    for one in sorted(found, key=lambda fact: -fact.amount):
        if not any(o.side == one.side and o.begin_s < one.end_s and one.begin_s < o.end_s for o in kept):
            kept.append(one)
    return kept


def knees(body: Body, ways: list[Fact], kicked: list[Fact]) -> list[Fact]:
    """Raised knees, the other leg standing; of who runs or kicks, none."""
    found: list[Fact] = []
    sits_T = body.stance_T < 0.75
    for side in range(2):
        below_T = -body.knees_T23[:, side, 1] / LEG_M
        bent_T = body.straight_T2[:, side] < 0.9
        mask_T = (below_T < KNEE) & bent_T & ~sits_T & (body.straight_T2[:, 1 - side] > 0.9)
        mask_T &= (body.knees_T23[:, side, 2] > 0.15) & (body.clearance_T2[:, side] > 0.12) & body.upright_T
        hits = [
            (begin, end, float(-below_T[begin:end].min()) * LEG_M + 0.87, 1.0)
            for begin, end in spans(mask_T, least=2, gap=3)
            if not _runs(ways, begin, end) and not _in(kicked, NAMES[side], begin, end)
        ]
        found += _counted("raise knee", NAMES[side], "", hits)
    return found


def balance(body: Body, ways: list[Fact]) -> list[Fact]:
    """A second and more on one leg, going nowhere."""
    found = []
    for side in range(2):
        up_T = (body.clearance_T2[:, side] > 0.1) & (body.clearance_T2[:, 1 - side] < 0.05) & (body.speed_T < 0.3)
        still_T = smooth(np.abs(rate(body["ankle"][:, 1 - side, 1], FPS)), 3) < 0.25
        for begin, end in spans(up_T & still_T & (body.stance_T > 0.75), least=round(1.0 * FPS), gap=3):
            found.append(Fact("balance", begin / FPS, end / FPS, NAMES[side]))
    return found


def lunges(body: Body, low: list[Fact]) -> list[Fact]:
    """Far steps whose knee bends, both feet on the floor for a moment; what kneels or sits down is none.

    Args:
        low: facts of low postures (`lavimo.describe.rules.posture`).
    """
    apart_T3 = body.seen(body["ankle"][:, 0] - body["ankle"][:, 1])
    stays_T = (body.clearance_T2.max(1) < 0.06) & (smooth(body.step_speed_T2.max(1), 3) < 0.5)
    deep_T = (body.stance_T < LUNGES) & (body.stance_T > 0.45) & stays_T & body.upright_T
    far_T = (np.abs(apart_T3[:, 2]) > FAR_M) | (np.abs(apart_T3[:, 0]) > ASIDE_FAR_M)
    found = []
    for begin, end in spans(deep_T & far_T, least=4, gap=2):
        if any(one.begin_s < end / FPS and one.end_s > begin / FPS for one in low if one.kind != "squat"):
            continue
        since = max(begin - round(FPS), 0)
        way_23 = (body["ankle"][begin] - body["ankle"][since]) @ body.frame_T33[begin].T
        side = int(np.argmax(np.linalg.norm(way_23, axis=-1)))
        out, _, ahead = way_23[side]
        direction = "side" if abs(out) > abs(ahead) else "forward" if ahead > 0 else "backward"
        depth = float(0.98 - body.stance_T[begin:end].min()) * LEG_M
        found.append(Fact("lunge", begin / FPS, end / FPS, NAMES[side], direction, depth))
    return found


def _in(facts: list[Fact], side: str, begin: int, end: int) -> bool:
    return any(one.side == side and one.begin_s < end / FPS + 0.4 and one.end_s > begin / FPS - 0.4 for one in facts)


def _counted(kind: str, side: str, direction: str, hits: list[tuple[int, int, float, float]]) -> list[Fact]:
    """What follows within a second and a half is one fact, counted; hits are begin, end, height and certainty."""
    rows = in_a_row(hits, 1.5 * FPS)
    return [
        Fact(
            kind, row[0][0] / FPS, row[-1][1] / FPS, side, direction,
            max(hit[2] for hit in row), len(row), max(hit[3] for hit in row),
        )
        for row in rows
    ]  # fmt: skip

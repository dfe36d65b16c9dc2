"""Off the floor, and off its level: jumps, hops, climbing."""

import numpy as np

from lavimo.describe.fact import Fact
from lavimo.describe.rules.body import FPS, LEG_M, SOLE_M, Body
from lavimo.describe.rules.spans import Mask, rate, smooth, spans

CLEAR_M = 0.035
"""Feet so high over the ground are off it: what is less is noise of the reading, or a rolling foot."""
FALLS_M_S2 = -5.0
"""In the air the hips are accelerated downwards by gravity, 9.8; the legs' own movement takes some away."""
RISES_M = 0.02
"""A jump brings the hips above where they are in standing; a running step does not, or hardly."""
LEAPS_S, LEAPS_M = 0.42, 0.15
"""A running step flies shorter and lower than a leap."""
JUMPS_M, HOPS_M = 0.09, 0.05
"""Feet that come so high over the ground jump, though the hips stay low."""
STEP_M, CLIMBS_M = 0.1, 0.22
"""A step up: half a stair. To climb is more than one stair, or a kerb."""


def flying(body: Body) -> Mask:
    """When both feet are off the ground and the body falls freely, (T,)."""
    acceleration_T = smooth(rate(rate(body.hips_T3[:, 1], FPS), FPS), 3)
    clear_T = body.clearance_T2.min(1) > CLEAR_M
    sole_T = body.soles_T2.min(1)
    flying_T = np.zeros(len(body), bool)
    for begin, end in spans(clear_T & (acceleration_T < 0.5) & (body.trunk_T3[:, 1] > 0.3), least=2):
        before, after = sole_T[max(begin - 6, 0) : begin + 1].min(), sole_T[end - 1 : end + 6].min()
        lands = after - before < STEP_M  # who then stands higher has climbed
        if lands and end - begin <= 0.9 * FPS and acceleration_T[begin:end].min() < FALLS_M_S2:
            flying_T[begin:end] = True
    return flying_T


def jumps(body: Body, flying_T: Mask, ways: list[Fact]) -> list[Fact]:
    """Jumps and hops, those in a row counted together."""
    single: list[Fact] = []
    standing_m = LEG_M * 0.985 + SOLE_M
    for begin, end in spans(flying_T, least=2, gap=1):
        a, b = max(begin - 1, 0), min(end, len(body) - 1)
        rise = float((body.hips_T3[a : b + 1, 1] - body.ground_T[a : b + 1]).max() - standing_m)
        clear = float(body.clearance_T2[begin:end].min(1).max())
        runs = any(way.kind == "run" and way.begin_s < b / FPS and way.end_s > a / FPS for way in ways)
        if runs and not _both_feet(body, a, b) and ((end - begin) / FPS < LEAPS_S or clear < LEAPS_M):
            continue
        moved_3 = body.seen(np.broadcast_to(body.hips_T3[b] - body.hips_T3[a], (len(body), 3)))[a]
        direction = _way(moved_3[0], moved_3[2], 0.14 + 0.25 * (end - begin) / FPS)
        side = _one_leg(body, a, b)
        if rise < RISES_M and clear < (HOPS_M if side else JUMPS_M):
            continue
        kind = "hop" if side else "jump"
        height = max(clear, rise, 0.0)
        single.append(Fact(kind, a / FPS, (b + 1) / FPS, side, "" if side else direction, height, 1))
    return _in_a_row(single)


def _way(left: float, forward: float, least: float) -> str:
    if np.hypot(left, forward) < least:
        return "up"
    if abs(left) > abs(forward):
        return "left" if left > 0 else "right"
    return "forward" if forward > 0 else "backward"


def _one_leg(body: Body, begin: int, end: int) -> str:
    """On which leg one hops: it leaves the floor and lands, and the other stays up all along."""
    a, b = max(begin - 3, 0), min(end + 4, len(body))
    lowest_2 = body.clearance_T2[a:b].min(0)
    ends_T2 = np.concatenate([body.clearance_T2[a : begin + 1], body.clearance_T2[end:b]])
    for side in range(2):
        if lowest_2[1 - side] > 0.1 and ends_T2[:, side].min() < 0.06:
            return ("left", "right")[side]
    return ""


def _both_feet(body: Body, begin: int, end: int) -> bool:
    """Whether both feet leave the ground together, and come back together: no running step."""
    before_2 = body.clearance_T2[max(begin - 1, 0) : begin + 2].min(0)
    after_2 = body.clearance_T2[end : end + 3].min(0)
    return bool(max(before_2.max(), after_2.max()) < 0.07)


def _in_a_row(single: list[Fact]) -> list[Fact]:
    """Jumps of one kind that follow within a second and a half are one fact, counted."""
    rows: list[list[Fact]] = []
    for jump in single:
        same = rows and (rows[-1][-1].kind, rows[-1][-1].side, rows[-1][-1].direction) == (
            jump.kind, jump.side, jump.direction,
        )  # fmt: skip
        if same and jump.begin_s - rows[-1][-1].end_s < 1.5:
            rows[-1].append(jump)
        else:
            rows.append([jump])
    return [
        Fact(
            row[0].kind, row[0].begin_s, row[-1].end_s, row[0].side, row[0].direction,
            max(one.amount for one in row), len(row),
        )
        for row in rows
    ]  # fmt: skip


def climbing(body: Body, flying_T: Mask) -> list[Fact]:
    """Ways up or down: what carries the feet is another level at the end, with the trunk upright, and nobody flew."""
    if body.upright_T.mean() < 0.9:
        return []
    level_T = smooth(body.hips_T3[:, 1], 15)
    standing_T = body.stance_T > 0.72
    found: list[Fact] = []
    for sign, direction in ((1, "up"), (-1, "down")):
        climbs_T = sign * rate(level_T, FPS) > 0.1
        for begin, end in spans(climbs_T, least=8, gap=10):
            a, b = max(begin - 4, 0), min(end + 4, len(body)) - 1
            feet = float(body.soles_T2[b].min() - body.soles_T2[a].min())
            hips = float(level_T[b] - level_T[a])
            if min(sign * feet, sign * hips) > CLIMBS_M and standing_T[[a, b]].all() and not flying_T[a:b].any():
                found.append(Fact("climb", begin / FPS, end / FPS, "", direction, sign * hips))
    return found

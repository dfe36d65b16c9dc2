"""Ways over the floor: walking, running, sneaking, limping; their directions, metres and steps."""

from itertools import pairwise

import numpy as np

from lavimo.describe.fact import SIDES, Fact
from lavimo.describe.rules.body import FPS, Body
from lavimo.describe.rules.spans import Mask, smooth, spans

MOVES_M_S = 0.22
"""Who balances sways slower than this; the slowest walk of the old is twice as quick."""
LEAST_M = 0.3
"""Half a step: less is shifting one's weight."""
RUNS_M_S, JOGS_M_S = 2.35, 1.45
"""Nobody walks faster than the first, race walkers aside; slower than the second nobody jogs, but on the spot."""
LOW = 0.88
"""Hips so many legs high are of bent knees all along: upright walkers keep above 0.9."""
TURNS_S = 0.8
"""A direction that holds shorter than this is a detour within another."""
STIFF_DEGREES = 13.0
"""By how much more the other knee bends in walking, where one is stiff."""
LIFTED_M = 0.065
"""A foot that steps on the spot comes higher than the other by so much."""
LENGTHWISE = ("forward", "backward")
"""Ways whose first foot is worth a word: who steps to the left does it with the left."""
NAMES = ("forward", "forward left", "left", "backward left", "backward", "backward right", "right", "forward right")


def travel(body: Body, flying_T: Mask) -> list[Fact]:
    """Every stretch in which the person goes somewhere, cut where the way about the body changes.

    Args:
        flying_T: when both feet are off the floor (`lavimo.describe.rules.air`).
    """
    found: list[Fact] = []
    moving_T = (body.speed_T > MOVES_M_S) & body.upright_T
    for begin, end in spans(moving_T, least=6, gap=7):
        for first, last in _legs_of(body, begin, end):
            found += _gait(body, first, last, flying_T)
    return found + _in_place(body, found)


def _legs_of(body: Body, begin: int, end: int) -> list[tuple[int, int]]:
    """A stretch of travel cut where its direction about the body changes by more than 50 degrees for long."""
    velocity_T2 = smooth(body.velocity_T3[begin:end, [2, 0]], 13)
    angle_T = np.degrees(np.arctan2(velocity_T2[:, 1], velocity_T2[:, 0]))
    sector_T = np.round(angle_T / 90).astype(int) % 4
    cuts = [0, *(np.flatnonzero(np.diff(sector_T)) + 1).tolist(), end - begin]
    pieces = [[a, b] for a, b in pairwise(cuts)]
    while len(pieces) > 1:
        shortest = min(range(len(pieces)), key=lambda i: pieces[i][1] - pieces[i][0])
        a, b = pieces[shortest]
        if (b - a) / FPS >= TURNS_S:
            break
        into = shortest - 1 if shortest else 1
        if 0 < shortest < len(pieces) - 1 and _length(pieces[shortest + 1]) > _length(pieces[shortest - 1]):
            into = shortest + 1
        pieces[into] = [min(a, pieces[into][0]), max(b, pieces[into][1])]
        del pieces[shortest]
    joined: list[list[int]] = []
    for a, b in pieces:
        if (
            joined
            and _apart(_course(body, begin + joined[-1][0], begin + joined[-1][1]), _course(body, begin + a, begin + b))
            < 50
        ):
            joined[-1][1] = b
        else:
            joined.append([a, b])
    return [(begin + a, begin + b) for a, b in joined]


def _length(piece: list[int]) -> int:
    return piece[1] - piece[0]


def _course(body: Body, begin: int, end: int) -> float:
    """The mean direction about the body, degrees to the left of forward."""
    left, _, forward = body.velocity_T3[begin:end].mean(0)
    return float(np.degrees(np.arctan2(left, forward)))


def _apart(one: float, other: float) -> float:
    return abs((one - other + 180) % 360 - 180)


def _gait(body: Body, begin: int, end: int, flying_T: Mask) -> list[Fact]:
    """The fact of one stretch in one direction; none where it is shorter than half a step or flown through."""
    speed_T = body.speed_T[begin:end]
    metres = float(speed_T.sum() / FPS)
    left, _, forward = body.velocity_T3[begin:end].mean(0)
    # Of a way on which one sways to and fro little is left in the mean.
    if metres < LEAST_M or np.hypot(left, forward) * (end - begin) / FPS < max(LEAST_M, 0.45 * metres):
        return []
    swings = steps_of(body, begin, end)
    steps = len(swings)
    flies = float(flying_T[begin:end].mean())
    quick = float(np.percentile(speed_T, 75))
    runs = float(np.percentile(speed_T, 90)) > RUNS_M_S or (
        quick > JOGS_M_S and steps > 2 and _bounces(body, begin, end)
    )
    if steps == 0 or (not runs and flies > 0.4 * (1 if steps > 2 else 0.5)):
        return []
    course = float(np.degrees(np.arctan2(left, forward)))
    direction = (
        NAMES[round(course / 45) % 8] if abs((course + 45) % 90 - 45) > 27 else NAMES[2 * round(course / 90) % 8]
    )
    low = float(np.percentile(body.stance_T[begin:end], 60)) < LOW
    kind = "run" if runs else "sneak" if low else "walk"
    first = ""
    if kind == "walk" and steps <= 2 and direction.split(" ")[0] in LENGTHWISE:
        first, end = SIDES[swings[0][2]], max(last for _, last, _ in swings)
    told = [Fact(kind, begin / FPS, end / FPS, first, direction, metres, steps)]
    if kind == "walk" and direction == "forward" and steps >= 4 and (side := _stiff(body, begin, end)):
        told.append(Fact("limp", begin / FPS, end / FPS, side))
    return told


def _bounces(body: Body, begin: int, end: int) -> bool:
    """Whether the hips are highest while the feet are farthest apart: in running; walkers are then lowest."""
    height_T = body.hips_T3[:, 1] - smooth(body.hips_T3[:, 1], 15)
    feet_T2 = (body["ankle"][:, 0] - body["ankle"][:, 1])[:, [0, 2]]
    apart_T = np.linalg.norm(feet_T2, axis=-1)
    apart_T = apart_T - smooth(apart_T, 15)
    fast_T = body.speed_T[begin:end] > 0.7 * np.percentile(body.speed_T[begin:end], 75)
    return float((height_T * apart_T)[begin:end][fast_T].sum()) > 0


def steps_of(body: Body, begin: int, end: int) -> list[tuple[int, int, int]]:
    """When a foot goes through the air to another place, and which: begin, end, 0 the left; in order."""
    steps: list[tuple[int, int, int]] = []
    for side in range(2):
        swing_T = body.step_speed_T2[begin:end, side] > 0.35
        for a, b in spans(swing_T, least=3, gap=1):
            place = body["ankle"][begin:end, side][:, [0, 2]]
            if np.linalg.norm(place[b - 1] - place[a]) > 0.12:
                steps.append((begin + a, begin + b, side))
    return sorted(steps)


def _stiff(body: Body, begin: int, end: int) -> str:
    """Whose knee bends much less than the other in swinging through, step by step; empty: nobody's."""
    hip_T23, knee_T23, ankle_T23 = body["hip"], body["knee"], body["ankle"]
    thigh_T23, shin_T23 = knee_T23 - hip_T23, ankle_T23 - knee_T23
    length_T2 = np.linalg.norm(thigh_T23, axis=-1) * np.linalg.norm(shin_T23, axis=-1)
    bent_T2 = np.degrees(np.arccos(np.clip((thigh_T23 * shin_T23).sum(-1) / np.maximum(length_T2, 1e-6), -1, 1)))
    most = []
    for side in range(2):
        swings = spans(body.step_speed_T2[begin:end, side] > 0.35, least=3, gap=1)
        most.append([float(bent_T2[begin + a : begin + b, side].max()) for a, b in swings])
    if min(map(len, most)) < 2:
        return ""
    left, right = (float(np.median(own)) for own in most)
    clear = max(most[0]) < min(most[1]) or max(most[1]) < min(most[0])
    return ("left" if left < right else "right") if clear and abs(left - right) > STIFF_DEGREES else ""


def _in_place(body: Body, ways: list[Fact]) -> list[Fact]:
    """Walking or running on the spot: the feet leave the floor in turn, and the hips stay."""
    taken_T = np.zeros(len(body), bool)
    for way in ways:
        taken_T[round(way.begin_s * FPS) : round(way.end_s * FPS)] = True
    height_T2 = body.soles_T2 - body.soles_T2.min(0)
    up_T = (height_T2[:, 0] - height_T2[:, 1]) * ~taken_T * (body.speed_T < 0.5) * body.upright_T
    lifted_T = np.where(up_T > LIFTED_M, 1, np.where(up_T < -LIFTED_M, -1, 0))
    turns: list[int] = []
    for frame in np.flatnonzero(lifted_T).tolist():
        if not turns or lifted_T[frame] != lifted_T[turns[-1]]:
            turns.append(frame)
    runs: list[list[int]] = []
    for frame in turns:
        if runs and frame - runs[-1][-1] <= 0.85 * FPS:
            runs[-1].append(frame)
        else:
            runs.append([frame])
    return [
        Fact("walk", run[0] / FPS, min(run[-1] + 6, len(body)) / FPS, "", "in place", 0.0, len(run))
        for run in runs
        if len(run) >= 4
    ]


def without_jumps(ways: list[Fact], jumped: list[Fact]) -> list[Fact]:
    """The ways but for those that are jumped: nearly all of their time lies between the first take-off and the last
    landing."""
    return [way for way in ways if _share(way, jumped, 0.5) < 0.7]


def standing(ways: list[Fact], low: list[Fact], climbs: list[Fact]) -> list[Fact]:
    """The ways but for what the hips do in sitting down, kneeling and getting up, and walking in place on a ladder."""
    low = [fact for fact in low if fact.kind not in ("squat", "get up")]
    kept = [way for way in ways if way.direction == "in place" or _share(way, low, 0.3) < 0.6]
    return [way for way in kept if way.direction != "in place" or _share(way, climbs + low, 0.3) < 0.5]


def _share(way: Fact, others: list[Fact], margin_s: float) -> float:
    """How much of a way's time others take, each with a margin before and after."""
    shared = [min(way.end_s, o.end_s + margin_s) - max(way.begin_s, o.begin_s - margin_s) for o in others]
    return max(shared, default=0.0) / max(way.end_s - way.begin_s, 0.05)

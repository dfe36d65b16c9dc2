"""Low postures and the ways into and out of them: squats, sitting, kneeling, lying, falls, getting up."""

import numpy as np

from lavimo.describe.fact import Fact
from lavimo.describe.rules.body import FPS, LEG_M, Body
from lavimo.describe.rules.spans import Array, Mask, in_a_row, rate, smooth, spans

STANDS = 0.86
"""Hips so many legs above the ankles: standing, with knees that may be bent a little."""
SQUATS = 0.8
"""Hips lower than this: knees are bent on purpose, by 70 degrees and more."""
STEPS_M_S = 0.35
"""A foot that is faster over the floor steps."""
HOLDS_S = 0.3
"""Who sits, kneels or lies stays so at least this long."""
BEHIND_M = 0.24
"""Hips so far behind the feet hold no balance: something else carries them."""
SEAT_M, HIGH_SEAT_M = 0.24, 0.55
"""A seat's height below the hips: a stool for children; and one on which the feet may hang."""
FLOOR_M = 0.24
"""Hips lower than this rest on the floor, or on the heels."""
KNEE_M = 0.2
"""A knee's joint so high over the floor rests on it."""
LIES = 0.45
"""The cosine of the trunk's lean from which on it lies: 63 degrees."""
FALLS_M_S, FALLS_S = 1.0, 1.6
"""Hips that sink faster than the first, and lie within the second, fall: who lies down sits or kneels on the way."""


def postures(body: Body, climbs: bool, ways: list[Fact]) -> list[Fact]:
    """Facts of all low postures; of who climbs, only those that rest.

    Args:
        ways: where the person goes (`lavimo.describe.rules.travel`): a crouched walk is no squat.
    """
    sits_T, ground_T, kneels_T2, lies_T = masks(body)
    found: list[Fact] = []
    low_T = np.zeros(len(body), bool)
    least = round(HOLDS_S * FPS)
    for kind, mask_T, where in (("sit", sits_T, "chair"), ("sit", ground_T, "ground"), ("lie", lies_T, "")):
        for begin, end in spans(mask_T, least=least, gap=6):
            low_T[begin:end] = True
            found.append(Fact(kind, begin / FPS, end / FPS, "", where))
            if kind == "sit" and not climbs and _standing_before(body, begin):
                since = _since(body, begin)
                found.append(Fact("sit down", since / FPS, (begin + 4) / FPS, "", where))
    for begin, end in spans(kneels_T2.any(1) & ~low_T, least=least, gap=6):
        both = bool(spans(kneels_T2[begin:end, 0] & kneels_T2[begin:end, 1], least=least))
        side = "both" if both else "left" if kneels_T2[begin:end, 0].mean() > 0.5 else "right"
        low_T[begin:end] = True
        found.append(Fact("kneel", begin / FPS, end / FPS, side))
    found += _get_up(body, low_T) + _falls(body, lies_T)
    goes_T = np.zeros(len(body), bool)
    for way in ways:
        if way.direction != "in place":
            goes_T[max(round(way.begin_s * FPS) - 8, 0) : round(way.end_s * FPS) + 8] = True
    goes_T &= body.step_speed_T2.max(1) > STEPS_M_S
    return found + ([] if climbs else _squats(body, low_T, goes_T))


def masks(body: Body) -> tuple[Mask, Mask, Mask, Mask]:
    """When one sits on something, on the ground, which knees rest on the floor (T, 2), and when one lies."""
    height_T = body.hips_T3[:, 1] - body.floor
    ankle_T3 = body.seen(body["ankle"].mean(1) - body.hips_T3)
    knees_T2 = body["knee"][..., 1] - body.floor
    trunk_T = body.trunk_T3[:, 1]
    slow_T = (
        (body.speed_T < 0.25)
        & (smooth(body.step_speed_T2.max(1), 5) < 0.4)
        & (np.abs(smooth(rate(body.hips_T3[:, 1], FPS), 5)) < 0.35)
    )
    thighs_T = (body.hips_T3[:, 1] - body["knee"][..., 1].mean(1)) / LEG_M
    kneels_T2 = (knees_T2 < KNEE_M) & (body["ankle"][..., 1] - body.floor < 0.3) & (trunk_T > 0.4)[:, None]
    kneels_T2 &= (height_T > 0.3)[:, None] | (ankle_T3[:, 2] < 0.1)[:, None]
    level_T = trunk_T < LIES
    lies_T = level_T & (body["neck"][:, 1] - body.floor < 0.45) & (height_T < 0.45)
    seat_T = (height_T > SEAT_M) & (thighs_T < 0.24) & (ankle_T3[:, 2] > BEHIND_M)
    seat_T &= body.clearance_T2.max(1) < 0.2
    seat_T |= (height_T > HIGH_SEAT_M) & (thighs_T < 0.21) & (body.stance_T < 0.72) & (body.speed_T < 0.2)
    sits_T = seat_T & (trunk_T > 0.6) & slow_T & ~kneels_T2.any(1)
    ground_T = (height_T < FLOOR_M) & (trunk_T > LIES) & slow_T & (ankle_T3[:, 2] > 0.12)
    return sits_T, ground_T, kneels_T2 & ~ground_T[:, None], lies_T


def _standing_before(body: Body, frame: int) -> bool:
    return bool((body.stance_T[max(frame - round(2.5 * FPS), 0) : frame + 1] > STANDS).any())


def _since(body: Body, frame: int) -> int:
    """When one last stood before a frame."""
    stands = np.flatnonzero(body.stance_T[:frame] > STANDS)
    return int(stands[-1]) if len(stands) else 0


def _get_up(body: Body, low_T: Mask) -> list[Fact]:
    """From each low posture to standing, where one stands within five seconds."""
    found = []
    stands_T = (body.stance_T > STANDS) & body.upright_T & (body.hips_T3[:, 1] - body.floor > 0.55)
    for begin, end in spans(low_T, least=1, gap=round(0.8 * FPS)):
        after = np.flatnonzero(stands_T[end : end + 5 * round(FPS)])
        if len(after) and end < len(body) - 2:
            ground = float((body.hips_T3[begin:end, 1] - body.floor).min()) < 0.3
            found.append(
                Fact(
                    "get up",
                    max(end - 4, 0) / FPS,
                    (end + int(after[0]) + 1) / FPS,
                    "",
                    "ground" if ground else "chair",
                )
            )
    return found


def _falls(body: Body, lies_T: Mask) -> list[Fact]:
    """From standing to lying, the hips faster than one lets oneself down."""
    sinks_T = -smooth(rate(body.hips_T3[:, 1], FPS), 5)
    found = []
    for begin, _ in spans(lies_T, least=4, gap=10):
        since = _since(body, begin)
        fast = sinks_T[since : begin + 1].max(initial=0) > FALLS_M_S
        if since and fast and (begin - since) / FPS < FALLS_S:
            found.append(Fact("fall", since / FPS, (begin + 1) / FPS))
    return found


def _squats(body: Body, low_T: Mask, goes_T: Mask) -> list[Fact]:
    """Knees bent in place, down and perhaps up again, those in a row counted; a foot that steps on is of a way."""
    stance_T = smooth(body.stance_T, 3)
    bent_T = (stance_T < SQUATS) & (body.speed_T < 0.6) & body.upright_T
    dips: list[tuple[int, int]] = []
    for begin, end in spans(bent_T, least=4, gap=2):
        rests = low_T[max(begin - 6, 0) : end + 6].any() or goes_T[begin:end].any()
        if not rests and _both_feet(body, begin, end):
            dips.append((begin, end))
    rows = in_a_row(dips, 1.2 * FPS)
    return [Fact("squat", row[0][0] / FPS, row[-1][1] / FPS, "", "", _depth(stance_T, row), len(row)) for row in rows]


def _depth(stance_T: Array, row: list[tuple[int, int]]) -> float:
    return float(0.98 - stance_T[row[0][0] : row[-1][1]].min()) * LEG_M


def _both_feet(body: Body, begin: int, end: int) -> bool:
    """Whether both feet carry, side by side: no lunge, no kick."""
    feet_T3 = body.seen(body["ankle"][:, 0] - body["ankle"][:, 1])[begin:end]
    apart_2 = np.abs(feet_T3).mean(0)
    return bool(body.clearance_T2[begin:end].max(1).mean() < 0.1 and apart_2[2] < 0.3 and apart_2[0] < 0.6)

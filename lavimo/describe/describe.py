"""A motion's facts."""

import numpy as np
from numpy.typing import NDArray

from lavimo.describe.fact import Fact
from lavimo.describe.rules import air, arms, hands, legs, posture, rhythm, strikes, travel, trunk, turning
from lavimo.describe.rules.body import FPS, Body
from lavimo.landmarks.movement import joints_of
from lavimo.motion.motion import Motion


def describe(motion: Motion) -> tuple[Fact, ...]:
    """What a motion shows, in order of begin, wherever it takes place, whichever way, and of whomever."""
    return facts_of(joints_of(motion))


def facts_of(joints_TJ3: NDArray[np.floating], fps: float = FPS) -> tuple[Fact, ...]:
    """As `describe`, of joints (T, 24, 3), y up, of any unit.

    Raises:
        ValueError: another shape, fewer than two frames, or values that are not finite.
    """
    body = Body(joints_TJ3, fps)
    flying_T = air.flying(body)
    over = trunk.cartwheels(body)
    ways = travel.travel(body, flying_T)
    jumped = air.jumps(body, flying_T, ways)
    climbs = air.climbing(body, flying_T)
    ways = travel.without_jumps(ways, jumped)
    low = posture.postures(body, bool(climbs), ways)
    ways = travel.standing(ways, low, climbs)
    turns = turning.turning(body, ways)
    low_T = during(body, [*over, *(fact for fact in low if fact.kind == "lie")])
    leans = trunk.trunk(body, ways, low)
    kicked = legs.kicks(body, ways)
    lifted = [*legs.knees(body, ways, kicked), *legs.balance(body, ways), *legs.lunges(body, low)]
    hands_T = low_T | during(body, climbs, 0.7)
    clapped = hands.claps(body)
    circled = arms.circles(body, low_T)
    punched = strikes.punches(body, hands_T)
    dances = rhythm.dances(body, ways, [*jumped, *climbs, *turns, *kicked, *lifted, *punched])
    thrown = strikes.throws(body, punched, circled, hands_T)
    swung = strikes.swings(body, [*circled, *jumped, *clapped, *ways], hands_T)
    waved = arms.waves(body, [*clapped, *punched, *circled, *swung, *leans, *dances], hands_T)
    raised = arms.hands_up(body, low_T)
    touched = hands.touches(body, low_T) + hands.reaches(body, low_T)
    named = [*clapped, *circled, *waved, *punched, *thrown, *swung, *touched]
    talks = rhythm.gestures(body, [*named, *climbs, *dances, *raised])
    ways = [way for way in ways if way.kind != "limp" or not any(jump.kind == "hop" for jump in jumped)]
    found = [*over, *ways, *turns, *jumped, *climbs, *low, *leans, *kicked, *lifted, *named, *raised, *talks, *dances]
    found += [*rhythm.stands(body), *rhythm.symmetric(body), *rhythm.tempo(ways)]
    return tuple(sorted(found, key=lambda fact: (fact.begin_s, fact.end_s, fact.kind, fact.side, fact.direction)))


def during(body: Body, facts: list[Fact], margin_s: float = 0.0) -> NDArray[np.bool_]:
    """The frames in which any of the facts is so, or nearly, (T,)."""
    mask_T = np.zeros(len(body), bool)
    for fact in facts:
        mask_T[max(round((fact.begin_s - margin_s) * FPS), 0) : round((fact.end_s + margin_s) * FPS)] = True
    return mask_T

"""Persons of many ways: the same walk, run, stand and wave by the old, the tired, the proud. See `score`."""

from lavimo.demo.actions.hands import hand_at
from lavimo.demo.actions.locomotion import FEET
from lavimo.demo.actions.manners import take
from lavimo.demo.score import Score, both, left, right


def walk_as(score: Score, style: str, direction: str) -> None:
    """Walk as such a person does, straight on or in a curve to the left."""
    its = take(score, style)
    steps = 6 if score.tempo < 0.85 else 8
    for i in range(steps):
        sign = 1 if i % 2 == 0 else -1
        turn = (0 if direction == "forward" else 15) + its.weave * sign * (1 if i % 4 < 2 else 0.4)
        score.move(forward=0.6 * its.stride * score.size * (0.8 if i == 0 else 1), turn=turn)
        score.meanwhile(
            0.1, 0.4, lean=-its.lean * sign, roll=-0.5 * its.lean * sign if its.lean > 0 else its.lean * sign
        )
        if its.bob:
            score.meanwhile(0, 0.24, drop=-its.bob / 3)
            score.meanwhile(0.25, 0.22, drop=its.bob)
        if its.look:
            score.meanwhile(0.1, 0.4, turn=its.look * sign)
        score.step(FEET[i % 2], 0.5, lift=its.lift, push=its.push, land=-8, width=its.width, toe=its.toe)
    score.meanwhile(0, 0.4, lean=0, roll=0, turn=0, drop=0)
    score.step(FEET[steps % 2], 0.46, lift=its.lift, push=12, land=0, width=its.width, toe=its.toe)


def run_as(score: Score, style: str, direction: str) -> None:
    """Run as such a person does."""
    its = take(score, style)
    score.meanwhile(
        0,
        0.35,
        **both(elbow=max(8.0, 74 - its.manner.get("left_elbow", 0.0)), abduct=19, rotate=10),
        bend=5,
        tilt=4,
        swing=1.4,
        drop=0.03,
    )
    for i in range(7):
        sign = 1 if i % 2 == 0 else -1
        score.move(
            forward=0.75 * its.stride * score.size * (0.6 if i == 0 else 1), turn=0 if direction == "forward" else 14
        )
        score.meanwhile(0.06, 0.3, lean=-its.lean * sign)
        overlap = 0.06 if i else 0.0
        score.step(FEET[i % 2], 0.38, overlap, lift=0.1 + its.lift, push=44, land=-4, width=its.width)
        score.flights.append((score.now - 0.06, score.now + overlap + 0.06, 0.03))
    score.hold(0.07)
    score.meanwhile(0, 0.4, lean=0)
    score.step(FEET[1], 0.4, lift=0.09, push=30, land=0)
    score.relax(0.5)


def stand_as(score: Score, style: str, turn: str) -> None:
    """Stand about as such a person does: shift the weight, move the arms and the head as the mood is."""
    its = take(score, style)
    mood = {"angry": (0.35, 26), "happy": (0.35, 14), "scared": (0.4, 18), "hurried": (0.35, 12), "drunk": (0.6, 10)}
    seconds, gesture = mood.get(style, (0.6, 7))
    for i in range(3 if seconds > 0.5 else 6):
        sign = 1 if i % 2 == 0 else -1
        arm = both(flex=3 + gesture, elbow=17 + 1.2 * gesture) if i % 2 == 0 else both(flex=3, elbow=17)
        score.meanwhile(0, seconds, **arm, aside=(0.05 + 0.004 * abs(its.lean)) * sign, roll=-4 * sign)
        score.meanwhile(0, 0.8 * seconds, turn=(14 + its.look) * sign, lean=(3 + 0.6 * its.lean) * sign, bend=2 * sign)
        score.hold(1.25 * seconds)
    score.relax(0.6)


def wave_as(score: Score, style: str, side: str) -> None:
    """Wave the left hand as such a person does."""
    its = take(score, style)
    high = its.tempo > 0.9
    out, up = (0.36, 0.26) if high else (0.3, 0.06)

    def at(aside: float) -> dict[str, float]:
        return {name: v - its.manner.get(f"left_{name}", 0.0) for name, v in hand_at(out + aside, up, 0.16, 20).items()}

    score.pose(0.55, **left(**at(0), pronate=-15, wrist=0), cock=3)
    sweep = 0.1 if high else 0.06
    for _ in range(4 if its.tempo > 1 else 3):
        score.pose(0.2, **left(**at(sweep), wrist=-14), lean=-its.lean / 2)
        score.pose(0.2, **left(**at(-sweep), wrist=14), lean=its.lean / 2)
    score.meanwhile(0, 0.4, **right(abduct=10))
    score.relax(0.6)

"""Longer ways on foot, with the face forwards, crouched, and with turns in them. Written for the left; see `score`."""

from lavimo.demo.actions.hands import hand_at
from lavimo.demo.actions.locomotion import FEET
from lavimo.demo.score import Score, both


def walk_far(score: Score, direction: str) -> None:
    """Walk many steps, forwards or backwards."""
    forward = direction == "forward"
    strides = 6 if score.tempo < 0.9 else 9
    length = (0.5 if score.tempo < 0.9 else 0.62 if score.tempo < 1.15 else 0.7) if forward else -0.4
    score.meanwhile(0.1, 0.5, nod=0 if forward else 6)
    for i in range(strides):
        score.move(forward=length * score.size * (0.8 if i == 0 else 1))
        how = {"push": 30, "width": 0.075} if forward else {"push": 12, "land": 14}
        score.step(FEET[i % 2], 0.5, **how)
    score.step(FEET[strides % 2], 0.48, push=12, land=0 if forward else 8)


def walk_circle(score: Score, side: str, times: str) -> None:
    """Walk a circle, or half of one."""
    steps = 10 if times == "whole" else 6
    score.meanwhile(0.2, 0.6, lean=3, turn=8)
    for i in range(steps):
        score.move(forward=0.42 * score.size, turn=36 if times == "whole" else 30)
        score.step(FEET[i % 2], 0.48, push=25, width=0.1)
    score.meanwhile(0, 0.4, lean=0, turn=0)
    score.step(FEET[steps % 2], 0.44, push=12, land=0)


def walk_turn(score: Score, side: str, angle: str) -> None:
    """Walk, turn to the left on the way, and walk on."""
    turns = [45, 45] if angle == "quarter" else [45, 45, 45, 45]
    way = [0.0] * 3 + turns + [0.0] * (3 if angle == "quarter" else 2)
    length = (0.5 if score.tempo < 0.9 else 0.6) * score.size
    for i, turn in enumerate(way):
        if i == 2:
            score.meanwhile(0, 0.4, turn=20, lean=2)
        if i == 2 + len(turns):
            score.meanwhile(0, 0.4, turn=0, lean=0)
        score.move(forward=length * (0.45 if turn else 1), turn=turn)
        score.step(FEET[i % 2], 0.5, push=18 if turn else 30, width=0.12 if turn else 0.08)
    score.step(FEET[len(way) % 2], 0.46, push=12, land=0)


def _run_arms(score: Score, fast: bool) -> None:
    arms = both(elbow=85 if fast else 70, abduct=19, rotate=10, flex=-4)
    score.meanwhile(0, 0.35, **arms, bend=7 if fast else 4, tilt=6 if fast else 3, swing=1.5, drop=0.03)


def _run_step(score: Score, i: int, seconds: float, overlap: float, fast: bool, width: float = 0.07) -> None:
    overlap = overlap if i else 0.0
    score.step(FEET[i % 2], seconds, overlap, lift=0.2 if fast else 0.13, push=50, land=-4, width=width)
    score.flights.append((score.now - 0.06, score.now + overlap + 0.06, 0.045 if fast else 0.03))


def run_far(score: Score, pace: str) -> None:
    """Jog or run many steps."""
    fast = pace == "run"
    _run_arms(score, fast)
    for i in range(11):
        score.move(forward=(1.0 if fast else 0.62) * score.size * (0.6, 0.85, 1)[min(i, 2)])
        _run_step(score, i, 0.34 if fast else 0.4, 0.09 if fast else 0.07, fast)
    score.hold(0.07)
    score.step(FEET[1], 0.4, lift=0.1, push=35, land=0)
    score.relax(0.5)


def run_turn(score: Score, side: str, angle: str) -> None:
    """Run, turn to the left on the way, and run on."""
    turns = [30, 30, 30] if angle == "quarter" else [45, 45, 45, 45]
    way = [0.0] * 4 + turns + [0.0] * 3
    _run_arms(score, False)
    for i, turn in enumerate(way):
        if i in (3, 3 + len(turns)):
            score.meanwhile(0, 0.3, lean=6 if i == 3 else 0, turn=16 if i == 3 else 0)
        score.move(forward=(0.4 if turn else 0.75) * score.size * (0.6 if i == 0 else 1), turn=turn)
        _run_step(score, i, 0.38, 0.06, False, 0.1 if turn else 0.07)
    score.hold(0.07)
    score.step(FEET[len(way) % 2], 0.4, lift=0.1, push=35, land=0)
    score.relax(0.5)


def run_backward(score: Score, size: str) -> None:
    """Run backwards in small steps on the balls of the feet."""
    score.meanwhile(0, 0.35, **both(elbow=75, abduct=22, rotate=10), bend=10, tilt=8, swing=1.2, drop=0.05)
    for i in range(8):
        score.move(forward=(-0.62 if size == "big" else -0.4) * score.size * (0.6 if i == 0 else 1))
        score.step(FEET[i % 2], 0.36, 0.05 if i else 0, lift=0.11, push=20, land=24, width=0.1)
        score.flights.append((score.now - 0.05, score.now + 0.09, 0.025))
    score.hold(0.07)
    score.step(FEET[0], 0.4, lift=0.08, push=14, land=6)
    score.relax(0.5)


def strafe(score: Score, side: str, way: str) -> None:
    """Walk sideways, the face forwards: closing the feet, or crossing the right one over the left."""
    cross = way == "cross"
    steps = 3 if score.tempo < 0.9 else 4
    score.meanwhile(0, 0.4, drop=0.04, swing=0.3, turn=14, **both(abduct=22, elbow=28))
    if cross:
        score.move(forward=0.3)
        score.step("right", 0.4, lift=0.05, push=12, land=6)
        score.move(forward=-0.3)
    for i in range(steps):
        score.move(aside=(0.36 if i == 0 else 0.52 if cross else 0.42) * score.size)
        score.step("left", 0.44, lift=0.06, push=14, land=8)
        if cross and i < steps - 1:
            score.move(aside=0.34, forward=0.3)
            score.step("right", 0.44, lift=0.07, push=14, land=8)
            score.move(forward=-0.3)
        else:
            score.step("right", 0.4, lift=0.05, push=12, land=8)
    score.relax(0.4)


def run_aside(score: Score, side: str, arms: str) -> None:
    """Gallop sideways, the face forwards."""
    gesture = both(abduct=70, elbow=20, rotate=0) if arms == "out" else both(elbow=60, abduct=24, flex=14)
    score.meanwhile(0, 0.35, drop=0.08, tilt=8, bend=8, swing=0.2, nod=-6, **gesture)
    for i in range(6):
        score.move(aside=(0.36 if i == 0 else 0.56) * score.size)
        score.step("left", 0.28, lift=0.08, push=22, land=12, width=0.2)
        last = i == 5
        score.step("right", 0.26, 0.0 if last else 0.07, lift=0.06, push=30, land=18, width=0.1)
        if not last:
            score.flights.append((score.now - 0.06, score.now + 0.13, 0.035))
    score.relax(0.45)


def diagonal(score: Score, side: str, direction: str) -> None:
    """Walk obliquely to the left with the face forwards, ahead or back."""
    ahead = 0.34 if direction == "forward" else -0.26
    score.meanwhile(0, 0.4, turn=8, swing=0.6)
    for i in range(3 if score.tempo < 0.9 else 4):
        score.move(forward=ahead * score.size * (0.6 if i == 0 else 1), aside=0.4 * score.size)
        score.step("left", 0.48, push=16, land=-4 if ahead > 0 else 12, width=0.11)
        score.move(forward=ahead * score.size)
        score.step("right", 0.46, push=20, land=-4 if ahead > 0 else 12, width=0.11)
    score.step("left", 0.44, push=12, land=0)
    score.relax(0.3)


CROUCH = {"drop": 0.3, "bend": 26, "tilt": 22, "nod": -18, "swing": 0.3}


def crouch_walk(score: Score, direction: str, depth: str) -> None:
    """Walk in a crouch from the first moment to the last."""
    low = {"drop": 0.3 if depth == "deep" else 0.22}
    score.begin(**CROUCH | low, **both(**hand_at(0.2, -0.18, 0.28, 25), open=8))
    for i in range(5 if score.tempo < 0.9 else 7):
        foot = FEET[i % 2]
        if direction in ("left", "right"):
            score.move(aside=0.4 * score.size if foot == "left" else 0)
            score.step(foot, 0.46, lift=0.06, push=10, land=6, width=0.12)
        else:
            score.move(forward=(0.35 if direction == "forward" else -0.3) * score.size)
            score.meanwhile(0, 0.4, lean=3 if foot == "left" else -3)
            score.step(foot, 0.48, lift=0.08, push=18, land=4 if direction == "forward" else 14, width=0.11)
    if direction in ("forward", "backward"):
        score.meanwhile(0, 0.4, lean=0)
        score.step(FEET[1], 0.42, lift=0.06, push=10, land=4, width=0.11)
    score.hold(0.2)

"""Kicks as people do them: at a ball after a run-up, and of martial arts from a guard. Written for the left."""

from lavimo.demo.actions.hands import hand_at
from lavimo.demo.actions.legs import GUARD
from lavimo.demo.actions.locomotion import COUNT, FEET
from lavimo.demo.score import Score, both, left, right

DOWN = {"air": 0, "hip": 6, "spread": 0, "knee": 18, "ankle": 0, "open": 0}


def soccer_kick(score: Score, side: str, approach: str, size: str) -> None:
    """Run up, plant the right foot beside the ball, swing the left leg from far behind, follow through, walk out."""
    hard = size == "hard"
    steps = {"run": 3, "walk": 3, "step": 1}[approach]
    run = approach == "run"
    if run:
        score.meanwhile(0, 0.3, swing=1.3, bend=7, tilt=5, **both(elbow=60))
    for i in range(steps):
        foot = FEET[(steps - i) % 2]  # the last lands on the right foot
        last = i == steps - 1
        length = {"run": 0.72, "walk": 0.52, "step": 0.5}[approach] * (1.15 if last and steps > 1 else 1)
        score.move(forward=length * score.size * (0.7 if i == 0 and steps > 1 else 1))
        if last:
            score.meanwhile(0, 0.3, twist=16, yaw=8, nod=16, bend=8, lean=-5, swing=0.2)
            score.meanwhile(0, 0.34, **right(flex=40, abduct=52, elbow=25), **left(flex=-26, abduct=34, elbow=25))
            score.meanwhile(
                0.16, 0.3, **left(air=1, hip=-28 if hard else -16, knee=85 if hard else 60, ankle=28, spread=8)
            )
        score.step(foot, 0.36 if run else 0.44, 0.03 if run and not last else 0, lift=0.1 if run else 0.06,
                   push=38 if run else 26, land=-6, width=0.08)  # fmt: skip
    score.hold(0.08)
    score.meanwhile(0, 0.16, **left(hip=34 if hard else 24, knee=42, ankle=34), drop=0.07)
    score.meanwhile(0, 0.24, twist=-16, yaw=-8, tilt=-10 if hard else -4, left_flex=30, right_flex=-22)
    score.pose(0.15, right_abduct=46)
    score.pose(0.17, **left(hip=80 if hard else 46, knee=8 if hard else 14, ankle=30), drop=0.02)
    score.pose(0.2, **left(hip=62 if hard else 40, knee=28), bend=12, twist=-8)
    score.move(forward=0.4)
    score.meanwhile(0, 0.36, **left(**DOWN), tilt=0, bend=4, twist=0, yaw=0, lean=0)
    score.step("left", 0.4, lift=0.06, push=0, land=4)
    if hard:
        score.meanwhile(0, 0.4, **both(flex=3, abduct=14, elbow=24), nod=4, swing=0.8)
        score.move(forward=0.4)
        score.step("right", 0.42, lift=0.05, push=22)
        score.step("left", 0.4, lift=0.05, push=14, land=0)
    score.relax(0.4)


def _stance(score: Score) -> None:
    """The left foot goes back, the fists up."""
    score.meanwhile(0, 0.4, **both(**GUARD), bend=5, drop=0.05, yaw=14, turn=-4, swing=0)
    score.move(forward=-0.34)
    score.step("left", 0.42, lift=0.04, push=10, land=10, width=0.12)
    score.move(forward=0.34)
    score.hold(0.1)


def _return(score: Score) -> None:
    """The left foot comes level again."""
    score.step("left", 0.4, lift=0.04, push=12, land=4)
    score.relax(0.4)


def front_kick(score: Score, side: str, height: str, times: str) -> None:
    """From the guard, the rear leg's knee up, the foot snapped out to the front, and back."""
    high = height == "high"
    _stance(score)
    for _ in range(COUNT[times]):
        score.meanwhile(0, 0.3, yaw=-6)
        score.pose(0.32, **left(air=1, hip=92 if high else 66, knee=118, ankle=18), bend=6, drop=0.03)
        score.pose(0.15, **left(hip=108 if high else 68, knee=10, ankle=5), tilt=-18 if high else -9, left_flex=26)
        score.pose(0.18, **left(hip=80 if high else 56, knee=100), tilt=-6, left_flex=GUARD["flex"])
        score.pose(0.36, **left(**DOWN), tilt=0, yaw=14, drop=0.05)
        score.hold(0.06)
    _return(score)


def roundhouse(score: Score, side: str, height: str, times: str) -> None:
    """From the guard, the hip turned over and the leg swung round from the side."""
    high = height == "high"
    _stance(score)
    for _ in range(COUNT[times]):
        score.step("right", 0.26, lift=0.015, push=8, land=0, toe=36)  # the heel of the leg that stands turns in
        lean = {"lean": -16, "roll": -20} if high else {"lean": -8, "roll": -10}
        score.meanwhile(0, 0.36, twist=14, right_heel=14)
        score.pose(0.34, **left(air=1, hip=38, spread=52 if high else 40, knee=110, ankle=30, open=-10), yaw=-6, **lean)
        score.meanwhile(0, 0.16, yaw=-40, twist=10, turn=10, **left(flex=-8, abduct=32, elbow=40))
        score.pose(0.17, **left(hip=68 if high else 50, spread=50 if high else 36, knee=12))
        score.pose(0.2, **left(hip=60, spread=34, knee=95), yaw=-26)
        score.meanwhile(0, 0.36, **left(**GUARD), twist=0, turn=-4, right_heel=0)
        score.pose(0.4, **left(**DOWN), lean=0, roll=0, yaw=14)
        score.step("right", 0.26, lift=0.015, push=8, land=0)
        score.hold(0.1)
    _return(score)


def back_kick(score: Score, side: str, height: str) -> None:
    """Look back over the shoulder, chamber the left knee, and thrust the heel out behind."""
    high = height == "high"
    score.meanwhile(0, 0.4, **both(**GUARD), drop=0.05, swing=0)
    score.pose(0.4, turn=52, twist=18, bend=8)
    score.pose(0.32, **left(air=1, hip=62, knee=112, ankle=-10), tilt=8)
    score.meanwhile(0, 0.26, tilt=52 if high else 32, bend=6, nod=-10)
    score.pose(0.22, **left(hip=-22 if high else -12, knee=8, ankle=-18))
    score.hold(0.1)
    score.meanwhile(0, 0.4, tilt=6)
    score.pose(0.26, **left(hip=48, knee=95))
    score.pose(0.36, **left(**DOWN), tilt=0, bend=0, turn=0, twist=0, nod=0)
    score.relax(0.4)


def sweep_kick(score: Score, side: str) -> None:
    """Sink low on the right leg and sweep the straight left one round close to the floor."""
    score.meanwhile(0, 0.4, **both(**hand_at(0.22, -0.14, 0.3, 30)), swing=0)
    score.pose(
        0.55,
        drop=0.4,
        tilt=26,
        bend=22,
        nod=-12,
        twist=22,
        right_open=14,
        **left(air=1, hip=42, spread=48, knee=30, ankle=5),
    )
    score.meanwhile(0, 0.5, twist=-26)
    for hip, spread in ((52, 62), (78, 34), (84, 4)):
        score.pose(0.16, **left(hip=hip, spread=spread, knee=6, ankle=15))
    score.pose(0.3, **left(hip=70, spread=8, knee=70), twist=0, drop=0.26)
    score.pose(0.4, **left(**DOWN), right_open=0, tilt=6, bend=6)
    score.relax(0.5)


def knee_strike(score: Score, side: str, times: str) -> None:
    """From the guard, grab and pull down, the rear knee driven up."""
    _stance(score)
    for _ in range(COUNT[times]):
        score.pose(0.24, **both(**hand_at(0.1, 0.02, 0.42, 25)), bend=2)
        score.meanwhile(0, 0.22, **both(**hand_at(0.2, -0.22, 0.26, 35)), yaw=-12)
        score.pose(0.24, **left(air=1, hip=98, knee=112, ankle=30), tilt=-12, bend=12, drop=0.0)
        score.pose(0.34, **left(**DOWN), tilt=0, bend=5, yaw=14, drop=0.05, **both(**GUARD))
    _return(score)

"""Actions of the legs, and ways down to the floor. Written for the left; see `score`."""

from lavimo.demo.actions.hands import hand_at
from lavimo.demo.actions.locomotion import COUNT
from lavimo.demo.score import Score, both, left, right

GUARD = hand_at(0.12, -0.06, 0.26, 25)
"""A fist before the chin."""
ON_HIP = hand_at(0.27, -0.335, 0.0, 62)
FORWARD = hand_at(0.16, 0.0, 0.46, 10)


def kick(score: Score, side: str, height: str, times: str) -> None:
    """Kick forwards: knee up, snap, back."""
    high = height == "high"
    score.meanwhile(0, 0.4, **both(**GUARD), aside=-0.015)
    for _ in range(COUNT[times]):
        score.pose(0.38, **left(air=1, hip=78 if high else 40, knee=112 if high else 88, ankle=25), bend=4)
        score.pose(
            0.17, **left(hip=108 if high else 58, knee=12, ankle=20), tilt=-20 if high else -9, bend=8, left_flex=30
        )
        score.pose(0.2, **left(hip=75 if high else 42, knee=95), tilt=-6, left_flex=GUARD["flex"])
        score.pose(0.3, **left(air=0, hip=10, knee=20, ankle=0), tilt=0, bend=0)
    score.relax(0.4)


def kick_aside(score: Score, side: str, height: str, times: str) -> None:
    """Kick out to the side, the trunk leaning away."""
    high = height == "high"
    score.meanwhile(0, 0.4, **both(**GUARD))
    for _ in range(COUNT[times]):
        score.pose(0.4, **left(air=1, hip=58, spread=22, knee=108, ankle=0), lean=-5, aside=-0.02)
        lean = {"lean": -20, "roll": -24, "cock": 10} if high else {"lean": -10, "roll": -11, "cock": 6}
        score.pose(0.19, **left(hip=12, spread=66 if high else 44, knee=12), **lean, turn=30, left_abduct=45)
        score.pose(0.22, **left(hip=50, spread=22, knee=95), lean=-6, roll=-5, cock=0, left_abduct=GUARD["abduct"])
        score.pose(0.32, **left(air=0, hip=5, spread=0, knee=15), lean=0, roll=0, turn=0, aside=0)
    score.relax(0.4)


def knee_raise(score: Score, side: str, times: str, arms: str) -> None:
    """Pull a knee up to the chest."""
    score.pose(0.3, **both(**(ON_HIP if arms == "hips" else {"abduct": 14})))
    for _ in range(COUNT[times]):
        swing = right(flex=45, elbow=70) if arms == "swinging" else {}
        score.pose(0.36, **left(air=1, hip=100, knee=118, ankle=15), tilt=-4, bend=8, **swing)
        score.hold(0.05)
        back = right(flex=3, elbow=17) if arms == "swinging" else {}
        score.pose(0.36, **left(air=0, hip=5, knee=15, ankle=0), tilt=0, bend=0, **back)
    score.relax(0.4)


def squat(score: Score, times: str, depth: str, arms: str) -> None:
    """Bend the knees and rise."""
    deep = depth == "deep"
    down = {"drop": 0.46 if deep else 0.24, "bend": 20 if deep else 12, "tilt": 24 if deep else 14, "nod": -14}
    up = {"drop": 0.0, "bend": 0, "tilt": 0, "nod": 0}
    place = both(**FORWARD) if arms == "forward" else both(**ON_HIP)
    if arms == "hips":
        score.pose(0.3, **place)
    for _ in range(COUNT[times]):
        if arms == "forward":
            score.meanwhile(0, 0.36, **place)
        score.pose(0.48 if deep else 0.4, **down, **both(open=16), ahead=-0.02)
        score.hold(0.06)
        if arms == "forward":
            score.meanwhile(0.12, 0.45, **both(flex=5, abduct=12, elbow=17, rotate=4))
        score.pose(0.46 if deep else 0.38, **up, **both(open=0), ahead=0)
    score.relax(0.35)


def lunge(score: Score, side: str, direction: str, arms: str) -> None:
    """A long step, the knee bent deeply, and back."""
    if arms == "hips":
        score.pose(0.3, **both(**ON_HIP))
    forward = direction == "forward"
    score.meanwhile(0, 0.5, swing=0.25)
    away = {"forward": 0.72, "turn": 0} if forward else {"aside": 0.62}
    score.move(**away)
    down = {"drop": 0.3, "ahead": 0.04, "bend": 3} if forward else {"drop": 0.24, "aside": 0.2, "tilt": 16, "bend": 8}
    score.meanwhile(0.25, 0.6, **down, **(right(heel=38) if forward else left(open=12)))
    score.step("left", 0.58, lift=0.09, push=14, land=-8)
    score.hold(0.5)
    score.move(**{name: -value for name, value in away.items()})
    score.meanwhile(0, 0.5, **dict.fromkeys(down, 0.0), right_heel=0, left_open=0)
    score.hold(0.12)
    score.step("left", 0.55, lift=0.07, push=10, land=5)
    score.relax(0.35)


def balance(score: Score, side: str, leg: str, arms: str) -> None:
    """Stand on the right leg."""
    score.meanwhile(0, 0.6, **both(**({"abduct": 84, "elbow": 8, "rotate": 0} if arms == "out" else ON_HIP)))
    if leg == "front":
        score.pose(0.65, **left(air=1, hip=85, knee=90, ankle=20), aside=-0.015)
    else:
        score.pose(0.65, **left(air=1, hip=-6, knee=88, ankle=30), bend=4, tilt=4, aside=-0.015)
    score.pose(0.5, lean=2)
    score.pose(0.45, lean=-1)
    score.meanwhile(0, 0.55, **left(air=0, hip=3, knee=14, ankle=0), lean=0)
    score.hold(0.25)
    score.relax(0.5)


def sit_chair(score: Score, then: str, hands: str) -> None:
    """Sit down on a chair that is not there."""
    rest = both(**hand_at(0.16, -0.29, 0.35, 35), wrist=4) if hands == "knees" else both(flex=6, abduct=16)
    score.meanwhile(0.35, 0.6, **rest)
    score.pose(0.5, drop=0.2, tilt=24, bend=22, ahead=-0.1, nod=6)
    score.pose(0.45, drop=0.385, tilt=6, bend=16, ahead=-0.34, nod=0)
    score.pose(0.3, tilt=-4, bend=7, ahead=-0.36)
    score.hold(0.1 if then == "rises" else 0.45)
    if then == "rises":
        score.meanwhile(0, 0.3, **both(**hand_at(0.22, -0.16, 0.38, 40)))
        score.pose(0.34, tilt=24, bend=26, ahead=-0.26, drop=0.37)
        score.meanwhile(0.1, 0.5, **both(flex=3, abduct=10, elbow=17, rotate=4, wrist=4))
        score.pose(0.56, drop=0.0, tilt=0, bend=0, ahead=0)


def sit_ground(score: Score, hands: str) -> None:
    """Sit down on the ground, the knees drawn up."""
    score.meanwhile(0.0, 0.5, **both(**hand_at(0.24, -0.1, 0.38, 30)))
    score.pose(0.5, drop=0.42, tilt=24, bend=28, ahead=-0.04, **both(open=12))
    behind = both(flex=-14, abduct=25, elbow=14, rotate=-25, wrist=-60)
    score.meanwhile(0.0, 0.6, **behind)
    score.pose(0.6, drop=0.79, tilt=-22, bend=8, ahead=-0.5, nod=4, **both(open=5))
    if hands == "knees":
        score.meanwhile(0, 0.5, **both(**hand_at(0.2, -0.02, 0.4, 55), wrist=0), tilt=-10, bend=24)
    score.hold(0.8)


def kneel(score: Score, knee: str) -> None:
    """Go down on one knee, or on both."""
    score.meanwhile(0.0, 0.4, swing=0.2)
    place = score.place
    score.move(forward=-0.8)
    score.meanwhile(0.15, 0.75, drop=0.415, ahead=0.13, left_heel=72)
    score.meanwhile(0.1, 0.4, tilt=12, bend=14)
    score.step("left", 0.6, lift=0.07, push=14, land=10)
    score.pose(0.34, tilt=3, bend=6)
    if knee == "both":
        score.meanwhile(0.1, 0.4, right_heel=72, ahead=0.3)
        score.meanwhile(0.05, 0.4, **both(abduct=16, elbow=24))
        score.step("right", 0.5, lift=0.05, push=30, land=10)
        score.hold(0.4)
    else:
        score.place = place
        score.meanwhile(0, 0.4, **right(**hand_at(0.17, -0.17, 0.38, 35)))
        score.hold(0.7)

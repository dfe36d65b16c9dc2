"""Actions of the arms. Written for the left; see `score`. `arms` says left, right or both."""

from lavimo.demo.actions.hands import hand_at
from lavimo.demo.actions.legs import GUARD
from lavimo.demo.actions.locomotion import COUNT
from lavimo.demo.score import Score, both, left


def punch(score: Score, side: str, times: str, target: str) -> None:
    """Punch straight ahead from a guard."""
    score.meanwhile(0, 0.4, turn=0, **both(**GUARD, wrist=0))
    score.pose(0.42, drop=0.05, twist=8, bend=6)
    aim = {"face": (0.03, 0.08, 0.5), "body": (0.04, -0.17, 0.47)}[target]
    low = {"drop": 0.12, "bend": 16} if target == "body" else {}
    for _ in range(COUNT[times]):
        score.pose(0.16, twist=14, yaw=3, left_flex=GUARD["flex"] - 12)
        score.meanwhile(0, 0.17, **left(**hand_at(*aim, 45), pronate=45), **low)
        score.pose(0.17, twist=-24, yaw=-9, ahead=0.035)
        score.meanwhile(0.04, 0.26, **left(**GUARD, pronate=-22), drop=0.05, bend=6)
        score.pose(0.3, twist=6, yaw=0, ahead=0)
    score.relax(0.5)


def uppercut(score: Score, side: str, times: str) -> None:
    """Swing a fist upwards from below."""
    score.pose(0.4, drop=0.05, bend=6, **both(**GUARD))
    for _ in range(COUNT[times]):
        score.meanwhile(0, 0.26, **left(flex=-14, abduct=14, rotate=5, elbow=92))
        score.pose(0.26, drop=0.13, twist=20, lean=6, bend=14)
        score.meanwhile(0, 0.24, **left(flex=98, abduct=2, rotate=18, elbow=98, pronate=-50))
        score.pose(0.24, drop=0.0, twist=-24, lean=-3, bend=-3, yaw=-8, ahead=0.03)
        score.meanwhile(0.08, 0.3, **left(**GUARD, pronate=-22))
        score.pose(0.36, drop=0.05, twist=0, lean=0, bend=6, yaw=0, ahead=0)
    score.relax(0.45)


def wave(score: Score, side: str, size: str, times: str) -> None:
    """Wave a raised hand."""
    big = size == "big"
    hand = hand_at(0.42, 0.34, 0.12, 30) if big else hand_at(0.3, 0.12, 0.24, 12)
    score.pose(0.5, **left(**hand, pronate=-15, wrist=0), lean=-2 if big else 0, cock=2)
    for _ in range(COUNT[times] + 1):
        inner, outer = (24, 30) if big else (16, 22)
        score.meanwhile(0, 0.17, **left(rotate=hand["rotate"] - outer, abduct=hand["abduct"] + (10 if big else 2)))
        score.pose(0.17, left_wrist=-14)
        score.meanwhile(0, 0.19, **left(rotate=hand["rotate"] + inner, abduct=hand["abduct"] - (8 if big else 2)))
        score.pose(0.19, left_wrist=14)
    score.relax(0.55)


def clap(score: Score, times: str, place: str) -> None:
    """Clap the hands."""
    if place == "front":
        apart, together = hand_at(0.19, -0.14, 0.34, 25), {"flex": 33, "abduct": -6, "rotate": 22, "elbow": 77}
        score.pose(0.5, **both(**apart, pronate=-10, wrist=-8), nod=6)
    else:
        apart = {"flex": 65, "abduct": 117, "rotate": -49, "elbow": 71}
        together = {"flex": 75, "abduct": 146, "rotate": -29, "elbow": 59}
        score.pose(0.6, **both(**apart, pronate=-10, wrist=-8), nod=-12)
    for _ in range(COUNT[times] + 1):
        score.pose(0.14, **both(**together, wrist=0))
        score.hold(0.03)
        score.pose(0.18, **both(**apart, wrist=-8))
    score.relax(0.55)


def arm_circle(score: Score, arms: str, direction: str, times: str) -> None:
    """Swing straight arms round in full circles beside the body."""
    quarter = 0.22 if times == "thrice" else 0.25
    # Forwards up, over the head, and down behind; the shoulder's own turn carries the arm past the ear.
    way = [
        (55, 20, 5, 8),
        (112, 38, -5, 8),
        (135, 92, -40, 8),
        (40, 122, -62, 10),
        (-28, 66, -42, 10),
        (-30, 22, -5, 12),
    ]
    way = way if direction == "backward" else way[::-1]
    side = left if arms != "both" else both
    score.meanwhile(0, 0.3, lean=-3 if arms != "both" else 0)
    for _ in range(COUNT[times]):
        for flex, abduct, rotate, elbow in way:
            score.pose(quarter * 0.62, **side(flex=flex, abduct=abduct, rotate=rotate, elbow=elbow))
    score.relax(0.4)


def raise_arms(score: Score, arms: str, direction: str) -> None:
    """Raise straight arms, hold, and lower them."""
    goal = {
        "forward": {"flex": 88, "abduct": 8, "rotate": 0, "elbow": 10},
        "sideways": {"flex": 4, "abduct": 88, "rotate": -10, "elbow": 10},
        "overhead": {"flex": 152, "abduct": 32, "rotate": 0, "elbow": 14},
    }[direction]
    side = both if arms == "both" else left
    score.pose(0.7, **side(**goal), bend=-4 if direction == "overhead" else -1, lean=0 if arms == "both" else -2)
    score.hold(0.3)
    score.relax(0.75)


def throw(score: Score, side: str, style: str, size: str) -> None:
    """Throw something with the left hand."""
    far = size == "far"
    if far:
        score.move(forward=0.34)
        score.meanwhile(0.1, 0.55, swing=0.2)
        score.step("right", 0.5, lift=0.08, push=12, land=-8)
    if style == "overhand":
        score.meanwhile(0, 0.45, right_flex=55, right_elbow=25)
        score.pose(
            0.45, twist=28, lean=6, bend=-6, ahead=-0.03, **left(flex=42, abduct=88, rotate=-55, elbow=100, wrist=-25)
        )
        score.meanwhile(0, 0.16, **left(flex=92, abduct=52, rotate=-30, elbow=60, wrist=-10))
        score.pose(0.14, twist=0, bend=2)
        score.meanwhile(0.02, 0.2, **left(flex=62, abduct=-8, rotate=30, elbow=16, wrist=25), right_flex=-10)
        score.pose(0.22, twist=-26, bend=18 if far else 10, ahead=0.05, lean=-4)
    else:
        score.pose(0.45, twist=12, bend=14, drop=0.1, **left(flex=-48, abduct=14, rotate=0, elbow=10))
        score.meanwhile(0, 0.28, **left(flex=96 if far else 70, abduct=6, rotate=0, elbow=14, wrist=20))
        score.pose(0.28, twist=-14, bend=4, drop=0.03, ahead=0.04)
    score.hold(0.15)
    if far:
        score.meanwhile(0, 0.4, swing=1)
        score.step("left", 0.45, push=20, land=0)
    score.relax(0.5)


def point(score: Score, side: str, direction: str) -> None:
    """Point somewhere with a straight arm, and look there."""
    hand, gaze = {
        "forward": ({"flex": 86, "abduct": 4, "rotate": 10, "elbow": 8}, {"nod": 0}),
        "aside": ({"flex": 10, "abduct": 86, "rotate": 0, "elbow": 8}, {"turn": 48}),
        "up": ({"flex": 128, "abduct": 28, "rotate": 0, "elbow": 10}, {"nod": -28}),
        "down": ({"flex": 42, "abduct": 10, "rotate": 5, "elbow": 8}, {"nod": 26}),
    }[direction]
    score.meanwhile(0, 0.4, **gaze)
    score.pose(0.5, **left(**hand, wrist=0), twist=-5)
    score.hold(0.6)
    score.relax(0.6)


def salute(score: Score, side: str, posture: str) -> None:
    """Bring the hand to the temple, upright."""
    bowing = posture == "bowing"
    score.meanwhile(0.15, 0.5, bend=12 if bowing else -3, nod=12 if bowing else -3)
    score.pose(0.42, **left(**hand_at(0.17, 0.19, 0.16, 68), pronate=10, wrist=0), right_abduct=6)
    score.hold(0.7)
    score.relax(0.5)


def push(score: Score, arms: str, times: str, height: str) -> None:
    """Push something away with open hands."""
    side, up = (both if arms == "both" else left), {"chest": -0.06, "overhead": 0.3}[height]
    near = hand_at(0.2, -0.12 if height == "chest" else 0.1, 0.16, 35)
    forward = 0.46 if height == "chest" else 0.2
    for _ in range(COUNT[times]):
        score.pose(0.42, **side(**near, wrist=-35), ahead=-0.025, bend=-2)
        score.pose(0.34, **side(**hand_at(0.14, up, forward, 25), wrist=-45), ahead=0.05, bend=7)
        score.hold(0.08)
    score.relax(0.55)


def shrug(score: Score, times: str, arms: str) -> None:
    """Shrug, the palms turned up, or the arms hanging."""
    hands = both(flex=16, abduct=26, rotate=-30, elbow=72, pronate=-75) if arms == "open" else both(abduct=12)
    for _ in range(COUNT[times]):
        score.meanwhile(0, 0.34, **hands)
        score.pose(0.32, **both(shrug=21), cock=7, nod=4)
        score.hold(0.16)
        score.pose(0.28, **both(shrug=0), cock=0, nod=0)
    score.relax(0.45)


def drink(score: Score, side: str, times: str) -> None:
    """Lift a cup to the mouth."""
    for _ in range(COUNT[times]):
        score.pose(0.42, **left(**hand_at(0.14, -0.1, 0.3, 20)))
        score.pose(0.34, **left(**hand_at(0.09, 0.12, 0.2, 42), wrist=10), nod=-10, bend=-2)
        score.hold(0.15)
        score.meanwhile(0, 0.3, nod=0, bend=0)
    score.relax(0.6)

"""Actions with a ball or a blade that is not there. Written for the left; see `score`."""

from lavimo.demo.actions.hands import hand_at
from lavimo.demo.actions.legs import GUARD
from lavimo.demo.actions.locomotion import COUNT, FEET
from lavimo.demo.score import Score, both, left, right


def dribble(score: Score, side: str, direction: str, height: str) -> None:
    """Bounce a ball with the left hand, standing or on the way."""
    low = height == "low"
    drop, bend = (0.17, 26) if low else (0.07, 12)
    top, bottom = (-0.22, -0.42) if low else (-0.08, -0.34)
    over, under = hand_at(0.3, top, 0.3, 25), hand_at(0.3, bottom, 0.3, 10)
    guard = right(**hand_at(0.3, -0.12, 0.24, 30)) if low else right(elbow=40, abduct=20)
    score.meanwhile(0, 0.35, **guard)
    score.pose(0.35, drop=drop, bend=bend, nod=4, swing=0.2, **left(**over, pronate=60))
    moves = {"forward": {"forward": 0.42}, "backward": {"forward": -0.3}, "sideways": {"aside": 0.36}}
    for i in range(4):
        if direction == "in_place":
            _bounce(score, over, under)
            continue
        stride = dict(moves[direction])
        # Sidewards the left foot opens and the right one closes.
        score.move(**({name: value * (i % 2 == 0) for name, value in stride.items()} if "aside" in stride else stride))
        now = score.now
        _bounce(score, over, under)
        after, score.now = score.now, now
        score.step(FEET[i % 2], 0.44, lift=0.07, push=18 if direction == "forward" else 10, land=0)
        score.now = max(after, score.now)
    if direction in ("forward", "backward"):
        score.step(FEET[0], 0.34, lift=0.05, push=10, land=0)
    score.relax(0.4)


def _bounce(score: Score, over: dict[str, float], under: dict[str, float]) -> None:
    score.meanwhile(0, 0.2, **left(**under, wrist=22))
    score.meanwhile(0.2, 0.24, **left(**over, wrist=-10))
    score.hold(0.46)


def shoot(score: Score, side: str, jump: str) -> None:
    """Shoot a ball at a basket with the left hand, the right one beside it."""
    chest, brow = hand_at(0.08, -0.14, 0.26, 30), hand_at(0.1, 0.24, 0.2, 40)
    score.pose(0.45, drop=0.16, bend=16, tilt=8, nod=-14, **both(**chest, wrist=-20))
    score.meanwhile(0, 0.26, drop=0.0, bend=0, tilt=0)
    score.pose(0.3, **both(**brow), left_wrist=-55)
    release = left(flex=148, abduct=12, rotate=0, elbow=10)
    if jump == "jumping":
        score.meanwhile(0, 0.14, drop=0.1)
        score.hold(0.15)
        score.meanwhile(0, 0.12, drop=-0.03)
        score.meanwhile(0.05, 0.24, **release, left_wrist=40)
        score.hold(0.1)
        score.jump(0.16 * score.size)
        score.meanwhile(0, 0.16, drop=0.1, bend=10)
        score.hold(0.25)
    else:
        score.meanwhile(0, 0.2, **both(heel=16), drop=-0.03)
        score.pose(0.24, **release, left_wrist=40, right_elbow=40)
        score.hold(0.35)
        score.meanwhile(0, 0.3, **both(heel=0), drop=0.0)
    score.relax(0.6)


def kick_ball(score: Score, side: str, size: str, approach: str) -> None:
    """Kick a ball on the floor: a step or a short run, the leg drawn back, swung through, and stepped down."""
    hard = size == "hard"
    if approach == "running":
        score.meanwhile(0, 0.3, swing=1.3, bend=6, tilt=4, **both(elbow=55))
        for foot in ("right", "left"):
            score.move(forward=0.62 * score.size)
            score.step(foot, 0.36, 0.03, lift=0.12, push=40, land=-4, width=0.07)
    score.move(forward=0.5 * score.size)
    score.meanwhile(0.1, 0.3, right_flex=40, right_abduct=48, left_flex=-20, left_abduct=35, swing=0.2)
    score.step("right", 0.38, lift=0.08, push=25, land=-8)
    score.meanwhile(0, 0.2, twist=12, nod=14, bend=8)
    score.pose(0.24, **left(air=1, hip=-26 if hard else -14, knee=82 if hard else 55, ankle=20), drop=0.05)
    swing = {"hip": 62 if hard else 38, "knee": 10, "ankle": 30}
    score.meanwhile(0, 0.2, twist=-18, tilt=-8 if hard else -3, left_flex=35, right_flex=-25)
    score.pose(0.2, **left(**swing), drop=0.0)
    score.pose(0.22, **left(hip=74 if hard else 42, knee=30), bend=14)
    score.move(forward=0.3)
    score.meanwhile(0, 0.36, **left(air=0, hip=8, knee=20, ankle=0), tilt=0, bend=0, twist=0)
    score.step("left", 0.4, lift=0.06, push=0, land=4)
    score.relax(0.4)


def swing_sword(score: Score, hands: str, direction: str, times: str) -> None:
    """Strike with a sword, from above or across, with one hand or both."""
    grip = both if hands == "both" else left
    guard = hand_at(0.08, -0.16, 0.34, 25)
    across = {"abduct": 6, "rotate": 8} if hands == "both" else {"abduct": -14, "rotate": 35}
    score.pose(0.4, drop=0.08, bend=6, **(both(**GUARD) | grip(**guard)))
    for _ in range(COUNT[times]):
        if direction == "down":
            score.pose(0.34, **grip(flex=150, abduct=14, rotate=0, elbow=62), bend=-6, drop=0.04)
            score.meanwhile(0, 0.2, bend=22, drop=0.14, ahead=0.05)
            score.pose(0.2, **grip(**hand_at(0.06, -0.28, 0.42, 15)))
        else:
            score.meanwhile(0, 0.34, twist=30, yaw=8)
            score.pose(0.34, **grip(flex=50, abduct=70, rotate=-25, elbow=55))
            score.meanwhile(0, 0.22, twist=-34, yaw=-10)
            score.pose(0.22, **grip(flex=62, elbow=28, **across), drop=0.12)
        score.hold(0.08)
        score.meanwhile(0, 0.3, twist=0, yaw=0, bend=6, drop=0.08, ahead=0)
        score.pose(0.32, **grip(**guard))
    score.relax(0.45)


def swing_club(score: Score, side: str, kind: str) -> None:
    """Swing a bat level past the chest, or a golf club down at the floor; the left hand leads."""
    golf = kind == "golf"
    low = both(**hand_at(0.06, -0.4, 0.4, 10))
    ready = low if golf else left(flex=70, abduct=60, rotate=-20, elbow=95) | right(flex=72, abduct=-4, elbow=70)
    score.pose(0.45, drop=0.1, bend=30 if golf else 10, tilt=12 if golf else 4, **ready, swing=0)
    back = left(flex=60, abduct=60, rotate=-30, elbow=80) | right(flex=75, abduct=-10, rotate=30, elbow=20)
    score.pose(0.5, twist=44, yaw=14, **back, turn=-10)
    score.meanwhile(0, 0.24, twist=-10, yaw=-6)
    score.pose(0.2, **(low if golf else both(flex=72, abduct=4, rotate=5, elbow=18)))
    score.meanwhile(0, 0.26, twist=-52, yaw=-26, bend=8, right_heel=0, left_heel=24)
    score.pose(0.3, **right(flex=75, abduct=60, rotate=-30, elbow=70), **left(flex=80, abduct=-12, rotate=30, elbow=30))
    score.hold(0.25)
    score.relax(0.6)

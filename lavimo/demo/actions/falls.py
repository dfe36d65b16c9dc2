"""Down to the floor and up again: falling, lying, getting up, rolling, crawling. Written for the left; see `score`."""

from lavimo.demo.actions.hands import hand_at
from lavimo.demo.score import Score, both, left, right

LEGS = both(air=1, hip=4, knee=9, ankle=24)
ON_BACK = {"drop": 0.78, "tilt": -86, "nod": -54, "ground": 1, "ahead": -0.8, "swing": 0}
ON_BACK |= LEGS | both(flex=22, abduct=38, elbow=14)
FACE_DOWN = {"drop": 0.76, "tilt": 87, "nod": 48, "ground": 1, "ahead": 0.85, "swing": 0}
FACE_DOWN |= both(air=1, hip=-2, knee=8, ankle=40, flex=142, abduct=58, rotate=-40, elbow=66)
ON_SIDE = {"drop": 0.66, "roll": 84, "cock": 76, "tilt": 0, "bend": 10, "nod": 8, "ground": 1, "aside": 0.8, "swing": 0}
ON_SIDE |= both(air=1, ankle=20) | left(hip=14, knee=34, flex=84, abduct=4, elbow=50)
ON_SIDE |= right(hip=54, knee=84, spread=6, flex=52, abduct=-4, elbow=60)


def fall(score: Score, direction: str, then: str) -> None:
    """Lose the balance, fall down and lie there, or sit up again (see `get_up` for the rest)."""
    score.meanwhile(0, 0.3, swing=0)
    if direction == "backward":
        score.pose(0.34, tilt=-12, bend=16, ahead=-0.08, drop=0.05, nod=10, **both(flex=50, abduct=40, elbow=30))
        score.pose(0.36, tilt=-30, bend=34, ahead=-0.45, drop=0.6, **both(flex=12, abduct=50, elbow=30))
        score.meanwhile(0, 0.2, **both(air=1, hip=88, knee=80, ankle=10), ground=1)
        score.pose(0.22, tilt=-44, bend=36, ahead=-0.56, drop=0.78)
        score.meanwhile(0.1, 0.6, **LEGS)
        score.pose(0.45, **{name: ON_BACK[name] for name in ("tilt", "nod", "ahead", "drop")}, bend=4)
        score.meanwhile(0, 0.4, **both(flex=22, abduct=38, elbow=14))
    elif direction == "forward":
        score.meanwhile(0.1, 0.4, **both(heel=40))
        score.pose(0.34, tilt=20, bend=10, ahead=0.1, drop=0.05, **both(flex=60, abduct=24, elbow=30))
        score.meanwhile(0.1, 0.4, ground=1, **both(air=1, hip=10, knee=50, ankle=20))
        score.pose(0.46, tilt=58, bend=4, ahead=0.5, drop=0.5, nod=10, **both(flex=112, abduct=34, elbow=45))
        score.pose(0.34, **FACE_DOWN, bend=0)
    else:
        score.pose(0.34, roll=16, lean=6, aside=0.1, drop=0.08, **left(flex=20, abduct=60, elbow=30), right_abduct=50)
        score.meanwhile(
            0, 0.34, ground=1, **both(air=1, ankle=15), **left(hip=14, knee=34), **right(hip=50, knee=78, spread=10)
        )
        score.pose(0.44, roll=52, lean=10, aside=0.48, drop=0.5, cock=34, left_flex=70, left_abduct=20)
        score.pose(0.36, **ON_SIDE, lean=0)
    score.hold(0.5)
    if then == "moves":
        score.pose(0.5, left_knee=46, left_hip=26 if direction == "backward" else 0)
        score.pose(0.5, left_knee=12, left_hip=5)
    score.hold(0.7)


def lie_down(score: Score, way: str) -> None:
    """Sit down on the ground and lie back."""
    score.meanwhile(0.0, 0.5, **both(**hand_at(0.24, -0.1, 0.38, 30)))
    score.pose(0.7, drop=0.42, tilt=24, bend=28, ahead=-0.04, **both(open=12))
    score.meanwhile(0.0, 0.6, **both(flex=-14, abduct=25, elbow=14, rotate=-25, wrist=-60))
    score.pose(0.7, drop=0.79, tilt=-22, bend=8, ahead=-0.5, nod=4, **both(open=0))
    score.hold(0.3)
    score.meanwhile(0, 0.5, **both(air=1, hip=70, knee=80, ankle=10))
    score.meanwhile(0, 0.2, ground=1)
    score.pose(0.5, tilt=-40, bend=24)
    score.meanwhile(0, 0.7, **both(flex=22, abduct=38, elbow=14, rotate=4, wrist=4))
    score.meanwhile(0.2, 0.7, **({"bend": 4} | LEGS if way == "flat" else both(hip=48, knee=96, ankle=0) | {"bend": 4}))
    score.pose(0.9, **{name: ON_BACK[name] for name in ("tilt", "nod", "ahead", "drop")})
    score.hold(0.7)


def get_up(score: Score, posture: str) -> None:
    """Get up from lying or sitting on the floor."""
    if posture == "back":
        score.begin(**ON_BACK | {"ahead": -0.55})
        score.hold(0.5)
        score.meanwhile(0, 0.7, **both(hip=76, knee=82, ankle=8), nod=0)
        score.pose(0.75, tilt=-30, bend=36, **both(flex=40, abduct=24, elbow=30))
        score.meanwhile(0, 0.5, **both(air=0), ground=0)
        score.pose(0.5, drop=0.78, tilt=-6, bend=34, ahead=-0.5, **both(**hand_at(0.22, -0.12, 0.38, 30)))
    elif posture == "front":
        score.begin(**FACE_DOWN | {"ahead": 0.3})
        score.hold(0.5)
        score.meanwhile(0, 0.5, **both(flex=92, abduct=18, rotate=0, elbow=20))
        score.pose(0.8, tilt=72, nod=20, drop=0.5, ahead=0.12, **both(hip=78, knee=86, ankle=30))
        score.hold(0.2)
        score.meanwhile(0, 0.5, **both(hip=104, knee=62, ankle=0, flex=104))
        score.pose(0.6, tilt=80, bend=40, drop=0.24, ahead=-0.1, nod=30)
        score.meanwhile(0, 0.5, **both(air=0))
        score.meanwhile(0.3, 0.4, ground=0)
        score.pose(0.5, tilt=62, bend=44, drop=0.28, ahead=-0.04, **both(flex=90, elbow=20))
    else:
        score.begin(drop=0.79, tilt=-10, bend=24, ahead=-0.5, nod=4, **both(**hand_at(0.2, -0.02, 0.4, 55), open=5))
        score.hold(0.6)
    score.meanwhile(0, 0.5, **both(**hand_at(0.24, -0.1, 0.38, 30)))
    score.pose(0.75, drop=0.42, tilt=20, bend=32, ahead=-0.07, nod=0, **both(open=10))
    score.meanwhile(0.1, 0.5, **both(open=0))
    score.relax(0.9)
    score.hold(0.2)


def crawl(score: Score, direction: str) -> None:
    """Crawl on hands and knees, all the time."""
    score.begin(drop=0.42, tilt=74, bend=8, nod=-3, ground=1, swing=0, **both(air=1, hip=72, knee=88, ankle=42))
    score.begin(**both(flex=84, abduct=8, elbow=8, wrist=-50, rotate=0))
    sign = 1 if direction == "forward" else -1
    for i in range(6):
        lead, trail = (left, right) if i % 2 == 0 else (right, left)
        score.meanwhile(0, 0.55, **lead(flex=84 + 17 * sign), **trail(flex=84 - 17 * sign, elbow=8))
        score.meanwhile(0, 0.28, **lead(elbow=26))
        score.meanwhile(0.28, 0.27, **lead(elbow=8))
        score.meanwhile(0, 0.55, **trail(hip=72 + 15 * sign), **lead(hip=72 - 15 * sign))
        score.pose(0.6, ahead=0.26 * sign * (i + 1), twist=4 if lead is left else -4)
    score.hold(0.2)


def roll_forward(score: Score) -> None:
    """Crouch, roll over forwards, and come up into a crouch."""
    reach = both(flex=122, abduct=62, elbow=24)
    score.meanwhile(0.2, 0.3, ground=1)
    score.pose(0.6, drop=0.46, tilt=36, bend=44, nod=30, **both(flex=108, abduct=16, elbow=15, heel=20, open=6))
    tuck = both(air=1, hip=92, knee=112, ankle=20)
    score.meanwhile(0, 0.25, **tuck, **reach)
    for tilt, seconds, ahead in ((120, 0.36, 0.25), (210, 0.34, 0.62), (290, 0.3, 0.3), (345, 0.32, -0.1)):
        bend = 52 if tilt < 300 else 40
        score.pose(seconds, tilt=tilt, bend=bend, nod=0.65 * (tilt + bend) + 24, ahead=ahead)
        if tilt == 210:
            score.move(forward=1.35)
            score.step("left", 0.6, 0.6, lift=0.1, width=0.11)
            score.step("right", 0.6, 0.6, lift=0.1, width=0.11)
    score.meanwhile(0, 0.4, **both(flex=84, abduct=48, elbow=16))
    score.meanwhile(0, 0.3, **both(air=0), ground=0)
    score.pose(0.5, tilt=376, bend=30, nod=0.65 * 400 - 6, ahead=0.0, drop=0.42)
    score.hold(0.5)


def cartwheel(score: Score, side: str) -> None:
    """Turn over sideways to the left: left hand, right hand, right foot, left foot."""
    up = both(flex=152, abduct=34, rotate=0, elbow=10)
    score.pose(0.6, **up, swing=0)
    score.move(aside=0.45)
    score.meanwhile(0.1, 0.35, roll=20, lean=8, cock=20)
    score.step("left", 0.4, lift=0.1, width=0.12)
    score.meanwhile(0, 0.3, **right(air=1, spread=44, hip=4, knee=6, ankle=30))
    score.meanwhile(0.22, 0.3, **left(air=1, spread=44, hip=4, knee=6, ankle=30), ground=1)
    score.move(aside=1.5)
    score.step("right", 1.15, 1.05, lift=0.2, width=0.3)
    for roll, seconds, aside in ((90, 0.3, 0.2), (180, 0.3, 0.0), (270, 0.32, -0.2)):
        if roll == 180:
            score.step("left", 1.05, 1.05, lift=0.2, width=0.3)
        score.pose(seconds, roll=roll, cock=roll, lean=0 if roll > 90 else 10, aside=aside)
    score.meanwhile(0, 0.3, **right(air=0, spread=0), ground=0)
    score.meanwhile(0.16, 0.36, **left(air=0, spread=0))
    score.pose(0.5, roll=360, cock=360, aside=0, lean=0)
    score.hold(0.3)
    rest = both(flex=3, abduct=10, rotate=4, elbow=17, hip=0, knee=10, ankle=0)
    score.pose(0.6, **rest)
    score.move(aside=-0.2)
    score.step("left", 0.4, lift=0.05, width=0.1)
    score.hold(0.3)

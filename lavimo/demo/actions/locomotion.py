"""Actions that travel on foot. Written for the left; see `score`."""

from lavimo.demo.actions.hands import hand_at
from lavimo.demo.score import Score, both

COUNT = {"once": 1, "twice": 2, "thrice": 3}
FEET = ("left", "right")


def walk(score: Score, direction: str) -> None:
    """Walk a few steps: forwards, backwards, or off to one side."""
    strides = 3 if score.tempo < 0.9 else 5
    if direction == "backward":
        score.meanwhile(0.1, 0.5, tilt=2, nod=6)
        for i in range(strides):
            score.move(forward=-0.4 * score.size)
            score.step(FEET[i % 2], 0.52, push=12, land=14, width=0.1)
    else:
        length = (0.5 if score.tempo < 0.9 else 0.6 if score.tempo < 1.15 else 0.68) * score.size
        for i in range(strides):
            aside = direction in ("left", "right") and i < 2
            score.move(forward=length * (0.8 if i == 0 else 1), turn=25 if aside else 0)
            score.step(FEET[i % 2], 0.5, push=30, width=0.075)
    score.step(FEET[strides % 2], 0.48, push=12, land=0)


def walk_curve(score: Score, side: str, bend: str) -> None:
    """Walk along an arc."""
    strides = 4 if score.tempo < 0.9 else 5
    score.meanwhile(0.2, 0.6, lean=3, turn=8)
    for i in range(strides):
        score.move(forward=(0.5 if bend == "wide" else 0.4) * score.size, turn=17 if bend == "wide" else 34)
        score.step(FEET[i % 2], 0.46, push=25, width=0.1)
    score.meanwhile(0, 0.4, lean=0, turn=0)
    score.step(FEET[strides % 2], 0.44, push=12, land=0)


def run(score: Score, direction: str, pace: str) -> None:
    """Jog or run, both feet off the floor between steps."""
    fast = pace == "run"
    strides, seconds, length = (6, 0.34, 0.95) if fast else (5, 0.4, 0.6)
    arms = both(elbow=85 if fast else 70, abduct=19, rotate=10, flex=-4)
    score.meanwhile(0, 0.35, **arms, bend=7 if fast else 4, tilt=6 if fast else 3, swing=1.5, drop=0.03)
    for i in range(strides):
        score.move(forward=length * score.size * (0.6, 0.85, 1)[min(i, 2)], turn=0 if direction == "forward" else 15)
        overlap = (0.09 if fast else 0.07) if i else 0.0
        score.step(FEET[i % 2], seconds, overlap, lift=0.2 if fast else 0.13, push=50, land=-4, width=0.06)
        score.flights.append((score.now - 0.06, score.now + overlap + 0.06, 0.045 if fast else 0.03))
    score.hold(0.07)
    score.step(FEET[strides % 2], 0.4, lift=0.1, push=35, land=0)
    score.relax(0.5)


def sneak(score: Score, direction: str, posture: str) -> None:
    """Creep with bent knees, the feet set down with care."""
    low = posture == "crouching"
    arms = both(**hand_at(0.2, -0.2, 0.26, 25), wrist=-15)
    crouch = {"drop": 0.2 if low else 0.1, "bend": 26 if low else 16, "tilt": 14 if low else 8}
    score.pose(0.42, **arms, **crouch, nod=-4, swing=0.3)
    strides = 2 if score.tempo < 0.9 else 3
    for i in range(strides):
        score.move(forward=0.42 * score.size, turn=0 if direction == "forward" else 22)
        score.meanwhile(0.1, 0.4, turn=22 * (-1) ** i)
        score.step(FEET[i % 2], 0.52, lift=0.17, push=25, land=16, width=0.1)
    score.step(FEET[strides % 2], 0.43, lift=0.1, push=15, land=8)
    score.relax(0.45)


def march(score: Score, direction: str, knees: str) -> None:
    """March with swinging straight arms and lifted knees."""
    steps, high = (4 if score.tempo < 0.9 else 5), knees == "high"
    score.meanwhile(0, 0.3, **both(elbow=12), swing=1.2, bend=-3, nod=-4)
    for i in range(steps):
        foot = FEET[i % 2]
        score.move(forward=0.42 * score.size if direction == "forward" else 0)
        _lift_knee(score, foot, 72 if high else 38, 0.44, direction)
    if direction == "forward":
        score.step(FEET[steps % 2], 0.38, lift=0.1, push=10, land=5)
    score.relax(0.25)


def _lift_knee(score: Score, foot: str, hip: float, seconds: float, direction: str) -> None:
    other = FEET[1 - FEET.index(foot)]
    leg = {"hip": hip, "knee": 1.12 * hip, "ankle": 12}
    score.meanwhile(
        0, 0.42 * seconds, **{f"{foot}_air": 0.97} | {f"{foot}_{name}": value for name, value in leg.items()}
    )
    score.meanwhile(0.5 * seconds, 0.46 * seconds, **{f"{foot}_air": 0})
    if direction == "in_place":
        score.meanwhile(0, 0.5 * seconds, **{f"{other}_flex": 38, f"{foot}_flex": -24})
    score.step(foot, seconds, lift=0.1, push=15, land=8, width=0.09)


def step(score: Score, side: str, direction: str) -> None:
    """Take one step and bring the other foot level."""
    forward = direction == "forward"
    score.move(forward=(0.55 if forward else -0.42) * score.size)
    score.step("left", 0.55, push=14, land=-10 if forward else 16)
    score.step("right", 0.52, push=20 if forward else 8, land=0 if forward else 8)


def side_step(score: Score, side: str, times: str) -> None:
    """Step sidewards and close, facing forwards."""
    for _ in range(COUNT[times]):
        score.meanwhile(0, 0.3, drop=0.03, **both(abduct=18))
        score.move(aside=0.42 * score.size)
        score.step("left", 0.45, lift=0.06, push=12, land=8)
        score.meanwhile(0, 0.3, drop=0.0, **both(abduct=10))
        score.step("right", 0.42, lift=0.05, push=12, land=8)
        score.hold(0.05)


def turn(score: Score, side: str, angle: str) -> None:
    """Turn on the spot in small steps."""
    steps, each = (2, 45) if angle == "quarter" else (3, 60)
    for _ in range(steps):
        score.move(turn=each)
        score.step("left", 0.34, lift=0.045, push=10, land=2, width=0.11)
        score.step("right", 0.34, lift=0.045, push=10, land=2, width=0.11)


def tiptoe(score: Score, direction: str, arms: str) -> None:
    """Walk on the balls of the feet."""
    spread = both(abduct=78, flex=8, elbow=12, rotate=0) if arms == "out" else both(abduct=14)
    strides = 3 if score.tempo < 0.9 else 5
    score.pose(0.42, **both(heel=34), **spread, swing=0.3, bend=-2, drop=-0.07)
    for i in range(strides):
        score.move(forward=0.32 * score.size * (1 if direction == "forward" else -0.8))
        score.step(FEET[i % 2], 0.38, lift=0.06, push=6, land=4, width=0.07)
    score.step(FEET[strides % 2], 0.36, lift=0.04, push=4, land=0)
    score.relax(0.4)


def hop(score: Score, side: str, times: str, direction: str) -> None:
    """Hop on the left leg, the right one bent behind."""
    lifted = {"right_air": 1, "right_hip": 18, "right_knee": 85, "right_ankle": 25}
    score.pose(0.35, **lifted, **both(abduct=38, elbow=45), aside=0.02)
    for _ in range(COUNT[times]):
        score.pose(0.16, drop=0.11, bend=8, **both(abduct=26))
        score.meanwhile(0, 0.16, drop=-0.03, bend=2, **both(abduct=48), left_heel=22)
        score.now += 0.13
        score.move(forward=0.28 * score.size if direction == "forward" else 0)
        score.jump(0.075, ("left",), push=30, land=20)
        score.meanwhile(0.05, 0.14, left_heel=0, drop=0.07)
        score.hold(0.17)
    score.pose(0.15, drop=0.02)
    score.meanwhile(0, 0.42, right_air=0, right_knee=20, right_hip=5)
    score.step("right", 0.36, lift=0.05, push=0, land=5)
    score.relax(0.3)

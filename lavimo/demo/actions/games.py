"""Rackets, balls, ropes and weights. Written for the left; see `score`."""

from lavimo.demo.actions.hands import hand_at
from lavimo.demo.actions.locomotion import COUNT, FEET
from lavimo.demo.score import Score, both, left, right


def tennis(score: Score, side: str, stroke: str) -> None:
    """Hit a tennis ball with the racket in the left hand: forehand, backhand, or a serve."""
    score.pose(0.4, **both(**hand_at(0.1, -0.2, 0.36, 20)), drop=0.08, bend=12, swing=0)
    if stroke == "serve":
        score.meanwhile(0, 0.5, **right(flex=140, abduct=24, elbow=10, rotate=0), nod=-26, bend=-6)
        score.pose(0.65, twist=30, drop=0.1, **left(flex=30, abduct=84, rotate=-50, elbow=100))
        score.meanwhile(
            0, 0.2, **left(flex=140, abduct=40, rotate=-10, elbow=16), **right(flex=50, elbow=70, abduct=10)
        )
        score.pose(0.2, twist=-6, drop=-0.01, bend=0, nod=-10, **both(heel=14))
        score.meanwhile(0, 0.26, **left(flex=46, abduct=-10, rotate=20, elbow=18))
        score.move(forward=0.36)
        score.meanwhile(0, 0.3, twist=-34, bend=22, nod=0, **both(heel=0))
        score.step("left", 0.42, lift=0.06, push=16, land=0)
        score.move(forward=0.0)
        score.step("right", 0.44, lift=0.05, push=16, land=0)
    else:
        sign = 1 if stroke == "forehand" else -1
        foot = "right" if sign > 0 else "left"
        back = (
            {"flex": 10, "abduct": 62, "rotate": -20, "elbow": 42}
            if sign > 0
            else {"flex": 62, "abduct": -14, "rotate": 40, "elbow": 70}
        )
        score.meanwhile(0, 0.4, twist=38 * sign, yaw=12 * sign, **right(flex=50, abduct=20, elbow=40))
        score.pose(0.42, **left(**back), turn=-10 * sign)
        score.move(forward=0.34)
        score.meanwhile(0.18, 0.26, twist=-30 * sign, yaw=-10 * sign)
        hit = (
            {"flex": 74, "abduct": 12, "rotate": 10, "elbow": 20}
            if sign > 0
            else {"flex": 60, "abduct": 62, "rotate": -12, "elbow": 12}
        )
        score.meanwhile(0.18, 0.24, **left(**hit))
        score.step(foot, 0.4, lift=0.06, push=14, land=-4)
        over = (
            {"flex": 112, "abduct": -6, "rotate": 30, "elbow": 70}
            if sign > 0
            else {"flex": 40, "abduct": 104, "rotate": -20, "elbow": 24}
        )
        score.pose(0.3, **left(**over))
        score.hold(0.15)
        score.meanwhile(0, 0.4, twist=0, yaw=0)
        score.step("left" if sign > 0 else "right", 0.42, lift=0.05, push=16, land=0)
    score.relax(0.55)


def pass_ball(score: Score, way: str, times: str) -> None:
    """Pass a ball with both hands: from the chest, from overhead, or bounced on the floor."""
    ways: dict[str, tuple[dict[str, float], dict[str, float]]] = {
        "chest": (hand_at(0.16, -0.12, 0.18, 45), hand_at(0.12, -0.02, 0.46, 20)),
        "overhead": (
            {"flex": 140, "abduct": 40, "rotate": -8, "elbow": 70},
            {"flex": 112, "abduct": 8, "rotate": 0, "elbow": 14},
        ),
        "bounce": (hand_at(0.16, -0.14, 0.2, 45), hand_at(0.13, -0.32, 0.4, 15)),
    }
    start, end = ways[way]
    for _ in range(COUNT[times]):
        score.pose(0.5, **both(**start, wrist=-20), drop=0.06, bend=-2 if way == "overhead" else 4)
        score.move(forward=0.3)
        score.meanwhile(0.14, 0.2, **both(**end, wrist=20), bend=22 if way == "bounce" else 10, drop=0.1)
        score.step("left", 0.4, lift=0.06, push=14, land=-4)
        score.hold(0.2)
        score.move(forward=-0.3)
        score.meanwhile(0, 0.5, **both(flex=20, abduct=14, rotate=4, elbow=40, wrist=4), bend=4, drop=0.03)
        score.step("left", 0.42, lift=0.05, push=10, land=6)
    score.relax(0.5)


def catch(score: Score, hands: str, height: str) -> None:
    """Catch a ball, high, at the chest or low, and draw it in."""
    side = both if hands == "both" else left
    up, drop = {"high": (0.34, -0.02), "chest": (-0.04, 0.06), "low": (-0.4, 0.24)}[height]
    score.pose(0.4, **side(**hand_at(0.2, -0.16, 0.26, 25)), drop=0.06, bend=6)
    score.meanwhile(0, 0.3, drop=drop, bend=24 if height == "low" else 0, nod=-16 if height == "high" else 8)
    score.pose(0.36, **side(**hand_at(0.12, up, 0.3 if height == "high" else 0.42, 20), wrist=-20))
    score.meanwhile(0, 0.4, drop=0.04, bend=6, nod=6)
    score.pose(0.4, **side(**hand_at(0.12, -0.2, 0.2, 35), wrist=10))
    score.hold(0.3)
    score.relax(0.6)


def bowl(score: Score, side: str, size: str) -> None:
    """Bowl: three steps, the left arm swung back, the ball let go low over the floor from a lunge."""
    score.pose(0.45, **both(**hand_at(0.08, -0.18, 0.3, 20)), bend=12)
    for i in range(2):
        score.move(forward=0.42 * score.size)
        if i == 1:
            score.meanwhile(0, 0.45, **left(flex=-52, abduct=16, rotate=0, elbow=6), twist=16)
        score.step(FEET[1 - i % 2], 0.44, lift=0.05, push=22)
    score.move(forward=0.62 * score.size)
    score.meanwhile(0, 0.5, drop=0.26 if size == "far" else 0.18, bend=28, tilt=24, nod=-20, right_abduct=50, swing=0)
    score.meanwhile(0.25, 0.3, **left(flex=92 if size == "far" else 62, abduct=4, elbow=10, wrist=20), twist=-12)
    score.step("right", 0.5, lift=0.05, push=22, land=-4)
    score.meanwhile(0, 0.3, left_heel=30)
    score.hold(0.5)
    score.meanwhile(0, 0.5, drop=0.02, bend=6, tilt=4, left_heel=0)
    score.step("left", 0.5, lift=0.05, push=20, land=0)
    score.relax(0.5)


def jump_rope(score: Score, times: str, size: str) -> None:
    """Skip over a rope, the wrists turning it beside the hips."""
    hands = hand_at(0.36, -0.3, 0.16, 20)
    score.pose(0.4, **both(**hands, pronate=-40), drop=0.03, nod=-2, swing=0)
    for _ in range({"few": 4, "many": 7}[times]):
        score.meanwhile(0, 0.1, drop=0.07, **both(wrist=-24))
        score.hold(0.1)
        score.meanwhile(0, 0.12, drop=-0.01, **both(wrist=24, elbow=hands["elbow"] - 10))
        score.hold(0.09)
        score.jump(0.05 if size == "small" else 0.11, push=30, land=26)
        score.meanwhile(0, 0.12, drop=0.06, **both(elbow=hands["elbow"]))
        score.hold(0.1)
    score.relax(0.5)


def lift_weights(score: Score, way: str, times: str) -> None:
    """Lift weights: curl them, press them overhead, or raise them from the floor."""
    score.meanwhile(0, 0.3, swing=0)
    for _ in range(COUNT[times]):
        if way == "curl":
            score.pose(0.65, **both(flex=12, abduct=8, elbow=128, pronate=-70))
            score.hold(0.1)
            score.pose(0.65, **both(flex=4, abduct=10, elbow=14))
        elif way == "press":
            score.pose(0.45, **both(**hand_at(0.24, 0.04, 0.16, 25)))
            score.pose(0.6, **both(flex=132, abduct=58, rotate=-8, elbow=16), bend=-5)
            score.hold(0.15)
            score.pose(0.6, **both(**hand_at(0.24, 0.04, 0.16, 25)), bend=0)
        else:
            arms = both(flex=84, abduct=10, rotate=0, elbow=8)
            score.pose(0.7, drop=0.36, tilt=46, bend=24, nod=-8, **arms, **both(open=12))
            score.hold(0.1)
            score.pose(0.7, drop=0.0, tilt=0, bend=-2, nod=0, **both(flex=12, abduct=12, elbow=8, open=0))
            score.hold(0.15)
    score.relax(0.55)

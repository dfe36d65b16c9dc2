"""Gestures as people make them: hands held high, big waves, calling over, bows of all depths. Written for the left."""

from lavimo.demo.actions.hands import hand_at
from lavimo.demo.actions.locomotion import COUNT
from lavimo.demo.score import Score, both, left, right

HIGH = {"flex": 150, "abduct": 30, "rotate": 0, "elbow": 12}


def raise_high(score: Score, hands: str, posture: str) -> None:
    """Raise a hand, or both, high above the head, and keep it there."""
    side = both if hands == "both" else left
    goal = HIGH if posture == "straight" else {"flex": 112, "abduct": 48, "rotate": -10, "elbow": 52}
    score.pose(0.75, **side(**goal, wrist=-4), bend=-3, lean=0 if hands == "both" else -3)
    score.hold(0.7)
    score.pose(0.5, nod=-10, **side(flex=goal["flex"] - 4))
    score.hold(0.7)
    score.meanwhile(0, 0.5, nod=0, bend=0, lean=0)
    score.relax(0.85)


def wave_high(score: Score, hands: str, height: str, times: str) -> None:
    """Wave from side to side: the forearm up beside the head, or the whole arm overhead."""
    side = both if hands == "both" else left
    out, up, sweep, seconds = (0.34, 0.4, 0.15, 0.27) if height == "overhead" else (0.38, 0.17, 0.1, 0.22)
    score.pose(0.6, **side(**hand_at(out, up, 0.12, 25), pronate=-10, wrist=0), cock=2 if hands != "both" else 0)
    for _ in range({"twice": 2, "thrice": 3, "often": 6}[times]):
        score.pose(seconds, **side(**hand_at(out + sweep, up - 0.03, 0.1, 25), wrist=-14))
        score.pose(seconds, **side(**hand_at(out - sweep, up, 0.14, 25), wrist=14))
    score.relax(0.7)


def beckon(score: Score, hands: str, times: str) -> None:
    """Call someone over: the arm stretched out, the hand swept towards the body."""
    side = both if hands == "both" else left
    score.pose(0.5, **side(**hand_at(0.22, -0.02, 0.42, 15), pronate=-50, wrist=0), nod=-3)
    for _ in range(COUNT[times] + 1):
        score.pose(0.3, **side(**hand_at(0.2, 0.05, 0.22, 25), wrist=34), twist=-3, bend=-2)
        score.pose(0.32, **side(**hand_at(0.22, -0.04, 0.43, 15), wrist=-5), twist=2, bend=2)
    score.relax(0.6)


def bow_low(score: Score, depth: str, arms: str) -> None:
    """Bow: a nod, a polite bow, or down to a right angle; the arms at the sides, in front, or one across the body."""
    tilt, bend, nod = {"nod": (4, 8, 24), "polite": (22, 18, 12), "deep": (48, 30, 22), "lowest": (66, 46, 30)}[depth]
    place = {
        "sides": both(abduct=7),
        "front": both(**hand_at(0.11, -0.36, 0.22, 30)),
        "across": left(**hand_at(-0.02, -0.2, 0.24, 30)) | right(flex=-18, abduct=26),
    }[arms]
    score.pose(0.45, **place)
    for _ in range(2 if depth == "nod" else 1):
        score.pose(0.34 if depth == "nod" else 0.75, tilt=tilt, bend=bend, nod=nod)
        score.hold(0.1 if depth == "nod" else 0.7)
        score.pose(0.34 if depth == "nod" else 0.75, tilt=0, bend=0, nod=0)
    score.relax(0.5)


def touch_self(score: Score, side: str, place: str) -> None:
    """Bring the hand to a place of one's own body, and rub it."""
    places: dict[str, tuple[dict[str, float], dict[str, float]]] = {
        "head": (hand_at(0.14, 0.28, 0.1, 55), {"nod": 8, "cock": -6}),
        "chin": (hand_at(0.07, 0.04, 0.2, 25), {"nod": 7}),
        "neck": (hand_at(0.16, 0.16, 0.05, 65), {"nod": 14}),
        "stomach": (hand_at(0.04, -0.34, 0.2, 40), {"nod": 14, "bend": 8}),
        "shoulder": (hand_at(-0.12, 0.0, 0.19, 40), {"turn": -22}),
        "hip": (hand_at(0.27, -0.335, 0.0, 62), {"aside": -0.03, "roll": 3}),
    }
    goal, how = places[place]
    score.meanwhile(0.1, 0.5, **how)
    score.pose(0.6, **left(**goal, wrist=0))
    for _ in range(3):
        score.pose(0.2, left_wrist=12, **left(elbow=goal["elbow"] - 5))
        score.pose(0.2, left_wrist=-8, **left(elbow=goal["elbow"]))
    score.hold(0.3)
    score.relax(0.7)


def cheer(score: Score, arms: str, jump: str) -> None:
    """Throw the arms up and pump the fists, jumping for joy or standing."""
    side = both if arms == "both" else left
    score.pose(0.35, **side(flex=70, abduct=30, elbow=100), drop=0.08, bend=6)
    for _ in range(3):
        score.meanwhile(0, 0.24, **side(flex=150, abduct=34, elbow=20), bend=-5, nod=-10)
        if jump == "jumping":
            score.meanwhile(0, 0.12, drop=-0.02)
            score.hold(0.13)
            score.jump(0.08)
            score.pose(0.14, drop=0.08)
        else:
            score.pose(0.3, drop=0.0)
        score.pose(0.26, **side(flex=104, abduct=34, elbow=86), bend=2, drop=0.06)
    score.relax(0.6)


def dance_free(score: Score, arms: str, way: str) -> None:
    """Dance to a beat: bounce in the knees, hips and arms from side to side, on the spot or turning round."""
    base = both(**hand_at(0.26, -0.16, 0.28, 30)) if arms == "low" else both(flex=110, abduct=52, elbow=62, rotate=0)
    score.pose(0.4, **base, drop=0.05, swing=0)
    beats = 8
    for i in range(beats):
        sign = 1 if i % 2 == 0 else -1
        score.meanwhile(0, 0.22, drop=0.02)
        score.meanwhile(0.22, 0.2, drop=0.08)
        score.meanwhile(0, 0.4, aside=0.06 * sign, roll=-6 * sign, lean=7 * sign, cock=6 * sign, twist=10 * sign)
        near, far = base["left_flex"] - 14 * sign, base["left_flex"] + 14 * sign
        score.meanwhile(0.02, 0.38, left_flex=far, right_flex=near)
        if way == "turning":
            score.move(turn=42)
        score.step("left" if sign > 0 else "right", 0.42, lift=0.05, push=22, land=12, width=0.12)
    score.relax(0.5)


def salsa(score: Score, side: str, direction: str) -> None:
    """Dance salsa: rock a foot out and back, then the other, the hips and bent arms going along."""
    score.pose(0.35, **both(**hand_at(0.24, -0.18, 0.24, 35)), drop=0.03, swing=0.2)
    for i in range(4):
        foot, sign = ("left", 1) if i % 2 == 0 else ("right", -1)
        step = {"forward": 0.3 * sign} if direction == "forward" else {"aside": 0.3 * sign}
        score.meanwhile(0, 0.3, roll=-7 * sign, lean=6 * sign, aside=0.03 * sign, twist=12 * sign)
        score.meanwhile(0, 0.3, left_flex=30 + 16 * sign, right_flex=30 - 16 * sign)
        score.move(**step)
        score.step(foot, 0.3, lift=0.04, push=16, land=6)
        score.meanwhile(0.08, 0.3, roll=6 * sign, lean=-5 * sign, aside=-0.03 * sign, twist=-8 * sign)
        score.hold(0.22)
        score.move(**{name: -value for name, value in step.items()})
        score.step(foot, 0.3, lift=0.04, push=16, land=8)
        score.hold(0.14)
    score.relax(0.45)

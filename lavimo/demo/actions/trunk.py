"""Actions of the trunk and head, and dance steps. Written for the left; see `score`."""

from lavimo.demo.actions.hands import hand_at
from lavimo.demo.actions.legs import ON_HIP
from lavimo.demo.actions.locomotion import COUNT
from lavimo.demo.score import Score, both, left, right


def bow(score: Score, depth: str, times: str) -> None:
    """Bow from the hips."""
    deep = depth == "deep"
    for _ in range(COUNT[times]):
        score.pose(0.6, tilt=42 if deep else 16, bend=38 if deep else 20, nod=28 if deep else 18)
        score.hold(0.15)
        score.pose(0.58, tilt=0, bend=0, nod=0)
    score.relax(0.2)


def side_bend(score: Score, side: str, arms: str, times: str) -> None:
    """Stretch over to the left with the right arm, or both, overhead."""
    overhead = {"flex": 70, "abduct": 138, "rotate": -10, "elbow": 25}
    start = both(**overhead) if arms == "both" else right(**overhead) | left(abduct=8)
    score.pose(0.55, **start)
    for _ in range(COUNT[times]):
        score.pose(0.42, lean=34, roll=-6, aside=-0.05, cock=14)
        score.hold(0.12)
        score.pose(0.4, lean=0, roll=0, aside=0, cock=0)
    score.relax(0.5)


def stretch(score: Score, arms: str) -> None:
    """Stretch up on the toes, the arms overhead or spread."""
    up = both(flex=158, abduct=22, elbow=10, rotate=0) if arms == "overhead" else both(abduct=112, flex=-12, elbow=14)
    score.meanwhile(0.35, 0.5, **both(heel=24))
    score.pose(0.9, **up, bend=-12, nod=-18, drop=-0.05)
    score.hold(0.35)
    score.meanwhile(0, 0.4, **both(heel=0), drop=0)
    score.relax(0.75)


def look(score: Score, direction: str, times: str) -> None:
    """Look somewhere, and back."""
    aside = {"turn": 72, "twist": 18, "yaw": 5}
    up, down = {"nod": -50, "bend": -12, "tilt": -3}, {"nod": 46, "bend": 16, "tilt": 4}
    there = {"left": aside, "right": aside, "up": up, "down": down}[direction]
    for _ in range(COUNT[times]):
        score.pose(0.42, **there)
        score.hold(0.25)
        score.pose(0.4, **dict.fromkeys(there, 0.0))
    score.relax(0.2)


def crouch(score: Score, hands: str, then: str) -> None:
    """Crouch down, the hands over the head, on the knees, or hanging."""
    place = {
        "head": both(flex=83, abduct=95, rotate=-30, elbow=111),
        "knees": both(**hand_at(0.15, -0.26, 0.34, 30)),
    }[hands]
    score.meanwhile(0.1, 0.5, **place)
    head = 24 if hands == "head" else -6
    score.pose(0.62, drop=0.48, tilt=26, bend=30, nod=head, **both(open=14, heel=14))
    score.hold(0.4 if then == "rises" else 0.9)
    if then == "rises":
        score.relax(0.65)


def pick_up(score: Score, hands: str, place: str) -> None:
    """Pick something up from the floor."""
    side = both if hands == "both" else left
    down = {"drop": 0.33, "tilt": 58, "bend": 44, "nod": 22}
    reach = {"flex": 116, "abduct": 6, "rotate": 12, "elbow": 12, "wrist": 5}
    if place == "beside":
        down |= {"lean": 14, "twist": 22, "turn": 22}
        reach |= {"flex": 104, "abduct": 24}
    other = {} if hands == "both" else right(flex=72, abduct=28, elbow=35)
    score.meanwhile(0.1, 0.55, **side(**reach), **other)
    score.pose(0.68, **down, **both(open=10, heel=8))
    score.hold(0.16)
    lifted = hand_at(0.14 if hands == "both" else 0.2, -0.22, 0.3, 15)
    score.meanwhile(0.1, 0.6, **({} if hands == "both" else right(flex=3, abduct=10, elbow=17)) | side(**lifted))
    score.pose(0.68, **dict.fromkeys(down, 0.0), **both(open=0, heel=0))
    score.hold(0.2)
    score.relax(0.4)


def touch_toes(score: Score, times: str, hands: str) -> None:
    """Bend down to the toes with nearly straight legs."""
    side = both if hands == "both" else left
    for _ in range(COUNT[times]):
        score.meanwhile(0, 0.5, **side(flex=132, abduct=4, elbow=6, rotate=10))
        turn = {} if hands == "both" else {"twist": -14}
        score.pose(0.62, tilt=78, bend=60, nod=36, drop=0.06, ahead=-0.03, **turn)
        score.hold(0.14)
        score.meanwhile(0.1, 0.5, **side(flex=3, abduct=10, elbow=17, rotate=4))
        score.pose(0.6, **dict.fromkeys(("tilt", "bend", "nod", "drop", "ahead", *turn), 0.0))
    score.relax(0.2)


def step_touch(score: Score, side: str, arms: str) -> None:
    """Dance: step aside, touch with the other foot, and back again."""
    rest = both(**hand_at(0.2, -0.2, 0.26, 25))
    score.pose(0.3, **rest, drop=0.03)
    for lead, trail, sign in (("left", "right", 1), ("right", "left", -1)):
        score.move(aside=0.34 * sign)
        score.meanwhile(0, 0.17, drop=0.0)
        score.meanwhile(0.17, 0.17, drop=0.06)
        score.meanwhile(0, 0.34, lean=5 * sign, twist=8 * sign, **_beat(arms, lead, trail))
        score.step(lead, 0.36, lift=0.06, push=12, land=10)
        score.meanwhile(0, 0.15, drop=0.0)
        score.meanwhile(0.15, 0.15, drop=0.05)
        if arms == "clapping":
            score.meanwhile(0.02, 0.14, **both(flex=33, abduct=-6, rotate=22, elbow=77))
            score.meanwhile(0.18, 0.12, **rest)
        score.step(trail, 0.32, lift=0.05, push=14, land=14)
        score.hold(0.14)
    score.relax(0.45)


def _beat(arms: str, lead: str, trail: str) -> dict[str, float]:
    if arms == "clapping":
        return {}
    return {f"{lead}_abduct": 52, f"{lead}_elbow": 40, f"{trail}_abduct": 16, f"{trail}_elbow": 80}


def twist_dance(score: Score, side: str, size: str) -> None:
    """Dance on the spot, twisting hips and arms against each other."""
    width = 1.0 if size == "big" else 0.55
    score.pose(0.32, drop=0.07, bend=6, **both(**hand_at(0.24, -0.16, 0.26, 30)))
    for i in range(4 if score.tempo < 0.9 else 6):
        sign = 1 if i % 2 == 0 else -1
        score.meanwhile(0.04, 0.33, **left(flex=40 - 22 * sign * width), **right(flex=40 + 22 * sign * width))
        score.meanwhile(0, 0.33, yaw=20 * sign * width, aside=0.045 * sign * width, roll=5 * sign * width)
        score.pose(0.36, twist=-38 * sign * width, drop=0.07 + 0.05 * width * (i % 2), lean=-4 * sign * width)
    score.relax(0.45)


def sway_hips(score: Score, side: str, arms: str) -> None:
    """Dance on the spot, shifting the hips from side to side."""
    up = both(flex=118, abduct=52, elbow=52, rotate=0) if arms == "raised" else both(**ON_HIP)
    score.pose(0.45, **up, drop=0.03)
    for i in range(3 if score.tempo < 0.9 else 5):
        sign = 1 if i % 2 == 0 else -1
        score.meanwhile(
            0,
            0.4,
            cock=6 * sign,
            **({"left_abduct": 52 + 14 * sign, "right_abduct": 52 - 14 * sign} if arms == "raised" else {}),
        )
        score.pose(0.42, aside=0.085 * sign, roll=-9 * sign, lean=9 * sign, drop=0.045)
    score.relax(0.5)

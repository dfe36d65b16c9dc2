"""Boxing and defence. Written for the left; see `score`."""

from lavimo.demo.actions.hands import hand_at
from lavimo.demo.actions.legs import GUARD
from lavimo.demo.score import Score, both, left, right


def _guard(score: Score) -> None:
    """The left foot steps ahead, the fists up, the knees soft."""
    score.meanwhile(0, 0.4, **both(**GUARD, wrist=0), bend=9, drop=0.06, nod=4, twist=-8, swing=0)
    score.move(forward=0.28)
    score.step("left", 0.4, lift=0.04, push=10, land=4, width=0.12)


def _blow(score: Score, name: str) -> None:
    if name in ("jab", "cross"):
        mine, sign = (left, 1) if name == "jab" else (right, -1)
        score.meanwhile(0, 0.16, **mine(**hand_at(0.02, 0.06, 0.5, 45), pronate=45))
        score.pose(0.17, twist=(-18 if name == "jab" else -30) * sign, yaw=-8 * sign, ahead=0.04)
        score.meanwhile(0.02, 0.22, **mine(**GUARD, pronate=-22))
        score.pose(0.25, twist=-8, yaw=0, ahead=0)
    elif name in ("hook", "far_hook"):
        mine, sign = (left, 1) if name == "hook" else (right, -1)
        score.pose(0.2, **mine(flex=30, abduct=70, rotate=-20, elbow=88), twist=16 * sign)
        score.meanwhile(0, 0.2, **mine(flex=76, abduct=26, rotate=30, elbow=86, pronate=20))
        score.pose(0.2, twist=-30 * sign, yaw=-12 * sign)
        score.meanwhile(0.02, 0.26, **mine(**GUARD, pronate=-22))
        score.pose(0.28, twist=-8, yaw=0)
    else:
        score.meanwhile(0, 0.24, **right(flex=-10, abduct=14, elbow=92))
        score.pose(0.24, drop=0.13, twist=-20, bend=14)
        score.meanwhile(0, 0.2, **right(flex=94, abduct=2, rotate=16, elbow=96, pronate=-50))
        score.pose(0.22, drop=0.02, twist=22, bend=0, yaw=8)
        score.meanwhile(0.04, 0.26, **right(**GUARD, pronate=-22))
        score.pose(0.3, drop=0.06, twist=-8, bend=9, yaw=0)


COMBOS = {
    "jabs": ("jab", "jab", "jab"),
    "cross": ("jab", "cross", "jab", "cross"),
    "hooks": ("hook", "far_hook", "hook"),
    "combination": ("jab", "cross", "hook", "uppercut"),
}


def box(score: Score, side: str, combo: str) -> None:
    """Box from a guard, the left fist leading."""
    _guard(score)
    score.hold(0.12)
    for blow in COMBOS[combo]:
        _blow(score, blow)
    score.hold(0.1)
    score.relax(0.5)


def box_move(score: Score, side: str, direction: str) -> None:
    """Bounce in the guard, the left foot ahead: to and fro, or sideways."""
    _guard(score)
    score.hold(0.15)
    for i in range(4):
        away = 1 if i % 2 == 0 else -1
        first = "left" if away > 0 else "right"
        score.move(**({"forward": 0.18 * away} if direction == "forward" else {"aside": 0.2 * away}))
        for foot in (first, "right" if first == "left" else "left"):
            behind = 0.28 if foot == "right" else 0.0
            score.move(forward=-behind)
            score.step(foot, 0.24, lift=0.04, push=20, land=14, width=0.12)
            score.move(forward=behind)
            score.meanwhile(0, 0.12, drop=0.09)
            score.meanwhile(0.12, 0.12, drop=0.05)
        score.hold(0.14)
    score.relax(0.5)


def dodge(score: Score, side: str, way: str) -> None:
    """From the guard, duck under, slip to the left, or lean back."""
    _guard(score)
    score.hold(0.15)
    goal = {
        "duck": {"drop": 0.29, "bend": 24, "tilt": 14, "aside": 0.08, "lean": 10},
        "slip": {"drop": 0.14, "bend": 16, "lean": 26, "roll": 6, "twist": 14, "aside": 0.06},
        "back": {"bend": -12, "tilt": -14, "ahead": -0.1, "drop": 0.08, "nod": 8},
    }[way]
    for _ in range(2):
        score.pose(0.28, **goal)
        score.hold(0.1)
        back = dict.fromkeys(goal, 0.0) | {"drop": 0.06, "bend": 9}
        score.pose(0.32, **back)
        score.hold(0.12)
    score.relax(0.5)


def block(score: Score, arms: str, height: str) -> None:
    """Ward a blow off with a forearm, or both, held high or low."""
    side = both if arms == "both" else left
    goal = {"high": hand_at(0.1, 0.3, 0.26, 75), "low": hand_at(0.16, -0.34, 0.32, 20)}[height]
    score.pose(0.4, **both(**GUARD), drop=0.05, bend=6)
    for _ in range(2):
        score.meanwhile(0, 0.22, **side(**goal))
        score.pose(0.24, drop=0.12, bend=2 if height == "high" else 14, nod=-6 if height == "high" else 10)
        score.hold(0.18)
        score.pose(0.32, **side(**GUARD), drop=0.05, bend=6, nod=0)
    score.relax(0.5)

"""Ways up and down, and odd gaits. Written for the left; see `score`."""

from lavimo.demo.actions.hands import hand_at
from lavimo.demo.actions.locomotion import FEET
from lavimo.demo.score import Score, both, left, right

RISE_M = 0.18


def climb_stairs(score: Score, direction: str, hands: str) -> None:
    """Walk up or down some stairs, a foot on each."""
    up = direction == "up"
    rail = left(**hand_at(0.3, -0.14, 0.3, 20)) if hands == "rail" else {}
    score.meanwhile(0, 0.4, **rail, bend=10 if up else 3, tilt=6 if up else 0, nod=14 if not up else 4, swing=0.7)
    for i in range(4):
        score.move(forward=0.3 * score.size, rise=RISE_M if up else -RISE_M)
        score.step(FEET[i % 2], 0.56, lift=0.14 if up else 0.08, push=24, land=4 if up else 20, width=0.1)
    score.move(forward=0.06)
    score.step(FEET[0], 0.48, lift=0.1, push=20, land=4)
    score.relax(0.3)


def climb_ladder(score: Score, side: str, size: str) -> None:
    """Climb a ladder, the hands and the feet by turns."""
    over, under = hand_at(0.2, 0.3, 0.3, 15), hand_at(0.2, 0.02, 0.32, 15)
    score.pose(0.45, **left(**over), **right(**under), bend=6, nod=-16, swing=0)
    for i in range(4):
        reach, pull = (right, left) if i % 2 == 0 else (left, right)
        score.move(rise=0.22 if size == "big" else 0.15, forward=0.02)
        score.meanwhile(0, 0.3, **reach(**over))
        score.meanwhile(0.1, 0.4, **pull(**under))
        score.step(FEET[1 - i % 2], 0.49, lift=0.1, push=8, land=10, width=0.1)
    score.step(FEET[1], 0.4, lift=0.08, push=8, land=6)
    score.hold(0.15)
    score.relax(0.35)


def limp(score: Score, side: str, hand: str) -> None:
    """Walk with a stiff left leg, sinking on the right one."""
    if hand == "thigh":
        score.meanwhile(0, 0.4, **left(**hand_at(0.24, -0.4, 0.14, 20)))
    score.meanwhile(0, 0.4, bend=10, nod=6, swing=0.6)
    for _ in range(2):
        score.move(forward=0.28 * score.size)
        score.meanwhile(0, 0.4, lean=-9, roll=-5, drop=0.02)
        score.step("left", 0.62, lift=0.03, push=4, land=0, width=0.14)
        score.move(forward=0.3 * score.size)
        score.meanwhile(0, 0.3, lean=7, roll=4, drop=0.05)
        score.step("right", 0.4, lift=0.05, push=18, land=-4)
    score.meanwhile(0, 0.4, lean=0, roll=0, drop=0)
    score.step("left", 0.5, lift=0.03, push=4, land=0)
    score.relax(0.3)


def zombie(score: Score, side: str, arms: str) -> None:
    """Drag the feet with the arms held out in front, like a zombie."""
    reach = both(flex=82, abduct=4, elbow=14, wrist=30)
    score.pose(
        0.5, **(reach if arms == "both" else left(flex=80, elbow=18, wrist=30)), bend=16, cock=14, nod=12, swing=0
    )
    for i in range(4):
        sign = 1 if i % 2 == 0 else -1
        score.move(forward=0.26 * score.size)
        score.meanwhile(0, 0.5, lean=9 * sign, roll=4 * sign, twist=7 * sign)
        score.step(FEET[i % 2], 0.54, lift=0.03, push=8, land=4, width=0.13)
    score.meanwhile(0, 0.4, lean=0, roll=0, twist=0)
    score.relax(0.4)


def balance_beam(score: Score, direction: str, arms: str) -> None:
    """Walk heel to toe along a line, the arms out, wavering."""
    score.pose(0.4, **both(abduct=82 if arms == "out" else 40, elbow=8, rotate=0), nod=16, swing=0)
    for i in range(4):
        sign = 1 if i % 2 == 0 else -1
        score.move(forward=(0.27 if direction == "forward" else -0.25) * score.size)
        score.meanwhile(0, 0.45, lean=7 * sign, roll=-3 * sign)
        score.step(FEET[i % 2], 0.54, lift=0.06, push=10, land=-4 if direction == "forward" else 12, width=0.06)
    score.meanwhile(0, 0.3, lean=0, roll=0)
    score.step(FEET[0], 0.4, lift=0.05, push=8, land=0)
    score.relax(0.35)

"""Being somewhere: standing, sitting, lying, and talking there. Written for the left; see `score`."""

from lavimo.demo.actions.falls import FACE_DOWN, ON_BACK, ON_SIDE
from lavimo.demo.actions.hands import hand_at
from lavimo.demo.actions.legs import ON_HIP
from lavimo.demo.actions.locomotion import FEET
from lavimo.demo.score import Score, both, left, right

ON_CHAIR = {"drop": 0.385, "tilt": -4, "bend": 7, "ahead": -0.36}
ON_GROUND = {"drop": 0.79, "tilt": -10, "bend": 24, "ahead": -0.5, "nod": 4} | both(open=5)
ON_KNEES = both(**hand_at(0.16, -0.29, 0.35, 35))
ROUND_KNEES = both(**hand_at(0.2, -0.02, 0.4, 55))
HANGING = both(flex=3, abduct=10, elbow=17, rotate=4)


def settle(score: Score, posture: str) -> dict[str, float]:
    """Be seated or standing from the first moment; what the arms do there."""
    if posture == "standing":
        return HANGING
    rest = ON_KNEES if posture == "seated" else ROUND_KNEES
    score.begin(**(ON_CHAIR if posture == "seated" else ON_GROUND), **rest)
    return rest


def stand_idle(score: Score, arms: str, weight: str) -> None:
    """Stand, the weight shifted from one leg to the other, or kept."""
    places = {
        "hips": both(**ON_HIP),
        "folded": left(**hand_at(-0.04, -0.23, 0.2, 40)) | right(**hand_at(-0.04, -0.16, 0.25, 45)),
        "clasped": both(**hand_at(0.1, -0.38, 0.22, 30)),
    }
    if arms in places:
        score.begin(**places[arms])
    far = 0.02 if weight == "still" else 0.075
    for i in range(3):
        sign = 1 if i % 2 == 0 else -1
        score.meanwhile(0.2, 0.8, turn=10 * sign, nod=3 * sign, lean=28 * far * sign)
        score.pose(0.9, aside=far * sign, roll=-70 * far * sign, drop=0.2 * far)
        score.hold(0.4)
    score.pose(0.6, aside=0, roll=0, lean=0, turn=0, nod=0, drop=0)


def wait(score: Score, side: str, arms: str) -> None:
    """Look round, first to the left, and tap a foot, waiting."""
    if arms == "hips":
        score.begin(**both(**ON_HIP))
    score.pose(0.5, turn=56, twist=14, aside=-0.03)
    score.hold(0.5)
    score.pose(0.7, turn=-56, twist=-14, aside=0.03)
    score.hold(0.5)
    score.meanwhile(0, 0.5, turn=0, twist=0, aside=-0.03, **({} if arms == "watch" else {"nod": 16}))
    if arms == "watch":
        score.pose(0.5, **left(**hand_at(0.02, -0.12, 0.28, 45)), nod=26)
        score.hold(0.7)
        score.meanwhile(0, 0.5, **left(flex=3, abduct=10, elbow=17, rotate=4))
    else:
        score.hold(0.3)
        for _ in range(3):
            score.pose(0.16, left_heel=16)
            score.pose(0.16, left_heel=0)
    score.pose(0.6, nod=0, aside=0)


def sit_idle(score: Score, place: str, then: str) -> None:
    """Sit all the time, still or looking round."""
    settle(score, {"chair": "seated", "ground": "ground"}[place])
    bend = ON_CHAIR["bend"] if place == "chair" else ON_GROUND["bend"]
    for i in range(2):
        sign = 1 if i % 2 == 0 else -1
        score.hold(0.25)
        if then == "looks":
            score.pose(0.55, turn=50 * sign, twist=10 * sign)
        else:
            score.pose(0.8, bend=bend + 5 * sign, nod=5 * sign, lean=2 * sign)
        score.hold(0.6)
    score.pose(0.7, turn=0, twist=0, lean=0, bend=bend)


BEATS = [(0.24, -0.14, 0.3), (0.34, -0.06, 0.3), (0.18, -0.2, 0.3), (0.36, -0.2, 0.24), (0.22, -0.02, 0.32),
         (0.3, -0.24, 0.28), (0.26, -0.1, 0.34)]  # fmt: skip
"""Where a gesturing hand goes, beat by beat."""


def talk(score: Score, hands: str, posture: str) -> None:
    """Talk, the hands or one of them gesturing."""
    rest = settle(score, posture)
    for i, beat in enumerate(BEATS):
        sign = 1 if i % 2 == 0 else -1
        hand = left(**hand_at(*beat, 25), pronate=-22 - 14 * sign, wrist=-6 * sign)
        if hands == "both":
            out, up, forward = BEATS[(i + 2) % 7] if i % 3 == 2 else beat
            hand |= right(**hand_at(out, up, forward, 25), pronate=-22 - 14 * sign, wrist=-6 * sign)
        score.meanwhile(0.05, 0.3, nod=5 * sign + 2, turn=8 * sign, twist=3 * sign, cock=3 * sign)
        score.pose(0.36, **hand)
        score.hold(0.1 if i % 3 else 0.22)
    score.meanwhile(0, 0.5, nod=0, turn=0, twist=0, cock=0)
    score.pose(0.6, **rest, **both(pronate=-22, wrist=4))


def phone(score: Score, side: str, posture: str) -> None:
    """Hold a telephone to the ear and talk: standing, seated, or walking."""
    rest = settle(score, "standing" if posture == "walking" else posture)
    ear = left(**hand_at(0.19, 0.12, 0.15, 50), pronate=10, wrist=0)
    score.pose(0.65, **ear, cock=5, nod=4)
    if posture == "walking":
        score.meanwhile(0, 0.3, right_elbow=24, swing=0.3)
        for i in range(5):
            score.move(forward=0.5 * score.size)
            score.step(FEET[i % 2], 0.52, push=26, width=0.08)
        score.step(FEET[1], 0.46, push=12, land=0)
    else:
        for i in range(3):
            sign = 1 if i % 2 == 0 else -1
            score.meanwhile(0, 0.4, **right(**hand_at(0.26, -0.2 + 0.05 * sign, 0.28, 20)))
            score.pose(0.6, turn=12 * sign, nod=4 + 4 * sign, lean=2 * sign)
            score.hold(0.3)
    score.meanwhile(0, 0.6, cock=0, nod=0, turn=0, lean=0)
    score.pose(0.7, **rest, **both(pronate=-22, wrist=4))


def lie_idle(score: Score, posture: str, then: str) -> None:
    """Lie all the time: on the back, face down, or on a side."""
    lying = {"back": ON_BACK, "front": FACE_DOWN, "left": ON_SIDE, "right": ON_SIDE}[posture]
    score.begin(**lying)
    score.hold(0.7)
    for _ in range(2):
        if then == "moves":
            score.meanwhile(
                0, 0.7, left_knee=lying["left_knee"] + 34, left_hip=lying["left_hip"] + (17 if posture == "back" else 0)
            )
        score.pose(0.8, nod=lying["nod"] + 3, turn=0)
        score.hold(0.3)
        if then == "moves":
            score.meanwhile(0, 0.7, left_knee=lying["left_knee"], left_hip=lying["left_hip"])
        score.pose(0.8, nod=lying["nod"])


def crouch_idle(score: Score, arms: str, depth: str) -> None:
    """Be crouched all the time, looking about a little."""
    low = 0.44 if depth == "deep" else 0.28
    place = {
        "knees": both(**hand_at(0.15, -0.26 if depth == "deep" else -0.32, 0.34, 30)),
        "guard": both(**hand_at(0.16, -0.12, 0.3, 25)),
        "hanging": both(flex=14, abduct=22, elbow=30),
    }[arms]
    score.begin(
        drop=low, tilt=24, bend=26, nod=-14, swing=0.2, **place, **both(open=12, heel=12 if depth == "deep" else 0)
    )
    for i in range(3):
        sign = 1 if i % 2 == 0 else -1
        score.meanwhile(0.1, 0.6, turn=24 * sign, twist=5 * sign)
        score.pose(0.8, aside=0.03 * sign, drop=low - 0.03 if i == 1 else low)
        score.hold(0.4)
    score.pose(0.6, turn=0, twist=0, aside=0, drop=low)

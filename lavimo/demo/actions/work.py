"""Everyday work and music: washing, sweeping, carrying, doors, food, instruments. Written for the left; see `score`."""

from math import cos, pi, sin

from lavimo.demo.actions.hands import hand_at
from lavimo.demo.actions.idle import settle
from lavimo.demo.actions.locomotion import FEET
from lavimo.demo.score import Score, both, left, right


def wash_window(score: Score, side: str, height: str) -> None:
    """Wipe a window before the body in circles."""
    up = {"high": 0.2, "chest": -0.02}[height]
    score.pose(0.5, **left(**hand_at(0.24, up + 0.12, 0.36, 25), wrist=-40), right_elbow=24, swing=0)
    for i in range(1, 19):
        angle = pi / 2 - 2 * pi * i / 6
        out, rise = 0.24 + 0.15 * cos(angle), up + 0.12 * sin(angle)
        score.meanwhile(0, 0.2, aside=0.02 * cos(angle), lean=2 * cos(angle), twist=5 * cos(angle))
        score.pose(0.2, **left(**hand_at(out, rise, 0.36, 25)))
    score.relax(0.6)


def wash_self(score: Score, place: str) -> None:
    """Rub the face, the hair or the belly with both hands."""
    out, up, forward, swivel, nod = {
        "face": (0.09, 0.1, 0.2, 30, 12),
        "hair": (0.13, 0.29, 0.12, 60, 16),
        "body": (0.1, -0.26, 0.2, 40, 10),
    }[place]
    score.pose(0.6, **both(**hand_at(out, up, forward, swivel)), nod=nod, bend=5)
    for i in range(5):
        d = 0.03 if i % 2 == 0 else -0.03
        score.meanwhile(0, 0.26, **left(**hand_at(out, up + d, forward, swivel)))
        score.pose(0.27, **right(**hand_at(out, up - d, forward, swivel)))
    score.relax(0.7)


def sweep_floor(score: Score, side: str, way: str) -> None:
    """Sweep with a broom, both hands on the stick, the left one low; on the spot or step by step."""
    score.pose(
        0.5,
        **left(**hand_at(0.14, -0.36, 0.36, 15)),
        **right(**hand_at(0.08, -0.12, 0.3, 25)),
        bend=20,
        tilt=8,
        nod=14,
        swing=0,
    )
    for i in range(4):
        score.meanwhile(0, 0.4, twist=20, left_abduct=26)
        if way == "walking":
            score.move(forward=0.26)
            score.step(FEET[i % 2], 0.42, lift=0.04, push=14, land=0)
        else:
            score.hold(0.42)
        score.meanwhile(0, 0.4, twist=-24, left_abduct=2)
        score.hold(0.44)
    if way == "walking":
        score.step("left", 0.4, lift=0.04, push=10, land=0)
    score.relax(0.6)


LOADS = {
    "box": both(**hand_at(0.17, -0.2, 0.34, 20), pronate=-60),
    "tray": both(**hand_at(0.2, -0.12, 0.3, 15), pronate=-80),
    "bag": left(flex=2, abduct=12, elbow=6, shrug=-4),
    "shoulder": left(**hand_at(0.2, 0.1, 0.18, 30)),
}


def carry(score: Score, object: str) -> None:
    """Walk with a load in both arms, on a tray, in the left hand, or on the left shoulder."""
    _carry(score, object)


def carry_side(score: Score, side: str, object: str) -> None:
    """Walk with a bag in the left hand, or something on the left shoulder."""
    score.meanwhile(0, 0.5, lean=-8 if object == "bag" else -4)
    _carry(score, object)


def _carry(score: Score, object: str) -> None:
    heavy = object in ("box", "bag")
    score.begin(**LOADS[object], bend=-4 if object == "box" else 0, swing=0 if object in ("box", "tray") else 0.4)
    for i in range(7):
        score.move(forward=(0.42 if heavy else 0.52) * score.size)
        score.step(FEET[i % 2], 0.52, push=22, width=0.1)
    score.step(FEET[1], 0.46, push=12, land=0)
    score.hold(0.2)


def push_walk(score: Score, direction: str, height: str) -> None:
    """Push something heavy ahead step by step, or pull it after oneself, walking backwards."""
    pushing = direction == "push"
    up = {"chest": -0.1, "low": -0.26}[height]
    arms = both(**hand_at(0.17, up, 0.44 if pushing else 0.4, 20), wrist=-40 if pushing else 10)
    low = {"drop": 0.16 if height == "low" else 0.1}
    lean = {"tilt": 24, "bend": 10, "nod": -6, "ahead": 0.06} if pushing else {"tilt": -12, "bend": 4, "ahead": -0.12}
    score.pose(0.55, **arms, **lean, **low, swing=0)
    for i in range(6):
        score.move(forward=(0.34 if pushing else -0.28) * score.size)
        score.meanwhile(0, 0.3, **both(elbow=arms["left_elbow"] + (8 if i % 2 else 0)))
        score.step(FEET[i % 2], 0.56, lift=0.05, push=34 if pushing else 8, land=4 if pushing else 16, width=0.11)
    score.step(FEET[0], 0.5, lift=0.04, push=10, land=0)
    score.relax(0.6)


def open_door(score: Score, side: str, way: str) -> None:
    """Take the handle with the left hand, open the door, and walk through."""
    score.pose(0.5, **left(**hand_at(0.2, -0.3, 0.38, 15)), bend=5)
    score.pose(0.2, left_pronate=30)
    if way == "pull":
        score.meanwhile(0, 0.6, **left(**hand_at(0.4, -0.28, 0.12, 30)), twist=14)
        score.move(forward=-0.22, aside=-0.08)
        score.step("left", 0.45, push=10, land=10)
        score.step("right", 0.42, push=10, land=10)
    else:
        score.meanwhile(0, 0.7, **left(**hand_at(0.3, -0.24, 0.47, 15)), ahead=0.03)
    for i in range(3):
        score.move(forward=0.46 * score.size)
        if i == 1:
            score.meanwhile(0, 0.6, **left(flex=-18, abduct=34, elbow=20, pronate=-22), twist=6)
        score.step(FEET[i % 2], 0.5, push=24, width=0.085)
    score.meanwhile(0, 0.5, **left(flex=3, abduct=10, elbow=17, rotate=4), twist=0, bend=0)
    score.step("right", 0.48, push=12, land=0)
    score.relax(0.3)


def drink_up(score: Score, side: str, posture: str) -> None:
    """Lift a cup or bottle to the mouth, drink long with the head back, and set it down."""
    rest = settle(score, posture)
    score.pose(0.55, **left(**hand_at(0.16, -0.16, 0.34, 20)))
    score.pose(0.5, **left(**hand_at(0.09, 0.1, 0.22, 38), wrist=4))
    score.pose(0.5, **left(**hand_at(0.09, 0.16, 0.2, 50), wrist=14), nod=-24)
    score.hold(0.9)
    score.pose(0.45, **left(**hand_at(0.09, 0.08, 0.24, 35), wrist=4), nod=0)
    score.pose(0.5, **left(**hand_at(0.18, -0.2, 0.34, 15)))
    score.pose(0.6, **rest)


def eat(score: Score, side: str, posture: str) -> None:
    """Bring food from a plate to the mouth, three times."""
    rest = settle(score, posture)
    plate = hand_at(0.12, -0.24, 0.34, 20)
    score.pose(0.5, **left(**plate), **right(**hand_at(0.2, -0.24, 0.3, 20)), nod=12)
    for _ in range(3):
        score.pose(0.45, **left(**hand_at(0.07, 0.06, 0.21, 30)), nod=4)
        score.hold(0.1)
        score.pose(0.45, **left(**plate), nod=12)
        score.hold(0.1)
    score.pose(0.6, **rest, nod=0)


def play(score: Score, side: str, instrument: str) -> None:
    """Play an instrument that is not there; the left hand plucks, bows or leads."""
    seated = instrument in ("piano", "drums")
    rest = settle(score, "seated" if seated else "standing")
    poses = {
        "guitar": (left(**hand_at(0.02, -0.28, 0.2, 40)) | right(**hand_at(0.36, -0.12, 0.28, 25)), 0.24, "elbow", 14),
        "violin": (
            left(flex=58, abduct=52, rotate=20, elbow=86) | right(**hand_at(0.22, 0.05, 0.38, 5)),
            0.5,
            "elbow",
            40,
        ),
        "piano": (both(**hand_at(0.18, -0.24, 0.38, 25)), 0.24, "wrist", 18),
        "drums": (both(**hand_at(0.2, -0.14, 0.34, 30)), 0.22, "elbow", 30),
        "flute": (left(**hand_at(0.24, 0.06, 0.2, 40)) | right(**hand_at(-0.02, 0.06, 0.2, 40)), 0.4, "wrist", 10),
    }
    place, beat, joint, size = poses[instrument]
    score.pose(
        0.6, **place, nod=14 if instrument != "violin" else 0, cock=-12 if instrument == "violin" else 0, swing=0
    )
    for i in range(round(3.2 / beat)):
        sign = 1 if i % 2 == 0 else -1
        score.meanwhile(0, beat, lean=2 * sign, turn=3 * sign)
        start = place.get(f"left_{joint}", 0.0)
        score.meanwhile(0, beat, **left(**{joint: start + size * (sign - 1) / 2 if joint == "elbow" else size * sign}))
        if seated:
            start = place.get(f"right_{joint}", 0.0)
            score.meanwhile(
                0, beat, **right(**{joint: start - size * (sign + 1) / 2 if joint == "elbow" else -size * sign})
            )
            if instrument == "piano" and i % 4 == 0:
                way = 0.1 * (1 if i % 8 == 0 else -1)
                score.meanwhile(0, 2 * beat, **left(**_angles(hand_at(0.22 + way, -0.24, 0.38, 25))))
        score.hold(beat)
    score.meanwhile(0, 0.5, lean=0, turn=0, nod=0, cock=0)
    score.pose(0.7, **rest, **both(wrist=4))


def _angles(hand: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in hand.items() if name != "elbow"}

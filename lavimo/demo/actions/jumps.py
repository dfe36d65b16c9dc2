"""Actions that leave the floor with both feet. Written for the left; see `score`."""

from lavimo.demo.actions.locomotion import COUNT
from lavimo.demo.score import Score, both


def _crouch(score: Score, depth: float) -> None:
    """Sink, the arms back, and push off with the arms thrown up."""
    score.pose(0.34, drop=depth, bend=22, tilt=16, nod=-8, **both(flex=-32, elbow=15))
    score.meanwhile(0, 0.2, drop=-0.04, bend=0, tilt=0, nod=0)
    score.meanwhile(0, 0.3, **both(flex=95, elbow=30))
    score.now += 0.15


def _land(score: Score, depth: float) -> None:
    score.meanwhile(0.0, 0.16, drop=depth, bend=16, tilt=10)
    score.meanwhile(0.0, 0.3, **both(flex=25, elbow=30))
    score.hold(0.3)


def jump(score: Score, times: str, height: str) -> None:
    """Jump on the spot."""
    high = height == "high"
    for _ in range(COUNT[times]):
        _crouch(score, 0.24 if high else 0.13)
        score.jump((0.27 if high else 0.1) * score.size)
        _land(score, 0.15 if high else 0.09)
    score.relax(0.45)


def jump_forward(score: Score, times: str, size: str) -> None:
    """Jump forwards from both feet."""
    for _ in range(COUNT[times]):
        _crouch(score, 0.24 if size == "far" else 0.15)
        score.move(forward=(0.95 if size == "far" else 0.45) * score.size)
        score.jump(0.17 if size == "far" else 0.1, land=5)
        _land(score, 0.2 if size == "far" else 0.12)
    score.relax(0.45)


def jump_aside(score: Score, side: str, times: str, size: str) -> None:
    """Jump sidewards from both feet."""
    for _ in range(COUNT[times]):
        _crouch(score, 0.18 if size == "far" else 0.12)
        score.move(aside=(0.6 if size == "far" else 0.3) * score.size)
        score.jump(0.12 if size == "far" else 0.08)
        _land(score, 0.14 if size == "far" else 0.09)
    score.relax(0.45)


def jumping_jack(score: Score, times: str, arms: str) -> None:
    """Jump the legs apart while the arms go up, and back."""
    up = both(flex=0, abduct=158 if arms == "overhead" else 92, elbow=12, rotate=-25 if arms == "overhead" else 0)
    for _ in range(COUNT[times]):
        score.pose(0.18, drop=0.07)
        for spread, gesture in ((0.3, up), (0.1, both(flex=3, abduct=12, elbow=14, rotate=5))):
            score.meanwhile(0, 0.12, drop=0.0)
            score.meanwhile(0, 0.42, **gesture)
            score.now += 0.08
            score.jump(0.06, width=spread, push=30)
            score.meanwhile(0, 0.12, drop=0.06)
            score.hold(0.16)
    score.relax(0.35)


def jump_turn(score: Score, side: str, angle: str) -> None:
    """Jump and turn in the air."""
    half = angle == "half"
    score.pose(0.36, drop=0.2, bend=16, tilt=12, twist=-22, turn=-5, **both(flex=-12, abduct=25, elbow=35))
    score.meanwhile(0, 0.2, drop=-0.04, bend=0, tilt=0)
    score.meanwhile(0, 0.32, twist=16, turn=10, **both(flex=40, abduct=30, elbow=60))
    score.now += 0.15
    score.move(turn=160 if half else 90)
    score.jump(0.22 if half else 0.14)
    score.meanwhile(0, 0.16, drop=0.16, bend=14, tilt=8)
    score.meanwhile(0, 0.35, twist=0, turn=0, **both(flex=20, abduct=22, elbow=30))
    score.hold(0.4)
    score.relax(0.5)

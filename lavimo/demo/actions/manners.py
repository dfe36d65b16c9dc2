"""Ways in which persons carry themselves: old, tired, proud. See `score`."""

from dataclasses import dataclass, field

from lavimo.demo.score import MIRRORED, Score, both, swapped


@dataclass(frozen=True)
class Style:
    """What a way of moving changes: tempo, the steps' length, width and lift (factors; metres), and how the body is
    carried: `lean` degrees over each step's foot, `bob` metres up and down, `weave` degrees of turn to and fro."""

    tempo: float = 1.0
    stride: float = 1.0
    width: float = 0.085
    lift: float = 0.05
    push: float = 28.0
    toe: float = 4.0
    lean: float = 0.0
    bob: float = 0.0
    weave: float = 0.0
    look: float = 0.0
    manner: dict[str, float] = field(default_factory=dict)


STYLES = {
    "old": Style(
        0.74,
        0.55,
        0.11,
        0.03,
        12,
        9,
        3,
        manner={"bend": 26, "tilt": 10, "nod": 4, "drop": 0.07, "swing": -0.5} | both(elbow=34, flex=12),
    ),
    "tired": Style(
        0.76,
        0.78,
        0.1,
        0.03,
        18,
        5,
        3,
        manner={"bend": 18, "tilt": 4, "nod": 24, "drop": 0.03, "swing": -0.4} | both(flex=2, elbow=-6),
    ),
    "proud": Style(
        0.96, 1.02, 0.085, 0.05, 28, 8, manner={"bend": -9, "tilt": -2, "nod": -9, "swing": 0.25} | both(abduct=8)
    ),
    "angry": Style(
        1.16,
        1.04,
        0.11,
        0.07,
        26,
        4,
        3,
        manner={"bend": 11, "tilt": 5, "nod": 8, "swing": 0.5} | both(elbow=26, abduct=8, shrug=7),
    ),
    "happy": Style(
        1.1, 0.95, 0.085, 0.1, 38, 4, 4, 0.04, manner={"bend": -5, "nod": -8, "swing": 0.7} | both(abduct=6)
    ),
    "sad": Style(
        0.76, 0.7, 0.09, 0.03, 18, 2, 1, manner={"bend": 14, "tilt": 2, "nod": 34, "swing": -0.65} | both(abduct=-2)
    ),
    "sneaky": Style(
        0.8,
        0.72,
        0.09,
        0.15,
        24,
        4,
        3,
        look=24,
        manner={"drop": 0.13, "bend": 20, "tilt": 10, "swing": -0.8} | both(flex=22, elbow=62, abduct=4),
    ),
    "drunk": Style(
        0.82,
        0.62,
        0.15,
        0.05,
        18,
        8,
        9,
        0.03,
        24,
        manner={"bend": 9, "nod": 14, "drop": 0.04, "swing": -0.4} | both(abduct=16, elbow=8),
    ),
    "stiff": Style(
        0.9, 0.72, 0.12, 0.05, 6, 2, manner={"bend": -3, "nod": -3, "swing": -0.9} | both(elbow=66, rotate=4)
    ),
    "scared": Style(
        0.92,
        0.6,
        0.09,
        0.04,
        18,
        2,
        1,
        look=34,
        manner={"bend": 12, "drop": 0.08, "swing": -0.8} | both(shrug=13, flex=26, elbow=78, abduct=-2),
    ),
    "cool": Style(
        0.88,
        0.9,
        0.11,
        0.05,
        24,
        10,
        8,
        0.035,
        manner={"bend": -3, "tilt": -3, "cock": 6, "swing": 0.3} | both(abduct=12, elbow=8),
    ),
    "elegant": Style(
        0.94, 0.95, 0.055, 0.05, 30, 2, -5, manner={"bend": -5, "nod": -5, "swing": 0.1} | both(abduct=6, wrist=-14)
    ),
    "heavy": Style(
        0.82,
        0.8,
        0.17,
        0.09,
        14,
        12,
        7,
        0.03,
        manner={"bend": 3, "drop": 0.04, "swing": 0.1} | both(abduct=24, elbow=14),
    ),
    "hurried": Style(1.3, 1.12, 0.08, 0.05, 32, 4, manner={"tilt": 5, "bend": 6, "swing": 0.4} | both(elbow=22)),
}
"""Each style by its name."""


def take(score: Score, style: str) -> Style:
    """Let the person move in a style from the beginning on."""
    its = STYLES[style]
    score.tempo *= its.tempo
    for name, value in its.manner.items():
        sign = -1.0 if score.flip and name in MIRRORED else 1.0
        name = swapped(name) if score.flip else name
        score.manner[name] = score.manner.get(name, 0.0) + sign * value
    return its

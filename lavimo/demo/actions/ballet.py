"""Ballet: the legs turned out and straight, the arms round. Written for the left; see `score`."""

from lavimo.demo.actions.hands import hand_at
from lavimo.demo.actions.locomotion import COUNT
from lavimo.demo.score import Score, both, left, right

ARMS = {
    "low": both(**hand_at(0.12, -0.34, 0.22, 35)),
    "front": both(**hand_at(0.1, -0.06, 0.36, 50)),
    "side": both(flex=12, abduct=80, rotate=-8, elbow=18),
    "high": both(flex=120, abduct=62, rotate=-8, elbow=48),
}
"""The positions of both arms."""


def plie(score: Score, times: str, depth: str, arms: str) -> None:
    """Bend the turned-out knees with an upright trunk."""
    deep = depth == "deep"
    score.pose(0.45, **ARMS["low"], bend=-2, nod=-4)
    for _ in range(COUNT[times]):
        score.meanwhile(0, 0.5, **ARMS[arms])
        score.pose(0.52, drop=0.3 if deep else 0.15, **both(open=32 if deep else 20, heel=20 if deep else 0))
        score.meanwhile(0, 0.5, **ARMS["low"])
        score.pose(0.5, drop=0.0, **both(open=0, heel=0))
    score.relax(0.4)


def arabesque(score: Score, side: str, height: str, arms: str) -> None:
    """Stand on the right leg, the left one stretched out behind, an arm forwards."""
    high = height == "high"
    lines = {
        "forward": right(flex=96, abduct=6, elbow=8) | left(flex=4, abduct=84, rotate=-8, elbow=8),
        "side": ARMS["side"],
    }[arms]
    score.pose(0.4, **ARMS["front"], bend=-2)
    score.meanwhile(0, 0.7, **lines)
    score.pose(
        0.75, **left(air=1, hip=-34 if high else -18, knee=4, ankle=38), tilt=34 if high else 16, bend=-14, nod=-8
    )
    score.pose(0.35, aside=-0.012)
    score.meanwhile(0, 0.55, **left(air=0, hip=3, knee=12, ankle=0), tilt=0, bend=-2, aside=0)
    score.hold(0.3)
    score.relax(0.5)


def attitude(score: Score, side: str, arms: str) -> None:
    """Stand on the right leg, the left one raised behind with a bent knee."""
    score.pose(0.4, **ARMS["front"])
    score.meanwhile(0, 0.7, **ARMS[arms])
    score.pose(0.75, **left(air=1, hip=-22, spread=22, knee=72, ankle=34), tilt=14, bend=-12, nod=-8)
    score.pose(0.6, aside=-0.012)
    score.meanwhile(0, 0.55, **left(air=0, hip=3, spread=0, knee=12, ankle=0), tilt=0, bend=0, aside=0)
    score.hold(0.3)
    score.relax(0.5)


def retire(score: Score, side: str, arms: str, times: str) -> None:
    """Draw the toes of the left foot up to the other knee, the thigh turned out, and down again."""
    score.pose(0.4, **ARMS["low"])
    for _ in range(COUNT[times]):
        score.meanwhile(0, 0.5, **ARMS[arms])
        score.pose(0.5, **left(air=1, hip=62, spread=48, knee=112, ankle=38, open=40), bend=-3)
        score.hold(0.16)
        score.pose(0.5, **left(air=0, hip=5, spread=0, knee=14, ankle=0, open=0))
    score.relax(0.45)


def rond_de_jambe(score: Score, side: str, height: str) -> None:
    """Lead the straight left leg round from in front over the side to behind."""
    up = 1.7 if height == "high" else 1.0
    score.pose(0.4, **ARMS["side"], bend=-2)
    for hip, spread in ((30, 4), (14, 26), (-14, 16)):
        score.pose(0.42, **left(air=1, hip=hip * up, spread=spread * up, knee=4, ankle=38))
    score.meanwhile(0, 0.5, **left(air=0, hip=3, spread=0, knee=12, ankle=0))
    score.hold(0.25)
    score.relax(0.45)


def jete(score: Score, side: str, direction: str, size: str) -> None:
    """Leap from the right foot to the left one, the legs stretched apart in the air."""
    far = size == "big"
    score.meanwhile(0, 0.45, **ARMS["front"])
    score.pose(0.45, drop=0.15, bend=-2, tilt=6)
    aside = direction == "aside"
    legs = {"spread": 40 if far else 22} if aside else {"hip": 48 if far else 28}
    score.meanwhile(0, 0.2, **left(air=1, knee=4, ankle=34, **legs))
    score.meanwhile(0, 0.3, **ARMS["side"], drop=-0.03, tilt=0)
    score.now += 0.17
    score.move(**({"aside": 0.6 if far else 0.34} if aside else {"forward": 0.75 if far else 0.42}))
    score.meanwhile(0.02, 0.14, **right(air=1, hip=-18, spread=14 if aside else 4, knee=8, ankle=34))
    score.jump(0.15 if far else 0.09, ("left",), push=36, land=28)
    score.meanwhile(0, 0.16, drop=0.13, **left(air=0, hip=5, spread=0, knee=14, ankle=0))
    score.hold(0.22)
    score.meanwhile(0, 0.34, **right(air=0, hip=5, spread=0, knee=14, ankle=0), drop=0.02)
    score.step("right", 0.4, lift=0.05, push=0, land=8)
    score.relax(0.5)


def glissade(score: Score, side: str, times: str) -> None:
    """Glide sidewards from one bent-kneed stand to the next, the legs long in between."""
    score.pose(0.4, **ARMS["low"])
    for _ in range(COUNT[times]):
        score.pose(0.25, drop=0.12, **both(open=18))
        score.meanwhile(0, 0.3, **ARMS["side"], drop=0.01)
        score.move(aside=0.5 * score.size)
        score.step("left", 0.4, 0.06, lift=0.06, push=34, land=28)
        score.meanwhile(0.1, 0.25, drop=0.12, **ARMS["low"])
        score.step("right", 0.38, lift=0.04, push=34, land=20)
    score.meanwhile(0, 0.4, **both(open=0))
    score.relax(0.45)


def port_de_bras(score: Score, arms: str, then: str) -> None:
    """Lead the round arms from below through the front overhead, then open them."""

    def part(position: str) -> dict[str, float]:
        return {name: value for name, value in ARMS[position].items() if arms == "both" or name.startswith("left")}

    score.pose(0.4, **part("low"))
    score.pose(0.6, **part("front"), nod=4)
    score.pose(0.65, **part("high"), nod=-12, bend=-6)
    if then == "opens":
        score.pose(0.6, **part("side"), nod=0, bend=-2)
    else:
        score.pose(0.6, lean=12, cock=6)
        score.meanwhile(0, 0.4, lean=0, cock=0)
    score.relax(0.6)

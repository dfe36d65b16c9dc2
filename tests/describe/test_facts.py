"""Facts are the same wherever, whichever way, however tall, at whichever rate; the mirror image says left for right."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from lavimo.body.skeleton import MIRROR
from lavimo.config import DemoOptions
from lavimo.demo.load import load
from lavimo.demo.plan import plan
from lavimo.describe.describe import describe, facts_of
from lavimo.describe.fact import KINDS, Fact, mirrored
from lavimo.formats import read_motion
from lavimo.landmarks.movement import joints_of
from lavimo.motion.motion import FPS, Motion

REAL = Path(__file__).parents[1] / "data/cmu"
OPTIONS = DemoOptions(kinds="wide", train=2400)
RATES_DIFFER = 0.03
"""The share of facts that another frame rate may change: what lasts two frames at one lasts none at another."""


def clip(start: str) -> Motion:
    """The first wide clip of this name."""
    return load(next(name for name in sorted(plan(OPTIONS)) if name.startswith(start)), OPTIONS)


@pytest.fixture(scope="module")
def bodies() -> list[NDArray[np.floating]]:
    """Joints of sixty procedural clips and five real ones."""
    names = sorted(plan(OPTIONS))
    real = [joints_of(read_motion(path)) for path in sorted(REAL.glob("*.bvh"))]
    return [joints_of(load(name, OPTIONS)) for name in names[:: len(names) // 60]] + real


def same(one: tuple[Fact, ...], other: tuple[Fact, ...]) -> bool:
    """Whether facts are the same but for the last digits."""
    if len(one) != len(other):
        return False
    key = lambda fact: (fact.kind, fact.side, fact.direction, round(fact.begin_s, 3), fact.count)  # noqa: E731
    pairs = zip(sorted(one, key=key), sorted(other, key=key))
    return all(key(a) == key(b) and a.amount == pytest.approx(b.amount, abs=1e-4) for a, b in pairs)


@pytest.mark.parametrize("size", [0.7, 1.0, 1.3])
def test_elsewhere_turned_and_of_another_size_the_facts_are_the_same(bodies, size):
    angle = 2.0
    turn_33 = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    for joints_TJ3 in bodies:
        assert same(facts_of(joints_TJ3), facts_of(size * (joints_TJ3 @ turn_33.T) + [5.0, 0.7, -3.0]))


def test_the_mirror_image_says_left_for_right_and_nothing_else(bodies):
    for joints_TJ3 in bodies:
        image_TJ3 = (joints_TJ3 * [-1, 1, 1])[:, MIRROR]
        assert same(tuple(mirrored(fact) for fact in facts_of(joints_TJ3)), facts_of(image_TJ3))


@pytest.mark.parametrize("fps", [10.0, 30.0, 60.0, 120.0])
def test_another_frame_rate_says_the_same(bodies, fps):
    said, other = Counter(), Counter()
    for number, joints_TJ3 in enumerate(bodies):
        times_T = np.arange(len(joints_TJ3)) / FPS
        at_N = np.arange(int(times_T[-1] * fps + 1e-6) + 1) / fps
        again = facts_of(CubicSpline(times_T, joints_TJ3)(at_N), fps)
        said.update({(number, fact.kind, fact.side, fact.direction) for fact in facts_of(joints_TJ3)})
        other.update({(number, fact.kind, fact.side, fact.direction) for fact in again})
    differing = sum(((said - other) + (other - said)).values())
    assert differing <= RATES_DIFFER * sum(said.values())


def test_played_backwards_forwards_is_backwards():
    for name, found, reverse in (("walk_forward", "forward", "backward"), ("walk_backward", "backward", "forward")):
        joints_TJ3 = joints_of(clip(name))
        ways = [{fact.direction for fact in facts_of(j) if fact.kind == "walk"} for j in (joints_TJ3, joints_TJ3[::-1])]
        assert ways == [{found}, {reverse}]


@pytest.mark.parametrize(
    ("name", "kind", "side", "direction", "count"),
    [
        ("kick_left_high_once", "kick", "left", "forward", 1),
        ("kick_right_low_twice", "kick", "right", "forward", 2),
        ("kick_aside_right_high", "kick", "right", "side", 0),
        ("side_step_left_twice", "walk", "left", "left", 0),
        ("turn_right_half", "turn", "", "right", 0),
        ("walk_curve_left_tight", "curve", "", "left", 0),
        ("wave_right_big", "wave", "right", "", 0),
        ("raise_arms_both_overhead", "raise", "both", "above", 0),
        ("raise_arms_left_sideways", "raise", "left", "side", 0),
        ("punch_left_twice_face", "punch", "left", "", 2),
        ("jump_twice_high", "jump", "", "up", 2),
        ("hop_left_thrice_in_place", "hop", "left", "", 3),
        ("sit_chair_rises", "sit down", "", "chair", 0),
        ("sit_chair_rises", "get up", "", "chair", 0),
        ("kneel_both", "kneel", "both", "", 0),
        ("climb_stairs_up", "climb", "", "up", 0),
        ("drink_right", "hand to mouth", "right", "", 0),
        ("limp_right", "limp", "right", "", 0),
        ("bow_deep_once", "bow", "", "", 1),
        ("lunge_left_forward", "lunge", "left", "forward", 0),
        ("lunge_right_aside", "lunge", "right", "side", 0),
        ("arm_circle_both_forward", "circle arm", "both", "forward", 0),
    ],
)
def test_what_is_done_is_said(name, kind, side, direction, count):
    facts = describe(clip(name))
    found = [fact for fact in facts if fact.kind == kind]
    assert found, [fact.kind for fact in facts]
    assert not side or kind == "walk" or {fact.side for fact in found} == {side}
    assert not direction or {fact.direction for fact in found} == {direction}
    assert not count or max(fact.count for fact in found) == count


def test_a_single_step_says_which_foot_and_what_follows():
    facts = describe(clip("step_left_forward_then_squat_once_deep"))
    step, squat = ([fact for fact in facts if fact.kind == kind] for kind in ("walk", "squat"))
    assert [(fact.side, fact.direction) for fact in step] == [("left", "forward")]
    assert len(squat) == 1
    assert squat[0].begin_s > step[0].end_s
    assert not any(fact.kind == "slow" for fact in facts)
    assert {fact.side for fact in describe(clip("walk_forward")) if fact.kind == "walk"} == {""}


def test_real_people():
    said = {path.stem: {(f.kind, f.direction) for f in describe(read_motion(path))} for path in REAL.glob("*.bvh")}
    assert ("walk", "forward") in said["07_01"]
    assert not any(kind == "jump" for kind, _ in said["07_01"])
    assert ("run", "forward") in said["09_03"]
    assert ("jump", "up") in said["13_40"]


def test_amounts_are_metres_degrees_and_seconds():
    facts = describe(clip("walk_forward"))
    walk = next(fact for fact in facts if fact.kind == "walk")
    joints_TJ3 = joints_of(clip("walk_forward"))
    assert walk.amount == pytest.approx(np.linalg.norm((joints_TJ3[-1, 0] - joints_TJ3[0, 0])[[0, 2]]), rel=0.15)
    assert walk.unit == "m"
    assert 0 <= walk.begin_s < walk.end_s <= len(joints_TJ3) / FPS + 0.05


def test_a_body_that_does_not_move_only_stands():
    standing_TJ3 = np.repeat(joints_of(clip("walk_forward"))[:1], 60, axis=0)
    assert {fact.kind for fact in facts_of(standing_TJ3)} <= {"stand"}


def test_a_body_without_length_or_numbers_is_refused():
    joints_TJ3 = joints_of(clip("walk_forward"))
    for bad, told in (
        (joints_TJ3[:1], "at least 2"),
        (joints_TJ3[:, :22], r"\(T, 24, 3\)"),
        (np.where(np.arange(24)[:, None] == 3, np.nan, joints_TJ3), "NaN"),
        (joints_TJ3 * 0, "without length"),
    ):
        with pytest.raises(ValueError, match=told):
            facts_of(bad)


@pytest.mark.parametrize("frames", [2, 3, 5])
def test_a_glimpse_has_facts_or_none_and_never_an_error(frames):
    for name in ("kick_left_high_once", "walk_forward", "jump_twice_high", "sit_ground"):
        joints_TJ3 = joints_of(clip(name))
        for begin in range(0, len(joints_TJ3) - frames, 7):
            assert all(fact.kind in KINDS for fact in facts_of(joints_TJ3[begin : begin + frames]))


def test_facts_survive_json():
    for fact in describe(clip("kick_left_high_once")):
        back = Fact.from_json(fact.to_json())
        assert (back.kind, back.side, back.direction, back.count) == (fact.kind, fact.side, fact.direction, fact.count)

"""Takes in a row: where they meet, and that nobody slides or jumps there."""

from itertools import permutations

import numpy as np
import pytest
from data_folders import DATA
from scipy.spatial.transform import Rotation

from lavimo.body.kinematics import matrices
from lavimo.config import DemoOptions
from lavimo.demo import catalogue, load
from lavimo.export.join import joined
from lavimo.export.take import Cut, Take, take_of
from lavimo.export.transition import BALLS, _nearest
from lavimo.formats import read_motion

STANDING_M, ABOVE_M = 0.027, 0.025
"""How high a ball is that stands, and how much higher it touches the floor no more (Zhang et al. 2018)."""


@pytest.fixture(scope="module")
def takes() -> list[Take]:
    """Three seconds of real recordings, and the demo's clips."""
    options = DemoOptions()
    recorded = [read_motion(DATA / "cmu" / f"{name}.bvh") for name in ("05_03", "07_01", "09_03", "10_03", "13_40")]
    made = [load(clip.name, options) for clip in catalogue(options)[::60]]
    return [take_of(motion, Cut(end_s=3.0)) for motion in [*recorded, *made]]


ARMS = slice(12, 22)


def blend_of(whole: Take, one: Take, two: Take) -> slice:
    """The frames that are neither take's: arms are theirs in all others."""
    arms_TX = matrices(whole.rotations_TJ3[:, ARMS]).reshape(len(whole), -1)
    first, second = (matrices(take.rotations_TJ3[:, ARMS]).reshape(len(take), -1) for take in (one, two))

    def alike(mine: np.ndarray, theirs: np.ndarray) -> int:
        same = [bool(np.abs(a - b).max() < 1e-6) for a, b in zip(mine, theirs)]
        return same.index(False)

    return slice(alike(arms_TX, first), len(whole) - alike(arms_TX[::-1], second[::-1]))


def sliding(joints_TJ3: np.ndarray) -> np.ndarray:
    """How fast each ball (T - 1, F) moves over the floor while it is on it, metres a second."""
    balls_TF3 = joints_TJ3[:, BALLS]
    speed_TF = np.linalg.norm(np.diff(balls_TF3[..., [0, 2]], axis=0), axis=-1) * 20
    height_TF = np.minimum(balls_TF3[1:, :, 1], balls_TF3[:-1, :, 1]) - STANDING_M
    return speed_TF * np.clip(2 - 2 ** (height_TF / ABOVE_M), 0, 1)


def pulls(joints_TJ3: np.ndarray) -> np.ndarray:
    """The acceleration (T - 2,) of the joint that has the most, metres a second squared."""
    return np.linalg.norm(np.diff(joints_TJ3[:, :22], n=2, axis=0), axis=-1).max(1) * 400


def test_in_blends_feet_slide_no_more_and_nothing_is_jerked(takes):
    own, blend, jerks = [], [], []
    for one, two in permutations(takes, 2):
        whole = joined([one, two])
        at = blend_of(whole, one, two)
        assert 6 <= at.stop - at.start <= 30
        alone = [take.joints_TJ3 for take in (one, two)]
        own.append(np.mean([sliding(joints_TJ3).mean() for joints_TJ3 in alone]))
        blend.append(sliding(whole.joints_TJ3)[at.start - 1 : at.stop].mean())
        most = np.quantile(np.concatenate([pulls(joints_TJ3) for joints_TJ3 in alone]), 0.99)
        jerks.append(pulls(whole.joints_TJ3)[at.start - 2 : at.stop + 1].max() / most)
    assert np.mean(blend) < 1.5 * np.mean(own)
    assert np.median(jerks) < 1
    assert np.quantile(jerks, 0.9) < 2


def test_a_walk_walks_on(takes):
    """The next begins where the last ends: the way goes on, as fast, in the same direction."""
    walk = next(take for take in takes if np.ptp(take.translation_T3[:, [0, 2]], axis=0).max() > 2)
    whole = joined([walk, walk, walk])
    way_T2 = np.diff(whole.translation_T3[:, [0, 2]], axis=0) * 20
    own_T2 = np.diff(walk.translation_T3[:, [0, 2]], axis=0) * 20
    speed_T, own_T = np.linalg.norm(way_T2, axis=1), np.linalg.norm(own_T2, axis=1)
    assert speed_T.min() > 0.8 * own_T.min()
    assert speed_T.max() < 1.2 * own_T.max()
    turned = np.degrees(np.arccos((way_T2[1:] * way_T2[:-1]).sum(1) / speed_T[1:] / speed_T[:-1]))
    assert turned.max() < 15
    assert np.linalg.norm(whole.translation_T3[-1] - whole.translation_T3[0]) > 4


def test_the_order_is_the_one_that_is_given(takes):
    one, two, three = takes[:3]
    whole = joined([one, two, three])
    np.testing.assert_allclose(matrices(whole.rotations_TJ3[0]), matrices(one.rotations_TJ3[0]), atol=1e-6)
    np.testing.assert_allclose(matrices(whole.rotations_TJ3[-1, 1:]), matrices(three.rotations_TJ3[-1, 1:]), atol=1e-6)
    assert len(whole) > sum(map(len, (one, two, three))) - 3 * 30


def test_half_a_turn_between_arms_goes_one_way():
    """An arm that points the other way: it passes by one side, though which is shorter changes on the way."""
    still, turning = np.zeros((40, 24, 3)), np.zeros((40, 24, 3))
    turning[:, 18, 1] = np.linspace(np.pi - 0.4, np.pi + 0.4, 40)
    one, two = (Take(rotations, np.zeros((40, 3)), 20.0) for rotations in (still, turning))
    hand_T3 = joined([one, two], 0.5).joints_TJ3[:, 22]
    assert np.linalg.norm(np.diff(hand_T3, axis=0), axis=1).max() < 0.2


def test_two_stretches_are_brought_nearest_as_by_trying():
    rng = np.random.default_rng(0)
    one_MJ3, weights_MJ = rng.normal(size=(4, 22, 3)), rng.uniform(0.5, 2, (4, 22))
    two_MJ3 = Rotation.from_rotvec([0, 1.1, 0]).apply((one_MJ3 + 0.1 * rng.normal(size=(4, 22, 3))).reshape(-1, 3))
    two_MJ3 = two_MJ3.reshape(4, 22, 3) + [3, 0, -2]
    yaw, move_3, away_MJ = _nearest(one_MJ3, two_MJ3, weights_MJ)

    def apart(yaw: float, move_3: np.ndarray) -> float:
        moved_MJ3 = Rotation.from_rotvec([0, yaw, 0]).apply(two_MJ3.reshape(-1, 3)).reshape(4, 22, 3) + move_3
        return float((weights_MJ * ((moved_MJ3 - one_MJ3) ** 2).sum(-1)).sum())

    best = apart(yaw, move_3)
    assert best == pytest.approx((weights_MJ * away_MJ**2).sum())
    assert yaw == pytest.approx(-1.1, abs=0.1)
    for step in rng.normal(size=(200, 3)) * 0.05:
        assert apart(yaw + step[0], move_3 + [step[1], 0, step[2]]) >= best


@pytest.mark.parametrize(
    ("lengths", "blend_s", "message"),
    [
        ([3.0], 0.3, r"found 1 motion\(s\) to join, expected at least 2"),
        ([3.0, 0.5], 0.3, "found 0.5 s of the motion 2 in the row, expected at least 0.7 s for blends of 0.3 s"),
        ([3.0, 3.0], 0.0, "found a blend of 0 s, expected at least 0.05"),
        ([3.0, 3.0], float("nan"), "found a blend of nan s"),
    ],
)
def test_what_cannot_be_joined(takes, lengths, blend_s, message):
    short = [Take(takes[0].rotations_TJ3[: int(20 * s)], takes[0].translation_T3[: int(20 * s)], 20.0) for s in lengths]
    with pytest.raises(ValueError, match=message):
        joined(short, blend_s)

"""The motions move like a person: every clip of the default is measured on the body's own mesh."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.body.skeleton import JOINT
from lavimo.config import DemoOptions
from lavimo.demo import catalogue, load
from lavimo.demo.actions.vocabulary import wider
from lavimo.demo.load import SHORTEST_S, compose, longest_s
from lavimo.demo.plan import combinations, plan
from lavimo.motion.motion import FPS, Motion

pytestmark = pytest.mark.xdist_group("demo")

Array = NDArray[np.floating]
Motions = dict[str, Motion]
ON_FLOOR_M = 0.006
"""A vertex of the sole below this touches the floor."""


@cache
def rest() -> tuple[Array, Array]:
    return embedded_body().rest(np.zeros(10, np.float32))


def joints(motion: Motion) -> Array:
    return forward_kinematics(matrices(motion.rotations_TJ3), motion.translation_T3, rest()[1])[0]


@cache
def soles() -> Array:
    feet_V = embedded_body().weights_VJ[:, [7, 10, 8, 11]].sum(1) > 0.99
    return np.flatnonzero(feet_V & (rest()[0][:, 1] < rest()[0][:, 1].min() + 0.02))


LYING = ("cartwheel", "crawl", "fall", "get_up", "lie_", "roll_forward")
"""Actions in which others than the feet carry the body: heels slide, and some begin on the floor."""


def slide(soles_TS3: Array) -> float:
    """The furthest that a point of the sole travels while it touches the floor, metres."""
    furthest, origin_S3 = 0.0, soles_TS3[0].copy()
    touches_TS = soles_TS3[..., 1] < ON_FLOOR_M
    for t in range(1, len(soles_TS3)):
        lands_S = touches_TS[t] & ~touches_TS[t - 1]
        origin_S3[lands_S] = soles_TS3[t][lands_S]
        moved_S = np.linalg.norm((soles_TS3[t] - origin_S3)[:, [0, 2]], axis=1)
        furthest = max(furthest, moved_S[touches_TS[t]].max(initial=0.0))
    return furthest


def test_slide_sees_a_sliding_foot() -> None:
    still_TS3 = np.zeros((10, 4, 3))
    assert slide(still_TS3) == 0
    still_TS3[:, 2, 0] = np.linspace(0, 0.05, 10)
    assert slide(still_TS3) == pytest.approx(0.05)


def test_feet_neither_slide_nor_sink(motions: Motions) -> None:
    for clip, motion in motions.items():
        if clip.startswith("climb") and "down" in clip:
            continue  # the floor sinks
        vertices_TV3 = embedded_body().pose(motion.rotations_TJ3, motion.translation_T3, *rest())
        assert vertices_TV3[..., 1].min() > -0.01, f"{clip} sinks {-vertices_TV3[..., 1].min():.3f} m"
        soles_TS3 = vertices_TV3[:, soles()]
        if clip.startswith(LYING):
            continue
        assert slide(soles_TS3) < 0.01, f"{clip} slides {slide(soles_TS3):.3f} m"
        assert abs(soles_TS3[0, :, 1].min()) < 0.005, f"{clip} does not stand on the floor at first"


def test_lengths(motions: Motions) -> None:
    lengths = {clip: len(motion) / FPS for clip, motion in motions.items()}
    assert min(lengths.values()) >= 2
    assert max(lengths.values()) <= 6
    assert max(seconds for clip, seconds in lengths.items() if not clip.startswith(tuple(wider()))) <= 4


def test_movements_ease_in_and_out_and_do_not_jerk(motions: Motions) -> None:
    for clip, motion in motions.items():
        velocity_TJ3 = np.diff(joints(motion), axis=0) * FPS
        speed_TJ = np.linalg.norm(velocity_TJ3, axis=-1)
        assert speed_TJ[[0, -1]].max() < 0.35, f"{clip}: {speed_TJ[[0, -1]].max():.2f} m/s at an end"
        acceleration = np.linalg.norm(np.diff(velocity_TJ3, axis=0), axis=-1).max() * FPS
        assert acceleration < 200, f"{clip}: {acceleration:.0f} m/s2"
        assert speed_TJ.max() > (0.02 if clip.endswith("_still") else 0.2), f"{clip} hardly moves"


def segment_distance(points_T3: Array, start_T3: Array, end_T3: Array) -> float:
    bone_T3 = end_T3 - start_T3
    share_T = np.clip(((points_T3 - start_T3) * bone_T3).sum(1) / (bone_T3**2).sum(1), 0, 1)
    return float(np.linalg.norm(points_T3 - start_T3 - share_T[:, None] * bone_T3, axis=1).min())


def test_limbs_do_not_pass_through_the_body(motions: Motions) -> None:
    """Joints of the arms against bones of the trunk, head and legs; feet and hands against each other, metres."""
    for clip, motion in motions.items():
        positions_TJ3 = joints(motion)
        at = {name: positions_TJ3[:, index] for name, index in JOINT.items()}
        skull_T3 = at["head"] + 1.6 * (at["head"] - at["neck"])
        for side in ("left", "right"):
            for point in ("elbow", "wrist", "hand"):
                point_T3 = at[f"{side}_{point}"]
                for bone, least in ((("pelvis", "spine3"), 0.11), (("spine3", "neck"), 0.11)):
                    assert segment_distance(point_T3, at[bone[0]], at[bone[1]]) > least, (clip, side, point, bone)
                assert np.linalg.norm(point_T3 - skull_T3, axis=1).min() > 0.05, (clip, side, point, "head")
                for leg in ("left", "right"):
                    hip_T3, knee_T3, ankle_T3 = (at[f"{leg}_{name}"] for name in ("hip", "knee", "ankle"))
                    assert segment_distance(point_T3, hip_T3, knee_T3) > 0.04, (clip, side, point, leg, "thigh")
                    assert segment_distance(point_T3, knee_T3, ankle_T3) > 0.04, (clip, side, point, leg, "shin")
        for name, least in (("hand", 0.035), ("ankle", 0.1), ("knee", 0.15), ("foot", 0.1)):
            gap_T = np.linalg.norm(at[f"left_{name}"] - at[f"right_{name}"], axis=1)
            assert gap_T.min() > least, f"{clip}: {name}s {gap_T.min():.3f} m apart"


def test_same_name_same_bytes(motions: Motions) -> None:
    """In another order, and from a plan made again."""
    plan.cache_clear()
    for clip in sorted(plan(DemoOptions()), reverse=True)[::40]:
        again = load(clip, DemoOptions())
        assert np.array_equal(again.rotations_TJ3, motions[clip].rotations_TJ3)
        assert np.array_equal(again.translation_T3, motions[clip].translation_T3)


def test_takes_of_one_combination_vary() -> None:
    options = DemoOptions(train=700)
    takes = [clip.id for clip in catalogue(options) if clip.id.startswith("bow_")]
    item = takes[0].rpartition("_")[0]
    first, second = (load(f"{item}_{take:02d}", options) for take in (1, 2))
    assert first.rotations_TJ3.shape != second.rotations_TJ3.shape or not np.allclose(
        first.rotations_TJ3, second.rotations_TJ3, atol=0.01
    )


def test_an_unknown_clip_is_named() -> None:
    with pytest.raises(ValueError, match=r"clip 'flies': .*expected one of its catalogue's 320"):
        load("flies", DemoOptions())


class Slowest:
    """Draws the slowest tempo, and of all else the largest."""

    def uniform(self, low: float, high: float, size: int | None = None) -> object:
        value = low if low > 0.9 and high < 1.1 and low != 0.92 else high
        return value if size is None else np.full(size, value)


@pytest.mark.parametrize("kinds", ["everyday", "wide"])
def test_whatever_is_drawn_every_action_keeps_to_its_time(kinds: str) -> None:
    """A ladder climbed slowly in large steps took 4.05 s, in one of 14,616 clips."""
    for item in (item for group in combinations(kinds).values() for item in group):
        for rng in (Slowest(), *(np.random.default_rng(seed) for seed in range(3))):
            assert SHORTEST_S <= compose(item, rng).now <= longest_s(item), item  # type: ignore[arg-type]

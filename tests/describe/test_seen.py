"""Facts of somebody in a video are those of the motion, whoever films it."""

from collections import Counter

import numpy as np
import pytest
import yaml
from data_folders import DATA
from scipy.spatial.transform import Rotation

from lavimo.body.skeleton import JOINT
from lavimo.config import DemoOptions, ProjectionOptions
from lavimo.demo import catalogue, load
from lavimo.describe.describe import describe
from lavimo.describe.rules.body import pair
from lavimo.describe.seen import STRETCH, facts_seen, joints_seen
from lavimo.formats import read_motion
from lavimo.landmarks import projection
from lavimo.landmarks.projection import projected
from lavimo.landmarks.sequence import Landmarks

SEEN = ProjectionOptions(noise=(1, 1), crop=0, tempo=1, occluded=0, missed_detections=0, elevation_degrees=(0, 15))
TOLD = ("walk", "run", "turn", "curve", "kick", "raise", "reach up", "reach down", "bend", "raise knee", "jump")
"""Kinds that landmarks tell well."""


@pytest.fixture(scope="module")
def motions():
    """One of the demo's motions for each of its actions."""
    by_action = {}
    for clip in catalogue(DemoOptions()):
        by_action.setdefault("_".join(clip.id.split("_")[:2]), clip.id)
    return {name: load(name, DemoOptions()) for name in by_action.values()}


def leaning(video: Landmarks, degrees: float, axis: str) -> Landmarks:
    """As a camera sees it that is held askew: rolled (z), or tilted (x)."""
    turn_33 = Rotation.from_euler(axis, degrees, degrees=True).as_matrix().astype(np.float32)
    image_TL2 = video.image_TL2 @ turn_33[:2, :2].T if axis == "z" else video.image_TL2
    return Landmarks(video.times_T, video.world_TL3 @ turn_33.T, image_TL2, video.visibility_TL)


def test_facts_of_videos_are_those_of_motions(motions):
    """Of what motions show four of five are seen, and what is seen is there three times of four."""
    rng = np.random.default_rng(0)
    count: Counter[str] = Counter()
    for motion in motions.values():
        true, found = ({fact.kind for fact in facts} & {*TOLD} for facts in (describe(motion), _seen(motion, rng)))
        count.update(true=len(true), found=len(found), both=len(true & found))
    assert count["true"] > 40
    assert count["both"] >= 0.8 * count["true"], count
    assert count["both"] >= 0.6 * count["found"], count


def _seen(motion, rng):
    return facts_seen(projected(motion, rng, SEEN))


def test_real_people_are_seen_to_walk_run_and_kick():
    rng = np.random.default_rng(0)
    for name, kind, seconds in (("07_01", "walk", (0, 2.6)), ("09_03", "run", (0, 1.6)), ("10_03", "kick", (0, 6))):
        views = [_seen(read_motion(DATA / f"cmu/{name}.bvh", *seconds), rng) for _ in range(5)]
        assert sum(kind in {fact.kind for fact in facts} for facts in views) >= 3, (name, views)


@pytest.mark.parametrize(("degrees", "axis"), [(15, "z"), (-15, "z"), (20, "x")])
def test_a_camera_may_lean(motions, degrees, axis):
    rng = np.random.default_rng(0)
    clean = SEEN.model_copy(update={"noise": (0, 0)})
    for motion in list(motions.values())[::6]:
        video = projected(motion, rng, clean)
        level, lean = (joints_seen(one) for one in (video, leaning(video, degrees, axis)))
        trunk_TC3 = np.stack([one[:, JOINT["neck"]] - one[:, JOINT["pelvis"]] for one in (level, lean)], axis=1)
        trunk_TC3 /= np.linalg.norm(trunk_TC3, axis=-1, keepdims=True)
        assert np.median(np.degrees(np.arccos(np.clip(trunk_TC3.prod(1).sum(-1), -1, 1)))) < 6


def test_feet_stand_on_the_floor_and_jumps_leave_it(motions):
    rng = np.random.default_rng(1)
    for name, motion in motions.items():
        joints = joints_seen(projected(motion, rng, SEEN.model_copy(update={"noise": (0, 0)})))
        lowest_N = joints[:, [*pair("ankle"), *pair("foot")], 1].min(1)
        assert abs(np.median(lowest_N)) < 0.1
        if name.startswith("jump_once_high"):
            assert lowest_N.max() > 0.1


def test_a_glimpse_shows_nothing(motions):
    video = projected(next(iter(motions.values())), np.random.default_rng(0), SEEN)
    assert facts_seen(Landmarks.of_nobody()) == ()
    assert facts_seen(Landmarks(*(array[:3] for array in video.arrays().values()))) == ()


def test_the_stretch_is_the_measured_one():
    told = yaml.safe_load((DATA.parents[1] / "lavimo/landmarks/errors.yaml").read_text())
    assert tuple(told["stretch"]) == STRETCH
    assert projection.detector_errors().stretch_3.tolist() == list(STRETCH)

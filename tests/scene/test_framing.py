"""Every clip there is, animated: the person is whole in the picture, neither small nor large, and on the floor."""

import numpy as np
import pytest
from data_folders import CMU, CMU_BVH

from lavimo import demo
from lavimo.avatar.wardrobe import Wardrobe, dress_all
from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.body.skeleton import JOINT
from lavimo.config import AnimateOptions, BvhOptions, DemoOptions, DressOptions, SourceOptions
from lavimo.motion.motion import write_motions
from lavimo.scene.animate import animate
from lavimo.scene.scene import Scene
from lavimo.shards import Shard
from lavimo.sources.bvh import BvhSource

FEET = [JOINT["left_foot"], JOINT["right_foot"]]
STILL_M = 0.005
"""A foot that moves less in a frame carries the person."""
FLOOR_UNKNOWN = ("05_05",)
"""A dance whose capture drifts by 20 cm: where its floor is cannot be told."""
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wardrobe_of_all(tmp_path_factory):
    path = tmp_path_factory.mktemp("wardrobe") / "avatars"
    dress_all(path, DressOptions())
    return path


def measured(motions, wardrobe, folder):
    """Of each clip: the farthest that a vertex is from the picture's middle (1: the edge), the median of the body's
    height as a share of the picture's, and the lowest vertex in frames where the person stands, metres."""
    write_motions(folder / "motions", motions)
    animate(folder / "motions", wardrobe, folder / "animations", AnimateOptions())
    shard, people = Shard(folder / "animations"), Wardrobe(wardrobe)
    for clip in shard.clips:
        entry = shard.metadata["scenes"][clip][0]
        person, camera = people[entry["avatar"]], Scene.from_json(entry["scene"]).camera
        rotations, translation = shard[f"{clip}/rotations"], shard[f"{clip}/translation"]
        joints_TJ3, _ = forward_kinematics(matrices(rotations), translation, person.joints_J3)
        # A person stands who is upright and keeps a foot still.
        upright_T = joints_TJ3[:, JOINT["head"], 1] > 0.75 * np.ptp(person.rest_V3[:, 1])
        steps_TF = np.linalg.norm(np.gradient(joints_TJ3[:, FEET], axis=0), axis=-1)
        standing_T = upright_T & (steps_TF.min(axis=1) < STILL_M)
        reach, heights, lowest = 0.0, [], []
        for vertices_V3, standing in zip(person.poses(rotations, translation), standing_T):
            across_N, up_N, _ = camera.project(vertices_V3).T
            reach = max(reach, np.abs(across_N).max(), np.abs(up_N).max())
            heights.append(np.ptp(up_N) / 2)
            if standing:
                lowest.append(vertices_V3[:, 1].min())
        yield clip, reach, float(np.median(heights)), np.array(lowest)


def check(clips, load, wardrobe, folder):
    motions = {clip.id: load(clip) for clip in clips}
    captions = {clip.id: clip.captions[0] for clip in clips}
    faults = []
    for clip, reach, height, lowest in measured(motions, wardrobe, folder):
        if reach >= 1 - 2 / 256:
            faults.append(f"{clip}: reaches {reach:.3f} of the way to the picture's edge")
        if not 0.25 <= height <= 0.85:
            faults.append(f"{clip}: the body's height is {height:.3f} of the picture's")
        if any(word in captions[clip] for word in ("climb", "uneven")) or clip in FLOOR_UNKNOWN:
            continue
        off = np.abs(lowest) > 0.02
        if off.sum() > max(1, 0.1 * len(off)):
            faults.append(
                f"{clip}: in {off.sum()} of {len(off)} frames stands off the floor, {np.median(lowest):.3f} m"
            )
    assert not faults, "\n".join(faults)


def test_demo_clips(wardrobe_of_all, tmp_path):
    options = DemoOptions()
    check(demo.catalogue(options), lambda clip: demo.load(clip.id, options), wardrobe_of_all, tmp_path)


def test_cmu_trials(wardrobe_of_all, tmp_path):
    options = BvhOptions(folder=CMU_BVH, captions=CMU / "captions.csv")
    trials = BvhSource(SourceOptions(kind="bvh", bvh=options))
    check(trials.clips(), trials.motion, wardrobe_of_all, tmp_path)

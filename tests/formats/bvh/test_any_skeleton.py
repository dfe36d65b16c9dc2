"""Every hierarchy, any order of rotations, any rate, any length, any file name: the motion that was written."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import axis_angles
from lavimo.body.skeleton import JOINT, JOINT_NAMES, PARENTS
from lavimo.formats.bvh.read import read_motion
from lavimo.formats.skeletons import skeleton_maps
from lavimo.motion.featurize import joints_of
from lavimo.motion.ground import place_on_floor
from lavimo.motion.motion import Motion

REST_S3 = embedded_body().rest(np.zeros(10, np.float32))[1].astype(np.float64)
ORDERS = ["".join(order) for order in permutations("XYZ")]
HIERARCHIES = [(skeleton_map, 100.0, "", False) for skeleton_map in skeleton_maps()] + [
    (skeleton_maps()[0], 39.37, "", True),
    (skeleton_maps()[-1], 1.0, "Übung 1:", False),
    (skeleton_maps()[0], 1000.0, "Character1_", True),
]
"""A table, how many units a metre has, a namespace, and whether joints stand in it that no table knows."""
assert len(HIERARCHIES) == len(skeleton_maps()) + 3


def written(hierarchy, orders, frames, fps, seed):
    """The text of a BVH of the embedded body's bones, and the motion of its joints at the file's rate."""
    skeleton_map, unit, prefix, tail = hierarchy
    generator = np.random.default_rng(seed)
    total = frames + skeleton_map.skip_frames
    time_T1 = np.arange(total)[:, None] / fps
    angles_TS3 = np.zeros((total, 24, 3))
    for joint in map(JOINT.__getitem__, skeleton_map.joints):
        angles_TS3[:, joint] = 15 * np.sin(2 * time_T1 + generator.uniform(0, 6, 3))
    angles_TS3[: skeleton_map.skip_frames] = 0
    turns = [Rotation.from_euler(orders[j % len(orders)], angles_TS3[:, j], degrees=True) for j in range(24)]
    local_TS33 = np.stack([turn.as_matrix() for turn in turns], axis=1)
    root_T3 = np.concatenate([0.3 * np.sin(time_T1), 0.95 + 0 * time_T1, 0.5 * time_T1], 1)
    order, lines = [], []

    def write(joint):
        above = PARENTS[joint]
        while above >= 0 and JOINT_NAMES[above] not in skeleton_map.joints:
            above = PARENTS[above]
        offset_3 = (REST_S3[joint] - REST_S3[above]) * unit if above >= 0 else np.zeros(3)
        channels = " ".join(f"{axis}rotation" for axis in orders[joint % len(orders)])
        order.append(joint)
        lines.append(f"{'JOINT' if above >= 0 else 'ROOT'} {prefix}{skeleton_map.joints[JOINT_NAMES[joint]]}")
        lines.append("{\nOFFSET " + " ".join(map(repr, offset_3.tolist())))
        lines.append(f"CHANNELS 3 {channels}" if above >= 0 else f"CHANNELS 6 Xposition Yposition Zposition {channels}")
        for child in map(JOINT.__getitem__, sorted(skeleton_map.joints)):
            parent = PARENTS[child]
            while parent >= 0 and JOINT_NAMES[parent] not in skeleton_map.joints:
                parent = PARENTS[parent]
            if parent == joint:
                write(child)
        if tail:
            lines.append(f"JOINT {prefix}tail.{joint}\n{{\nOFFSET 0 0 -1\nCHANNELS 0\n}}")
        lines.append("}")

    write(0)
    values = [root_T3 * unit, *(angles_TS3[:, joint] for joint in order)]
    rows = "\n".join(" ".join(map(repr, row)) for row in np.concatenate(values, 1).tolist())
    text = "\n".join(["HIERARCHY", *lines, f"MOTION\nFrames: {total}\nFrame Time: {1 / fps!r}", rows, ""])
    return text, local_TS33[skeleton_map.skip_frames :], root_T3[skeleton_map.skip_frames :]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    hierarchy=st.sampled_from(HIERARCHIES),
    orders=st.lists(st.sampled_from(ORDERS), min_size=1, max_size=5),
    frames=st.one_of(st.integers(1, 300), st.integers(300, 4000)),
    fps=st.floats(10, 250),
    seed=st.integers(0, 1000),
    name=st.text("ab .éß日-_1", min_size=1, max_size=9).map(lambda name: f"c{name}c"),
)
def test_the_motion_is_what_was_written(tmp_path, hierarchy, orders, frames, fps, seed, name):
    frames = min(frames, int(10 * fps)) if frames > 300 else frames
    text, local_TS33, root_T3 = written(hierarchy, orders, frames, fps, seed)
    path = tmp_path / f"{name}.bvh"
    path.write_text(text, encoding="utf-8")
    length = int((frames - 1) / fps * 20 + 1e-3) + 1
    if length < 2:
        with pytest.raises(ValueError, match="frame") as caught:
            read_motion(path)
        assert path.name in str(caught.value)
        return
    motion = read_motion(path)
    assert len(motion) == length
    # Frames that fall on those of the file are compared, turned and put on the floor as the product does.
    nearest_T = np.rint(np.arange(length) / 20 * fps).astype(int)
    exact_T = np.abs(nearest_T / fps * 20 - np.arange(length)) < 0.05
    expected = Motion(axis_angles(local_TS33[nearest_T]), root_T3[nearest_T] - REST_S3[0], np.zeros(10))
    joints_TJ3, expected_TJ3 = joints_of(motion)[exact_T], joints_of(place_on_floor(expected))[exact_T]
    np.testing.assert_allclose(
        joints_TJ3 - joints_TJ3[:, :1], expected_TJ3 - expected_TJ3[:, :1], atol=0.03, err_msg=hierarchy[0].name
    )


def test_what_was_cut_out_of_a_file_has_no_frames_of_calibration(tmp_path):
    hierarchy = next(one for one in HIERARCHIES if one[0].at_rest)
    (tmp_path / "whole.bvh").write_text(written(hierarchy, ["ZYX"], 40, 20.0, 1)[0])
    lines = (tmp_path / "whole.bvh").read_text().splitlines()
    header = next(place for place, line in enumerate(lines) if line.startswith("Frames:"))
    skip = hierarchy[0].skip_frames
    cut = [*lines[:header], "Frames: 40", lines[header + 1], *lines[header + 2 + skip :], ""]
    (tmp_path / "cut.bvh").write_text("\n".join(cut))
    whole, cut = (read_motion(tmp_path / f"{name}.bvh") for name in ("whole", "cut"))
    assert len(whole) == len(cut) == 40
    np.testing.assert_allclose(cut.rotations_TJ3, whole.rotations_TJ3, atol=1e-6)

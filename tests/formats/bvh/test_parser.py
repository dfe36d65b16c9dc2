"""Any hierarchy and any channel order is read as its naive reading says; nothing bad passes or crashes unnamed."""

from contextlib import contextmanager
from itertools import permutations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from lavimo.formats.bvh.parser import read_bvh

PLACES = ("Xposition", "Yposition", "Zposition")
ORDERS = [tuple(f"{axis}rotation" for axis in order) for order in permutations("XYZ")]
ANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAMES = st.text("abcXYZ éß.:_-09", min_size=1, max_size=9).map(lambda name: f"J{name}".strip())


@st.composite
def skeletons(draw):
    """Joints (name, parent, offset, channels) and values of some frames."""
    names = draw(st.lists(NAMES, min_size=1, max_size=10, unique=True))
    number = st.floats(-180, 180, allow_subnormal=False)
    joints = []
    for index, name in enumerate(names):
        parent = draw(st.integers(0, index - 1)) if index else -1
        channels = draw(st.sampled_from(ORDERS + [order[:2] for order in ORDERS] + [("Yrotation",)]))
        if draw(st.booleans()) or not index:
            channels = PLACES + channels
        joints.append((name, parent, tuple(draw(number) for _ in range(3)), channels))
    total = sum(len(joint[3]) for joint in joints)
    values = draw(st.lists(st.lists(number, min_size=total, max_size=total), min_size=1, max_size=4))
    return joints, values


@ANY
@given(skeletons())
def test_a_file_says_what_was_written(tmp_path, bvh_text, skeleton):
    joints, values = skeleton
    path = tmp_path / "a.bvh"
    path.write_text(bvh_text(joints, values, 0.01), encoding="utf-8")
    bvh = read_bvh(path)
    assert bvh.frame_s == 0.01
    # The file is written depth first, so that joints come in another order than ours.
    ours = [next(joint for joint in joints if joint[0] == name) for name in bvh.names]
    assert sorted(bvh.names) == sorted(joint[0] for joint in joints)
    parents = [bvh.names[parent] if parent >= 0 else None for parent in bvh.parents_J]
    assert parents == [joints[joint[1]][0] if joint[1] >= 0 else None for joint in ours]
    np.testing.assert_array_equal(bvh.offsets_J3, [joint[2] for joint in ours])
    np.testing.assert_array_equal(bvh.values_TC, np.reshape(values, (len(values), -1)))

    quaternions_TJ4, positions_TJ3 = bvh.local(np.arange(len(values)))
    for row, quaternions_J4, positions_J3 in zip(values, quaternions_TJ4, positions_TJ3):
        numbers = iter(row)
        for joint, quaternion_4, position_3 in zip(ours, quaternions_J4, positions_J3):
            rotation, position = np.eye(3), list(joint[2])
            for channel in joint[3]:
                number = next(numbers)
                if channel.endswith("position"):
                    position["XYZ".index(channel[0])] = number
                else:
                    rotation = (
                        rotation
                        @ Rotation.from_rotvec(np.radians(number) * np.eye(3)["XYZ".index(channel[0])]).as_matrix()
                    )
            np.testing.assert_allclose(Rotation.from_quat(quaternion_4).as_matrix(), rotation, atol=1e-9)
            np.testing.assert_array_equal(position_3, position)


def test_layout_does_not_matter(tmp_path, good_text):
    for name, text in {
        "plain": good_text,
        "windows": good_text.replace("\n", "\r\n"),
        "lower": good_text.replace("position", "POSITION").replace("ROOT", "Root").replace("OFFSET", "Offset"),
        "same line": good_text.replace("\n{", " {"),
    }.items():
        path = tmp_path / f"{name}.bvh"
        path.write_bytes(text.encode())
        bvh = read_bvh(path)
        assert bvh.names == ("hip", "chest"), name
        assert bvh.values_TC.tolist() == [list(range(9)), [0.5] * 9], name


def test_end_sites_are_joints_without_channels(tmp_path, bvh_text):
    joints = [("foot", -1, (0.0, 0.0, 0.0), PLACES), ("", 0, (0.0, 0.0, 9.0), ())]
    path = tmp_path / "a.bvh"
    path.write_text(bvh_text(joints, [[1.0, 2.0, 3.0]]))
    bvh = read_bvh(path)
    assert bvh.names == ("foot", "foot/end")
    assert bvh.local(np.array([0]))[1].tolist() == [[[1, 2, 3], [0, 0, 9]]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text[: text.rindex("0.5 0.5")], "found 16 numbers, expected 2 frames x 9 channels"),
        (lambda text: text[: text.index("Frames")], "found no lines `Frames: N`"),
        (lambda text: text[: text.index("MOTION")], "found no line MOTION"),
        (lambda text: text.replace("Frames: 2", "Frames: 4"), "found 18 numbers, expected 4 frames"),
        (
            lambda text: text.replace("Frames: 2", "Frames: 3"),
            "missing); write `Frames: 2`, or set bvh.trust_rows: true",
        ),
        (
            lambda text: text.replace("Frames: 2", "Frames: 1"),
            "found `Frames: 1` and 2 whole rows: the count is off by",
        ),
        (
            lambda text: text.replace("7.0", "7,5"),
            "expected a number; these are decimal commas: export",
        ),
        (
            lambda text: text.replace("7.0", "7;5"),
            "'7;5' among the frames, expected a number; numbers are separated by",
        ),
        (lambda text: text.replace("Frame Time: 0.0", "Frame Time: 0,0"), "expected seconds; these are decimal commas"),
        (lambda text: text.replace("7.0", "nan"), "found nan for Xrotation of 'chest' in frame 0"),
        (lambda text: text.replace("7.0", "inf"), "found inf for Xrotation of 'chest' in frame 0"),
        (lambda text: text.replace("7.0", "7,0"), "found '7,0' among the frames"),
        (lambda text: text.replace("CHANNELS 3", "CHANNELS 4"), "joint 'chest': found the channels"),
        (
            lambda text: text.replace("Xrotation Yrotation\n\t}", "Wrotation Yrotation\n\t}"),
            "'chest': found the channels",
        ),
        (
            lambda text: text.replace("Xrotation Yrotation\n\t}", "Zrotation Yrotation\n\t}"),
            "'chest': found the channels",
        ),
        (lambda text: text.replace("OFFSET 0.0 20.0 0.0", "OFFSET 0.0 20.0"), "'chest': found the offset '0.0 20.0'"),
        (lambda text: text.replace("OFFSET 0.0 20.0 0.0", "OFFSET 0.0 nan 0.0"), "'chest': found the offset"),
        (lambda text: text.replace("}", "", 1), "unclosed braces"),
        (lambda text: text.replace("}\nMOTION", "}\n}\nMOTION"), "outside of any joint"),
        (lambda text: text.replace("}\nMOTION", "}\nROOT two\n{\nOFFSET 0 0 0\n}\nMOTION"), "found 2 roots"),
        (lambda text: text.replace("chest", "hip"), "the joint(s) hip more than once"),
        (lambda text: text.replace("Frame Time: 0.0", "Frame Time: -0.0"), "found a frame time of -0.0"),
        (lambda text: text.replace("Frame Time: 0.0", "Frame Time: x"), "found the frame time 'x3"),
        (lambda text: "", "found no line MOTION"),
    ],
)
def test_what_is_bad_is_named(tmp_path, good_text, change, message):
    path = tmp_path / "clip 7.bvh"
    changed = change(good_text)
    assert changed != good_text
    path.write_text(changed)
    with pytest.raises(ValueError, match=r"clip 7\.bvh") as caught:
        read_bvh(path)
    assert message in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"nowhere\.bvh: cannot be read"):
        read_bvh(tmp_path / "nowhere.bvh")


@ANY
@given(st.data())
def test_damage_never_crashes_without_a_name(tmp_path, good_text, data):
    path = tmp_path / "damaged.bvh"
    content = bytearray(good_text.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, min(start + 40, len(content))))
        content[start:end] = data.draw(st.binary(max_size=6))
    path.write_bytes(content)
    with suppress_named("damaged.bvh"):
        bvh = read_bvh(path)
        assert np.isfinite(bvh.values_TC).all()
        bvh.local(np.arange(len(bvh.values_TC)))


@contextmanager
def suppress_named(name):
    """Lets a ValueError pass that names the file, and nothing else."""
    try:
        yield
    except ValueError as error:
        if name not in str(error):
            raise


def test_rows_may_be_trusted(tmp_path, good_text):
    (tmp_path / "a.bvh").write_text(good_text)
    (tmp_path / "b.bvh").write_text(good_text.replace("Frames: 2", "Frames: 3"))
    np.testing.assert_array_equal(
        read_bvh(tmp_path / "b.bvh", trust_rows=True).values_TC, read_bvh(tmp_path / "a.bvh").values_TC
    )


def test_names_in_windows_own_encoding_are_named(tmp_path, good_text):
    (tmp_path / "a.bvh").write_bytes(good_text.replace("chest", "Hüfte").encode("cp1252"))
    with pytest.raises(ValueError, match=r"a\.bvh: found in line 6 a byte \(0xfc\) that is no UTF-8, .* as UTF-8"):
        read_bvh(tmp_path / "a.bvh")

"""Acclaim's files: the same trial as a BVH tells it, the frames that a naive reader sees, and every fault named."""

import re
from pathlib import Path

import numpy as np
import pytest
from data_folders import DATA
from scipy.spatial.transform import Rotation

from lavimo.config import BvhOptions, SourceOptions
from lavimo.formats import read_motion
from lavimo.formats.acclaim.amc import moving, read_amc
from lavimo.formats.acclaim.asf import read_asf
from lavimo.formats.acclaim.read import skeleton_of
from lavimo.motion.features import facing
from lavimo.motion.featurize import joints_of
from lavimo.motion.retarget import world_joints
from lavimo.sources import open_source

TRIAL = DATA / "acclaim/05_13.amc"
ASF = DATA / "acclaim/05.asf"


@pytest.fixture
def trial(tmp_path) -> Path:
    """A copy of the trial with its skeleton beside it."""
    (tmp_path / "05.asf").write_bytes(ASF.read_bytes())
    (tmp_path / "05_13.amc").write_bytes(TRIAL.read_bytes())
    return tmp_path / "05_13.amc"


def test_the_same_trial_as_bvh(caplog):
    """Another's conversion of it, frame by frame; it says that the neck begins where the thorax does."""
    found, expected = joints_of(read_motion(TRIAL)), joints_of(read_motion(TRIAL.with_suffix(".bvh")))
    assert len(found) == len(expected) == 40
    np.testing.assert_allclose(found, expected, atol=0.002)
    np.testing.assert_allclose(facing(found), facing(expected), atol=1e-3)
    assert not caplog.records


def naive(frame: int) -> dict[str, np.ndarray]:
    """Where the bones end in a frame, inches, bone by bone; directions are 1 long to five digits."""
    bones = {}
    for block in re.findall(r"begin\s+id(.*?)end", ASF.read_text(), re.S):
        words = {line.split()[0]: line.split()[1:] for line in block.splitlines()[1:] if line.split()}
        bones[words["name"][0]] = words
    below = [line.split() for line in ASF.read_text().split(":hierarchy")[1].splitlines() if len(line.split()) > 1]
    lines = re.split(r"(?m)^\d+\s*$", TRIAL.read_text())[1 + frame].splitlines()
    values = {line.split()[0]: [float(word) for word in line.split()[1:]] for line in lines if line.strip()}

    def turn(angles, axes="xyz"):
        matrix = np.eye(3)
        for axis, angle in zip(axes, angles):
            matrix = Rotation.from_euler(axis, angle, degrees=True).as_matrix() @ matrix
        return matrix

    ends = {"root": np.array(values["root"][:3]) / 0.45}
    world = {"root": turn(values["root"][3:])}
    for parent, *children in below:
        for child in children:
            bone = bones[child]
            axis = turn([float(word) for word in bone["axis"][:3]])
            axes = "".join(word[1] for word in bone.get("dof", []))
            world[child] = world[parent] @ axis @ turn(values.get(child, []), axes) @ axis.T
            along = np.array([float(word) for word in bone["direction"]]) * float(bone["length"][0]) / 0.45
            ends[child] = ends[parent] + world[child] @ along
    return ends


@pytest.mark.parametrize("frame", [0, 100, 239])
def test_bones_end_where_the_definition_puts_them(frame):
    rig = moving(read_asf(ASF), read_amc(TRIAL))
    quaternions_1J4, positions_1J3 = rig.local(np.array([frame]))
    matrices_1J33 = Rotation.from_quat(quaternions_1J4[0]).as_matrix()[None]
    points_J3 = world_joints(rig.parents_J, matrices_1J33, positions_1J3)[0][0] / 0.0254
    expected = naive(frame)
    assert len(expected) == 31
    for joint, parent in enumerate(rig.parents_J):
        ends = rig.names[parent] if parent >= 0 else "root"
        np.testing.assert_allclose(points_J3[joint], expected[ends], atol=1e-4)
    assert (rig.frames, rig.frame_s) == (240, 1 / 120)
    leg_m = sum(np.linalg.norm(rig.offsets_J3[rig.names.index(name)]) for name in ("ltibia", "lfoot"))
    assert leg_m == pytest.approx((6.57749 + 7.94618) * 0.0254 / 0.45)


def test_where_the_skeleton_is_looked_for(tmp_path):
    below = tmp_path / "trials" / "05_13.amc"
    below.parent.mkdir()
    with pytest.raises(ValueError, match=r"05_13\.amc: found no ASF in its folder .* put the subject's ASF .* 05\.asf"):
        skeleton_of(below)
    for name in ("06.asf", "0.asf"):
        (tmp_path / name).write_text("")
    with pytest.raises(ValueError, match="found 2 ASF files of other names"):
        skeleton_of(below)
    (tmp_path / "0.asf").unlink()
    assert skeleton_of(below).name == "06.asf"
    (tmp_path / "05.ASF").write_text("")
    assert skeleton_of(below).name == "05.ASF"
    (below.parent / "99.asf").write_text("")
    assert skeleton_of(below).name == "99.asf"
    (below.parent / "05_13.asf").write_text("")
    assert skeleton_of(below).name == "05_13.asf"


def test_the_rate_is_a_hundred_and_twenty_unless_somebody_says_another(trial):
    assert len(read_motion(trial)) == 40
    options = BvhOptions(folder=trial.parent, captions=trial.parent / "c.csv", amc_fps=60)
    (trial.parent / "c.csv").write_text("clip,caption\n05_13,walks\n")
    source = open_source(SourceOptions(kind="bvh", bvh=options))
    assert len(source.motion(source.clips()[0])) == 80
    skeleton = trial.with_name("05.asf")
    skeleton.write_text(":samples-per-second 30\n" + skeleton.read_text())
    assert len(read_motion(trial)) == 160
    assert len(source.motion(source.clips()[0])) == 160
    trial.write_text(":SAMPLES-PER-SECOND 240 # a fast camera\n" + trial.read_text())
    assert len(read_motion(trial)) == 20


def test_radians_are_degrees_in_another_unit(trial):
    def as_radians(line: str) -> str:
        name, *words = line.split()
        keep = 3 if name == "root" else 0
        turned = [f"{np.radians(float(word)):.9f}" for word in words[keep:]]
        return " ".join([name, *words[:keep], *turned])

    lines = TRIAL.read_text().replace(":DEGREES", ":RADIANS").splitlines()
    trial.write_text(
        "\n".join(as_radians(one) if len(one.split()) > 1 and one[0] not in "#:" else one for one in lines)
    )
    np.testing.assert_allclose(joints_of(read_motion(trial)), joints_of(read_motion(TRIAL)), atol=1e-5)


FAULTS = [
    ("amc", r"\n7\n", "\n8\n", r"found frame 8 behind frame 6"),
    ("amc", r"(?s)(\n7\n.*?)lfemur", r"\1rtoes", r"found 'rtoes' in frame 7, expected 'lfemur'"),
    ("amc", r"(?s)(\n7\n.*?)lfemur.*?\n", r"\1", r"found .* in frame 7, expected 'lfemur'"),
    ("amc", r"(?s)\n240\nroot.*", "\n240\nroot 1 2", r"found 4 words in its last frame, expected 92: it is cut short"),
    ("amc", r"(?s)\n1\n.*", "\n", "found no frame"),
    ("amc", r"17\.24\d+", "nan", "found nan among the frames"),
    ("amc", r"17\.24\d+", "1x", "found '1x' among the frames, expected a number"),
    ("amc", r"\nrtoes \S*", "", r"found frames of another skeleton \(unlike in rtoes\): put the trial's own ASF"),
    ("amc", r"\nrtoes \S*", r"\g<0> 0", r"found frames of another skeleton \(unlike in rtoes\)"),
    ("amc", ":DEGREES", "degrees", "found 'degrees' before the first frame"),
    ("asf", ":hierarchy", ":x", "lacks :hierarchy"),
    ("asf", "name ltibia", "name lfemur", "found a bone called 'lfemur'"),
    ("asf", "direction 0.34202", "direction x", "found 'x .*' for the direction of 'lfemur'"),
    ("asf", "length 6.57749", "length", "found '' for the length of 'lfemur'"),
    ("asf", "axis 0 0 20  XYZ", "axis 0 0 20 XXZ", "found the axis '0 0 20 XXZ' of 'lfemur'"),
    ("asf", "dof rx ry rz", "dof tx", "found dof tx of 'lfemur'"),
    ("asf", r"lfemur ltibia", "lfemur lfemur", "found a hierarchy of"),
    ("asf", r"ltibia lfoot", "ltibia nobody", "found nobody in the hierarchy"),
    ("asf", "angle deg", "angle grad", "found the unit of angles 'grad'"),
    ("asf", "length 0.45", "length 0", "found a unit of length of 0"),
    ("asf", "order TX TY", "order TX", "found the root's order tx tz rx ry rz"),
    ("asf", r"(?s):hierarchy.*", ":hierarchy\nroot lowerback\n", "found a hierarchy of 1 bones"),
]  # fmt: skip


@pytest.mark.parametrize(("which", "before", "after", "says"), FAULTS)
def test_faults_are_named(trial, which, before, after, says):
    file = trial if which == "amc" else trial.with_name("05.asf")
    text = file.read_text()
    changed = re.sub(before, after, text, count=0 if "rtoes" in before else 1)
    assert changed != text
    file.write_text(changed)
    with pytest.raises(ValueError, match=rf"{file.name}(, with 05\.asf)?: {says}"):
        read_motion(trial)


def test_a_skeleton_alone_is_no_motion():
    with pytest.raises(ValueError, match=r"05\.asf: found a skeleton without a motion \(ASF\), expected the AMC"):
        read_motion(ASF)


def test_what_only_begins_like_one(tmp_path):
    (tmp_path / "a.amc").write_text("# a script\nimport this\n")
    with pytest.raises(ValueError, match=r"a\.amc: found 'import' before the first frame"):
        read_motion(tmp_path / "a.amc")

"""The same movement in every skeleton_map is the same motion; so it is where joints have other axes, as LaFAN1's do."""

import re

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from lavimo.formats.bvh.parser import read_bvh
from lavimo.formats.bvh.read import read_motion
from lavimo.formats.rig import rests_upright
from lavimo.formats.skeletons import map_of, plain, skeleton_maps
from lavimo.motion.featurize import joints_of
from lavimo.motion.retarget import world_joints

NAMED = {skeleton_map.name: skeleton_map for skeleton_map in skeleton_maps()}


@pytest.fixture
def sway(tmp_path, write_bvh):
    """A BVH of MotionBuilder's names, y up, standing when all rotations are zero."""
    return write_bvh(tmp_path / "sway.bvh", frames=60, seed=5)


def renamed(path, skeleton_map, prefix=""):
    """The file with the skeleton_map's names for the joints that both have, all names behind a prefix."""
    names = {theirs: skeleton_map.joints.get(smpl) for smpl, theirs in NAMED["motionbuilder"].joints.items()}
    text = re.sub(
        r"(ROOT|JOINT) (\S+)", lambda found: f"{found[1]} {prefix}{names.get(found[2]) or found[2]}", path.read_text()
    )
    new = path.with_name(f"{skeleton_map.name}.bvh")
    new.write_text(text)
    return new


@pytest.mark.parametrize("name", ["bandai_namco", "bip01", "motionbuilder"])
@pytest.mark.parametrize("prefix", ["", "Character1_", "some rig:"])
def test_the_same_movement_in_other_words(sway, name, prefix):
    motion = read_motion(renamed(sway, NAMED[name], prefix))
    np.testing.assert_allclose(joints_of(motion), joints_of(read_motion(sway)), atol=1e-4)


def test_three_joints_of_the_spine(sway):
    """Mixamo's and LaFAN1's tables expect one more, and the namespace `mixamorig:`."""
    for prefix, toe, skeleton_map in (("mixamorig:", "ToeBase", "mixamo"), ("", "Toe", "lafan1")):
        spine = "JOINT Spine1\n  {\n    OFFSET 0 10 -1\n    CHANNELS 3 Zrotation Yrotation Xrotation\n    JOINT Spine2"
        text = sway.read_text().replace("JOINT Spine1", spine, 1).replace("ToeBase", toe)
        head, frames = text.split("MOTION")
        head = head.rstrip()[:-1] + "}\n}\n"  # one more brace: the order of channels is that of the hierarchy
        start = len(re.findall("CHANNELS", head.split("JOINT Spine1")[0])) * 3 + 3
        rows = frames.strip().split("\n")
        rows[2:] = [" ".join((v := row.split())[:start] + ["0"] * 3 + v[start:]) for row in rows[2:]]
        path = sway.with_name(f"{skeleton_map}.bvh")
        path.write_text(re.sub(r"(ROOT|JOINT) ", rf"\1 {prefix}", head) + "MOTION\n" + "\n".join(rows) + "\n")
        assert map_of(read_bvh(path).names).name == skeleton_map
        joints_TJ3, expected_TJ3 = joints_of(read_motion(path)), joints_of(read_motion(sway))
        # The trunk is longer, so the arms sway elsewhere; legs are the same.
        np.testing.assert_allclose(joints_TJ3[:, [1, 2, 4, 5, 7, 8]], expected_TJ3[:, [1, 2, 4, 5, 7, 8]], atol=0.01)


def turned_axes(path, generator, up="y"):
    """The file with every joint's axes turned at random, and z up if asked: the same joints in the same places."""
    bvh = read_bvh(path)
    frames = np.arange(len(bvh.values_TC))
    quaternions_TJ4, positions_TJ3 = bvh.local(frames)
    rotations_TJ33 = Rotation.from_quat(quaternions_TJ4.reshape(-1, 4)).as_matrix().reshape(len(frames), -1, 3, 3)
    axes_J33 = Rotation.random(len(bvh.names), random_state=generator).as_matrix()
    world_33 = Rotation.from_euler("x", 90 if up == "z" else 0, degrees=True).as_matrix()
    lines, values = [], []

    def write(joint, depth):
        parent = bvh.parents_J[joint]
        before_33 = axes_J33[parent] if parent >= 0 else world_33.T
        offset_3 = before_33.T @ bvh.offsets_J3[joint]
        children = [child for child in range(len(bvh.names)) if bvh.parents_J[child] == joint]
        end = bvh.names[joint].endswith("/end")
        places = "6 Xposition Yposition Zposition" if parent < 0 else "3"
        lines.append("End Site" if end else f"{'JOINT' if depth else 'ROOT'} {bvh.names[joint]}")
        lines.append("{\nOFFSET " + " ".join(map(repr, offset_3.tolist())))
        if not end:
            lines.append(f"CHANNELS {places} Zrotation Xrotation Yrotation")
            if parent < 0:
                values.append(positions_TJ3[:, 0] @ world_33.T)
            local_T33 = before_33.T @ rotations_TJ33[:, joint] @ axes_J33[joint]
            values.append(Rotation.from_matrix(local_T33).as_euler("ZXY", degrees=True))
        for child in children:
            write(child, depth + 1)
        lines.append("}")

    write(0, 0)
    rows = [" ".join(map(repr, row)) for row in np.concatenate(values, 1).tolist()]
    new = path.with_name(f"turned-{up}.bvh")
    head = f"MOTION\nFrames: {len(rows)}\nFrame Time: {bvh.frame_s}"
    new.write_text("\n".join(["HIERARCHY", *lines, head, *rows, ""]))
    return new, bvh


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), up=st.sampled_from("yz"))
def test_axes_along_bones(sway, seed, up):
    """Whatever a file's rotations mean: the joints stand where they stood, so the limbs point where they pointed."""
    path, before = turned_axes(sway, np.random.default_rng(seed), up)
    turned = read_bvh(path)
    joints = {smpl: turned.names.index(name) for smpl, name in NAMED["motionbuilder"].joints.items()}
    assume(not rests_upright(turned.parents_J, turned.offsets_J3, joints))
    points = [
        world_joints(
            bvh.parents_J, Rotation.from_quat(local[0].reshape(-1, 4)).as_matrix().reshape(60, -1, 3, 3), local[1]
        )[0]
        for bvh in (before, turned)
        for local in [bvh.local(np.arange(60))]
    ]
    swap = (0, 1, 2) if up == "y" else (0, 2, 1)
    for joint, name in enumerate(turned.names):
        was = points[0][:, before.names.index(name)] * (1, 1, 1 if up == "y" else -1)
        np.testing.assert_allclose(points[1][:, joint], was[:, swap], atol=1e-3)
    joints_TJ3, expected_TJ3 = joints_of(read_motion(path, up=up)), joints_of(read_motion(sway))
    for start, end in ((1, 4), (4, 7), (2, 5), (16, 18), (18, 20), (17, 19), (19, 21), (12, 15)):
        bones = [joints[:, end] - joints[:, start] for joints in (joints_TJ3, expected_TJ3)]
        cosine_T = (bones[0] * bones[1]).sum(-1) / np.prod([np.linalg.norm(bone, axis=-1) for bone in bones], 0)
        assert cosine_T.min() > 0.97, (start, end)
    np.testing.assert_allclose(joints_TJ3[:, 0], expected_TJ3[:, 0], atol=0.06)


def test_namespaces_are_what_all_share():
    assert plain(["mixamorig:Hips", "mixamorig:HeadTop_End", "mixamorig:Hips/end"]) == [
        "Hips",
        "HeadTop_End",
        "Hips/end",
    ]
    assert plain(["Upper_L", "Upper_R", "Hips"]) == ["Upper_L", "Upper_R", "Hips"]
    assert plain(["Shoulder_L", "Shoulder_R"]) == ["L", "R"]
    assert plain(["Bip001 Pelvis", "Bip001 L Thigh"]) == ["Bip01 Pelvis", "Bip01 L Thigh"]
    assert plain([]) == []

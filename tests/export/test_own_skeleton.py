"""A file's movement on its own skeleton: nothing is lost, and what is asked for is done to every joint."""

import logging
from dataclasses import replace

import numpy as np
import pytest
from bone_aligned import write_bone_aligned
from data_folders import DATA
from fbx_files import write_fbx
from gltf_files import write_glb
from scipy.spatial.transform import Rotation

from lavimo.body.skeleton import JOINT
from lavimo.export.bvh import write_bvh
from lavimo.export.moving import Moving, level
from lavimo.export.own_skeleton import Own, opened, own_skeleton
from lavimo.export.sides import mirrored, partners
from lavimo.export.skeleton import export_own, write_moving
from lavimo.export.take import Cut, take_of
from lavimo.formats import read_motion
from lavimo.formats.bvh.parser import read_bvh
from lavimo.formats.gltf.document import Document
from lavimo.landmarks.movement import joints_of
from lavimo.motion.ground import place_on_floor
from lavimo.motion.mirror import mirrored_motion

CMU = DATA / "cmu" / "07_01.bvh"
KINDS = ["cmu.bvh", "lafan.bvh", "z.bvh", "skin.glb", "posed.glb", "bare.glb", "binary.fbx"]


@pytest.fixture(scope="module")
def walk():
    """A real walk."""
    return read_motion(CMU)


@pytest.fixture(scope="module", params=KINDS)
def own(request, walk, tmp_path_factory) -> Own:
    """The walk in a file of some kind, read."""
    path = tmp_path_factory.mktemp("own") / request.param
    write = {
        "cmu.bvh": lambda: path.write_bytes(CMU.read_bytes()),
        "lafan.bvh": lambda: write_bone_aligned(path, walk),
        "z.bvh": lambda: write_bone_aligned(path, walk, "z"),
        "skin.glb": lambda: write_glb(path, {"walk": walk}),
        "posed.glb": lambda: write_glb(path, {"walk": walk}, posed=True),
        "bare.glb": lambda: write_glb(path, {"walk": walk}, skin=False, aligned=False),
        "binary.fbx": lambda: write_fbx(path, {"walk": walk}),
    }
    write[request.param]()
    return own_skeleton(path, read_motion(path))


def again(moving: Moving, path, name="bvh") -> Moving:
    """Written and read: the joints that it has in the file."""
    write_bvh(path / f"a.{name}", moving)
    return opened(path / f"a.{name}").moving()


def degrees(one_TJ33, other_TJ33) -> float:
    """The largest angle between rotations."""
    apart_TJ33 = np.swapaxes(one_TJ33, -1, -2) @ other_TJ33
    return float(np.degrees(Rotation.from_matrix(apart_TJ33.reshape(-1, 3, 3)).magnitude().max()))


def test_a_bvh_comes_back(own, tmp_path):
    """At its own rate, by its own names; of a BVH channel by channel."""
    moving, bones = own.cut(Cut()), own.moving.bones
    back = again(moving, tmp_path)
    assert back.fps == pytest.approx(moving.fps, rel=1e-5)
    names = [name for name in back.bones.names if name in bones.names]
    assert {bones.names[joint] for joint in bones.joints.values()} <= set(names)
    here = [bones.names.index(name) for name in names]
    there = [back.bones.names.index(name) for name in names]
    scale = 1 if bones.channels else 100
    np.testing.assert_allclose(
        back.world.places_TJ3[:, there], scale * moving.world.places_TJ3[:, here], atol=1e-4 * scale * bones.size
    )
    if bones.channels:
        assert degrees(back.world.turns_TJ33[:, there], moving.world.turns_TJ33[:, here]) < 0.01
        told = [
            [(each.names[joint], axis, kind) for joint, axis, kind in each.channels] for each in (bones, back.bones)
        ]
        assert told[0] == told[1]
        np.testing.assert_allclose(back.bones.offsets_J3[there], bones.offsets_J3[here], atol=1e-5)


def test_a_glb_comes_back(own, tmp_path, walk):
    """With all nodes by their names, their rest poses too; and reads as the same motion."""
    path = tmp_path / "a.glb"
    moving = own.cut(Cut())
    write_moving(path, moving, "walk", "glb", own.model)
    back = opened(path).moving()
    assert len(back) == len(moving)
    names = [name for name in moving.bones.names if not name.endswith("/end")]
    here = [moving.bones.names.index(name) for name in names]
    there = [back.bones.names.index(name) for name in names]
    size = moving.bones.size * moving.bones.unit_m
    places_TJ3 = moving.world.places_TJ3[:, here] * moving.bones.unit_m
    up_33 = Rotation.align_vectors([[0.0, 1, 0]], moving.bones.up_3[None])[0].as_matrix()
    np.testing.assert_allclose(back.world.places_TJ3[:, there], places_TJ3 @ up_33.T, atol=1e-4 * size)
    assert degrees(back.world.turns_TJ33[:, there], up_33 @ moving.world.turns_TJ33[:, here]) < 0.01
    for part in ("offsets_J3", "turns_J4"):
        np.testing.assert_allclose(getattr(back.bones, part)[there], getattr(moving.bones, part)[here], atol=1e-5)
    motion = read_motion(path)
    assert len(motion) == len(own.motion)
    assert np.linalg.norm(joints_of(motion) - joints_of(own.motion), axis=-1).mean() < 0.03


def test_mirrored(own, tmp_path):
    """Places are the mirror image's exactly, on the bones that there are; left does what right did."""
    moving, image = own.moving, own.cut(Cut(mirrored=True))
    bones, partner_J = moving.bones, partners(moving.bones)
    body = sorted({*bones.joints.values()})
    assert {joint for joint in body if partner_J[joint] == joint} == {
        bones.joints[name] for name in bones.joints if "left" not in name and "right" not in name
    }
    found_TJ3, was_TJ3 = (each.world.places_TJ3[:, body] for each in (image, moving))
    places_TJ3 = was_TJ3[:, [body.index(partner_J[joint]) for joint in body]]
    # The mirror may stand anywhere: distances between joints and heights tell.
    for joints_TJ3 in (places_TJ3, found_TJ3):
        joints_TJ3 -= level(joints_TJ3[:1, :1], bones.up_3)
    np.testing.assert_allclose(found_TJ3 @ bones.up_3, places_TJ3 @ bones.up_3, atol=1e-4 * bones.size)
    apart = [np.linalg.norm(each[:, :, None] - each[:, None], axis=-1) for each in (found_TJ3, places_TJ3)]
    np.testing.assert_allclose(*apart, atol=1e-4 * bones.size)
    hung = [joint for joint in body if joint not in moving.tops]
    lengths_J = np.linalg.norm(bones.offsets_J3[hung], axis=-1)
    assert np.linalg.norm(image.moves_TJ3[:, hung] - moving.moves_TJ3[:, hung], axis=-1).max() < 0.05 * lengths_J.max()
    write_bvh(tmp_path / "a.bvh", image)
    up = "z" if bones.up_3[2] else "y"
    seen = joints_of(read_motion(tmp_path / "a.bvh", up=up))
    expected = joints_of(place_on_floor(mirrored_motion(own.motion)))
    assert np.linalg.norm(seen - expected, axis=-1).mean() < 0.03


def test_twice_mirrored_is_as_it_was(own):
    once = mirrored(own.moving, own.stand)
    twice = mirrored(once, own.stand)
    body = sorted({*own.moving.bones.joints.values()})
    assert degrees(twice.world.turns_TJ33[:, body], own.moving.world.turns_TJ33[:, body]) < 3
    np.testing.assert_allclose(
        twice.world.places_TJ3[:, body], own.moving.world.places_TJ3[:, body], atol=1e-5 * own.moving.bones.size
    )


def test_seconds_are_those_of_the_motion(own, walk):
    """A window holds the same poses as SMPL's; frames of calibration do not count."""
    part, fps = own.cut(Cut(begin_s=0.5, end_s=1.5)), own.moving.fps
    assert len(part) == pytest.approx(fps, abs=1)
    np.testing.assert_array_equal(part.moves_TJ3[0], own.moving.moves_TJ3[round(0.5 * fps)])
    joints = ["left_knee", "right_wrist", "left_ankle"]
    smpl_TJ3 = take_of(own.motion, Cut(begin_s=0.5, end_s=1.5)).joints_TJ3

    def spread(points_TJ3):
        return np.linalg.norm(points_TJ3[0] - points_TJ3[-1], axis=-1)

    last = round(0.95 * fps)
    own_TJ3 = part.world.places_TJ3[[0, last]][:, [part.bones.joints[name] for name in joints]] * part.bones.unit_m
    np.testing.assert_allclose(spread(own_TJ3), spread(smpl_TJ3[:, [JOINT[name] for name in joints]]), atol=0.12)


def test_in_place_and_at_another_rate(own):
    still, pelvis, up_3 = own.cut(Cut(in_place=True, fps=60)), own.moving.bones.joints["pelvis"], own.moving.bones.up_3
    assert still.fps == 60
    place_T3 = still.world.places_TJ3[:, pelvis]
    assert np.ptp(level(place_T3, up_3), axis=0).max() < 1e-6 * own.moving.bones.size
    heights_T = own.moving.world.places_TJ3[:, pelvis] @ up_3
    np.testing.assert_allclose([*(place_T3 @ up_3)[[0, -1]]], heights_T[[0, -1]], atol=1e-3 * own.moving.bones.size)


@pytest.mark.parametrize("in_place", [False, True])
def test_a_loop_ends_as_it_begins(own, in_place):
    loop = own.cut(Cut(loop=True, in_place=in_place))
    assert loop.loops
    pelvis, up_3, size = loop.bones.joints["pelvis"], loop.bones.up_3, loop.bones.size
    others = [joint for joint in range(len(loop.bones.names)) if joint not in loop.tops]
    np.testing.assert_allclose(np.abs((loop.turns_TJ4[0, others] * loop.turns_TJ4[-1, others]).sum(-1)), 1, atol=1e-9)
    way_3 = loop.world.places_TJ3[-1, pelvis] - loop.world.places_TJ3[0, pelvis]
    assert abs(way_3 @ up_3) < 1e-6 * size
    assert np.linalg.norm(way_3) < 1e-6 * size if in_place else np.linalg.norm(way_3) > 0.2 * size


def test_a_thing_in_a_hand_stays_there(caplog):
    """A sword without a fellow: in the same hand, at the same grip, and a line says so."""
    own = own_skeleton(CMU, read_motion(CMU))
    moving, hand = own.moving, own.moving.bones.joints["right_wrist"]
    bones = moving.bones

    def longer(array, more):
        return np.concatenate([array, np.broadcast_to(more, (*array.shape[:-2], 1, array.shape[-1]))], axis=-2)

    still = [0.0, 0, 0, 1]
    armed = replace(
        bones, names=(*bones.names, "Sword"), parents_J=np.append(bones.parents_J, hand),
        offsets_J3=longer(bones.offsets_J3, [-9.0, 3, 12]), turns_J4=longer(bones.turns_J4, still),
        scales_J3=longer(bones.scales_J3, 1.0),
    )  # fmt: skip
    swung_TJ4 = Rotation.from_euler("y", np.linspace(0, 40, len(moving))[:, None], degrees=True).as_quat()
    turns_TJ4 = np.concatenate([moving.turns_TJ4, swung_TJ4.reshape(-1, 1, 4)], axis=1)
    whole = replace(
        moving, bones=armed, moves_TJ3=longer(moving.moves_TJ3, [-9.0, 3, 12]), turns_TJ4=turns_TJ4,
        scales_TJ3=longer(moving.scales_TJ3, 1.0),
    )  # fmt: skip
    stand = replace(own.stand, turns_J33=np.concatenate([own.stand.turns_J33, np.eye(3)[None]]))
    with caplog.at_level(logging.WARNING):
        image = mirrored(whole, stand)
    assert "Sword" in caplog.text
    np.testing.assert_allclose(image.moves_TJ3[:, -1], whole.moves_TJ3[:, -1])
    swung = Rotation.from_quat(image.turns_TJ4[:, -1]).as_euler("YXZ", degrees=True)[:, 0]
    np.testing.assert_allclose(swung, np.linspace(0, -40, len(moving)), atol=1e-6)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("LeftHandThumb1", "RightHandThumb1"), ("hand_l", "hand_r"), ("Hand.L.001", "Hand.R.001"), ("L_Hand", "R_Hand"),
        ("lThumb1", "rThumb1"), ("Bip01 L Finger0", "Bip01 R Finger0"), ("CC_Base_L_Hand", "CC_Base_R_Hand"),
        ("thumb_left_01", "thumb_right_01"), ("DEF-thumb.01.L", "DEF-thumb.01.R"), ("LEFT_EYE", "RIGHT_EYE"),
        ("mixamorig:LeftEye", "mixamorig:RightEye"), ("ArmL", "ArmR"),
    ],
)  # fmt: skip
def test_names_of_sides(left, right):
    """Beside the map's joints, whatever names tell sides."""
    own = opened(CMU)
    bones = replace(
        own.bones,
        names=(*own.bones.names, left, right, "Lever", "Roll"),
        parents_J=np.append(own.bones.parents_J, [0, 0, 0, 0]),
    )
    *_, one, other, lever, roll = partners(bones)
    count = len(own.bones.names)
    assert (one, other, lever, roll) == (count + 1, count, count + 2, count + 3)


def test_meshes_stay_and_other_animations_go(tmp_path, walk):
    """A glTF's own model: as large as what it holds."""
    path = write_glb(tmp_path / "a.glb", {"walk": walk, "stride": walk, "march": walk})
    file = path.with_name("a.glb#stride")
    export_own(file, read_motion(file), Cut("one", end_s=1.0), tmp_path / "b.glb", "glb")
    found = Document(tmp_path / "b.glb").json
    assert [one["name"] for one in found["animations"]] == ["one"]
    was = Document(path).json
    assert found["meshes"] == was["meshes"]
    assert [node["name"] for node in found["nodes"]] == [node["name"] for node in was["nodes"]]
    assert len(found["skins"][0]["joints"]) == len(was["skins"][0]["joints"])
    assert (tmp_path / "b.glb").stat().st_size < 0.5 * path.stat().st_size


def test_what_has_no_skeleton_of_its_own(tmp_path, walk):
    np.savez(tmp_path / "a.npz", poses=np.zeros((9, 156)))
    with pytest.raises(ValueError, match=r"a\.npz: found a file without a skeleton of its own, expected BVH, FBX"):
        export_own(tmp_path / "a.npz", walk, Cut(), tmp_path / "b.bvh", "bvh")
    with pytest.raises(ValueError, match="found mp4, which has SMPL's skeleton only; expected bvh or glb"):
        export_own(CMU, walk, Cut(), tmp_path / "b.mp4", "mp4")


def test_channels_as_few_as_they_are(tmp_path):
    """A knee of one axis stays one."""
    text = CMU.read_text().replace(
        "CHANNELS 3 Zrotation Xrotation Yrotation", "CHANNELS 3 Zrotation Xrotation Yrotation"
    )
    source = read_bvh(CMU)
    knee = source.names.index("lShin")
    keep = [n for n, (joint, axis, _) in enumerate(source.channels) if joint != knee or axis == "X"]
    head, _, motion = text.partition("MOTION")
    lines = head.splitlines()
    at = next(n for n, line in enumerate(lines) if line.strip() == "JOINT lShin")
    at += next(n for n, line in enumerate(lines[at:]) if "CHANNELS" in line)
    lines[at] = "CHANNELS 1 Xrotation"
    rows = "\n".join(" ".join(map(repr, row)) for row in source.values_TC[:, keep].tolist())
    (tmp_path / "a.bvh").write_text("\n".join([*lines, "MOTION", *motion.strip().splitlines()[:2], rows, ""]))
    own = own_skeleton(tmp_path / "a.bvh", read_motion(tmp_path / "a.bvh"))
    back = again(own.cut(Cut()), tmp_path, "again.bvh")
    assert len(back.bones.channels) == len(keep)
    np.testing.assert_allclose(back.world.places_TJ3, own.moving.world.places_TJ3, atol=1e-3)

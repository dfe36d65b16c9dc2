"""Up is the file's, not a posture's: crouched, crawling, lying, upside down, where the rest pose does not stand."""

import logging

import numpy as np
import pytest
from bone_aligned import LAFAN1, POSTURES, posture, write_bone_aligned
from data_folders import CMU_BVH
from scipy.spatial.transform import Rotation

from lavimo.config import BvhOptions, SourceOptions
from lavimo.export.export import export
from lavimo.export.take import Cut
from lavimo.formats import read_motion
from lavimo.formats.bvh.parser import read_bvh
from lavimo.formats.bvh.read import library_ups
from lavimo.formats.skeletons import SkeletonMap, skeleton_maps
from lavimo.motion.featurize import joints_of
from lavimo.motion.ground import place_on_floor
from lavimo.motion.motion import Motion
from lavimo.motion.world import TO_Y
from lavimo.search.scan import scan
from lavimo.sources import open_source

WALKS = ("05_03", "07_01", "09_03", "10_03")


def real(trial: str) -> Motion:
    return read_motion(CMU_BVH / f"{trial}.bvh")


def same(found: Motion, expected: Motion, degrees: float = 15):
    """The limbs point where they pointed, and the path is the same."""
    found_TJ3, expected_TJ3 = joints_of(found), joints_of(place_on_floor(expected))
    for start, end in ((0, 12), (1, 4), (4, 7), (2, 5), (16, 18), (18, 20), (17, 19), (19, 21)):
        bones = [joints[:, end] - joints[:, start] for joints in (found_TJ3, expected_TJ3)]
        cosine_T = (bones[0] * bones[1]).sum(-1) / np.prod([np.linalg.norm(bone, axis=-1) for bone in bones], 0)
        assert cosine_T.min() > np.cos(np.radians(degrees)), (start, end)
    np.testing.assert_allclose(found_TJ3[:, 0], expected_TJ3[:, 0], atol=0.08)


@pytest.mark.parametrize("name", POSTURES)
def test_a_posture_alone(tmp_path, name, caplog):
    path = write_bone_aligned(tmp_path / "a.bvh", posture(name))
    with caplog.at_level(logging.WARNING):
        same(read_motion(path), posture(name))
        told = [one for one in caplog.records if "a.bvh: taken for y up" in one.message]
        assert (
            len(told) == len(caplog.records) == (name != "crouched in a circle")
        )  # whose neck is nowhere on the whole
        caplog.clear()
        same(read_motion(path, up="y"), posture(name))
        same(read_motion(write_bone_aligned(tmp_path / "z.bvh", posture(name), "z"), up="z"), posture(name))
        assert not caplog.records


@pytest.mark.parametrize("name", POSTURES)
def test_a_posture_among_others(tmp_path, name, caplog):
    """In a folder, in a source and in a mixed one: as alone, and without a word where others stand."""
    for trial in WALKS:
        write_bone_aligned(tmp_path / "bvh" / f"{trial}.bvh", real(trial))
    write_bone_aligned(tmp_path / "bvh" / "odd.bvh", posture(name))
    with caplog.at_level(logging.WARNING):
        (odd,) = [one for one in scan(tmp_path / "bvh", {}) if one.name == "odd.bvh"]
        same(odd.read(), posture(name))
        table = tmp_path / "captions.csv"
        table.write_text("clip,caption,split\n" + "".join(f"{one},moves,train\n" for one in (*WALKS, "odd")))
        own = BvhOptions(folder=tmp_path / "bvh", captions=table)
        for options in (
            SourceOptions(kind="bvh", bvh=own),
            SourceOptions(kind="mixed", mixed=("bvh",), bvh=own),
        ):
            source = open_source(options)
            (clip,) = [one for one in source.clips() if one.id == "odd"]
            same(source.motion(clip), posture(name))
        assert not caplog.records


@pytest.mark.parametrize("up", [axis for axis in TO_Y if axis != "y"])
@pytest.mark.parametrize("trial", WALKS)
def test_who_walks_on_another_axis_leaves_no_doubt(tmp_path, trial, up, caplog):
    same(read_motion(write_bone_aligned(tmp_path / "a.bvh", real(trial), up)), real(trial))
    assert f"a.bvh: taken for {up} up" in caplog.text
    window = read_motion(tmp_path / "a.bvh", 0.5, 1.0)
    assert len(window) == 10
    assert (joints_of(window)[:, 12, 1] > 1).all()


def test_a_library_of_another_axis(tmp_path, caplog):
    """Who stands in place, crouches or lies there is told by those who walk."""
    for trial in WALKS:
        write_bone_aligned(tmp_path / f"{trial}.bvh", real(trial), "z")
    for name in ("lying", "crouched", "handstand"):
        write_bone_aligned(tmp_path / f"{name}.bvh", posture(name), "z")
    found = {one.name: one.read() for one in scan(tmp_path, {})}
    for name in ("lying", "crouched", "handstand"):
        same(found[f"{name}.bvh"], posture(name))
    assert [one.message for one in caplog.records] == [
        "the skeleton of Hips, LeftUpLeg ...: z points upwards, its clips say"
    ]


def test_a_library_that_stands_in_place(tmp_path):
    still = real("07_01")
    still = Motion(still.rotations_TJ3, 0 * still.translation_T3 + still.translation_T3[:1], still.betas_B)
    for number in range(6):
        write_bone_aligned(tmp_path / f"{number}.bvh", still, "z")
    assert list(library_ups(sorted(tmp_path.glob("*.bvh"))).values()) == ["z"]
    assert library_ups(sorted(tmp_path.glob("*.bvh"))[:3]) == {}  # three people may all lie


def test_a_map_may_say_it(tmp_path):
    lafan1 = next(known for known in skeleton_maps() if known.name == "lafan1")
    lines = [f"  {smpl}: {theirs}" for smpl, theirs in lafan1.joints.items()]
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "studio.yaml").write_text("\n".join(["up: z", "joints:", *lines]))
    path = write_bone_aligned(tmp_path / "a.bvh", posture("lying"), "z")
    same(read_motion(path, skeletons=tmp_path / "maps"), posture("lying"))
    with pytest.raises(ValueError, match="found up 'Z', expected x, y, z"):
        SkeletonMap("a", lafan1.joints, up="Z")


def turned_back(path, into):
    """The file as converters write those of z-up programs: offsets along z, and the root turned back to y."""
    head, frames = path.read_text().split("MOTION")
    lines, turn = [], Rotation.from_euler("x", 90, degrees=True)
    for line in head.splitlines():
        if line.strip().startswith("OFFSET"):
            line = "OFFSET " + " ".join(map(repr, turn.apply([float(x) for x in line.split()[1:]]).tolist()))
        lines.append(line)
    bvh = read_bvh(path)
    values_TC = bvh.values_TC.copy()
    for joint in {joint for joint, _, _ in bvh.channels}:
        places = [c for c, (j, _, kind) in enumerate(bvh.channels) if j == joint and kind == "rotation"]
        order = "".join(bvh.channels[place][1] for place in places)
        turns = Rotation.from_euler(order, values_TC[:, places], degrees=True) * turn.inv()
        values_TC[:, places] = (turns if joint == 0 else turn * turns).as_euler(order, degrees=True)
    rows = [" ".join(map(repr, row)) for row in values_TC.tolist()]
    into.parent.mkdir(exist_ok=True)
    into.write_text("\n".join([*lines, "MOTION", *frames.strip().splitlines()[:2], *rows, ""]))
    return into


def test_a_rest_pose_that_the_root_turns_back(tmp_path, caplog):
    """It stands along z, its clips along y: alone where someone walks, in a folder all; nobody is laid on his face."""
    for trial in WALKS:
        turned_back(CMU_BVH / f"{trial}.bvh", tmp_path / "bvh" / f"{trial}.bvh")
        same(read_motion(tmp_path / "bvh" / f"{trial}.bvh"), real(trial), 1)
    assert "taken for y up, along which somebody stands and walks" in caplog.text
    export(posture("crouched"), Cut("odd"), tmp_path / "odd.bvh", "bvh")
    turned_back(tmp_path / "odd.bvh", tmp_path / "bvh" / "odd.bvh")
    for trial in WALKS:
        export(real(trial), Cut(trial), tmp_path / f"{trial}.bvh", "bvh")
        turned_back(tmp_path / f"{trial}.bvh", tmp_path / "bvh" / f"{trial}.bvh")
    found = {one.name: one.read() for one in scan(tmp_path / "bvh", {})}
    same(found["odd.bvh"], posture("crouched"), 1)
    assert "Hips, " not in caplog.text
    assert "the skeleton of pelvis, left_hip ...: y points upwards, its clips say" in caplog.text


@pytest.mark.parametrize("lacks", ["head", "foot", "wrist", "head foot wrist collar spine1 spine2"])
def test_what_a_skeleton_lacks_is_inferred(tmp_path, lacks):
    names = {smpl: name for smpl, name in LAFAN1.items() if not any(part in smpl for part in lacks.split())}
    motion = real("07_01")
    whole = joints_of(read_motion(write_bone_aligned(tmp_path / "a.bvh", motion)))
    found = joints_of(read_motion(write_bone_aligned(tmp_path / "b.bvh", motion, names=names)))
    for start, end, least in ((12, 15, 30), (7, 10, 40), (1, 4, 3), (4, 7, 3), (16, 18, 5), (18, 20, 70)):
        bones = [joints[:, end] - joints[:, start] for joints in (found, whole)]
        cosine_T = (bones[0] * bones[1]).sum(-1) / np.prod([np.linalg.norm(bone, axis=-1) for bone in bones], 0)
        assert cosine_T.min() > np.cos(np.radians(least)), (start, end)
    np.testing.assert_allclose(found[:, 0], whole[:, 0], atol=0.05)
    same(
        read_motion(write_bone_aligned(tmp_path / "c.bvh", posture("handstand"), names=names)), posture("handstand"), 40
    )


def test_an_unknown_skeleton_is_guessed_where_there_is_no_doubt(tmp_path, caplog):
    """In a folder too, and with one line a skeleton; else it is refused as ever."""
    names = {smpl: f"Rig_{smpl.title()}_jnt" for smpl in LAFAN1}
    path = write_bone_aligned(tmp_path / "a.bvh", posture("crouched"), names=names)
    write_bone_aligned(tmp_path / "b.bvh", real("07_01"), names=names)
    found = {one.name: one.read() for one in scan(tmp_path, {})}
    same(found["a.bvh"], posture("crouched"))
    same(found["b.bvh"], real("07_01"))
    told = [one.message for one in caplog.records]
    assert len([one for one in told if "is guessed by its bones and names" in one]) == 1
    assert "Left_Knee_jnt is the left knee" in told[0]
    names = {smpl: f"bone{number}" for number, smpl in enumerate(LAFAN1)}
    with pytest.raises(ValueError, match="no map knows"):
        read_motion(write_bone_aligned(path, posture("crouched"), names=names))

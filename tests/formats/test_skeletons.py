"""The tables of joint names."""

import re

import pytest
import yaml

from lavimo.body.skeleton import JOINT
from lavimo.formats.skeletons import map_of, plain, skeleton_maps


def test_every_table_is_symmetric_and_names_smpl_joints():
    for skeleton_map in skeleton_maps():
        assert set(skeleton_map.joints) <= set(JOINT)
        assert len(set(skeleton_map.joints.values())) == len(skeleton_map.joints)
        for name in skeleton_map.joints:
            other = name.replace("left", "#").replace("right", "left").replace("#", "right")
            assert other in skeleton_map.joints, f"{skeleton_map.name}: {name} without {other}"


def test_a_skeleton_with_more_joints_than_the_table_is_known():
    for skeleton_map in skeleton_maps():
        assert map_of([*skeleton_map.joints.values(), "Tail"]) == skeleton_map


def test_an_unknown_skeleton_is_named_with_the_nearest_table():
    names = {skeleton_map.name: skeleton_map for skeleton_map in skeleton_maps()}["cmu_daz"].joints.values()
    with pytest.raises(ValueError, match=r"joints hip, .*'cmu_daz', expects also lShin\.") as caught:
        map_of([name for name in names if name != "lShin"])
    assert "source.bvh.skeletons" in str(caught.value)


def test_a_skeleton_may_lack_what_is_not_required():
    mixamo = next(known for known in skeleton_maps() if known.name == "mixamo")
    names = [f"mixamorig:{name}" for smpl, name in mixamo.joints.items() if "foot" not in smpl and smpl != "head"]
    known = map_of(names)
    assert known.joints.items() <= mixamo.joints.items()
    assert "left_knee" in known.joints
    assert "head" not in known.joints
    assert known.skip_frames == 0


@pytest.mark.parametrize("space", ["mixamorig:", "mixamorig", "mixamorig.", "mixamorig1:", "mixamorig7"])
def test_mixamos_namespace_in_every_spelling(space):
    mixamo = next(known for known in skeleton_maps() if known.name == "mixamo")
    assert map_of([space + name for name in mixamo.joints.values()]).name == "mixamo"


def own_map(folder, name="studio", **change):
    mixamo = next(known for known in skeleton_maps() if known.name == "mixamo")
    content = {"joints": {smpl: f"bone {i}" for i, smpl in enumerate(mixamo.joints)}, **change}
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(content))
    return folder


def test_the_users_own_map_comes_first(tmp_path):
    own = own_map(tmp_path / "maps", skip_frames=3)
    known = map_of([f"bone {i}" for i in range(30)], own)
    assert (known.name, known.skip_frames, known.joints["pelvis"]) == ("studio", 3, "bone 0")
    with pytest.raises(ValueError, match="no map knows"):
        map_of([f"bone {i}" for i in range(30)])


@pytest.mark.parametrize(
    ("change", "name", "says"),
    [
        ({"joints": {"pelvis": "a"}}, "x", "lacks left_ankle"),
        ({"joints": {"tail": "a"}}, "x", "found the joints tail"),
        ({"skip": 3}, "x", "found the keys skip"),
        ({"skip_frames": -1}, "x", "found skip_frames -1"),
        ({"joints": 3}, "x", "no table `joints`"),
        ({}, "mixamo", "the package has a skeleton map of this name"),
    ],
)
def test_a_bad_map_is_named(tmp_path, change, name, says):
    with pytest.raises(ValueError, match=rf"{name}\.yaml: .*{says}"):
        skeleton_maps(own_map(tmp_path / "maps", name, **change))


def test_a_folder_without_maps_is_named(tmp_path):
    with pytest.raises(ValueError, match="found no skeleton map"):
        skeleton_maps(tmp_path)


@pytest.mark.parametrize("known", skeleton_maps(), ids=lambda known: known.name)
def test_namespaces_capitals_and_separators_do_not_count(known):
    names = list(known.joints.values())
    for change in ("Armature|{}", "Armature|mixamorig:{}", "CC_Base_{}", "DEF-{}", "{}", "ns1:ns2:{}"):
        for again in (str, str.upper, lambda name: name.replace("_", "").replace(".", "")):
            there = [again(change.format(name)) for name in names]
            found = map_of(["Prop", "Camera|Lens", *there, "Hips/end"])
            assert found.joints.keys() == known.joints.keys()
            unspaced = [re.sub(r"[\W_]", "", name.lower()) for name in names]
            for smpl, name in zip(known.joints, unspaced):
                assert re.sub(r"[\W_]", "", found.joints[smpl].lower()).endswith(name)


def test_two_people_in_one_file_keep_their_namespaces():
    assert plain(["a:Hips", "b:Hips", "a:Neck"]) == ["a:Hips", "b:Hips", "a:Neck"]

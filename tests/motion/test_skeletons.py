"""The tables of joint names."""

import pytest

from lavimo.body.skeleton import JOINT
from lavimo.motion.skeletons import map_of, skeleton_maps


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

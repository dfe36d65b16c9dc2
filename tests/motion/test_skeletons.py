"""The tables of joint names."""

import pytest

from lavimo.body.skeleton import JOINT
from lavimo.motion.skeletons import dialect_of, dialects


def test_every_table_is_symmetric_and_names_smpl_joints():
    for dialect in dialects():
        assert set(dialect.joints) <= set(JOINT)
        assert len(set(dialect.joints.values())) == len(dialect.joints)
        for name in dialect.joints:
            other = name.replace("left", "#").replace("right", "left").replace("#", "right")
            assert other in dialect.joints, f"{dialect.name}: {name} without {other}"


def test_a_skeleton_with_more_joints_than_the_table_is_known():
    for dialect in dialects():
        assert dialect_of([*dialect.joints.values(), "Tail"]) is dialect


def test_an_unknown_skeleton_is_named_with_the_nearest_table():
    names = {dialect.name: dialect for dialect in dialects()}["cmu_daz"].joints.values()
    with pytest.raises(ValueError, match=r"joints hip, .*'cmu_daz', expects also lShin\.") as caught:
        dialect_of([name for name in names if name != "lShin"])
    assert "Write a table" in str(caught.value)

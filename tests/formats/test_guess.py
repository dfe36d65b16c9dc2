"""A guess at an unknown skeleton: the same figure in the vocabularies that people's software writes."""

import re

import numpy as np
import pytest

from lavimo.__main__ import main
from lavimo.body.body import embedded_body
from lavimo.body.skeleton import JOINT_NAMES, PARENTS
from lavimo.formats.bvh.read import read_motion
from lavimo.formats.skeletons import REQUIRED, SkeletonMap
from lavimo.formats.skeletons.guess import guess, sure, words
from lavimo.motion.featurize import joints_of

LEFT = ("hip", "knee", "ankle", "foot", "collar", "shoulder", "elbow", "wrist")
VOCABULARIES = {
    "unity": ("{Side}UpperLeg {Side}LowerLeg {Side}Foot {Side}Toes {Side}Shoulder {Side}UpperArm {Side}LowerArm "
              "{Side}Hand",
              "Hips Spine Chest UpperChest Neck Head"),
    "vrm": ("J_Bip_{S}_UpperLeg J_Bip_{S}_LowerLeg J_Bip_{S}_Foot J_Bip_{S}_ToeBase J_Bip_{S}_Shoulder "
            "J_Bip_{S}_UpperArm J_Bip_{S}_LowerArm J_Bip_{S}_Hand",
            "J_Bip_C_Hips J_Bip_C_Spine J_Bip_C_Chest J_Bip_C_UpperChest J_Bip_C_Neck J_Bip_C_Head"),
    "xsens": ("{Side}Hip {Side}Knee {Side}Ankle {Side}Toe {Side}Collar {Side}Shoulder {Side}Elbow {Side}Wrist",
              "Hips Chest Chest2 Chest4 Neck Head"),
    "perception_neuron": ("{Side}UpLeg {Side}Leg {Side}Foot {Side}ToeBase {Side}Shoulder {Side}Arm {Side}ForeArm "
                          "{Side}Hand", "Hips Spine Spine1 Spine2 Neck Head"),
    "rokoko": ("{Side}Thigh {Side}Shin {Side}Foot {Side}Toe {Side}Shoulder {Side}Arm {Side}ForeArm {Side}Hand",
               "Hips Spine1 Spine2 Spine4 Neck Head"),
    "optitrack": ("{S}Thigh {S}Shin {S}Foot {S}Toe {S}Shoulder {S}UArm {S}FArm {S}Hand", "Hip Ab Ab2 Chest Neck Head"),
    "iclone": ("CC_Base_{S}_Thigh CC_Base_{S}_Calf CC_Base_{S}_Foot CC_Base_{S}_ToeBase CC_Base_{S}_Clavicle "
               "CC_Base_{S}_Upperarm CC_Base_{S}_Forearm CC_Base_{S}_Hand",
               "CC_Base_Hip CC_Base_Waist CC_Base_Spine01 CC_Base_Spine02 CC_Base_NeckTwist01 CC_Base_Head"),
    "makehuman": ("upperleg01.{S} lowerleg01.{S} foot.{S} toe1-1.{S} clavicle.{S} upperarm01.{S} lowerarm01.{S} "
                  "wrist.{S}",
                  "root spine05 spine03 spine01 neck01 head"),
    "smpl": ("{side}_hip {side}_knee {side}_ankle {side}_foot {side}_collar {side}_shoulder {side}_elbow {side}_wrist",
             "pelvis spine1 spine2 spine3 neck head"),
    "soma": ("{Side}Leg {Side}Shin {Side}Foot {Side}ToeBase {Side}Shoulder {Side}Arm {Side}ForeArm {Side}Hand",
             "Hips Spine1 Spine2 Chest Neck1 Head"),
    "numbers": ("bone{n}0 bone{n}1 bone{n}2 bone{n}3 bone{n}4 bone{n}5 bone{n}6 bone{n}7", "a0 a1 a2 a3 a4 a5"),
}  # fmt: skip


def figure(vocabulary, rest_joints):
    """Names, parents and places of SMPL's skeleton in other words, with tips at hands, feet and head."""
    limbs, trunk = (text.split() for text in VOCABULARIES[vocabulary])
    theirs = dict(zip(("pelvis", "spine1", "spine2", "spine3", "neck", "head"), trunk))
    for number, side in enumerate(("left", "right")):
        for smpl, name in zip(LEFT, limbs):
            theirs[f"{side}_{smpl}"] = name.format(Side=side.capitalize(), side=side, S=side[0].upper(), n=number)
    kept = [name for name in JOINT_NAMES if name in theirs]
    names = [theirs[name] for name in kept]
    parents = [kept.index(JOINT_NAMES[PARENTS[JOINT_NAMES.index(name)]]) if name != "pelvis" else -1 for name in kept]
    points = [rest_joints[JOINT_NAMES.index(name)] for name in kept]
    for tip, way in (("left_wrist", (0.15, 0, 0)), ("right_wrist", (-0.15, 0, 0)), ("head", (0, 0.2, 0)),
                     ("left_foot", (0, 0, 0.06)), ("right_foot", (0, 0, 0.06))):  # fmt: skip
        names.append(f"{theirs[tip]}/end")
        parents.append(kept.index(tip))
        points.append(rest_joints[JOINT_NAMES.index(tip)] + way)
    return names, parents, np.array(points), theirs


@pytest.fixture(scope="session")
def rest_joints():
    body = embedded_body()
    return body.rest(np.zeros(body.shape_directions_V3B.shape[-1]))[1]


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_the_same_figure_in_other_words(vocabulary, rest_joints):
    names, parents, points_J3, theirs = figure(vocabulary, rest_joints)
    found = guess(names, parents, points_J3)
    wrong = {smpl: (found.get(smpl), name) for smpl, name in theirs.items() if found.get(smpl) != name}
    assert not wrong
    SkeletonMap(vocabulary, found)
    # Whatever the unit and the axes.
    turned_J3 = 100 * points_J3 @ np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0]])
    assert guess(names, parents, turned_J3) == found


def test_fingers_twists_and_props_are_passed_over(rest_joints):
    names, parents, points_J3, theirs = figure("unity", rest_joints)
    more = [("LeftHandIndex1", "LeftHand", (0.09, 0, 0.02)), ("LeftHandIndex2", "LeftHandIndex1", (0.03, 0, 0)),
            ("RightUpperArmTwist", "RightUpperArm", (-0.1, 0, 0)), ("Jaw", "Head", (0, 0.02, 0.05)),
            ("Eye", "Head", (0.03, 0.07, 0.08))]  # fmt: skip
    for name, parent, offset in more:
        parents.append(names.index(parent))
        points_J3 = np.vstack([points_J3, points_J3[names.index(parent)] + offset])
        names.append(name)
    found = guess(names, parents, points_J3)
    assert {smpl: found.get(smpl) for smpl in theirs} == theirs


def test_what_is_no_person_is_said(rest_joints):
    with pytest.raises(ValueError, match="found 1 chains of bones, expected two legs, two arms and a head"):
        guess(["a", "b", "b/end"], [-1, 0, 1], np.array([[0, 0, 0], [0, 1, 0], [0, 2, 0.0]]))
    names, parents, points_J3, _ = figure("numbers", rest_joints)
    points_J3[:, 2] = 0.0
    with pytest.raises(ValueError, match="is left: neither names nor feet say it"):
        guess(names, parents, points_J3)


def test_words_of_a_name():
    assert words("mixamorig:LeftUpLeg") == ["left", "up", "leg"]
    assert words("CC_Base_L_Thigh") == ["cc", "base", "l", "thigh"]
    assert words("lThigh") == ["l", "thigh"]
    assert words("RShoulder") == ["r", "shoulder"]
    assert words("lthigh") == ["l", "thigh"]


def test_all_that_is_required_is_guessed(rest_joints):
    names, parents, points_J3, _ = figure("xsens", rest_joints)
    assert set(guess(names, parents, points_J3)) >= REQUIRED


def test_a_guess_is_written_as_a_map_with_a_picture(tmp_path, write_bvh):
    """And read through it, the file is the motion that it was in names that are known."""
    known = write_bvh(tmp_path / "known.bvh", frames=20, seed=2)
    text = re.sub(r"(ROOT|JOINT) (\w+)", r"\1 Rig_\2_jnt", known.read_text())
    path = tmp_path / "rig.bvh"
    path.write_text(text)
    unasked = read_motion(path)
    assert main(["skeleton", str(path), str(tmp_path / "maps"), "--name", "studio"]) == 0
    assert (tmp_path / "maps/studio.png").read_bytes().startswith(b"\x89PNG")
    ours = read_motion(path, skeletons=tmp_path / "maps")
    np.testing.assert_allclose(joints_of(ours), joints_of(read_motion(known)), atol=1e-4)
    np.testing.assert_array_equal(joints_of(unasked), joints_of(ours))


def test_what_is_known_is_not_guessed(tmp_path, write_bvh, caplog):
    path = write_bvh(tmp_path / "known.bvh", frames=4)
    assert main(["skeleton", str(path), str(tmp_path)]) == 1
    assert "the skeleton map 'motionbuilder' knows this skeleton" in caplog.text


def test_legs_beside_the_spine(rest_joints):
    """As in iClone's rigs: Hip has the children Pelvis, from which the legs hang, and Waist."""
    names, parents, points_J3, theirs = figure("iclone", rest_joints)
    pelvis = names.index(theirs["pelvis"])
    spine = names.index(theirs["spine1"])
    root = len(names)
    order = [root, *range(root)]
    at = [*parents, -1]
    at[pelvis] = at[spine] = root
    names, points_J3 = [*names, "Root"], np.vstack([points_J3, points_J3[pelvis]])
    found = guess(
        [names[i] for i in order], [order.index(at[i]) if at[i] >= 0 else -1 for i in order], points_J3[order]
    )
    assert found == {**theirs, **found}
    assert found["pelvis"] == theirs["pelvis"]
    assert sure(found)


def test_what_the_names_do_not_say_is_not_sure(rest_joints):
    names, parents, points_J3, _ = figure("numbers", rest_joints)
    assert not sure(guess(names, parents, points_J3))
    names, parents, points_J3, _ = figure("unity", rest_joints)
    found = guess(names, parents, points_J3)
    assert sure(found)
    assert not sure({**found, "left_knee": found["right_knee"]})
    assert not sure({**found, "left_knee": found["left_ankle"]})

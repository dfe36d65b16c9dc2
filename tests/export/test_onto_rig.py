"""A take on another skeleton: the same movement, feet that stand, and the other's own model."""

import numpy as np
import pytest
from bone_aligned import REST_S3, write_bone_aligned
from data_folders import DATA
from fbx_files import write_fbx
from gltf_files import packed, unpacked, write_glb

from lavimo.body.skeleton import BODY_JOINTS, JOINT
from lavimo.describe.rules.spans import spans
from lavimo.export.onto_rig import onto, rig_of
from lavimo.export.skeleton import export_onto
from lavimo.export.take import Cut, take_of
from lavimo.export.transition import standing
from lavimo.formats import read_motion
from lavimo.formats.gltf.document import Document
from lavimo.landmarks.movement import joints_of
from lavimo.motion.features import facing_yaw
from lavimo.motion.ground import place_on_floor

LEG_M = np.linalg.norm(
    np.diff(REST_S3[[JOINT["left_hip"], JOINT["left_knee"], JOINT["left_ankle"]]], axis=0), axis=1
).sum()
CM = 0.01


@pytest.fixture(scope="module", params=["07_01", "13_40"])
def motion(request):
    """Real recordings: somebody walks, somebody jumps."""
    return read_motion(DATA / "cmu" / f"{request.param}.bvh")


@pytest.fixture(scope="module", params=["cmu.bvh", "aligned.bvh", "skin.glb", "posed.glb", "bare.glb", "some.fbx"])
def rig_file(request, tmp_path_factory):
    """Of another recording: in its T-pose, with joints along bones, below a helper node scaled by 0.01 and turned."""
    path = tmp_path_factory.mktemp("rig") / request.param
    other = read_motion(DATA / "cmu" / "09_03.bvh")
    match request.param:
        case "cmu.bvh":
            path.write_bytes((DATA / "cmu" / "09_03.bvh").read_bytes())
        case "aligned.bvh":
            write_bone_aligned(path, other)
        case "some.fbx":
            write_fbx(path, {"run": other})
        case kind:
            write_glb(path, {"run": other}, posed="posed" in kind, skin="bare" not in kind, aligned="bare" not in kind)
    return path


def slid(places_T3, stands_T) -> float:
    """The farthest that a foot comes over the floor from where it began to stand."""
    ways = [np.linalg.norm((places_T3[a:b] - places_T3[a])[:, [0, 2]], axis=1).max() for a, b in spans(stands_T)]
    return max(ways, default=0.0)


@pytest.mark.parametrize("kind", ["bvh", "glb"])
def test_it_reads_as_the_same_motion(motion, rig_file, tmp_path, kind):
    export_onto(rig_file, take_of(motion, Cut()), "a", tmp_path / f"a.{kind}", kind)
    again, expected = (
        joints_of(one)[:, :BODY_JOINTS] for one in (read_motion(tmp_path / f"a.{kind}"), place_on_floor(motion))
    )
    assert len(again) == len(expected)
    apart_TJ = np.linalg.norm(again - expected, axis=-1)
    assert apart_TJ.mean() < CM
    assert np.quantile(apart_TJ, 0.99) < 3 * CM
    yaw_T = np.angle(np.exp(1j * (facing_yaw(again) - facing_yaw(expected))))
    assert np.abs(yaw_T).max() < np.radians(3)


def test_feet_stand_where_they_stand(motion, rig_file):
    take, rig = take_of(motion, Cut()), rig_of(rig_file)
    moving = onto(take, rig)
    bones, places_TJ3 = moving.bones, moving.world.places_TJ3 @ rig.stand.to_ours_33.T
    hip, knee, ankle = (bones.rest.places_TJ3[0, bones.joints[f"left_{name}"]] for name in ("hip", "knee", "ankle"))
    to_m = LEG_M / (np.linalg.norm(knee - hip) + np.linalg.norm(ankle - knee))
    for side, stands_T in zip(("left", "right"), standing(take.joints_TJ3).T):
        ball = f"{side}_foot" if f"{side}_foot" in bones.joints else f"{side}_ankle"
        theirs = slid(places_TJ3[:, bones.joints[ball]] * to_m, stands_T)
        assert theirs <= slid(take.joints_TJ3[:, JOINT[ball]], stands_T) + CM
    if rig.stand.places_J3 is not None and rig_file.suffix != ".bvh":  # whose rest pose stands on the floor
        lowest = places_TJ3[:, [bones.joints[f"{side}_foot"] for side in ("left", "right")], 1].min() * to_m
        assert lowest == pytest.approx(
            take.joints_TJ3[:, [JOINT["left_foot"], JOINT["right_foot"]], 1].min(), abs=2 * CM
        )


def test_the_rigs_own_model_moves(motion, tmp_path):
    path = write_glb(tmp_path / "rig.glb", {"walk": motion, "other": motion})
    export_onto(path, take_of(motion, Cut(fps=30)), "kick", tmp_path / "a.glb", "glb")
    rig, found = Document(path).json, Document(tmp_path / "a.glb").json
    assert found["meshes"] == rig["meshes"]
    assert found["skins"][0]["joints"] == rig["skins"][0]["joints"]
    assert [one["name"] for one in found["animations"]] == ["kick"]
    paths = {
        (rig["nodes"][c["target"]["node"]]["name"], c["target"]["path"]) for c in found["animations"][0]["channels"]
    }
    assert {name for name, what in paths if what == "translation"} == {"Hips"}, "bones keep their lengths"
    assert "Armature" not in {name for name, _ in paths}


def test_what_the_map_does_not_name_keeps_its_rest_pose(motion):
    moving = onto(take_of(motion, Cut()), rig_of(DATA / "cmu" / "09_03.bvh"))
    fingers = [joint for joint, name in enumerate(moving.bones.names) if "Thumb" in name or "Ring" in name]
    assert len(fingers) > 4
    np.testing.assert_allclose(np.abs(moving.turns_TJ4[:, fingers, 3]), 1, atol=1e-9)


def test_a_skeleton_without_any_pose_to_stand_in(tmp_path):
    """Somebody amid a step, whose joints lie along the bones, says nothing of how he would stand."""
    path = write_glb(tmp_path / "a.glb", {"one": read_motion(DATA / "cmu" / "07_01.bvh")}, skin=False, posed=True)
    json, binary = unpacked(path)
    del json["animations"]
    path.write_bytes(packed(json, binary))
    with pytest.raises(ValueError, match=r"a\.glb: found a rest pose that does not stand, and no movement that tells"):
        rig_of(path)

"""What is written can be read again, and is the same motion."""

import json
import shutil
import subprocess

import numpy as np
import pytest
from data_folders import DATA
from glb_file import Glb
from PIL import Image
from wheels import package_of_npm

from lavimo.avatar.dress import dressed
from lavimo.body.skeleton import BODY_JOINTS, JOINT_NAMES
from lavimo.export.act import acted_by
from lavimo.export.export import copy_source, export, plain
from lavimo.export.glb import Figure, glb
from lavimo.export.take import Cut, take_of
from lavimo.export.video import preview
from lavimo.formats import read_motion
from lavimo.formats.amass import read_recorded
from lavimo.landmarks.movement import joints_of
from lavimo.motion.ground import place_on_floor
from lavimo.motion.motion import Motion
from lavimo.video.codec import VideoReader

MM = 1e-3


@pytest.fixture(scope="module", params=["07_01", "10_03", "13_40"])
def motion(request: pytest.FixtureRequest) -> Motion:
    """Real recordings."""
    return read_motion(DATA / "cmu" / f"{request.param}.bvh")


def test_a_bvh_is_the_same_motion(motion, tmp_path):
    export(motion, Cut(), tmp_path / "a.bvh", "bvh")
    again = read_motion(tmp_path / "a.bvh")
    # Our reader puts a motion on the floor, in which it takes out a drift of millimetres once more.
    expected = joints_of(place_on_floor(motion))[:, :BODY_JOINTS]
    np.testing.assert_allclose(joints_of(again)[:, :BODY_JOINTS], expected, atol=0.1 * MM)


def test_an_npz_of_amass_is_the_same_motion(motion, tmp_path):
    export(motion, Cut(), tmp_path / "a.npz", "npz")
    # Not by `read_motion`, which scales the path for legs that it has to guess.
    again = read_recorded(tmp_path / "a.npz", 0.0, None, every_nth=False)
    np.testing.assert_allclose(joints_of(again)[:, :BODY_JOINTS], joints_of(motion)[:, :BODY_JOINTS], atol=0.01 * MM)
    with np.load(tmp_path / "a.npz") as file:
        assert file["poses"].shape == (len(motion), 156)
        assert file["mocap_framerate"] == 20
        assert np.ptp(file["trans"][:, 2]) < 1.5, "z is up"


def test_a_glb_has_the_motions_joints(motion, tmp_path):
    export(motion, Cut("kick"), tmp_path / "a.glb", "glb")
    file = Glb(tmp_path / "a.glb")
    expected = joints_of(motion)
    for frame in range(0, len(motion), 5):
        found = file.joints(frame)
        for joint, name in enumerate(JOINT_NAMES):
            np.testing.assert_allclose(found[name], expected[frame, joint], atol=0.01 * MM)
    assert file.told["animations"][0]["name"] == "kick"


def test_a_dressed_glb_has_the_avatars_joints(motion, tmp_path):
    person = dressed("jonas")
    export(motion, Cut(), tmp_path / "a.glb", "glb", person)
    file = Glb(tmp_path / "a.glb")
    take, _ = acted_by(take_of(motion, Cut()), person)
    found = file.joints(3)
    np.testing.assert_allclose(found["pelvis"], take.translation_T3[3] + person.joints_J3[0], atol=0.01 * MM)
    (picture,) = file.told["images"]
    assert picture["mimeType"] == "image/jpeg"


def test_a_skin_is_as_engines_take_it(tmp_path):
    (tmp_path / "a.glb").write_bytes(glb(None, Figure.of(dressed("mei"))))
    file = Glb(tmp_path / "a.glb")
    (primitive,) = file.told["meshes"][0]["primitives"]
    weights, joints = (file.array(primitive["attributes"][name]) for name in ("WEIGHTS_0", "JOINTS_0"))
    np.testing.assert_allclose(weights.sum(1), 1, atol=1e-6)
    assert (joints < 24).all()
    assert (joints[weights == 0] == 0).all()
    normals = file.array(primitive["attributes"]["NORMAL"])
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-5)
    vertices = file.array(primitive["attributes"]["POSITION"])
    bounds = file.told["accessors"][primitive["attributes"]["POSITION"]]
    np.testing.assert_array_equal(bounds["min"], vertices.min(0))
    indices = file.array(primitive["indices"])
    assert indices.max() == len(vertices) - 1
    # The skin's bind pose is the mesh as it stands: joint times inverse is the identity.
    inverse = file.array(file.told["skins"][0]["inverseBindMatrices"]).reshape(-1, 4, 4).swapaxes(1, 2)
    rest = file.joints(0)
    for joint, name in enumerate(JOINT_NAMES):
        np.testing.assert_allclose(inverse[joint, :3, 3], -rest[name], atol=1e-6)


def test_rotations_never_turn_the_long_way_round(motion, tmp_path):
    export(motion, Cut(fps=60), tmp_path / "a.glb", "glb")
    file = Glb(tmp_path / "a.glb")
    for sampler in file.told["animations"][0]["samplers"][1:]:
        turns = file.array(sampler["output"])
        assert ((turns[1:] * turns[:-1]).sum(1) > 0).all()


def test_a_loops_last_key_is_its_first(tmp_path):
    walk = read_motion(DATA / "cmu" / "07_01.bvh")
    export(walk, Cut(loop=True, in_place=True), tmp_path / "a.glb", "glb")
    file = Glb(tmp_path / "a.glb")
    count = file.told["accessors"][file.told["animations"][0]["samplers"][0]["input"]]["count"]
    first, last = file.joints(0), file.joints(count - 1)
    for name in JOINT_NAMES:
        np.testing.assert_allclose(first[name], last[name], atol=1e-5)


def test_an_mp4_and_a_preview(tmp_path):
    walk = read_motion(DATA / "cmu" / "09_03.bvh")
    person = dressed("jonas")
    export(walk, Cut("run"), tmp_path / "a.mp4", "mp4", person)
    assert len(VideoReader(tmp_path / "a.mp4")) == len(walk)
    (tmp_path / "a.webp").write_bytes(preview(take_of(walk, Cut()), person, "run"))
    with Image.open(tmp_path / "a.webp") as picture:
        assert picture.n_frames == -(-len(walk) // 2)
        assert picture.size == (192, 192)


def test_the_source_itself(tmp_path):
    copy_source(str(DATA / "cmu" / "09_03.bvh"), tmp_path / "a.bvh")
    assert (tmp_path / "a.bvh").read_bytes() == (DATA / "cmu" / "09_03.bvh").read_bytes()
    with pytest.raises(ValueError, match="found no file '' that the motion came from"):
        copy_source("", tmp_path / "b.bvh")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sub/a walk.bvh", "a_walk"), ("../../etc/passwd", "passwd"), ("$(rm -rf)", "rm_-rf"), ("", "motion"),
        ("<script>alert(1)</script>", "script"), ("..", "motion"), ("x" * 500, "x" * 80), ("日本", "motion"),
    ],
)  # fmt: skip
def test_names_are_fit_for_files(name, expected):
    assert plain(name) == expected


VALIDATE = """
const fs = require("fs");
const { validateBytes } = require(process.argv[1]);
const all = process.argv.slice(2).map((path) => validateBytes(new Uint8Array(fs.readFileSync(path))));
Promise.all(all).then((found) => console.log(JSON.stringify(found.map((one) => one.issues))));
"""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")
def test_khronos_validator_has_nothing_to_say(tmp_path):
    """https://github.com/KhronosGroup/glTF-Validator: no error, warning, information or hint."""
    validator = package_of_npm("gltf-validator", "2.0.0-dev.3.10", tmp_path)
    walk = read_motion(DATA / "cmu" / "07_01.bvh")
    export(walk, Cut("walk"), tmp_path / "bare.glb", "glb")
    export(walk, Cut("walk", loop=True, fps=60), tmp_path / "dressed.glb", "glb", dressed("mei"))
    (tmp_path / "standing.glb").write_bytes(glb(None, Figure.of(dressed("jonas"))))
    files = sorted(map(str, tmp_path.glob("*.glb")))
    told = subprocess.run(
        ["node", "-e", VALIDATE, str(validator), *files], capture_output=True, text=True, check=True
    ).stdout
    for issues in json.loads(told):
        assert issues["messages"] == []

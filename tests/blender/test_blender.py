"""The extension for Blender, and lavimo's files, in Blender itself: a module of an environment of its own.

`make blender` makes it. Scripts in `inside/` run there, and tell what they found; it is judged here.
"""

import json
import os
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from data_folders import DATA
from scipy.spatial.transform import Rotation
from served import Served, served

from lavimo.body.skeleton import BODY_JOINTS, JOINT_NAMES
from lavimo.export.export import export
from lavimo.export.take import Cut, take_of
from lavimo.formats import read_motion
from lavimo.landmarks.movement import joints_of
from lavimo.search.index import index
from lavimo.search.open_store import model_of

ROOT = Path(__file__).parents[2]
BLENDER = ROOT / ".venv-blender" / "bin" / "python"
MOTIONS = ("05_03", "07_01", "09_03", "10_03", "13_40")
TOKEN = "a-token"
CM = 0.01

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("blender"),
    pytest.mark.skipif(not BLENDER.is_file(), reason="run `make blender`: it makes Blender's environment"),
]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension, packed as its README says."""
    path = tmp_path_factory.mktemp("package") / "lavimo.zip"
    subprocess.run([BLENDER, "-m", "zipfile", "-c", path, "blender/"], cwd=ROOT, check=True)
    return path


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An app on five of CMU's trials, by the packaged model."""
    at = str(tmp_path_factory.mktemp("library") / "index")
    index([DATA / "cmu"], at, model_of(at), licence="free for all uses", processes=1)
    with served(at, "--token", TOKEN) as running:
        yield running


@pytest.fixture
def inside(tmp_path: Path):
    """Run a script in Blender; what it tells."""

    def run(script: str, **arguments: Any) -> dict[str, Any]:
        environment = {**os.environ, "BLENDER_USER_RESOURCES": str(tmp_path / "user")}
        command = [BLENDER, ROOT / "tests/blender/inside" / script, json.dumps(arguments, default=str)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        return json.loads(done.stdout.strip().splitlines()[-1])

    return run


def joints(trial: str, fps: float = 20) -> np.ndarray:
    """Where lavimo has a trial's joints, (T, 24, 3)."""
    return take_of(read_motion(DATA / "cmu" / f"{trial}.bvh"), Cut(fps=fps)).joints_TJ3


def told_of(path: Path, rig: str) -> np.ndarray:
    """Where Blender has the joints of an armature with SMPL's names, (T, 24, 3)."""
    with np.load(path) as file:
        return np.stack([file[f"{rig}/{name}"] for name in JOINT_NAMES], axis=1)


def test_it_comes_and_goes(inside, package):
    found = inside("install.py", package=package)
    assert all(found["installed"].values())
    assert not any(found["disabled"].values())
    assert all(found["again"].values())
    assert found["parted"] == ["http://studio.lan:8000/", "secret"], "an address as `lavimo app` prints it"
    assert not any(found["uninstalled"].values())


def test_blenders_own_check_of_the_package(package):
    (tool,) = BLENDER.parents[1].glob("lib/python*/site-packages/bpy/*/scripts/addons_core/bl_pkg/cli/blender_ext.py")
    done = subprocess.run([BLENDER, tool, "validate", package], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    names = zipfile.ZipFile(package).namelist()
    assert "blender/blender_manifest.toml" in names


def test_searches(inside, package, app):
    found = inside("ask.py", package=package, address=app.address, token=TOKEN, kicks="10_03.bvh")
    assert found["by_words"] == {
        "name": "07_01.bvh", "captions": "walk", "description": "walks forward", "licence": "free for all uses",
        "score": "probably", "others": 4,
    }  # fmt: skip
    assert found["by_action"][0] == "10_03.bvh", "an action finds the motion that it was made of"
    assert found["pictures"] == [5, [[256, 256]]], "as Blender keeps previews"
    assert found["most"] == 2
    assert found["unknown"] == "qwrtz"
    troubles = found["troubles"]
    assert "Write first" in troubles["no_words"]
    assert "asks for a token" in troubles["wrong_token"]
    assert "No app answers at http://127.0.0.1:9 " in troubles["nobody"]
    assert "allow online access" in troubles["elsewhere"]
    assert "is it a lavimo app?" in troubles["another"]
    assert "Found the address 'mocap'" in troubles["no_address"]
    assert found["message"] in troubles["no_address"], "the panel says it too"


def test_blender_goes_on_while_the_app_is_asked(inside, package, app):
    found = inside("wait.py", package=package, address=app.address, token=TOKEN)
    alone, older, newer, stopped, failed = (found[name] for name in ("alone", "older", "newer", "stopped", "failed"))
    assert alone["stood_s"] < 0.5
    assert (alone["began"], alone["ended"]) == (["RUNNING_MODAL"], ["FINISHED"])
    assert (alone["waiting"], alone["left"]) == (1, 0)
    assert (len(alone["hits"]), alone["pictures"]) == (5, 5)
    assert alone["ticks"] > 0
    assert (older["ended"], newer["ended"], newer["waiting"]) == (["CANCELLED"], ["FINISHED"], 2), "who asks again"
    assert older["hits"][0] == "09_03.bvh", "the newer question's"
    assert stopped["ended"] == ["CANCELLED"], "Esc"
    assert (stopped["hits"], stopped["left"]) == (older["hits"], 0)
    assert failed["ended"] == ["CANCELLED"]
    assert failed["left"] == 0
    assert "No app answers" in found["message"]
    assert "No app answers" in failed["error"]


def test_hits_on_armatures_of_their_own(inside, package, app, tmp_path):
    path = tmp_path / "joints.npz"
    found = inside("take_new.py", package=package, address=app.address, token=TOKEN, output=path)
    assert sorted(found["hits"]) == [f"{trial}.bvh" for trial in MOTIONS]
    fps = 30 / 1.001
    for place, hit in enumerate(found["hits"]):
        expected = joints(hit[:5], fps)
        assert found["ranges"][hit] == [1 + 10 * place, len(expected) + 10 * place]
        assert found["names"][hit] == [hit[:5], hit[:5]]
        at = [3 * place, 0, -0.5] if place else 0
        np.testing.assert_allclose(told_of(path, hit), expected + at, atol=CM)


@pytest.mark.parametrize("kind", ["bvh", "glb"])
def test_exported_files_open_as_they_are(inside, tmp_path, kind):
    files = [tmp_path / f"{trial}.{kind}" for trial in MOTIONS]
    for trial, file in zip(MOTIONS, files):
        export(read_motion(DATA / "cmu" / f"{trial}.bvh"), Cut(trial), file, kind)
    path = tmp_path / "joints.npz"
    found = inside("open.py", files=files, output=path)
    for trial, file in zip(MOTIONS, files):
        expected = joints(trial)
        first, last = found["ranges"][file.name]
        assert last - first + 1 == len(expected)
        np.testing.assert_allclose(told_of(path, file.name), expected, atol=CM, err_msg=trial)
        assert np.median(np.ptp(expected[:, :BODY_JOINTS, 1], axis=1)) > 1.2, "upright"


def test_a_hit_on_rigs_that_are_there(inside, package, app, tmp_path):
    """One with SMPL's joints, Mixamo's as an FBX leaves it, Rigify's human, and that turned, small, on a stage."""
    bvh, path, folder = tmp_path / "walk.bvh", tmp_path / "joints.npz", tmp_path
    export(read_motion(DATA / "cmu" / "07_01.bvh"), Cut(), bvh, "bvh")
    found = inside(
        "onto.py",
        package=package,
        address=app.address,
        token=TOKEN,
        hit="10_03.bvh",
        bvh=bvh,
        folder=folder,
        output=path,
    )
    kick = joints("10_03")
    first, last = 11, 10 + len(kick)
    assert found["actions"] == {
        "smpl": ["10_03", first, last, True],  # what it did before stays
        **{rig: ["10_03", first, last, False] for rig in ("mixamo", "metarig", "elsewhere")},
    }
    np.testing.assert_allclose(told_of(path, "smpl"), kick, atol=CM)
    for rig in ("mixamo", "metarig"):
        again = joints_of(read_motion(folder / f"{rig}.bvh"))
        away_TJ = np.linalg.norm(again - kick, axis=-1)[:, :BODY_JOINTS]
        # Feet stand where they stand at other proportions, for which knees bend.
        assert away_TJ.mean() < 2 * CM
        assert away_TJ.max() < 8 * CM
    with np.load(path) as file:
        for name in (name.removeprefix("metarig/") for name in file if name.startswith("metarig/")):
            there = Rotation.from_euler("y", 37, degrees=True).apply(0.5 * file[f"metarig/{name}"]) + [5, 1, -2]
            np.testing.assert_allclose(file[f"elsewhere/{name}"], there, atol=0.1 * CM, err_msg=name)


def test_files_that_blender_writes_come_back(inside, package, tmp_path):
    """An armature of a BVH, one as of a character's FBX (scaled by 0.01, turned), and Rigify's human, with meshes."""
    bvh = tmp_path / "walk.bvh"
    export(read_motion(DATA / "cmu" / "07_01.bvh"), Cut(), bvh, "bvh")
    inside("write.py", package=package, bvh=bvh, folder=tmp_path)
    for rig in ("smpl", "mixamo", "metarig"):
        own = joints_of(read_motion(tmp_path / f"{rig}.own.bvh"))[:, :BODY_JOINTS]
        for kind in ("fbx", "glb", "bvh"):
            found = joints_of(read_motion(tmp_path / f"{rig}.{kind}"))[:, :BODY_JOINTS]
            np.testing.assert_allclose(found, own, atol=CM, err_msg=f"{rig} as {kind}")
    walked = joints_of(read_motion(tmp_path / "smpl.fbx"))[:, :BODY_JOINTS]
    expected = joints_of(read_motion(bvh))[: len(walked), :BODY_JOINTS]
    np.testing.assert_allclose(walked[: len(expected)], expected, atol=CM, err_msg="the joints that were lavimo's")

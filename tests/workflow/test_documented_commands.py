"""Every command of README and docs/ runs as written, but for those that need licensed data.

What would take minutes is planned (`--dry-run`) and not run; `make demo` and `make test` are CI's own first lines.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from data_folders import CMU_BVH
from gltf_files import write_glb

from lavimo import demo
from lavimo.config import AnimateOptions, DemoOptions, RenderOptions
from lavimo.formats import read_motion
from lavimo.motion.motion import write_motions
from lavimo.render.render import render
from lavimo.scene.animate import animate

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs/tutorial.md"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted({*(ROOT / "docs").rglob("*.md")} - {TUTORIAL})]
ELSEWHERE = (
    "make ",
    "python3 -m venv",
    "pip install",
    ".venv/bin/pip",
    ".venv/bin/lavimo",
    ".venv/bin/snakemake",
    ".venv/bin/pytest",
)
"""What makes the environment that tests run in."""
LICENSED = ("amass.yaml", "humanml3d.yaml", "humanml3d_release.yaml", "kitml.yaml", "kitml_amass.yaml", "smpl.yaml")
NEEDS_FILES = ("cmu.yaml", "cmu_folds.yaml", "open/runs", "configs/tune.yaml")
"""Free data that no clone carries, and the model of open.yaml."""


def commands():
    found = []
    for page in PAGES:
        for block in re.findall(r"```(?:sh|bash)\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            lines = [line.partition(" #")[0].strip() for line in block.splitlines()]
            found += [line for line in lines if line and not line.startswith(ELSEWHERE)]
    return list(dict.fromkeys(found))


RUNNABLE = [line for line in commands() if not any(f"/{name}" in line for name in (*LICENSED, *NEEDS_FILES))]


@pytest.fixture(scope="module")
def phone(tmp_path_factory, wardrobe):
    """A video with somebody in it."""
    folder = tmp_path_factory.mktemp("phone")
    options = DemoOptions()
    write_motions(folder / "motions", {"walk": demo.load("walk_forward_01", options)})
    animate(folder / "motions", wardrobe, folder / "animations", AnimateOptions())
    render(folder / "animations", wardrobe, folder / "videos", RenderOptions(renderer="cpu", size_px=256))
    return folder / "videos/walk.mp4"


def checkout(folder: Path) -> None:
    """Make a folder one, as far as the documentation needs it."""
    for name in ("Snakefile", "rules", "workflow", "profiles", "envs", "lavimo", "config.yaml", "tests"):
        (folder / name).symlink_to(ROOT / name)


@pytest.fixture
def reader(experiment, phone):
    """Where a reader of the documentation stands: in a checkout with results, a `my.yaml`, embeddings of theirs, and a
    video from a phone."""
    folder = experiment.folder
    checkout(folder)
    (folder / "my.yaml").symlink_to(experiment.config_path)
    known = (folder / "data/bvh/sway_00.bvh").read_text()
    (folder / "data/bvh/walk.bvh").write_text(re.sub(r"(ROOT|JOINT) (\w+)", r"\1 \2_jnt", known))
    rows_N3 = np.random.default_rng(0).normal(size=(4, 3))
    ids = np.array([f"sway_{i:02d}" for i in range(8, 12)])
    np.savez(folder / "theirs.npz", ids=ids, text=rows_N3, motion=rows_N3)
    (folder / "theirs.scores.csv").write_bytes((folder / "results/runs/lavimo-2/scores.csv").read_bytes())
    (folder / "phone.mp4").symlink_to(phone)
    (folder / "results/runs/landmarks").symlink_to(folder / "results/runs/lavimo-2")
    known = read_motion(CMU_BVH / "07_01.bvh")
    (folder / "walk.bvh").symlink_to(CMU_BVH / "07_01.bvh")
    write_glb(folder / "pack.glb", {"Jump": known, "Walk": known})
    (folder / "mocap").mkdir()
    for number in range(3):
        (folder / f"mocap/{number}.bvh").write_bytes((folder / f"data/bvh/sway_0{number}.bvh").read_bytes())
    return folder


def run(words: list[str], reader: Path) -> "subprocess.CompletedProcess[str]":
    """A command in the reader's folder, which is the home too. What serves until it is stopped is stopped soon."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "HOME": str(reader)}
    words = [word.replace("~", str(reader), 1) if word.startswith("~/") else word for word in words]
    if words[:2] == ["lavimo", "app"]:
        words = ["timeout", "--preserve-status", "--signal=INT", "30", *words, "--port", "0"]
    return subprocess.run(words, cwd=reader, env=env, capture_output=True, text=True, check=False)


def test_the_documentation_has_commands():
    assert len(RUNNABLE) >= 12
    assert {line.split()[0] for line in commands()} == {"snakemake", "lavimo", ".venv/bin/python"}


@pytest.mark.slow
@pytest.mark.xdist_group("commands")
@pytest.mark.parametrize("line", RUNNABLE)
def test_a_command_runs_as_written(line, reader):
    words = shlex.split(line.replace(".venv/bin/python", sys.executable))
    if words[0] == "snakemake" and not {"verify", "--unlock", "--dry-run"} & set(words):
        words.append("--dry-run")
    if words[0] == "lavimo" and words[1] in ("search", "export", "app"):
        assert run(["lavimo", "index", "mocap"], reader).returncode == 0
        known = run(["lavimo", "search", "somebody sways", "--json"], reader).stdout
        id = json.loads(known)["hits"][0]["id"]
        words = [re.sub("^[0-9a-f]{16}(?=@|!|$)", id, word) for word in words]
    done = run(words, reader)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.xdist_group("tutorial")
def test_the_tutorial_runs_from_its_first_line_to_its_last(tmp_path):
    checkout(tmp_path)
    lines = "".join(re.findall(r"```sh\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL))
    done = run(["bash", "-e", "-c", lines], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    hits = [line for line in done.stdout.splitlines() if re.match("[0-9a-f]{16} ", line)]
    assert hits[0].endswith("10_03.bvh"), "the kick is found first"
    assert hits[5].endswith("07_01.bvh"), "the walk is most like itself"
    table = (tmp_path / "results/tutorial/table.md").read_text(encoding="utf-8")
    assert re.search(r"^\| text → motion +\| lavimo-2 +\| +4 \|", table, re.MULTILINE)
    assert read_motion(tmp_path / "results/tutorial/kick.glb")

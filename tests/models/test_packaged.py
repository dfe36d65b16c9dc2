"""The model in the box: small, with its card, the default of everything, and in the wheel."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import lavimo
from lavimo.__main__ import main
from lavimo.models import packaged
from lavimo.search.open_store import model_of

ROOT = Path(__file__).parents[2]
REAL = ROOT / "tests/data/cmu"
LARGEST_MB = 6


def test_it_is_small_and_says_what_it_is_of():
    assert packaged().stat().st_size < LARGEST_MB << 20
    card = packaged().with_name("README.md").read_text(encoding="utf-8")
    assert "mocap.cs.cmu.edu" in card
    assert "MIT" in card
    assert "packaged.yaml" in card


def test_nobody_s_name_means_the_packaged_one():
    model = lavimo.load()
    words = model.embed_texts(["a person runs", "a person jumps up"])
    motions = model.embed_motions([REAL / "09_03.bvh", REAL / "13_40.bvh"])
    assert np.argmax(words @ motions.T, axis=1).tolist() == [0, 1]


def test_an_index_s_own_model_goes_on(tmp_path):
    assert model_of(str(tmp_path / "none")) == packaged()
    assert main(["index", str(REAL), "--index", str(tmp_path / "index"), "--jobs", "1"]) == 0
    assert model_of(str(tmp_path / "index")) == tmp_path / "index/model.safetensors"


def test_a_stranger_s_first_search(tmp_path, capsys):
    """Two commands, no training: each sentence finds its motion first."""
    assert main(["index", str(REAL), "--index", str(tmp_path / "index"), "--jobs", "1"]) == 0
    for words, name in (
        ("a person runs", "09_03"),
        ("he kicks with his right foot", "10_03"),
        ("someone jumps", "13_40"),
    ):
        capsys.readouterr()
        assert main(["search", words, "--json", "-k", "5", "--index", str(tmp_path / "index")]) == 0
        assert json.loads(capsys.readouterr().out)["hits"][0]["name"] == f"{name}.bvh"


@pytest.mark.slow
def test_the_wheel_has_all_that_a_search_needs(tmp_path):
    """Unpacked outside the checkout it indexes, searches and describes."""
    source = tmp_path / "source"
    shutil.copytree(ROOT / "lavimo", source / "lavimo", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path), str(source)]
    subprocess.run(build, check=True, capture_output=True, text=True)
    with zipfile.ZipFile(next(tmp_path.glob("lavimo-*.whl"))) as wheel:
        wheel.extractall(tmp_path / "site")
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    where = [sys.executable, "-c", "import lavimo; print(lavimo.__file__)"]
    found = subprocess.run(where, cwd=tmp_path, env=env, check=True, capture_output=True, text=True).stdout
    assert found.startswith(str(tmp_path / "site"))
    for words in (["index", str(REAL)], ["search", "a person runs"], ["describe", str(REAL / "09_03.bvh")]):
        told = subprocess.run(
            [sys.executable, "-m", "lavimo", *words], cwd=tmp_path, env=env, check=True, capture_output=True, text=True
        )
        assert told.stdout

"""The command line: every stage is there, and an error of the user's is one line."""

import subprocess
import sys

import pytest

from lavimo.__main__ import main, parser
from lavimo.versions import VERSIONS


def test_every_stage_has_a_version_and_a_command():
    commands = set(parser()._subparsers._group_actions[0].choices)
    assert commands - {"compare", "config"} == {stage.replace("_", "-") for stage in VERSIONS}


def test_an_unwritable_output_is_one_clear_line(tmp_path, caplog):
    (tmp_path / "file").touch()
    assert main(["catalogue", str(tmp_path / "file" / "clips.csv")]) == 1
    assert "clips.csv: cannot be written" in caplog.text
    assert "choose a folder that you may write to" in caplog.text


def test_a_missing_input_is_one_clear_line(tmp_path, caplog):
    assert main(["featurize", str(tmp_path / "none.safetensors"), str(tmp_path / "out")]) == 1
    assert "none.safetensors: cannot be read as a shard" in caplog.text
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("module", ["torch", "pyrender", "transformers", "av", "decord", "matplotlib"])
def test_the_snakefile_and_evaluation_need_no_heavy_module(module):
    """Each of 128 shards' jobs starts a process: what a stage does not use, it must not import."""
    code = (
        "import sys, lavimo.__main__, lavimo.motion.catalogue, lavimo.evaluate.evaluate;"
        f"sys.exit({module!r} in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

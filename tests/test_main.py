"""The command line: every stage is there, and an error of the user's is one line."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from lavimo import __version__
from lavimo.__main__ import main
from lavimo.cli.app import APP
from lavimo.config import load_config
from lavimo.versions import VERSIONS

COMMANDS = typer.main.get_command(APP).commands


NO_STAGES = {
    "app", "caption", "compare", "config", "describe", "doctor", "export", "fetch-models", "fetch-page", "index",
    "judge", "people", "search", "skeleton", "watch",
}  # fmt: skip


def test_every_stage_has_a_version_and_a_command():
    assert set(COMMANDS) - NO_STAGES == {stage.replace("_", "-") for stage in VERSIONS}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_explains_itself_and_every_argument(name, capsys):
    assert COMMANDS[name].help
    assert not [one.name for one in COMMANDS[name].params if not one.help]
    assert main([name, "--help"]) == 0
    assert "Usage" in capsys.readouterr().out


def test_help_groups_commands_by_what_people_want(capsys):
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    places = [
        shown.index(panel) for panel in ("Data:", "Pictures:", "Model:", "Tables:", "Look:", "Search:", "Examples")
    ]
    assert places == sorted(places)


def test_the_version_is_the_package_s(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"lavimo {__version__}\n"


def test_a_section_that_a_command_does_not_take_is_an_error(tmp_path, caplog):
    assert main(["catalogue", str(tmp_path / "c.csv"), "--options", '{"render": {}}']) == 1
    assert "found the section 'render'; this command takes source" in caplog.text


def test_a_list_takes_all_that_follows_it(tmp_path, caplog):
    """As a rule writes `--scores {input.scores}`; options may follow, and a list may be empty."""
    table, merged = str(tmp_path / "table.md"), str(tmp_path / "merged.csv")
    given = [str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]
    Path(given[0]).touch()
    assert main(["tabulate", table, merged, "--scores", *given, "--tex", str(tmp_path / "t.tex")]) == 1
    assert "a.csv" in caplog.text
    assert main(["tabulate", table, merged, "--scores", "--tex", str(tmp_path / "t.tex")]) == 0
    assert (tmp_path / "t.tex").exists()
    assert main(["tabulate", table, merged, "--scoers", *given]) == 2


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
        "import sys, lavimo.__main__, lavimo.sources.catalogue, lavimo.evaluate.evaluate;"
        f"sys.exit({module!r} in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_examples_options_are_options():
    """What the help of a command shows must be what it takes."""
    shown = [line for one in COMMANDS.values() for line in (one.epilog or "").splitlines() if "--options" in line]
    assert shown
    for line in shown:
        _, _, given = shlex.split(line)[1:]
        for name, values in json.loads(given).items():
            load_config({"runs": {"a": {}}, name: values})


TOO_LARGE = """
import resource, sys
import lavimo.cli.data
from lavimo.__main__ import main
from lavimo.sources import catalogue
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
catalogue.catalogue = lambda *arguments: bytearray(8 << 30)
sys.exit(main(["catalogue", "clips.csv"]))
"""


def test_too_little_memory_is_one_line(tmp_path):
    done = subprocess.run([sys.executable, "-c", TOO_LARGE], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "catalogue: found too little memory" in done.stderr
    assert "--cores" in done.stderr


def test_torch_says_it_in_its_own_way(monkeypatch, capsys, caplog):
    from lavimo.sources import catalogue

    def exhausted(*arguments):
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")

    monkeypatch.setattr(catalogue, "catalogue", exhausted)
    assert main(["catalogue", "clips.csv"]) == 1
    assert "too little memory" in caplog.text

    def broken(*arguments):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(catalogue, "catalogue", broken)
    with pytest.raises(RuntimeError, match="a fault of ours"):
        main(["catalogue", "clips.csv"])

"""`lavimo describe`: a timeline in the terminal, JSON for programs, one line for what cannot be read."""

import json
from pathlib import Path

import pytest

from lavimo.__main__ import main
from lavimo.describe.describe import describe
from lavimo.describe.fact import Fact
from lavimo.describe.words.words import summary, timeline
from lavimo.formats import read_motion

MOCAP = Path(__file__).parents[1] / "data" / "cmu"
FILES = [str(MOCAP / name) for name in ("07_01.bvh", "13_40.bvh")]


def test_files_are_described_line_by_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", *FILES]) == 0
    shown = capsys.readouterr().out
    walk, jumps = (timeline(describe(read_motion(Path(file)))) for file in FILES)
    assert shown == f"{FILES[0]}\n{walk}\n{FILES[1]}\n{jumps}\n"
    assert "walks forward" in walk


def test_programs_get_the_facts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", *FILES, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["file"] for one in told] == FILES
    for one in told:
        facts = describe(read_motion(Path(one["file"])))
        assert [Fact.from_json(fact).kind for fact in one["facts"]] == [fact.kind for fact in facts]
        assert one["summary"] == summary(facts)


def test_what_is_no_motion_is_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    broken = tmp_path / "broken.bvh"
    broken.write_text("HIERARCHY\nROOT")
    assert main(["describe", str(broken)]) == 1
    assert "broken.bvh" in caplog.text
    assert main(["describe", str(tmp_path / "none.bvh")]) == 1
    assert "cannot be read" in caplog.text

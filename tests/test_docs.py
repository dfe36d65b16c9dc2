"""The documentation: links lead somewhere, the map of the code is true, the example in Python runs."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from data_folders import DATA

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    {*ROOT.glob("*.md")}.union(*((ROOT / name).rglob("*.md") for name in ("docs", "bench", "blender", "lavimo")))
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
ARCHITECTURE = (DOCS / "architecture.md").read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """Those of a page's headings, as GitHub makes them."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        place, _, anchor = unquote(link).partition("#")
        if ":" in place:
            continue
        target = page.parent / place if place else page
        assert target.exists(), link
        assert target.resolve().is_relative_to(ROOT), link
        assert not anchor or anchor in anchors(target), link


def test_the_readme_is_read_in_one_go():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


def test_twenty_questions_have_files_that_are_there():
    _, questions = ARCHITECTURE.split("## Twenty questions")
    assert len(re.findall(r"^\| .*\? \|", questions, re.MULTILINE)) == 20
    named = re.findall(r"`([\w./]+)`", questions)
    assert not [name for name in named if not (ROOT / name).is_file()]


def test_the_map_has_every_room_and_no_other():
    rooms = {f"lavimo/{path.parent.name}" for path in (ROOT / "lavimo").glob("*/__init__.py")}
    assert set(re.findall(r"^\| `(lavimo/\w+)` \|", ARCHITECTURE, re.MULTILINE)) == rooms


def test_the_example_in_python_runs(tmp_path):
    (example,) = re.findall(r"```python\n(.*?)```", (DOCS / "api.md").read_text(encoding="utf-8"), re.DOTALL)
    shutil.copytree(DATA / "cmu", tmp_path / "mocap")
    shutil.copy(DATA / "cmu/07_01.bvh", tmp_path / "walk.bvh")
    command = [sys.executable, "-c", example]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("07_01.bvh")
    assert "walks forward" in done.stdout
    assert (tmp_path / "walk.glb").stat().st_size > 10_000

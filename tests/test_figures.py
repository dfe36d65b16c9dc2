"""The README's figures are those of a demo's run, and of the demo as it is now."""

import json
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOOLS = runpy.run_path(str(ROOT / "docs/figures.py"))
KEPT = json.loads((ROOT / "docs/demo.json").read_text())
STALE = "run the demo (make demo), then: python docs/figures.py"


def test_the_readme_shows_what_the_run_wrote():
    (shown,) = TOOLS["BLOCK"].findall((ROOT / "README.md").read_text())
    assert shown == TOOLS["block"](KEPT["figures"]), STALE


def test_no_stage_and_no_option_has_changed_since():
    assert {key: KEPT[key] for key in ("versions", "config")} == json.loads(json.dumps(TOOLS["made_from"]())), STALE

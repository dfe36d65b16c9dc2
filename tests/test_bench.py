"""The bench of the stages calls them as they are today."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[1] / "bench"


@pytest.mark.slow
def test_the_bench_of_the_stages_runs():
    subprocess.run([sys.executable, BENCH / "stages.py"], check=True)
    figures = json.loads((BENCH / "stages.json").read_text())
    assert {"dress_cpu", "render_wall", "train_epoch_cpu", "evaluate_wall"} <= set(figures)
    assert all(figure["ours"] > 0 for figure in figures.values())

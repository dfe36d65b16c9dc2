"""A fabricated HumanML3D with every kind of trouble, through the whole workflow: what can be read ends in the table."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("workflow")]


def test_the_rest_runs_through_the_whole_dag(tree, tmp_path):
    config = {
        "shards": 2,
        "source": tree.source.model_dump(mode="json"),
        "ingest": {"on_rejection": "continue"},
        "render": {"size_px": 64},
        "sample_frames": {"size_px": 32},
        "train": {"epochs": 1},
        "report": {"queries": 2},
        "runs": {"lavimo-3": {}},
    }
    (tmp_path / "experiment.yaml").write_text(yaml.safe_dump(config))
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", tmp_path]
    command += ["--cores", "2", "all", "features", "--configfile", tmp_path / "experiment.yaml"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, env=dict(os.environ))
    assert done.returncode == 0, done.stdout + done.stderr
    with open(tmp_path / "results/scores.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"t2m", "v2m"} <= {row["direction"] for row in rows}
    refused = sum(len(path.read_text().splitlines()) - 1 for path in tmp_path.glob("results/motions/*.rejected.csv"))
    assert refused == 6  # two clips of the missing subset, one of the truncated file, and their mirror images

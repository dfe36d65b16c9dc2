"""As many clips as HumanML3D has, procedural ones, through the whole workflow: hours, memory and disk of each stage.

    python bench/scale/run.py [--clips 14616] [--cores 2] [--folder results_scale]

An eighth of them goes first: with eight times the clips a stage should take eight times as long, in the same memory.
Frames are drawn and not filmed, and trainings take one epoch: what is measured is what grows. Some twenty minutes
on two cores. Prints tables, and writes bench/scale.json. The folder stays; the same command goes on.
"""

import argparse
import csv
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from table import Figure, write_results  # noqa: E402

PARTS = 8
CLIPS_A_SHARD = 457
VAL, TEST = 40, 240
"""Fewer than HumanML3D has: combinations that training does not see are not without end."""


@dataclass
class Cost:
    """Of a stage: jobs, their seconds added up, and the most memory that one took."""

    jobs: int = 0
    seconds: float = 0.0
    peak_mb: float = 0.0


def run(folder: Path, clips: int, cores: int) -> None:
    """Run the workflow in a folder, or what is left of it to run."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "shards": max(round(clips / CLIPS_A_SHARD), 1),
        "source": {"demo": {"kinds": "wide", "train": clips - VAL - TEST, "val": VAL, "test": TEST}},
        "animate": {"views": 1},
        "render": {"videos": "none"},
        "train": {"epochs": 1},
        "runs": dict.fromkeys(("landmarks", "both", "match", "landmarks-match")),
    }
    (folder / "experiment.yaml").write_text(yaml.safe_dump(config))
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder]
    command += ["--cores", cores, "--rerun-incomplete", "--configfile", folder / "experiment.yaml"]
    with (folder / "said.log").open("a") as said:
        subprocess.run(list(map(str, command)), check=True, stdout=said, stderr=said)


def costs(folder: Path) -> dict[str, Cost]:
    """What Snakemake has measured, by stage."""
    found: dict[str, Cost] = defaultdict(Cost)
    for path in sorted((folder / "benchmarks").rglob("*.tsv")):
        with path.open() as file:
            row = next(csv.DictReader(file, delimiter="\t"))
        stage = found[path.relative_to(folder / "benchmarks").parts[0].removesuffix(".tsv")]
        stage.jobs += 1
        stage.seconds += float(row["s"])
        stage.peak_mb = max(stage.peak_mb, number(row["max_rss"]))
    return found


def number(text: str) -> float:
    """A figure of Snakemake's, which a job too short to be looked at lacks."""
    return 0.0 if text in ("", "-", "NA") else float(text)


def megabytes(folder: Path) -> dict[str, float]:
    """What lies in the results, by folder or file."""
    return {
        path.name: sum(file.stat().st_size for file in ([path] if path.is_file() else path.rglob("*"))) / 1e6
        for path in sorted((folder / "results").iterdir())
    }


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--clips", type=int, default=14_616)
parser.add_argument("--cores", type=int, default=2)
parser.add_argument("--folder", type=Path, default=Path("results_scale"))
given = parser.parse_args()

run(given.folder / "few", given.clips // PARTS, given.cores)
run(given.folder / "many", given.clips, given.cores)
few, many = costs(given.folder / "few"), costs(given.folder / "many")
sys.stdout.write(f"{given.clips} clips\n{'stage':18}{'jobs':>6}{'seconds':>10}{'a clip, ms':>12}{'peak MB':>9}\n")
for stage, cost in sorted(many.items(), key=lambda item: -item[1].seconds):
    a_clip_ms = 1e3 * cost.seconds / given.clips
    sys.stdout.write(f"{stage:18}{cost.jobs:6}{cost.seconds:10.0f}{a_clip_ms:12.1f}{cost.peak_mb:9.0f}\n")
for name, size_mb in sorted(megabytes(given.folder / "many").items(), key=lambda item: -item[1]):
    sys.stdout.write(f"{name:30}{size_mb:10.1f} MB\n")
few_s, many_s = (sum(cost.seconds for cost in found.values()) for found in (few, many))
figures: dict[str, Figure] = {"all_jobs_time": (PARTS * few_s, many_s, "s")}
for stage, cost in many.items():
    figures[f"{stage}_time"] = (PARTS * few[stage].seconds, cost.seconds, "s")
    if few[stage].peak_mb and cost.peak_mb:
        figures[f"{stage}_memory"] = (few[stage].peak_mb, cost.peak_mb, "MB")
write_results("scale", figures)

"""A finished tiny workflow, run once, that tests copy and change."""

import csv
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

ROOT = Path(__file__).parents[2]
TINY = {
    "shards": 2,
    "dress": {"avatars": ["jonas", "mei"]},
    "animate": {"views": 1},
    "render": {"size_px": 64, "videos": "all"},
    "sample_frames": {"size_px": 32, "candidates": 2},
    "train": {"epochs": 4, "save_seconds": 0},
    "report": {"queries": 2},
    # Of the demo's runs the two that take the way by frames, and facts beside one of them.
    "runs": {
        **dict.fromkeys(("landmarks", "both", "match", "landmarks-match", "facts")),
        "lavimo-3": {"model": {"video_encoder": "frames"}},
    },
}


class Experiment:
    """A working folder with a config of its own, and the ways to run the workflow in it."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.config_path = folder / "experiment.yaml"

    def edit(self, *keys: str, value: Any) -> None:
        """Set a key of the config: `edit("train", "epochs", value=3)`."""
        config = yaml.safe_load(self.config_path.read_text())
        section = config
        for key in keys[:-1]:
            section = section.setdefault(key, {})
        section[keys[-1]] = value
        self.config_path.write_text(yaml.safe_dump(config))

    def command(self, *arguments: str) -> list[str]:
        """The command line that runs this experiment."""
        command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", self.folder]
        return list(map(str, [*command, "--cores", "2", *arguments, "--configfile", self.config_path]))

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run snakemake on this experiment; on failure the assertion shows what it said."""
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{self.logs()}"
        return done

    def kill(self, stage: str, ready: Callable[[], bool]) -> str:
        """Run snakemake, kill -9 the processes of `stage` once `ready()`, and wait until it gives up; what it said."""
        with open(self.folder / "killed.log", "w") as said:
            run = subprocess.Popen(self.command(), stdout=said, stderr=said)
        killed = False
        while run.poll() is None:
            if not killed and ready():
                for process in psutil.Process(run.pid).children(recursive=True):
                    if "lavimo" in process.cmdline() and stage in process.cmdline():
                        process.kill()
                        killed = True
            time.sleep(0.01)
        assert killed, f"no process of {stage} was seen\n{self.logs()}"
        assert run.returncode != 0
        return (self.folder / "killed.log").read_text()

    def logs(self) -> str:
        """Every stage's log, for a test that fails."""
        return "\n".join(f"== {log}\n{log.read_text()}" for log in sorted(self.folder.glob("logs/**/*.log")))

    def plan(self, *targets: str) -> dict[str, int]:
        """The jobs that a run would do now: how many of each rule, but for the record of the configuration."""
        said = self.snakemake(*targets, "--dry-run")
        text = said.stdout + said.stderr
        table = text.split("Job stats:")[-1] if "Job stats:" in text else ""
        jobs = {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", table, re.MULTILINE)}
        return {rule: count for rule, count in jobs.items() if rule not in ("all", "total", "config")}

    def scores(self) -> bytes:
        """The merged scores."""
        return (self.folder / "results/scores.csv").read_bytes()


def bvh_experiment(folder: Path, write_bvh: Callable[..., Path], **overrides: Any) -> Experiment:
    """Twelve BVH clips with captions, and a config that trains on them for a moment."""
    splits = ["train"] * 6 + ["val"] * 2 + ["test"] * 4
    rows = []
    for index, split in enumerate(splits):
        write_bvh(folder / f"data/bvh/sway_{index:02d}.bvh", frames=45 + 3 * index, seed=index)
        rows.append({"clip": f"sway_{index:02d}", "caption": f"a person sways in manner {index}", "split": split})
    with open(folder / "data/captions.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, ["clip", "caption", "split"])
        writer.writeheader()
        writer.writerows(rows)
    experiment = Experiment(folder)
    source = {"name": "sway", "kind": "bvh", "bvh": {"folder": "data/bvh", "captions": "data/captions.csv"}}
    experiment.config_path.write_text(yaml.safe_dump({**TINY, "source": source, **overrides}))
    return experiment


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, write_bvh: Callable[..., Path]) -> Experiment:
    """A workflow of twelve BVH clips that has run to its end."""
    experiment = bvh_experiment(tmp_path_factory.mktemp("finished"), write_bvh)
    experiment.snakemake()
    return experiment


@pytest.fixture
def experiment(finished: Experiment, tmp_path: Path) -> Experiment:
    """A copy of the finished workflow, to change."""
    shutil.copytree(finished.folder, tmp_path / "experiment", symlinks=True)
    return Experiment(tmp_path / "experiment")


@pytest.fixture
def fresh(tmp_path: Path, write_bvh: Callable[..., Path]) -> Experiment:
    """An experiment equal to the finished one, of which nothing has run."""
    return bvh_experiment(tmp_path / "fresh", write_bvh)

"""The ways to run the workflow in a folder of its own."""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import quick_start
import yaml

ROOT = Path(__file__).parents[2]


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
        return [sys.executable, "-m", "snakemake", *self.arguments(*arguments)]

    def arguments(self, *more: str) -> list[str]:
        """What Snakemake is told."""
        told = ["--snakefile", ROOT / "Snakefile", "--directory", self.folder, "--cores", "2"]
        return list(map(str, [*told, *more, "--configfile", self.config_path]))

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

    def says(self, *arguments: str, succeeds: bool = True) -> str:
        """What a run that makes nothing says: a dry one, or one that touches what is there."""
        said = self.folder / "said.log"
        status = quick_start.snakemake(self.arguments(*arguments), said)
        assert (status == 0) is succeeds, f"{said.read_text()}\n{self.logs()}"
        return said.read_text()

    def plan(self, *targets: str) -> dict[str, int]:
        """The jobs that a run would do now: how many of each rule, but for the record of the configuration."""
        return self.jobs_in(self.says(*targets, "--dry-run"))

    @staticmethod
    def jobs_in(said: str) -> dict[str, int]:
        """The jobs of what a dry run said."""
        table = said.split("Job stats:")[-1] if "Job stats:" in said else ""
        jobs = {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", table, re.MULTILINE)}
        return {rule: count for rule, count in jobs.items() if rule not in ("all", "total", "config")}

    def scores(self) -> bytes:
        """The merged scores."""
        return (self.folder / "results/scores.csv").read_bytes()

"""The workflow on a real SLURM: whatever is killed, it ends, and its scores are those of a local run."""

import os
import subprocess
import time
from pathlib import Path

import psutil
import pytest
from slurm import hindrance, slurm

PROFILE = Path(__file__).parents[2] / "workflow/profiles/slurm"
QUEUE = (
    *("--workflow-profile", str(PROFILE), "--set-scatter", "clips=2", "--default-resources", "mem_mb=1000"),
    *("runtime=10", "slurm_partition=main", "slurm_account=none", "--set-resources", "train:mem_mb=2000"),
    *("embed:mem_mb=2000", "--slurm-init-seconds-before-status-checks", "3"),
    *("--seconds-between-status-checks", "2"),
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("workflow"),
    pytest.mark.skipif(bool(hindrance()) and "CI" not in os.environ, reason=hindrance()),
]


@pytest.fixture(scope="module")
def queue(tmp_path_factory):
    """The environment in which a SLURM answers."""
    with slurm(tmp_path_factory.mktemp("slurm")) as environment:
        yield environment


def run(experiment, environment):
    """Start the workflow on the queue."""
    log = (experiment.folder / "said.log").open("w")
    return subprocess.Popen(experiment.command(*QUEUE), env=environment, stdout=log, stderr=subprocess.STDOUT)


def jobs(environment):
    """The queue's jobs: {number: comment}; the comment tells the rule."""
    command = ["squeue", "--noheader", "--states=running", "--format=%i %k"]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    return {row.split()[0]: row.partition(" ")[2] for row in said.splitlines()}


def wait_for(experiment, pattern, process):
    """Until a file is there."""
    while not any(experiment.folder.glob(pattern)):
        assert process.poll() is None, (experiment.folder / "said.log").read_text()
        time.sleep(0.2)


def said(experiment):
    return (experiment.folder / "said.log").read_text() + experiment.logs()


def test_without_accounts_with_a_cancelled_job_and_a_killed_main_process_the_scores_are_the_same(
    fresh, finished, queue
):
    process = run(fresh, queue)
    wait_for(fresh, "results/runs/*/*resume*", process)
    training = [number for number, comment in jobs(queue).items() if "train" in comment]
    assert training, jobs(queue)
    subprocess.run(["scancel", training[0]], env=queue, check=True)
    wait_for(fresh, "results/runs/*/embeddings.safetensors", process)
    psutil.Process(process.pid).kill()
    process.wait()
    process = run(fresh, queue)
    assert process.wait(600) == 0, said(fresh)
    assert fresh.scores() == finished.scores()

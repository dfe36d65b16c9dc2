"""Again, other shard counts, no videos, queues: the scores are the same to the last byte."""

import os
import shutil
import stat
from pathlib import Path

import numpy as np
import pytest
import yaml

from lavimo.shards import Shard

PROFILES = Path(__file__).parents[2] / "workflow/profiles"
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("workflow")]


def test_a_second_run_from_scratch_gives_the_same_bytes(fresh, finished):
    fresh.snakemake()
    assert fresh.scores() == finished.scores()


def test_another_number_of_shards_gives_the_same_bytes(fresh, finished):
    fresh.edit("shards", value=3)
    fresh.snakemake()
    assert fresh.scores() == finished.scores()


def test_without_videos_the_workflow_completes_and_scores_nearly_the_same(fresh, finished):
    fresh.edit("render", "videos", value="none")
    fresh.snakemake()
    assert not (fresh.folder / "results/videos").exists()
    drawn = Shard(fresh.folder / "results/frames/drawn/1-of-2.safetensors")
    decoded = Shard(finished.folder / "results/frames/1-of-2.safetensors")
    assert drawn.names == decoded.names
    for clip in drawn.clips:
        assert np.abs(drawn[clip].astype(int) - decoded[clip]).mean() < 4, "but for encoding, the same pictures"
    assert (fresh.folder / "results/report.html").stat().st_size > 10_000


def test_the_generic_cluster_profile_completes(fresh, finished):
    fresh.snakemake(
        *("--workflow-profile", str(PROFILES / "cluster-generic")),
        *("--cluster-generic-submit-cmd", str(queue_of(fresh.folder)), "--jobs", "2", "--set-scatter", "clips=2"),
        *("--latency-wait", "20", "--default-resources", "mem_mb=100", "--seconds-between-status-checks", "1"),
    )
    assert fresh.scores() == finished.scores()


def test_the_slurm_profile_plans(fresh):
    done = fresh.snakemake("--workflow-profile", str(PROFILES / "slurm"), "--dry-run")
    assert "render" in done.stdout + done.stderr
    assert "128" in done.stdout + done.stderr


def test_the_kubernetes_profile_plans(fresh):
    bring(fresh)
    done = fresh.snakemake(
        *("--workflow-profile", str(PROFILES / "kubernetes"), "--container-image", "lavimo", "--dry-run"),
        *("--default-storage-prefix", str(fresh.folder / "volume")),
    )
    assert f"{fresh.folder}/volume/results/videos" in done.stdout + done.stderr
    assert "send to storage" in done.stdout + done.stderr


def test_jobs_that_share_nothing_but_a_storage_give_the_same_bytes(fresh, finished):
    """The storage of the kubernetes profile, with a queue that is here."""
    if shutil.which("rsync") is None and not os.environ.get("CI"):
        pytest.skip("the storage copies with rsync, which is not here; .ci/run installs it")
    volume = bring(fresh)
    fresh.snakemake(
        *("--workflow-profile", str(PROFILES / "cluster-generic")),
        *("--cluster-generic-submit-cmd", str(queue_of(fresh.folder)), "--jobs", "2", "--set-scatter", "clips=2"),
        *("--latency-wait", "20", "--default-resources", "mem_mb=100", "--seconds-between-status-checks", "1"),
        *("--default-storage-provider", "fs", "--default-storage-prefix", str(volume)),
        *("--shared-fs-usage", "persistence", "software-deployment", "sources", "source-cache"),
        *("--groups", *yaml.safe_load((PROFILES / "kubernetes/profile.v9+.yaml").read_text())["groups"]),
    )
    assert not (fresh.folder / "results").exists()
    assert (volume / "results/scores.csv").read_bytes() == finished.scores()


def bring(experiment):
    """A volume with what the experiment's user brings, which is named by its absolute path."""
    volume = experiment.folder / "volume"
    shutil.move(experiment.folder / "data", volume / "data")
    data = {"folder": str(volume / "data/bvh"), "captions": str(volume / "data/captions.csv")}
    experiment.edit("source", "bvh", value=data)
    return volume


def queue_of(folder):
    """A command that stands in for a queue: the job starts at once, in the background."""
    queue = folder / "queue.sh"
    queue.write_text('#!/bin/sh\nsh "$1" &\n')
    queue.chmod(queue.stat().st_mode | stat.S_IXUSR)
    return queue

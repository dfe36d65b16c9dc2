"""The examples run as their first lines say."""

import subprocess
import sys
from pathlib import Path

import pytest

from lavimo.evaluate.scores import read_scores
from lavimo.video.codec import VideoReader

ROOT = Path(__file__).parents[1]


def run(folder: Path, *command: object) -> str:
    done = subprocess.run([sys.executable, *map(str, command)], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_somebodys_embeddings_are_scored(tmp_path):
    said = run(tmp_path, ROOT / "examples/score_embeddings.py")
    assert "text → motion" in said
    assert {row.protocol for row in read_scores(tmp_path / "theirs.scores.csv")} == {
        "all", "same_caption", "small_batches", "small_batches_20_seeds",
    }  # fmt: skip


def test_a_motion_becomes_a_video(tmp_path):
    said = run(tmp_path, ROOT / "examples/render_motion.py", ROOT / "tests/data/cmu/09_03.bvh", "run.mp4", "mei")
    video = VideoReader(tmp_path / "run.mp4")
    assert f"{len(video)} frames of mei" in said
    assert video.read([0]).shape == (1, 512, 512, 3)


@pytest.mark.slow
@pytest.mark.xdist_group("workflow")
def test_ones_own_folder_of_bvh_goes_through_the_workflow(tmp_path):
    for name in ("tests", "examples"):
        (tmp_path / name).symlink_to(ROOT / name)
    config = ["--configfile", "examples/own_bvh.yaml"]
    run(tmp_path, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--cores", "2", *config)
    assert (tmp_path / "results/own_bvh/report.html").stat().st_size > 10_000

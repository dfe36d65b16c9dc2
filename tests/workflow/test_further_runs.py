"""Runs of every kind beside the finished ones, made in one go: what they leave, and what a change of it costs."""

import csv
import shutil

import pytest
from experiment import Experiment

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("workflow")]

TEXT_MOTION = {"modalities": ["text", "motion"]}
RUNS = {
    "lavimo-3": None,
    "features": {"model": {"video_encoder": "features"}},
    "landmarks": {"model": {"video_encoder": "landmarks"}},
    "match": {"method": "match"},
    "again": {"method": "match", "rerank": "landmarks"},
    "both": {"method": "average", "members": ["landmarks", "lavimo-2"]},
    "described": {"model": TEXT_MOTION, "train": {"captioned": 0.5, "described": True}},
    "tuned": {
        "model": TEXT_MOTION,
        "train": {"finetune_from": "results/runs/lavimo-2/model.safetensors", "weight_interpolation": 0.5},
    },
}


@pytest.fixture(scope="module")
def grown(finished, tmp_path_factory) -> Experiment:
    """The finished workflow with them."""
    folder = tmp_path_factory.mktemp("grown") / "experiment"
    shutil.copytree(finished.folder, folder, symlinks=True)
    experiment = Experiment(folder)
    experiment.edit("render", "videos", value="tested")
    experiment.edit("animate", "views", value=2)
    for name, run in RUNS.items():
        experiment.edit("runs", name, value=run)
    experiment.snakemake("scores", "models")
    return experiment


def test_they_stand(grown):
    assert grown.plan("scores", "models") == {}


def test_no_training_clip_is_rendered(grown):
    """Motions are projected for landmarks, and frames of training clips drawn for features."""
    for number in (1, 2):
        videos = {path.stem for path in (grown.folder / f"results/videos/{number}-of-2").glob("*.mp4")}
        assert videos <= {f"sway_{index:02d}" for index in range(6, 12)}, "of val and test"


def test_each_is_scored_in_its_directions(grown):
    rows = list(csv.DictReader((grown.folder / "results/scores.csv").open()))
    directions = {run: {row["direction"] for row in rows if row["run"] == run} for run in RUNS}
    assert directions["match"] == {"v2m", "m2v"}
    assert directions["both"] == directions["described"] == directions["tuned"] == {"t2m", "m2t"}
    for run in ("features", "landmarks", "again"):
        assert directions[run] == {"t2m", "m2t", "v2m", "m2v", "t2v", "v2t"}


@pytest.mark.parametrize(
    ("key", "value", "cost"),
    [
        (("match", "path"), 0.1, {"match": 2, "evaluate": 2}),
        (("embed_frames", "grid"), 1, {"embed_frames": 4, "train": 1, "embed": 1, "evaluate": 1}),
        (
            ("runs", "lavimo-2", "train", "learning_rate"),
            1.23e-3,
            {"train": 2, "embed": 2, "average": 1, "facts": 1, "evaluate": 4},
        ),
    ],
)
def test_a_change_costs_the_runs_that_see_it(grown, key, value, cost):
    before = grown.config_path.read_text()
    grown.edit(*key, value=value)
    assert grown.plan("scores") == {**cost, "tabulate": 1, "scores": 1}
    grown.config_path.write_text(before)

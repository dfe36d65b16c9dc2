"""What a change costs: which jobs each kind of change runs again, and no others."""

import csv
import os
from pathlib import Path

import pytest
import yaml

from lavimo.shards import shard_of

pytestmark = pytest.mark.xdist_group("workflow")

RUNS = 2
AFTER_TRAIN = {"train": RUNS, "embed": RUNS, "facts": 1, "evaluate": RUNS + 1, "tabulate": 1, "report": 1}


def test_the_finished_workflow_has_nothing_to_do(experiment):
    assert experiment.plan() == {}


def test_its_scores_have_every_protocol_and_direction(experiment):
    rows = list(csv.DictReader((experiment.folder / "results/scores.csv").open()))
    directions = {run: {row["direction"] for row in rows if row["run"] == run} for run in ("lavimo-2", "lavimo-3")}
    assert directions["lavimo-2"] == {"t2m", "m2t"}
    assert directions["lavimo-3"] == {"t2m", "m2t", "v2m", "m2v", "t2v", "v2t"}
    cuts = {"threshold_0.90", "threshold_0.80", "threshold_0.60"}
    assert {row["protocol"] for row in rows} == cuts | {
        "all", "same_caption", "dissimilar", "small_batches", "small_batches_20_seeds",
    }  # fmt: skip
    assert all(int(row["gallery"]) > 0 for row in rows)


def test_a_learning_rate_renders_nothing(experiment):
    experiment.edit("train", "learning_rate", value=1.23e-3)
    assert experiment.plan() == AFTER_TRAIN


@pytest.mark.parametrize(("section", "key", "value"), [("train", "save_seconds", 7.5), ("render", "renderer", "cpu")])
def test_how_the_work_is_done_is_no_reason_to_do_it_again(experiment, section, key, value):
    experiment.edit(section, key, value=value)
    experiment.edit("runs", "lavimo-3", "train", value={"save_seconds": 9.0})
    assert experiment.plan() == {}
    planned = experiment.says("--dry-run", "--forcerun", "train", "--printshellcmds")
    assert "--run lavimo-3" in planned, "by which the job finds its run's own"


def test_the_configuration_that_a_run_leaves_repeats_it(experiment):
    left = experiment.folder / "results/config.yaml"
    assert yaml.safe_load(left.read_text())["train"]["epochs"] == 4
    experiment.config_path.write_text(left.read_text())
    assert experiment.plan() == {}
    experiment.edit("report", "queries", value=3)
    assert "rule config:" in experiment.says("--dry-run"), "a changed configuration is written anew"


def test_another_window_of_a_file_ingests_its_shard_again(experiment):
    path = experiment.folder / "data/captions.csv"
    rows = path.read_text().splitlines()
    cut = [f"{row},{'0.5' if row.startswith('sway_03') else ''}" for row in rows[1:]]
    path.write_text("\n".join([rows[0] + ",start", *cut]) + "\n")
    plan = experiment.plan()
    assert (plan["catalogue"], plan["ingest"]) == (1, 1)


def test_an_override_of_one_run_costs_that_run(experiment):
    experiment.edit("runs", "lavimo-3", "train", value={"seed": 1})
    assert experiment.plan() == {"train": 1, "embed": 1, "evaluate": 1, "tabulate": 1, "report": 1}


def test_a_new_run_costs_that_run(experiment):
    experiment.edit("runs", "other", value={"train": {"seed": 2}})
    assert experiment.plan() == {"train": 1, "embed": 1, "evaluate": 1, "tabulate": 1, "report": 1}


def test_described_captions_cost_the_run_that_learns_with_them(experiment):
    described = {"captioned": 0.5, "described": True}
    experiment.edit("runs", "other", value={"model": {"modalities": ["text", "motion"]}, "train": described})
    stages = ("describe_motions", "embed_described", "train", "embed", "evaluate", "tabulate", "report")
    assert experiment.plan() == dict.fromkeys(stages, 1)


def test_a_tuned_run_costs_that_run(experiment):
    tuned = {"finetune_from": "results/runs/lavimo-2/model.safetensors", "weight_interpolation": 0.5}
    experiment.edit("runs", "tuned", value={"model": {"modalities": ["text", "motion"]}, "train": tuned})
    assert experiment.plan() == dict.fromkeys(AFTER_TRAIN.keys() - {"facts"}, 1)


def test_a_video_quality_renders_all_but_animates_nothing(experiment):
    experiment.edit("render", "crf", value=30)
    # Only the 3-modal run sees frames.
    one = {"train": 1, "embed": 1, "evaluate": 1, "tabulate": 1, "report": 1}
    assert experiment.plan() == {"render": 2, "sample_frames": 2, **one}


def test_a_changed_body_costs_what_shows_it(experiment):
    body = experiment.folder / "bodies/SMPL_NEUTRAL.npz"
    body.parent.mkdir()
    body.write_bytes(b"one")
    experiment.edit("dress", "bodies", value="bodies")
    experiment.says("--touch")  # as if it had run
    assert experiment.plan() == {}
    body.write_bytes(b"another")
    one = {"train": 1, "embed": 1, "evaluate": 1, "tabulate": 1, "report": 1}
    assert experiment.plan() == {"dress": 1, "animate": 2, "render": 2, "sample_frames": 2, **one}


def test_a_folder_without_bodies_is_named_before_anything_runs(experiment):
    experiment.edit("dress", "bodies", value="nowhere")
    said = experiment.says("--dry-run", succeeds=False)
    assert "nowhere: found no SMPL body for male avatars, expected SMPL_MALE.pkl" in said


def test_without_videos_only_frames_are_drawn(experiment):
    experiment.edit("render", "videos", value="none")
    one = {"train": 1, "embed": 1, "evaluate": 1, "tabulate": 1, "report": 1}
    assert experiment.plan() == {"draw_frames": 2, **one}
    experiment.edit("render", "videos", value="tested")
    assert experiment.plan() == {"render": 2, "sample_frames": 2, "draw_frames": 2, **one}


def test_a_run_by_landmarks_renders_no_training_clip(experiment):
    """Its motions are projected, and no frame is drawn or sampled for it."""
    experiment.edit("render", "videos", value="tested")
    runs = {
        "lavimo-3": None,
        "landmarks": {"model": {"video_encoder": "landmarks"}},
        "match": {"method": "match"},
        "again": {"method": "match", "rerank": "landmarks"},
        "both": {"method": "average", "members": ["landmarks", "lavimo-2"]},
    }
    for name, run in runs.items():
        experiment.edit("runs", name, value=run)
    assert experiment.plan("scores") == {
        **{"render": 2, "find_landmarks": 2, "train": 1, "embed": 1, "match": 2, "average": 1, "evaluate": 4},
        **{"tabulate": 1, "scores": 1},
    }


def test_frames_through_a_frozen_encoder(experiment):
    experiment.edit("runs", "lavimo-3", "model", value={"video_encoder": "features"})
    experiment.edit("animate", "views", value=2)
    plan = experiment.plan()
    assert {stage: plan[stage] for stage in ("animate", "render", "sample_frames", "embed_frames", "train")} == {
        **dict.fromkeys(("animate", "render", "sample_frames", "embed_frames"), 2),
        "train": 1,
    }


def test_held_out_views_cost_the_pictures(experiment):
    experiment.edit("animate", "held_out_azimuth_degrees", value=[120.0, 150.0])
    plan = experiment.plan()
    assert plan["animate"] == plan["render"] == plan["sample_frames"] == 2


def test_one_changed_motion_costs_one_shard(experiment):
    path = experiment.folder / "data/bvh/sway_03.bvh"
    path.write_text(path.read_text().replace("Frame Time: 0.0333", "Frame Time: 0.0334"))
    stages = ("ingest", "featurize", "animate", "render", "sample_frames")
    assert experiment.plan() == {**dict.fromkeys(stages, 1), "measure": 1, **AFTER_TRAIN}


def test_a_motion_that_is_replaced_by_one_of_an_older_date_is_noticed(experiment):
    path = experiment.folder / "data/bvh/sway_03.bvh"
    path.write_text(path.read_text().replace("Frame Time: 0.0333", "Frame Time: 0.03"))
    os.utime(path, (0, 0))
    assert experiment.plan()["ingest"] == 1


def test_a_clock_that_was_set_back_renders_nothing_again(experiment):
    """Each file seems older than those that it was made from. Checksums tell otherwise, but folders of videos have
    none: what is made of these is made again."""
    made = sorted((experiment.folder / "results").rglob("*"), key=lambda path: path.stat().st_mtime)
    for number, path in enumerate(made):
        os.utime(path, (1e9 - 60 * number,) * 2)
    one = {"train": 1, "embed": 1, "evaluate": 1, "tabulate": 1, "report": 1}
    assert experiment.plan() == {"sample_frames": 2, **one}


def test_another_split_animates_its_shard_again(experiment):
    path = experiment.folder / "data/captions.csv"
    path.write_text(path.read_text().replace("manner 11,test", "manner 11,val"))
    plan = experiment.plan()
    assert (plan["catalogue"], plan["animate"], plan["render"]) == (1, 1, 1)
    assert "ingest" not in plan


def test_a_changed_caption_renders_nothing(experiment):
    path = experiment.folder / "data/captions.csv"
    path.write_text(path.read_text().replace("manner 3", "some manner"))
    assert experiment.plan() == {"catalogue": 1, "embed_texts": 1, "measure": 1, **AFTER_TRAIN}


def test_other_videos_do_not_score_a_run_again_that_sees_none(experiment):
    experiment.edit("animate", "seed", value=1)
    plan = experiment.plan()
    assert (plan["animate"], plan["evaluate"], plan["train"]) == (2, 1, 1)


def test_robustness_trains_nothing_and_a_variant_costs_that_variant(experiment):
    before = experiment.plan("robustness")
    variants = before["perturb"] // 2
    assert before == {
        **dict.fromkeys(("perturb", "featurize_variant", "animate_variant"), 2 * variants),
        **dict.fromkeys(("render_variant", "sample_frames_variant"), 2 * variants),
        "embed_variant": variants + 4,
        "facts_variant": 4,
        "robustness": 1,
    }, "the run without videos is asked about frame_rate and length only"
    experiment.edit("robustness", "factors", "view", "below", value={"animate": {"elevation_degrees": [0, 0]}})
    assert experiment.plan("robustness")["perturb"] == before["perturb"] + 2
    assert experiment.plan() == {}, "the main tables need none of it"


def test_a_touch_costs_nothing(experiment):
    for path in (experiment.folder / "data").rglob("*.*"):
        path.touch()
    for path in (experiment.folder / "results").rglob("*.safetensors"):
        path.touch()
    assert experiment.plan() == {}


def test_a_raised_version_costs_its_stage_and_what_follows(experiment, tmp_path, monkeypatch):
    """Python runs a sitecustomize module at its start: this one raises a stage's version."""
    (tmp_path / "sitecustomize.py").write_text("from lavimo.versions import VERSIONS\nVERSIONS['sample_frames'] += 1\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])]))
    planned = experiment.snakemake("--dry-run")
    one = {"train": 1, "embed": 1, "evaluate": 1, "tabulate": 1, "report": 1}
    assert experiment.jobs_in(planned.stdout + planned.stderr) == {"sample_frames": 2, **one}


def test_a_clip_stays_in_its_shard_when_others_come_and_go(experiment):
    path = experiment.folder / "data/captions.csv"
    rows = path.read_text().splitlines()
    gone = "sway_05"
    path.write_text("\n".join(row for row in rows if not row.startswith(gone)) + "\n")
    plan = experiment.plan()
    assert plan["ingest"] == 1
    assert shard_of(gone, 2) in (1, 2)
    assert plan["render"] == 1

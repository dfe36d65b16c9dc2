"""Every clip tested once: what depends on the split is made once a fold, all else once."""

import csv

import numpy as np
import pytest

from lavimo.clips import read_clips
from lavimo.evaluate.compare import ranks
from lavimo.evaluate.embeddings import read_embeddings
from lavimo.evaluate.scores import read_scores

pytestmark = pytest.mark.xdist_group("workflow")

FOLDS = 2


@pytest.fixture
def by_folds(experiment):
    """Twelve clips of four people, dealt to two folds, for a run of words and motions with two seeds."""
    path = experiment.folder / "data/captions.csv"
    rows = list(csv.DictReader(path.open()))
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("clip", "caption", "recording"))
        writer.writerows((row["clip"], row["caption"], f"person {number % 4}") for number, row in enumerate(rows))
    experiment.edit("source", "folds", value=FOLDS)
    experiment.edit("seeds", value=[1])
    experiment.edit("runs", "lavimo-3", value=None)
    return experiment


def test_what_no_split_touches_is_made_once(by_folds):
    plan = by_folds.plan("folds")
    assert not {"ingest", "featurize"} & set(plan)
    assert plan["animate"] == 2, "each shard once, since clips may be of any split"
    assert plan["measure"] == FOLDS
    assert plan["train"] == plan["embed"] == 2 * FOLDS


@pytest.mark.slow
def test_the_folds_are_scored_together(by_folds):
    by_folds.snakemake("folds")
    assert by_folds.plan("folds") == {}
    results = by_folds.folder / "results/folds"
    tables = [read_clips(results / f"{number}/clips.csv") for number in (1, 2)]
    tested = [{clip.id for clip in table.values() if clip.split == "test"} for table in tables]
    assert (len(tested[0]), len(tested[1]), tested[0] & tested[1]) == (6, 6, set())
    assert not {tables[0][clip].recording for clip in tested[0]} & {tables[0][clip].recording for clip in tested[1]}

    for run in ("lavimo-2", "lavimo-2-seed1"):
        own = [read_embeddings(results / f"{number}/runs/{run}/embeddings.safetensors") for number in (1, 2)]
        assert [set(one.ids) for one in own] == tested
        expected = 100 * np.mean(np.concatenate([ranks(one)["t2m"][0] for one in own]) < 1)
        key = (run, "all", "t2m", "average")
        (row,) = (
            row
            for row in read_scores(results / "scores.csv")
            if (row.run, row.protocol, row.direction, row.ties) == key and row.seed.isdigit()
        )
        assert row.metrics["R1"] == pytest.approx(expected, abs=1e-3)
        assert row.gallery == 6
    assert "lavimo-2, mean of 2 seeds" in (results / "table.md").read_text()
    assert "each of 12 queries is asked in its own fold" in (results / "systems.html").read_text()


def test_another_fold_animates_nothing_again(by_folds):
    by_folds.snakemake("results/animations/1-of-2.safetensors", "results/animations/2-of-2.safetensors")
    by_folds.edit("source", "fold", value=2)
    plan = by_folds.plan("videos")
    assert {"animate", "ingest"}.isdisjoint(plan)


def test_a_run_that_has_seen_the_tested_clips_is_refused(by_folds):
    tuned = {"finetune_from": "results/runs/lavimo-2/model.safetensors"}
    by_folds.edit("runs", "tuned", value={"model": {"modalities": ["text", "motion"]}, "train": tuned})
    said = by_folds.says("folds", "--dry-run", succeeds=False)
    assert "which has learnt from clips that the fold tests" in said

"""The page of systems: means over seeds, what is significant, and the same queries for each."""

import numpy as np
import pytest

from lavimo.config import EvaluateOptions, ReportOptions
from lavimo.evaluate.embeddings import read_embeddings
from lavimo.evaluate.pool import pool
from lavimo.report.systems import answers, systems
from lavimo.shards import write_shard

SAMPLES = EvaluateOptions(bootstrap_samples=200)


@pytest.fixture
def runs(workflow):
    """Two runs, a second seed of one, and one whose answers are noise."""
    found = read_embeddings(workflow.embeddings["lavimo-3"])
    generator = np.random.default_rng(3)
    for name, noise in (("lavimo-3-seed1", 0.1), ("noise", 100.0)):
        arrays = {
            modality: np.float32(rows + noise * generator.normal(size=rows.shape))
            for modality, rows in found.of.items()
        }
        path = workflow.folder / name / "embeddings.safetensors"
        write_shard(
            path,
            {**arrays, "caption_embeddings": found.captions_NC},
            ids=found.ids,
            captions=found.captions,
            split="test",
        )
        workflow.embeddings[name] = path
    model = workflow.folder / "model.safetensors"
    write_shard(model, {"weights": np.zeros((1000, 1500), np.float32)})
    workflow.models = {"lavimo-3": model}
    workflow.families = {"lavimo-3": "lavimo-3", "lavimo-3-seed1": "lavimo-3", "noise": "noise", "lavimo-2": "lavimo-2"}
    return workflow


def write(runs) -> str:
    """The page's text."""
    html = runs.folder / "systems.html"
    systems(runs.embeddings, runs.logs, runs.models, runs.families, runs.frames, html, ReportOptions(), SAMPLES)
    return html.read_text(encoding="utf-8")


def test_families_stand_in_one_row_with_their_deviation(runs):
    page = write(runs)
    assert page.count("<tr><td>lavimo-3</td><td>2</td>") == 1
    assert "<tr><td>noise</td><td>1</td>" in page
    assert "±" in page
    assert "1.50 M" in page
    assert "lavimo-3-seed1" not in page


def test_what_is_far_below_the_best_is_grey(runs):
    rows = {row.split("</td>")[0]: row for row in write(runs).split("<tr><td>")[1:]}
    assert 'class="worse"' in rows["noise"]
    assert "% above" in rows["noise"]


def test_the_folds_of_a_cross_validation_have_a_page_too(runs, monkeypatch):
    """A clip of another fold is no answer, however near its vector is."""
    for run, path in runs.embeddings.items():
        found = read_embeddings(path)
        halves = [path.with_name(f"{number}.safetensors") for number in (1, 2)]
        for number, half in enumerate(halves):
            own = found.subset(list(range(number, len(found.ids), 2)))
            arrays = {**own.of, "caption_embeddings": own.captions_NC}
            write_shard(half, arrays, ids=own.ids, captions=own.captions, split="test")
        runs.embeddings[run] = path.parent / "folds" / run / "embeddings.safetensors"
        pool(halves, runs.embeddings[run])
    asked = []
    monkeypatch.setattr("lavimo.report.systems.answers", lambda *given: asked.extend(answers(*given)) or asked[-10:])
    page = write(runs)
    assert "pooled test (10 + 10): each of 20 queries is asked in its own fold, under protocol all, N = 10:" in page
    assert asked
    for query in asked:
        assert {int(one.clip[-2:]) % 2 for one in query.answers} == {int(query.clip[-2:]) % 2}


def test_words_that_would_run_do_not(runs):
    page = write(runs)
    assert "<script>jumps" not in page
    assert "&lt;script&gt;jumps" in page


def test_runs_of_other_clips_are_refused(runs):
    found = read_embeddings(runs.embeddings["noise"])
    write_shard(
        runs.embeddings["noise"],
        {k: v[:5] for k, v in found.of.items()},
        ids=found.ids[:5],
        captions=found.captions[:5],
    )
    with pytest.raises(ValueError, match="found runs of other test clips"):
        write(runs)

import csv
import json
import shutil

import numpy as np
import pytest
from browser import NEEDS_CHROMIUM

from lavimo.__main__ import main
from lavimo.config import RobustnessOptions
from lavimo.evaluate.embeddings import read_embeddings
from lavimo.evaluate.scores import read_scores
from lavimo.report.robustness import robustness
from lavimo.shards import write_shard

FACTORS = {
    "view": {"side": {"animate": {"azimuth_degrees": [90, 90]}}, "back": {"animate": {"azimuth_degrees": [180, 180]}}},
    "length": {"half": {"perturb": {"share": 0.5}}},
}


@pytest.fixture
def made(workflow):
    """Writes embeddings under variants, the page and its scores; gives the rows by run, variant and direction."""

    def make(noise=None, **replaced):
        variants = []
        for name, run, size in (
            ("view-side", "lavimo-3", 0), ("view-back", "lavimo-3", 50), ("length-half", "lavimo-3", 50),
            ("length-half", "lavimo-2", 50),
        ):  # fmt: skip
            found = read_embeddings(workflow.embeddings[run])
            generator = np.random.default_rng(1)
            changed = "video" if name.startswith("view") else "motion"
            noisy = found.of[changed] + np.float32(size * generator.normal(size=found.of[changed].shape))
            path = workflow.folder / "robustness" / name / f"{run}.safetensors"
            arrays = {**found.of, changed: noisy, "caption_embeddings": found.captions_NC}
            write_shard(path, arrays, **{"ids": found.ids, "captions": found.captions, "split": "test"} | replaced)
            variants.append(path)
        scores, html = workflow.folder / "robustness.csv", workflow.folder / "robustness.html"
        options = RobustnessOptions(factors=FACTORS, bootstrap_samples=200)
        robustness([*workflow.embeddings.values()], variants, scores, html, "demo", options)
        rows = csv.DictReader(scores.open())
        keys = ("run", "factor", "variant", "direction")
        return {tuple(row[key] for key in keys): row for row in rows}, html.read_text(encoding="utf-8")

    return make


def test_every_run_variant_and_direction_has_a_row(made, workflow):
    rows, _ = made()
    cases = {(run, factor, variant) for run, factor, variant, _ in rows}
    assert cases == {
        ("lavimo-3", "", ""), ("lavimo-3", "view", "side"), ("lavimo-3", "view", "back"),
        ("lavimo-3", "length", "half"), ("lavimo-2", "", ""), ("lavimo-2", "length", "half"),
    }  # fmt: skip
    for score in read_scores(workflow.scores):
        if (score.protocol, score.ties) == ("all", "average"):
            row = rows[score.run, "", "", score.direction]
            assert float(row["R10"]) == pytest.approx(score.metrics["R10"], abs=1e-4)
            assert row["gallery"] == "20"
            assert (float(row["R10_change"]), float(row["R10_low"]), float(row["R10_high"])) == (0, 0, 0)


def test_what_does_not_change_has_no_change_and_what_breaks_falls(made):
    rows, _ = made()
    for direction in ("t2m", "v2m", "t2v"):
        assert float(rows["lavimo-3", "view", "side", direction]["R10_high"]) == 0
    assert rows["lavimo-3", "view", "back", "t2m"]["MRR_change"] == "0.000000", "no video there"
    for key in (("lavimo-3", "view", "back", "v2m"), ("lavimo-2", "length", "half", "t2m")):
        row = rows[key]
        assert float(row["MRR_change"]) < float(row["MRR_high"]) < 0
        as_it_is = rows[key[0], "", "", key[3]]
        assert float(row["MRR"]) == pytest.approx(float(as_it_is["MRR"]) + float(row["MRR_change"]), abs=2e-6)


def test_the_command_takes_the_folders_names(made, workflow, tmp_path):
    rows, _ = made()
    variants = sorted(map(str, workflow.folder.glob("robustness/*/*.safetensors")))
    plain = sorted(map(str, workflow.embeddings.values()), reverse=True)
    options = json.dumps({"robustness": {"factors": FACTORS, "bootstrap_samples": 200}})
    paths = [str(tmp_path / "again.csv"), str(tmp_path / "again.html")]
    command = ["robustness", *paths, "--plain", *plain, "--variants", *variants, "--source", "demo"]
    assert main([*command, "--options", options]) == 0
    assert (tmp_path / "again.csv").read_bytes() == (workflow.folder / "robustness.csv").read_bytes()
    assert len(rows) == 6 * 4 + 2 * 2


def test_other_clips_than_the_split_has_are_refused(made):
    with pytest.raises(ValueError, match=r"clip\(s\) in only one of them"):
        made(ids=[f"other_{i}" for i in range(20)])


def test_no_runs_are_refused(tmp_path):
    with pytest.raises(ValueError, match="found no embeddings"):
        robustness([], [], tmp_path / "a.csv", tmp_path / "a.html", "demo", RobustnessOptions())


def test_the_page_shows_each_factor_and_says_what_was_changed(made):
    _, text = made()
    runs = text.split("<h2>Run ")[1:]
    assert [run.partition("<")[0] for run in runs] == ["lavimo-3", "lavimo-2"]
    assert [run.count("<h3>") for run in runs] == [2, 1]
    assert "azimuth_degrees: [180, 180]" in runs[0]
    assert 'class="worse"' in runs[0]
    assert runs[0].count("var(--run-2)") > 1, "a line for video to motion"
    assert "None" not in text


@NEEDS_CHROMIUM
def test_a_browser_does_not_complain(made, workflow, tab, tmp_path):
    made()
    shutil.copy(workflow.folder / "robustness.html", tmp_path / "copied.html")
    tab.open(tmp_path / "copied.html")
    assert tab.run("document.querySelectorAll('svg').length") == 3
    assert tab.run("document.body.scrollWidth <= innerWidth"), "nothing sticks out"
    assert tab.errors == []

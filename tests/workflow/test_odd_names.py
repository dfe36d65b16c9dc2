"""Odd but legal names go through the whole workflow, and nothing in them is run."""

import csv

import pytest

NAMES = ("{x}", "<y>", "a b & c", "it's", "$(touch HACKED)", "übung #1", "100%", "[z]", "*", "plain;touch HACKED")


@pytest.fixture
def odd(fresh, write_bvh):
    """Clips and folders with names that shells, Snakemake, HTML or CSV could take for something else."""
    rows = []
    for number, name in enumerate(NAMES):
        write_bvh(fresh.folder / f"data/b v h/{name}.bvh", frames=50, seed=number)
        split = ("train", "train", "train", "val", "test")[number % 5]
        rows.append((name, f"a person <b>sways</b> {number}", split))
    with open(fresh.folder / "data/captions.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("clip", "caption", "split"), *rows])
    fresh.edit("source", "name", value='<odd> & "so"')
    fresh.edit("source", "bvh", "folder", value="data/b v h")
    for kind, folder in (("results", "my results & more"), ("logs", "my 'logs'"), ("benchmarks", "$(touch HACKED)")):
        fresh.edit("pathvars", kind, value=folder)
    return fresh


@pytest.mark.slow
@pytest.mark.xdist_group("workflow")
def test_odd_names_simply_work(odd):
    odd.snakemake()
    results = odd.folder / "my results & more"
    page = (results / "report.html").read_text(encoding="utf-8")
    assert "<b>sways" not in page
    assert "&lt;b&gt;sways" in page
    assert not [*odd.folder.rglob("HACKED")]
    assert {path.stem for path in results.glob("videos/*/*.mp4")} == set(NAMES)
    assert odd.plan() == {}
    path = odd.folder / "data/b v h/{x}.bvh"
    path.write_text(path.read_text().replace("Frame Time: 0.0333", "Frame Time: 0.0334"))
    assert odd.plan()["ingest"] == 1, "a file that Snakemake cannot name is watched all the same"

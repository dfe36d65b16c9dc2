import csv

import pytest

from lavimo.config import EvaluateOptions
from lavimo.evaluate.evaluate import evaluate
from lavimo.evaluate.scores import read_scores
from lavimo.evaluate.tabulate import tabulate


@pytest.fixture
def scores(write_embeddings, tmp_path):
    """The score files of a run of three modalities and one of two."""
    paths = []
    for seed, (run, modalities) in enumerate(
        {"lavimo-3": ("text", "motion", "video"), "lavimo-2": ("text", "motion")}.items()
    ):
        paths.append(tmp_path / f"{run}.csv")
        embeddings = write_embeddings(run, modalities=modalities, seed=seed)
        evaluate(embeddings, paths[-1], run, "demo", EvaluateOptions())
    return paths


def test_the_merged_scores_hold_every_row_once_and_sorted(scores, tmp_path):
    merged = tmp_path / "scores.csv"
    tabulate(scores, tmp_path / "table.md", merged)
    rows = merged.read_text().splitlines()
    assert rows[0] == scores[0].read_text().splitlines()[0]
    assert sorted(rows[1:]) == sorted(line for path in scores for line in path.read_text().splitlines()[1:])
    found = list(csv.DictReader(rows))
    assert [row["run"] for row in found] == ["lavimo-2"] * 12 + ["lavimo-3"] * 36
    assert [row["protocol"] for row in found[:12:2]] == [
        "all", "threshold_0.90", "threshold_0.80", "threshold_0.60", "dissimilar", "small_batches",
    ]  # fmt: skip


def test_the_order_of_score_files_changes_no_byte(scores, tmp_path):
    for name, paths in (("a", scores), ("b", scores[::-1])):
        tabulate(paths, tmp_path / f"{name}.md", tmp_path / f"{name}.csv")
    assert (tmp_path / "a.md").read_bytes() == (tmp_path / "b.md").read_bytes()
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_the_table_shows_every_score_with_its_gallery_and_chance(scores, tmp_path):
    tabulate(scores, tmp_path / "table.md", tmp_path / "scores.csv")
    text = (tmp_path / "table.md").read_text()
    sections = {part.splitlines()[0]: part for part in text.split("## Protocol ")[1:]}
    words = {"t": "text", "m": "motion", "v": "video"}
    for score in read_scores(tmp_path / "scores.csv"):
        direction = f"{words[score.direction[0]]} → {words[score.direction[2]]}"
        cells = [direction, score.run, str(score.gallery), *(f"{value:.2f}" for value in score.metrics.values())]
        rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in sections[score.protocol].splitlines()]
        assert cells in rows
    chance = next(line for line in sections["all"].splitlines() if "chance" in line)
    assert [cell.strip() for cell in chance.split("|")[1:-1]] == [
        "any", "chance", "40", "2.50", "5.00", "7.50", "12.50", "25.00", "20.50",
    ]  # fmt: skip
    assert "≥ 2.50" in sections["threshold_0.60"]


def test_columns_of_the_markdown_are_aligned(scores, tmp_path):
    tabulate(scores, tmp_path / "table.md", tmp_path / "scores.csv")
    for part in (tmp_path / "table.md").read_text().split("## Protocol ")[1:]:
        lines = [line for line in part.splitlines() if line.startswith("|")]
        assert len({len(line) for line in lines}) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("run,source\n", "expected run, source, split"),
        ("HEADER\nr,s,test,all,t2m,forty,1,2,3,4,5,6\n", "invalid literal"),
        ("HEADER\nr,s,test,all,t2m\n", "cannot be read as scores"),
        ("HEADER\nr,s,test,some,t2m,40,1,2,3,4,5,6\n", "protocol 'some'"),
    ],
)
def test_bad_score_files_are_named(tmp_path, text, message):
    path = tmp_path / "bad.csv"
    path.write_text(text.replace("HEADER", "run,source,split,protocol,direction,gallery,R1,R2,R3,R5,R10,MedR"))
    with pytest.raises(ValueError, match=message) as error:
        tabulate([path], tmp_path / "table.md", tmp_path / "scores.csv")
    assert str(path) in str(error.value)
    assert not (tmp_path / "scores.csv").exists()


def test_a_missing_score_file_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"nowhere\.csv"):
        tabulate([tmp_path / "nowhere.csv"], tmp_path / "table.md", tmp_path / "scores.csv")

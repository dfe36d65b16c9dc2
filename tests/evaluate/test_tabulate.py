import csv
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from lavimo.config import EvaluateOptions, load_config, merged
from lavimo.evaluate.evaluate import Origin, evaluate
from lavimo.evaluate.published import published
from lavimo.evaluate.scores import COLUMNS, read_scores, write_scores
from lavimo.evaluate.table import tables
from lavimo.evaluate.tabulate import tabulate

ROOT = Path(__file__).parents[2]


@pytest.fixture
def scores(write_embeddings, tmp_path):
    """The score files of a run of three modalities and one of two."""
    paths = []
    for seed, (run, modalities) in enumerate(
        {"lavimo-3": ("text", "motion", "video"), "lavimo-2": ("text", "motion")}.items()
    ):
        paths.append(tmp_path / f"{run}.csv")
        embeddings = write_embeddings(run, modalities=modalities, seed=seed)
        evaluate(embeddings, paths[-1], Origin(run, "demo", "0", run), EvaluateOptions(bootstrap_samples=20))
    return paths


def test_the_merged_scores_hold_every_row_once_and_sorted(scores, tmp_path):
    merged = tmp_path / "scores.csv"
    tabulate(scores, tmp_path / "table.md", merged)
    rows = merged.read_text().splitlines()
    assert rows[0] == scores[0].read_text().splitlines()[0]
    assert sorted(rows[1:]) == sorted(line for path in scores for line in path.read_text().splitlines()[1:])
    found = list(csv.DictReader(rows))
    assert [row["run"] for row in found] == ["lavimo-2"] * 48 + ["lavimo-3"] * 144
    assert [row["protocol"] for row in found[:48:6]] == [
        "all", "threshold_0.90", "threshold_0.80", "threshold_0.60", "same_caption", "dissimilar", "small_batches",
        "small_batches_20_seeds",
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
        if score.ties != "average":
            continue
        direction = f"{words[score.direction[0]]} → {words[score.direction[2]]}"
        numbers = [f"{score.metrics[name]:.2f}" for name in ("R1", "R2", "R3", "R5", "R10", "MedR")]
        cells = [direction, score.run, str(score.gallery), *numbers]
        rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in sections[score.protocol].splitlines()]
        (row,) = [row for row in rows if row[:9] == cells]
        assert row[9] == f"{100 * score.metrics['MedR'] / score.gallery:.2f}%"
        assert re.fullmatch(r"± [\d.]+" if score.protocol.endswith("seeds") else r"\[[\d.]+, [\d.]+\]", row[10])
    chance = next(line for line in sections["all"].splitlines() if "chance" in line)
    assert [cell.strip() for cell in chance.split("|")[1:-1]] == [
        "any", "chance", "40", "2.50", "5.00", "7.50", "12.50", "25.00", "20.50", "51.25%", "",
    ]  # fmt: skip
    assert "≥ 2.50" in sections["threshold_0.60"]


def test_columns_of_the_markdown_are_aligned(scores, tmp_path):
    tabulate(scores, tmp_path / "table.md", tmp_path / "scores.csv")
    for part in (tmp_path / "table.md").read_text().split("## Protocol ")[1:]:
        lines = [line for line in part.splitlines() if line.startswith("|")]
        assert len({len(line) for line in lines}) == 1


NUMBERS = "1,2,3,4,5,6,,average,whole,,,0.5,0.15" + "," * 21


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("run,source\n", "expected run, source, split"),
        (f"HEADER\nr,s,test,all,t2m,forty,{NUMBERS}\n", "invalid literal"),
        ("HEADER\nr,s,test,all,t2m\n", "cannot be read as scores"),
        (f"HEADER\nr,s,test,some,t2m,40,{NUMBERS}\n", "'some', 't2m'"),
        (f"HEADER\nr,s,test,all,t2m,40,{NUMBERS.replace('whole', 'half')}\n", "'half'"),
    ],
)
def test_bad_score_files_are_named(tmp_path, text, message):
    path = tmp_path / "bad.csv"
    path.write_text(text.replace("HEADER", ",".join(COLUMNS)))
    with pytest.raises(ValueError, match=message) as error:
        tabulate([path], tmp_path / "table.md", tmp_path / "scores.csv")
    assert str(path) in str(error.value)
    assert not (tmp_path / "scores.csv").exists()


def test_a_missing_score_file_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"nowhere\.csv"):
        tabulate([tmp_path / "nowhere.csv"], tmp_path / "table.md", tmp_path / "scores.csv")


def test_runs_of_one_seed_or_of_no_family_have_no_mean(scores, tmp_path):
    rows = read_scores(scores[1])
    write_scores(tmp_path / "twin.csv", [replace(row, run="twin") for row in rows])
    write_scores(tmp_path / "other.csv", [replace(row, run="other", seed="1", family="") for row in rows])
    paths = [scores[1], tmp_path / "twin.csv", tmp_path / "other.csv"]
    tabulate(paths, tmp_path / "table.md", tmp_path / "scores.csv")
    assert {row.seed for row in read_scores(tmp_path / "scores.csv")} == {"0", "1"}


def test_runs_of_several_seeds_get_their_mean_and_deviation(scores, tmp_path):
    rows = read_scores(scores[1])
    for number, shift in ((1, 2.0), (2, 7.0)):
        others = [
            replace(
                row,
                run=f"other name {number}",
                seed=str(number),
                metrics={name: value + shift for name, value in row.metrics.items()},
            )
            for row in rows
        ]
        scores.append(tmp_path / f"seed{number}.csv")
        write_scores(scores[-1], others)
    tabulate(scores, tmp_path / "table.md", tmp_path / "scores.csv")
    means = [row for row in read_scores(tmp_path / "scores.csv") if row.seed == "mean of 3 seeds"]
    assert {row.run for row in means} == {"lavimo-2"}
    assert len(means) == len(rows)
    for mean, row in zip(means, sorted(rows, key=lambda row: row.order)):
        assert (mean.protocol, mean.direction, mean.ties) == (row.protocol, row.direction, row.ties)
        assert mean.metrics["R1"] == pytest.approx(row.metrics["R1"] + 3, abs=1e-4)
        assert mean.deviation["MedR"] == pytest.approx(13**0.5, abs=1e-4)
    assert "lavimo-2, mean of 3 seeds" in (tmp_path / "table.md").read_text()


def as_source(scores, source, **changed):
    """The score files, told to be of another source."""
    for path in scores:
        write_scores(path, [replace(row, source=source, benchmark=source, **changed) for row in read_scores(path)])
    return scores


def test_published_rows_stand_beside_ours_of_the_same_data_only(scores, tmp_path):
    tabulate(scores, tmp_path / "table.md", tmp_path / "scores.csv", tmp_path / "table.tex")
    for name in ("table.md", "table.tex"):
        assert "published" not in (tmp_path / name).read_text()
    tabulate(as_source(scores, "humanml3d"), tmp_path / "table.md", tmp_path / "scores.csv", tmp_path / "table.tex")
    text = (tmp_path / "table.md").read_text()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if ", published" in line]
    assert len(rows) == sum(row.source == "humanml3d" for row in published())
    assert [
        "text → motion",
        "TMR, published",
        "4380†",
        "5.68",
        "10.59",
        "14.04",
        "20.34",
        "30.94",
        "28.00",
        "0.64%",
        "",
    ] in rows
    assert r"LAVIMO (3-modal), published & 4096$^\dagger$ & 6.37" in (tmp_path / "table.tex").read_text()


def test_marks_tell_what_cannot_be_compared(scores, tmp_path):
    tabulate(as_source(scores, "humanml3d", gallery=4380), tmp_path / "table.md", tmp_path / "scores.csv")
    sections = (tmp_path / "table.md").read_text().split("## Protocol ")
    by_name = {section.splitlines()[0]: section for section in sections}
    assert "4380 |" in next(line for line in by_name["all"].splitlines() if "TMR, published" in line)
    assert "4096† |" in next(line for line in by_name["all"].splitlines() if "LAVIMO (3-modal), published" in line)
    assert "† has another gallery" in by_name["all"]
    assert "4096†‡ |" in next(line for line in by_name["threshold_0.90"].splitlines() if "LAVIMO (3-modal)" in line)
    assert "‡ published without the threshold's cut" in by_name["threshold_0.90"]
    assert "published" not in by_name["threshold_0.80"]
    assert "100† |" in by_name["dissimilar"], "our hundred clips are not theirs"


def test_runs_of_different_galleries_are_marked(scores, tmp_path):
    write_scores(scores[1], [replace(row, gallery=row.gallery - 1) for row in read_scores(scores[1])])
    tabulate(scores, tmp_path / "table.md", tmp_path / "scores.csv", tmp_path / "table.tex")
    section = (tmp_path / "table.md").read_text().split("## Protocol ")[1]
    assert "39† |" in next(line for line in section.splitlines() if "| lavimo-2" in line)
    assert "40 |" in next(line for line in section.splitlines() if "| lavimo-3" in line)
    assert "† has another gallery" in section
    assert r"lavimo-2 & 39$^\dagger$" in (tmp_path / "table.tex").read_text()


def test_published_recalls_are_whole_numbers_of_the_gallerys_queries():
    """The galleries of the table are derived from its recalls; so they must fit, all but a misprint or two."""
    fits = [
        abs(round(value * row.gallery / 100) * 100 / row.gallery - value) < 0.0051
        for row in published()
        if row.protocol in ("all", "threshold") and row.gallery
        for name, value in row.metrics.items()
        if name != "MedR"
    ]
    assert len(fits) - sum(fits) <= 3


def test_latex_has_both_directions_in_a_line(scores, tmp_path):
    tabulate(scores, tmp_path / "table.md", tmp_path / "scores.csv", tmp_path / "table.tex")
    text = (tmp_path / "table.tex").read_text()
    by_key = {(s.run, s.protocol, s.direction, s.ties): s for s in read_scores(tmp_path / "scores.csv")}
    there, back = (by_key["lavimo-2", "all", direction, "average"].metrics for direction in ("t2m", "m2t"))
    numbers = [f"{m[name]:.2f}" for m in (there, back) for name in ("R1", "R2", "R3", "R5", "R10", "MedR")]
    assert " & ".join(["lavimo-2", "40", *numbers]) + r" \\" in text
    assert text.count(r"\begin{table*}") == text.count(r"\end{table*}") == 3
    lines = [line for line in text.splitlines() if line.startswith(("lavimo", "chance"))]
    assert {line.count(" & ") for line in lines} == {13}
    assert r"threshold\_0.90" in text


def test_latex_compiles_and_no_table_is_larger_than_its_page(scores, tmp_path):
    if shutil.which("pdflatex") is None:
        pytest.skip("no pdflatex here to compile with")
    as_source(scores, "humanml3d")
    tabulate(scores, tmp_path / "table.md", tmp_path / "scores.csv", tmp_path / "table.tex")
    (tmp_path / "paper.tex").write_text(
        r"\documentclass{article}\usepackage[a4paper,margin=2cm]{geometry}\usepackage{booktabs}"
        r"\begin{document}\input{table}\end{document}"
    )
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout
    log = (tmp_path / "paper.log").read_text(errors="replace")
    assert "too large" not in log
    assert "Overfull" not in log


@pytest.mark.parametrize("path", sorted((ROOT / "workflow/configs").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_shipped_configs_stand_beside_what_was_published(path, scores):
    """By the data set that they declare, whatever they call it."""
    source = load_config(merged({"runs": {"a": {}}}, yaml.safe_load(path.read_text()))).source
    rows = [replace(row, source=source.name, benchmark=source.benchmark or "") for row in read_scores(scores[0])]
    shown = any(table.published for table in tables(rows))
    assert shown == (source.kind in ("humanml3d", "kitml"))

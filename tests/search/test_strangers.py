"""bench/strangers judges an index as it answers."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from library import Little

from lavimo.search.library import Library
from lavimo.search.query import Part, Query

pytestmark = pytest.mark.xdist_group("search")
STRANGERS = Path(__file__).parents[2] / "bench/strangers"
sys.path.insert(0, str(STRANGERS))

from judge import QUERIES, judge, read_queries, scored  # noqa: E402


def test_a_ranking_is_judged_by_its_relevant_motions():
    judged = scored("a person walks", np.array([True, False, True, False, False, False, False, True]))
    assert judged.relevant == 3
    assert judged.precision == pytest.approx(2 / 5)
    assert judged.average_precision == pytest.approx((1 / 1 + 2 / 3 + 3 / 8) / 3)
    assert judged.chance == pytest.approx(3 / 8)


def test_an_index_is_judged_as_it_answers(little: Little) -> None:
    queries = dict(read_queries(QUERIES))
    judged = {one.query: one for one in judge(str(little.index), QUERIES, [], 1)}
    assert judged
    library = Library(str(little.index))
    for query, one in judged.items():
        (first, *_) = library.search(Query((Part("text", query),), k=1)).hits
        relevant = any(word in " ".join(first.item.captions).lower() for word in queries[query])
        assert one.average_precision * one.relevant >= 1 - 1e-9 if relevant else one.precision < 1
        assert 0 < one.chance < 1
        assert one.relevant == round(one.chance * library.home.count()[0])
    library.close()
    with pytest.raises(ValueError, match="no query with at least 1000 relevant motions"):
        judge(str(little.index), QUERIES, [], 1000)


def test_whole_subjects_are_left_out(tmp_path):
    table = tmp_path / "captions.csv"
    rows = [f"{subject:02d}_{trial:02d},walks,val" for subject in (1, 2, 3, 4) for trial in (1, 2)]
    table.write_text("\n".join(["clip,caption,split", *rows]) + "\n")
    subprocess.run([sys.executable, STRANGERS / "leave_out.py", table, tmp_path / "folds"], check=True)
    left_out = []
    for fold in (1, 2, 3):
        with open(tmp_path / f"folds/fold-{fold}.csv", newline="") as file:
            splits = {row["clip"]: row["split"] for row in csv.DictReader(file)}
        assert set(splits.values()) == {"train", "test"}
        left_out.append({clip[:2] for clip, split in splits.items() if split == "test"})
        assert all((clip[:2] in left_out[-1]) == (split == "test") for clip, split in splits.items())
    assert left_out == [{"01", "04"}, {"02"}, {"03"}]

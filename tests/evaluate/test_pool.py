"""Folds put together: every query has the place that it has in its own fold, whatever the others hold."""

import logging
import re

import numpy as np
import pytest

from lavimo.__main__ import main
from lavimo.config import EvaluateOptions
from lavimo.evaluate.compare import compare, ranks
from lavimo.evaluate.embeddings import read_embeddings
from lavimo.evaluate.evaluate import rank_queries
from lavimo.evaluate.graded import graded
from lavimo.evaluate.pool import pool
from lavimo.evaluate.prepare import prepare
from lavimo.evaluate.scores import read_scores
from lavimo.evaluate.tabulate import tabulate

SIZES = (23, 20, 26)
CAPTIONS = [f"a person does {what}" for what in ("this", "that", "nothing", "something else", "it again")]


@pytest.fixture
def folds(write_embeddings):
    """Three folds of unequal sizes whose few captions come again within and between them, with ties."""
    paths = []
    rng = np.random.default_rng(1)
    sentences = rng.normal(size=(len(CAPTIONS), 32))
    for fold, size in enumerate(SIZES):
        of_caption = rng.integers(0, len(CAPTIONS), size)
        texts = rng.normal(size=(len(CAPTIONS), 16)).astype(np.float32)  # every fold has a model of its own
        motions = texts[of_caption] + rng.normal(size=(size, 16)).astype(np.float32)
        motions[1] = motions[0]
        parts = {"text": texts[of_caption], "motion": motions, "caption_embeddings": sentences[of_caption]}
        similarity = rng.integers(0, 9, (size, size)).astype(np.float32) - 20  # pairs may be far below any cosine
        parts |= {"similarity_v2m": similarity, "similarity_m2v": np.ascontiguousarray(similarity.T)}
        ids = [f"clip_{number:02}_of_{fold}" for number in range(size)]
        captions = [CAPTIONS[number] for number in of_caption]
        paths.append(write_embeddings(f"fold {fold}", size, (), ids=ids, captions=captions, **parts))
    return paths


@pytest.fixture
def pooled(folds, tmp_path):
    """The file of all of them."""
    pool(folds, tmp_path / "pooled.safetensors")
    return tmp_path / "pooled.safetensors"


def naive_ranks(similarity_NN, right):
    """The mean of the places that ties allow, a query at a time."""
    for row, of_query in zip(similarity_NN, right):
        best = max(row[j] for j in of_query)
        yield sum(value > best for value in row) + (sum(value == best for value in row) - 1) / 2


def test_each_query_has_its_own_fold_s_gallery(folds, pooled):
    whole = read_embeddings(pooled)
    protocols = prepare(whole, EvaluateOptions())
    assert [one.name for one in protocols] == [
        "all", "threshold_0.90", "threshold_0.80", "threshold_0.60", "same_caption",
    ]  # fmt: skip
    found = rank_queries(whole, protocols, chunk=200)
    own = [read_embeddings(path) for path in folds]
    for name, placements in (("all", 0), ("same_caption", 4)):
        for direction in ("t2m", "m2t", "v2m", "m2v"):
            expected = {}
            for one in own:
                right = [
                    [i] if name == "all" else [j for j, said in enumerate(one.captions) if said == one.captions[i]]
                    for i in range(len(one.ids))
                ]
                expected |= dict(zip(one.ids, naive_ranks(one.similarity(direction), right)))
            ranks_N = found[direction][placements].ranks()[0, 0]
            assert dict(zip(whole.ids, ranks_N)) == expected, (direction, name)


def test_graded_relevance_is_the_mean_over_the_queries_of_all_folds(folds, pooled):
    gains = [graded(read_embeddings(path)) for path in folds]
    for direction, gain in graded(read_embeddings(pooled)).items():
        assert gain == pytest.approx(np.average([own[direction] for own in gains], weights=SIZES), rel=1e-12)


def test_the_table_says_of_which_galleries_it_is(pooled, tmp_path, capsys):
    scores, table = tmp_path / "scores.csv", tmp_path / "table.md"
    assert main(["evaluate", "--embeddings", str(pooled), "--scores", str(scores), "--run", "a", "--clips"]) == 0
    rows = read_scores(scores)
    assert {row.gallery for row in rows} == {23}
    assert {row.subset for row in rows} == {"whole"}
    tabulate([scores], table, tmp_path / "merged.csv", tmp_path / "table.tex")
    told = table.read_text()
    assert "# Retrieval: unnamed, pooled test (23 + 20 + 26) split" in told
    assert "Each query has the gallery of its own fold; N is their mean." in told
    assert re.search(r"any +\| chance +\| 23 \| +4.35 ", told)


def test_pooled_models_can_be_compared(folds, pooled):
    assert "Protocol all, N = 23, pooled test" in compare(pooled, pooled, EvaluateOptions(bootstrap_samples=5))
    assert ranks(read_embeddings(pooled))["t2m"].shape == (1, sum(SIZES))


def test_the_command_says_how_many_it_has_put_together(folds, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    assert main(["pool", str(tmp_path / "all.safetensors"), "--folds", *map(str, folds)]) == 0
    assert "pool: 3 folds, pooled test (23 + 20 + 26)" in caplog.text


def test_what_is_no_cross_validation_is_refused(folds, write_embeddings, tmp_path):
    out = tmp_path / "out.safetensors"
    with pytest.raises(ValueError, match=r"found 1 fold\(s\), expected at least two"):
        pool(folds[:1], out)
    with pytest.raises(ValueError, match="clip 'clip_00_of_0': found 2 times"):
        pool([*folds, folds[0]], out)
    other = write_embeddings("other", 20, ("text", "motion"), ids=[f"x{number}" for number in range(20)])
    with pytest.raises(
        ValueError, match=r"other.*: found the split test with text of width 16, motion of width 16, cap"
    ):
        pool([folds[0], other], out)
    assert not out.exists()


def test_a_clip_without_a_gallery_is_refused(write_embeddings, tmp_path):
    read = read_embeddings(write_embeddings(clips=4))
    arrays = {"text": read.of["text"], "motion": read.of["motion"], "ids": np.array(read.ids)}
    np.savez(tmp_path / "a.npz", **arrays, galleries=np.array(["x", "x", "y"]))
    with pytest.raises(ValueError, match="found 3 galleries of 4 clips, expected one each"):
        read_embeddings(tmp_path / "a.npz")
    np.savez(tmp_path / "b.npz", **arrays, galleries=np.array(["x", "x", "y", "y"]))
    assert read_embeddings(tmp_path / "b.npz").gallery == 2

import csv
import logging

import numpy as np
import pytest

from lavimo.config import EvaluateOptions
from lavimo.evaluate.embeddings import read_embeddings
from lavimo.evaluate.evaluate import evaluate
from lavimo.shards import write_shard

COLUMNS = "run,source,split,protocol,direction,gallery,R1,R2,R3,R5,R10,MedR"


@pytest.fixture
def scored(tmp_path):
    """Evaluates an embeddings file and gives the score file's text and its rows by protocol and direction."""

    def run(embeddings, **options):
        path = tmp_path / "scores.csv"
        evaluate(embeddings, path, "lavimo-3", "demo", EvaluateOptions(**options))
        text = path.read_text()
        return text, {(row["protocol"], row["direction"]): row for row in csv.DictReader(text.splitlines())}

    return run


def naive_scores(queries, gallery):
    """Protocol `all` without ties, a query at a time."""
    places = []
    for i, query in enumerate(np.float64(queries)):
        cosines = [query @ item / np.linalg.norm(query) / np.linalg.norm(item) for item in np.float64(gallery)]
        places.append(sorted(range(len(cosines)), key=lambda j: -cosines[j]).index(i))
    recalls = [100 * sum(place < k for place in places) / len(places) for k in (1, 2, 3, 5, 10)]
    return [f"{value:.4f}" for value in (*recalls, np.median(places) + 1)]


def test_every_protocol_and_direction_is_scored(write_embeddings, scored):
    text, rows = scored(write_embeddings())
    assert text.splitlines()[0] == COLUMNS
    protocols = ["all", "threshold_0.90", "threshold_0.80", "threshold_0.60", "dissimilar", "small_batches"]
    directions = ["t2m", "m2t", "v2m", "m2v", "t2v", "v2t"]
    assert set(rows) == {(p, d) for p in protocols for d in directions}
    assert [rows[p, "t2m"]["gallery"] for p in protocols] == ["40", "40", "40", "40", "20", "32"]
    assert {(row["run"], row["source"], row["split"]) for row in rows.values()} == {("lavimo-3", "demo", "test")}


def test_without_video_two_directions_remain(write_embeddings, scored):
    _, rows = scored(write_embeddings(modalities=("text", "motion")))
    assert {direction for _, direction in rows} == {"t2m", "m2t"}


def test_scores_are_those_of_the_naive_twin(write_embeddings, scored):
    path = write_embeddings()
    arrays = read_embeddings(path).of
    _, rows = scored(path)
    names = {"t": "text", "m": "motion", "v": "video"}
    for direction in ("t2m", "m2t", "v2m", "m2v", "t2v", "v2t"):
        row = rows["all", direction]
        expected = naive_scores(arrays[names[direction[0]]], arrays[names[direction[2]]])
        assert [row[name] for name in COLUMNS.split(",")[6:]] == expected


def test_the_order_of_clips_in_the_file_changes_no_byte(write_embeddings, scored):
    path = write_embeddings()
    found = read_embeddings(path)
    order = np.random.default_rng(3).permutation(40)
    shuffled = path.with_name("shuffled.safetensors")
    write_shard(
        shuffled,
        {
            **{name: rows_NC[order] for name, rows_NC in found.of.items()},
            "caption_embeddings": found.captions_NC[order],
        },
        ids=[found.ids[i] for i in order],
        captions=[found.captions[i] for i in order],
        split="test",
    )
    assert scored(shuffled)[0] == scored(path)[0]


def test_identical_captions_tie(write_embeddings, scored):
    """Two clips of one caption: to motion each has its own place; from motion both texts share places 0 and 1."""
    texts = np.eye(4, 8, dtype=np.float32)[[0, 0, 1, 2]]
    motions = np.eye(4, 8, dtype=np.float32)[[0, 0, 1, 2]] + np.eye(4, 8, 4, dtype=np.float32) * [[1], [2], [1], [1]]
    _, rows = scored(
        write_embeddings(
            clips=4, text=texts, motion=motions, video=None, captions=["run", "run", "walk", "sit"],
            caption_embeddings=texts,
        )
    )  # fmt: skip
    assert rows["all", "m2t"]["R1"] == "100.0000", "the average of places 0 and 1 counts as below 1 (TMR)"
    assert rows["all", "m2t"]["MedR"] == "1.2500"
    assert rows["all", "t2m"]["R1"] == "75.0000"
    assert rows["threshold_0.90", "t2m"]["R1"] == "100.0000"


def test_a_small_split_is_said_in_the_log(write_embeddings, scored, caplog):
    with caplog.at_level(logging.WARNING):
        _, rows = scored(write_embeddings(clips=10))
    assert rows["dissimilar", "t2m"]["gallery"] == "5"
    assert rows["small_batches", "t2m"]["gallery"] == "10"
    assert "dissimilar: a gallery of 5 instead of 100" in caplog.text
    assert "small_batches: a gallery of 10 instead of 32" in caplog.text


def test_options_choose_protocols_and_cuts(write_embeddings, scored):
    _, rows = scored(write_embeddings(), protocols=["threshold"], threshold_cosines=[0.75])
    assert {protocol for protocol, _ in rows} == {"threshold_0.75"}


def bad(value, clips=40):
    array = np.ones((clips, 16), np.float32)
    array[7] = value
    return array


@pytest.mark.parametrize(
    ("replaced", "message"),
    [
        ({"motion": bad(np.nan)}, "motion: found NaN or infinite values in 1 clip.*'clip_007'"),
        ({"video": bad(np.inf)}, "video: found NaN or infinite values in 1 clip.*'clip_007'"),
        ({"motion": bad(0)}, "motion: found a zero vector.*'clip_007'"),
        ({"caption_embeddings": bad(0)}, "caption_embeddings: found a zero vector"),
        ({"motion": bad(1, clips=39)}, r"motion: found shape \(39, 16\), expected one row for each of 40 clips"),
        ({"video": np.ones((40, 8), np.float32)}, "different widths .*'video': 8"),
        ({"ids": ["same"] * 2 + [f"c{i}" for i in range(38)]}, "clip 'same': found 2 times"),
        ({"ids": [f"c{i}" for i in range(39)]}, "found 40 captions of 39 clips"),
        ({"captions": ["run"] * 40}, "'clip_000' and 'clip_001' have the caption 'run' but different embeddings"),
        ({"clips": 1}, r"found 1 clip\(s\), expected at least 2"),
        ({"motion": None}, "lacks motion"),
        ({"captions": None}, "lacks captions"),
    ],
)
def test_bad_embeddings_are_one_clear_error(write_embeddings, scored, tmp_path, replaced, message):
    path = write_embeddings(**replaced)
    with pytest.raises(ValueError, match=message) as error:
        scored(path)
    assert str(path) in str(error.value)
    assert not (tmp_path / "scores.csv").exists()

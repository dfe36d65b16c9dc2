import csv
import logging

import numpy as np
import pytest
import torch

from lavimo.__main__ import main
from lavimo.config import EvaluateOptions
from lavimo.evaluate.embeddings import read_embeddings
from lavimo.evaluate.evaluate import Origin, evaluate
from lavimo.shards import write_shard

COLUMNS = "run,source,split,protocol,direction,gallery,R1,R2,R3,R5,R10,MedR"


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
    assert text.startswith(
        COLUMNS + ",cut,ties,subset,seed,family,benchmark,MRR,MedR_over_N,R1_low,R1_high,R1_deviation,"
    )
    cuts = {"threshold_0.90": "0.90", "threshold_0.80": "0.80", "threshold_0.60": "0.60"}
    protocols = ["all", *cuts, "same_caption", "dissimilar", "small_batches", "small_batches_20_seeds"]
    directions = ["t2m", "m2t", "v2m", "m2v", "t2v", "v2t"]
    assert set(rows) == {(p, d) for p in protocols for d in directions}
    assert [rows[p, "t2m"]["gallery"] for p in protocols] == [*["40"] * 5, "20", "32", "32"]
    assert all(row["cut"] == cuts.get(protocol, "") for (protocol, _), row in rows.items())
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


def test_tie_rules_bound_each_other(write_embeddings, scored):
    motions = np.random.default_rng(0).normal(size=(20, 16)).astype(np.float32)[np.arange(40) // 2]
    path = write_embeddings(motion=motions)
    best, average, worst = (scored(path, ties=ties)[1] for ties in ("optimistic", "average", "pessimistic"))
    for key, row in average.items():
        assert float(best[key]["MedR"]) <= float(row["MedR"]) <= float(worst[key]["MedR"])
        assert float(best[key]["MRR"]) >= float(row["MRR"]) >= float(worst[key]["MRR"])
    assert float(best["all", "t2m"]["MedR"]) + 1 == float(worst["all", "t2m"]["MedR"]), "every motion is there twice"


def test_intervals_hold_the_score_and_can_be_left_out(write_embeddings, scored):
    _, rows = scored(write_embeddings(), bootstrap_samples=200)
    for (protocol, _), row in rows.items():
        if protocol.endswith("seeds"):
            assert row["R1_low"] == ""
            assert float(row["R1_deviation"]) > 0
        else:
            assert float(row["R10_low"]) <= float(row["R10"]) <= float(row["R10_high"])
            assert row["R10_deviation"] == ""
    _, rows = scored(write_embeddings(), bootstrap_samples=0)
    assert {row["R1_low"] for row in rows.values()} == {""}


def test_medr_over_n_and_the_seed_stand_in_every_row(write_embeddings, tmp_path):
    origin = Origin("lavimo-3b", "demo", seed="7", family="lavimo-3")
    evaluate(write_embeddings(), tmp_path / "scores.csv", origin, EvaluateOptions())
    for row in csv.DictReader((tmp_path / "scores.csv").open()):
        assert float(row["MedR_over_N"]) == pytest.approx(float(row["MedR"]) / int(row["gallery"]), abs=1e-6)
        assert (row["run"], row["seed"], row["family"]) == ("lavimo-3b", "7", "lavimo-3")


def test_random_galleries_and_originals_are_scored_too(write_embeddings, scored, caplog):
    ids = [f"M{i:06}" if i % 4 == 0 else f"{i:06}" for i in range(40)]
    path = write_embeddings(ids=ids)
    listed = path.with_suffix(".txt")
    listed.write_text("\n".join(ids))
    text, random = scored(path, subset="random_25", galleries=[25, 4096], dissimilar_list=listed)
    keys = [
        tuple(row[key] for key in ("protocol", "direction", "ties", "subset"))
        for row in csv.DictReader(text.splitlines())
    ]
    assert len(set(keys)) == len(keys), "no two rows that nothing tells apart"
    assert {protocol for protocol, _ in random} == {
        "all", "threshold_0.90", "threshold_0.80", "threshold_0.60", "same_caption",
    }  # fmt: skip
    assert {row["gallery"] for row in random.values()} == {"25"}
    assert "a gallery of 4096 is left out, the split has 40 clips" in caplog.text
    _, originals = scored(path, subset="unmirrored")
    keep = [i for i in range(40) if i % 4]
    texts, motions = unsorted(path, ids)
    expected = naive_scores(texts[keep], motions[keep])
    assert [originals["all", "t2m"][name] for name in COLUMNS.split(",")[6:]] == expected
    assert originals["dissimilar", "t2m"]["gallery"] == "15"


def unsorted(path, ids):
    """Texts and motions in the order that they were written in."""
    found = read_embeddings(path)
    order = [found.ids.index(clip) for clip in ids]
    return found.of["text"][order], found.of["motion"][order]


def test_a_published_list_of_dissimilar_clips_is_scored_as_it_is(write_embeddings, scored, tmp_path, caplog):
    path = write_embeddings()
    found = read_embeddings(path)
    listed = tmp_path / "list.txt"
    listed.write_text("".join(f"clip_{i:03}\n" for i in range(0, 40, 3)) + "elsewhere\n")
    _, rows = scored(path, subset="listed", dissimilar_list=listed)
    assert set(rows) == {("dissimilar", d) for d in ("t2m", "m2t", "v2m", "m2v", "t2v", "v2t")}
    expected = naive_scores(found.of["text"][::3], found.of["motion"][::3])
    assert [rows["dissimilar", "t2m"][name] for name in COLUMNS.split(",")[6:]] == expected
    assert "dissimilar, listed: a gallery of 14 instead of 15" in caplog.text
    listed.write_text("elsewhere\n")
    with pytest.raises(ValueError, match=r"list\.txt: 0 of its clips in the split"):
        scored(path, dissimilar_list=listed)


def test_anyones_npz_scores_as_our_own_format(write_embeddings, scored):
    path = write_embeddings()
    found = read_embeddings(path)
    arrays = {"ids": found.ids, "captions": found.captions, "caption_embeddings": found.captions_NC, **found.of}
    np.savez(path.with_suffix(".npz"), **arrays)
    assert scored(path.with_suffix(".npz"))[0] == scored(path)[0]


def test_without_caption_embeddings_two_protocols_are_left_out_and_said(write_embeddings, scored, caplog):
    _, rows = scored(write_embeddings(caption_embeddings=None))
    assert {p for p, _ in rows} == {"all", "same_caption", "small_batches", "small_batches_20_seeds"}
    assert "no caption_embeddings: protocols threshold and dissimilar" in caplog.text


def test_without_captions_one_protocol_is_left_out_and_said(write_embeddings, scored, caplog):
    _, rows = scored(write_embeddings(captions=None))
    assert "same_caption" not in {p for p, _ in rows}
    assert {"all", "threshold_0.90", "dissimilar"} <= {p for p, _ in rows}
    assert "no captions: protocol same_caption" in caplog.text


def test_anyone_can_score_a_file_by_one_command(write_embeddings, capsys):
    path = write_embeddings("theirs")
    assert main(["evaluate", "--embeddings", str(path), "--options", '{"evaluate": {"bootstrap_samples": 0}}']) == 0
    assert "| text → motion" in capsys.readouterr().out
    rows = list(csv.DictReader(path.with_name("theirs.scores.csv").open()))
    assert {row["run"] for row in rows} == {"theirs"}
    assert len(rows) == 8 * 6 * 3


def test_numbers_that_numpy_does_not_know_are_one_clear_error(tmp_path, scored):
    from safetensors.torch import save_file

    arrays = {name: torch.ones(3, 4, dtype=torch.bfloat16) for name in ("text", "motion")}
    path = tmp_path / "embeddings.safetensors"
    save_file(arrays, path, metadata={"json": '{"ids": ["a", "b", "c"]}'})
    with pytest.raises(ValueError, match=r"embeddings\.safetensors: cannot be read as arrays of numpy.*float32"):
        scored(path)


def test_a_bad_npz_is_one_clear_error(tmp_path, scored):
    path = tmp_path / "embeddings.npz"
    path.write_bytes(b"PK nothing")
    with pytest.raises(ValueError, match=r"embeddings\.npz: cannot be read as arrays"):
        scored(path)
    np.savez(path, ids=np.array(["a", 1], dtype=object))
    with pytest.raises(ValueError, match=r"cannot be read as arrays.*pickle"):
        scored(path)
    np.savez(path, ids=["a", "b"], text=np.eye(2))
    with pytest.raises(ValueError, match="lacks motion"):
        scored(path)


def bad(value, clips=40):
    array = np.ones((clips, 16), np.float32)
    array[7] = value
    return array


@pytest.mark.parametrize(
    ("replaced", "message"),
    [
        ({"motion": bad(np.nan)}, "motion: found NaN or infinite values in 1 clip.*'clip_007'"),
        ({"video": bad(np.inf)}, "video: found NaN or infinite values in 1 clip.*'clip_007'"),
        ({"motion": bad(1).astype(np.int32)}, "motion: found values of type int32, expected floating point"),
        ({"motion": bad(0)}, "motion: found a zero vector.*'clip_007'"),
        ({"caption_embeddings": bad(0)}, "caption_embeddings: found a zero vector"),
        ({"motion": bad(1, clips=39)}, r"motion: found shape \(39, 16\), expected one row for each of 40 clips"),
        ({"video": np.ones((40, 8), np.float32)}, "different widths .*'video': 8"),
        ({"ids": ["same"] * 2 + [f"c{i}" for i in range(38)]}, "clip 'same': found 2 times"),
        ({"ids": [f"c{i}" for i in range(39)]}, "found 40 captions of 39 clips"),
        ({"captions": ["run"] * 40}, "'clip_000' and 'clip_001' have the caption 'run' but different embeddings"),
        ({"clips": 1}, r"found 1 clip\(s\), expected at least 2"),
        ({"motion": None}, "lacks motion"),
        ({"ids": None}, "lacks ids"),
        ({"ids": "abc"}, r"ids: found shape \(\), expected one for each clip"),
    ],
)
def test_bad_embeddings_are_one_clear_error(write_embeddings, scored, tmp_path, replaced, message):
    path = write_embeddings(**replaced)
    with pytest.raises(ValueError, match=message) as error:
        scored(path)
    assert str(path) in str(error.value)
    assert not (tmp_path / "scores.csv").exists()

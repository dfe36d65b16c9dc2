"""Splits: by recording, deterministic, in the published shares; leaks are seen."""

import pytest

from lavimo.clips import Clip
from lavimo.motion.splits import leaking, leaks, read_splits, split_of


def test_own_data_is_split_in_the_published_shares():
    splits = [split_of(f"recording {number}") for number in range(20_000)]
    for split, share in (("train", 0.80), ("val", 0.05), ("test", 0.15)):
        assert splits.count(split) / len(splits) == pytest.approx(share, abs=0.01)
    # A pure function of the name: these must never change, or old results stop being comparable.
    assert [split_of(name) for name in ("a", "b", "07", "walk_01")] == ["train", "train", "test", "train"]


def test_leaks_are_recordings_on_both_sides():
    clips = [
        Clip("a", "train", ("x",), recording="one"),
        Clip("b", "test", ("x",), recording="one"),
        Clip("c", "test", ("x",), recording="two"),
        Clip("d", "test", ("x",)),
        Clip("e", "train", ("x",)),
    ]
    assert leaks(clips) == {"one": {"train": ["a"], "test": ["b"]}}
    assert leaking(clips, "test") == {"b"}
    assert leaking(clips, "val") == set()


def test_every_fault_of_the_split_files_is_named(tmp_path):
    (tmp_path / "train.txt").write_text("1\n2\n2\n")
    (tmp_path / "test.txt").write_text("1\n")
    with pytest.raises(ValueError, match=r"'2' stands in train\.txt and train") as caught:
        read_splits(tmp_path)
    assert "val.txt: cannot be read" in str(caught.value)
    assert "'1' stands in train.txt and test.txt" in str(caught.value)
    (tmp_path / "train.txt").write_text("2\n")
    (tmp_path / "val.txt").write_text("")
    assert read_splits(tmp_path) == {"train": ["2"], "val": [], "test": ["1"]}


def test_what_windows_editors_put_before_a_file_is_no_id(tmp_path):
    for split, name in (("train", "000001"), ("val", "000002"), ("test", "000003")):
        (tmp_path / f"{split}.txt").write_text(f"{name}\n", encoding="utf-8-sig")
    assert read_splits(tmp_path) == {"train": ["000001"], "val": ["000002"], "test": ["000003"]}

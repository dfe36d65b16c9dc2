"""Splits: by recording, deterministic, in the published shares; leaks are seen."""

import pytest

from lavimo.clips import Clip
from lavimo.sources.splits import check_counts, is_filmed, leaking, leaks, read_splits, splits_of, splits_of_fold


def test_own_data_is_split_in_the_published_shares():
    splits = [*splits_of(f"recording {number}" for number in range(20_000)).values()]
    for split, share in (("train", 0.80), ("val", 0.05), ("test", 0.15)):
        assert splits.count(split) / len(splits) == pytest.approx(share, abs=0.01)
    # A pure function of the name: these must never change, or old results stop being comparable.
    large = splits_of(["a", "b", "07", "walk_01", *map(str, range(1000))])
    assert [large[name] for name in ("a", "b", "07", "walk_01")] == ["train", "train", "test", "train"]


@pytest.mark.parametrize("clips", range(5, 30))
def test_small_sets_can_be_trained_chosen_and_tested(clips):
    """With consecutive names most of them had a split without a clip."""
    splits = splits_of(f"walk_{number:02d}" for number in range(clips))
    check_counts([Clip(name, split, ("walks",)) for name, split in splits.items()], ("train", "val", "test"))


def test_a_recording_stays_whole_in_a_small_set():
    splits = splits_of(["one"] * 3 + ["two"] * 2 + ["three", "four"])
    assert set(splits) == {"one", "two", "three", "four"}
    assert set(splits.values()) == {"train", "val", "test"}


SUBJECTS = [subject for subject, trials in enumerate((33, 26, 22, 22, 20, 14, 12, 12, 11, 10, 8, 6, 3, 3, 2, 2, 1, 1))
            for _ in range(trials)]  # fmt: skip
"""Of recordings as unequal as people's are, the names of each one's clips."""


@pytest.mark.parametrize("count", [2, 3, 5])
def test_every_recording_is_tested_in_one_fold_and_folds_are_alike(count):
    names = [f"subject {number:02}" for number in SUBJECTS]
    folds = [splits_of_fold(names, count, fold) for fold in range(1, count + 1)]
    assert folds == [splits_of_fold(reversed(names), count, fold) for fold in range(1, count + 1)]
    for recording in set(names):
        assert [splits[recording] for splits in folds].count("test") == 1
    for splits in folds:
        clips = {split: sum(splits[name] == split for name in names) for split in ("train", "val", "test")}
        assert clips["test"] == pytest.approx(len(names) / count, abs=5)
        assert 1 <= clips["val"] <= 0.1 * (len(names) - clips["test"]) + 1
        check_counts([Clip(f"{i}", splits[name], ("x",)) for i, name in enumerate(names)], ("train", "val", "test"))


def test_folds_of_large_recordings_have_a_validation_split_too():
    splits = splits_of_fold([name for name in "abcdef" for _ in range(20)], 3, 2)
    assert sorted(splits.values()) == ["test", "test", "train", "train", "train", "val"]


def test_more_folds_than_recordings_are_refused():
    with pytest.raises(
        ValueError, match=r"source.folds: found 2 recording\(s\) for 3 folds, expected at least one each"
    ):
        splits_of_fold(["a", "a", "b"], 3, 1)


def test_what_training_or_evaluation_would_refuse_is_refused_before_any_work():
    clips = [Clip(f"{split}{i}", split, ("walks",)) for split in ("train", "test") for i in range(2)]
    with pytest.raises(
        ValueError, match=r"found 2 of train, 0 of val, 2 of test, .* set source.required_splits: \[train, test\]"
    ):
        check_counts(clips, ("train", "val", "test"))
    check_counts(clips, ("train", "test"))
    with pytest.raises(ValueError, match="found 2 of train, 0 of val, 1 of test"):
        check_counts(clips[:-1], ("train", "test"))


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


def test_a_share_of_the_clips_is_filmed_by_name_alone():
    names = [f"clip {number}" for number in range(5000)]
    filmed = {name for name in names if is_filmed(name, 0.2)}
    assert len(filmed) / len(names) == pytest.approx(0.2, abs=0.02)
    assert filmed < {name for name in names if is_filmed(name, 0.3)}, "a larger share keeps what was filmed"
    assert all(is_filmed(name, 1.0) for name in names)

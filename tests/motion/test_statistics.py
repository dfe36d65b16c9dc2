"""The train split's mean and deviation, as stored with the data and in the model; released ones; what is wrong."""

import numpy as np
import pytest

from lavimo.clips import Clip, write_clips
from lavimo.motion.statistics import MIN_STD, grouped, measure, read_statistics, released_statistics, statistics_of
from lavimo.shards import Shard, write_shard


def test_only_the_train_split_counts(tmp_path):
    generator = np.random.default_rng(0)
    motions = {name: generator.normal(3, 2, (length, 5)).astype(np.float32) for name, length in zip("abc", (7, 1, 30))}
    motions["a"][:, 4] = motions["c"][:, 4] = 2.5
    write_clips(tmp_path / "c.csv", [Clip("a", "train", ("x",)), Clip("b", "test", ("x",)), Clip("c", "train", ("x",))])
    write_shard(tmp_path / "1", {name: motions[name] for name in "ab"})
    write_shard(tmp_path / "2", {"c": motions["c"]})
    measure(tmp_path / "c.csv", [tmp_path / "1", tmp_path / "2"], tmp_path / "s")
    frames_TF = np.concatenate([motions["a"], motions["c"]])
    shard = Shard(tmp_path / "s")
    np.testing.assert_allclose(shard["mean"], frames_TF.mean(0), rtol=1e-5)
    np.testing.assert_allclose(shard["std"][:4], frames_TF.std(0)[:4], rtol=1e-5)
    assert shard["std"][4] == np.float32(MIN_STD)
    assert shard.metadata["clips"] == 2


def test_no_train_clip_is_named(tmp_path):
    write_clips(tmp_path / "c.csv", [Clip("b", "test", ("x",))])
    write_shard(tmp_path / "1", {"b": np.zeros((2, 5), np.float32)})
    with pytest.raises(ValueError, match="no clip of the train split"):
        measure(tmp_path / "c.csv", [tmp_path / "1"], tmp_path / "s")


def test_released_ones_are_imported_as_they_are(tmp_path):
    mean_F, std_F = statistics_of([np.random.default_rng(1).normal(0, 1, (9, 6))])
    std_F[2] = 0
    np.save(tmp_path / "Mean.npy", mean_F)
    np.save(tmp_path / "Std.npy", std_F)
    found = released_statistics(tmp_path / "Mean.npy", tmp_path / "Std.npy", 6)
    np.testing.assert_array_equal(found[0], mean_F)
    np.testing.assert_array_equal(np.delete(found[1], 2), np.delete(std_F, 2))
    assert found[1][2] == np.float32(MIN_STD)
    with pytest.raises(ValueError, match=r"Mean\.npy: found shape \(6,\), expected \(263,\)"):
        released_statistics(tmp_path / "Mean.npy", tmp_path / "Std.npy", 263)
    np.save(tmp_path / "Mean.npy", -np.ones(6))
    with pytest.raises(ValueError, match="swapped"):
        released_statistics(tmp_path / "Std.npy", tmp_path / "Mean.npy", 6)


def test_statistics_of_another_width_are_refused(tmp_path):
    """Training must not normalise with what an earlier run of other features left behind."""
    path = tmp_path / "statistics.safetensors"
    write_shard(path, {"mean": np.zeros(251, np.float32), "std": np.ones(251, np.float32)})
    with pytest.raises(ValueError, match="found statistics of 251 features, expected mean and std of 263; run measure"):
        read_statistics(path, 263)
    write_shard(path, {"mean": np.zeros(263, np.float32)})
    with pytest.raises(ValueError, match="found no std, expected"):
        read_statistics(path, 263)


def test_deviations_by_group_are_their_means_as_in_the_published_file():
    mean_F, std_F = np.arange(263, dtype=np.float32), np.linspace(0.001, 3, 263, dtype=np.float32)
    same_F, grouped_F = grouped((mean_F, std_F))
    assert (same_F == mean_F).all()
    for start, end in ((0, 1), (1, 3), (3, 4), (4, 67), (67, 193), (193, 259), (259, 263)):
        np.testing.assert_allclose(grouped_F[start:end], std_F[start:end].mean(), rtol=1e-6)
    assert len(grouped((mean_F[:251], std_F[:251]))[1]) == 251
    assert (grouped((mean_F[:77], std_F[:77]))[1] == std_F[:77]).all(), "of no known layout: each its own"

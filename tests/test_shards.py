"""Shards are pure functions of names, and their files come back as they were written."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavimo.shards import Shard, clips_of_shards, parse_shard, shard_of, write_shard


@given(st.text(min_size=1), st.integers(1, 1000))
def test_a_shard_is_in_range(name, shards):
    assert 1 <= shard_of(name, shards) <= shards


def test_shards_are_what_they_always_were():
    """A changed rule would put every user's clips into other jobs."""
    assert [shard_of(name, 128) for name in ("000000", "M000000", "walk ü.1")] == [103, 3, 18]


@pytest.mark.parametrize("name", ["0-of-3", "4-of-3", "3", "a-of-b", "1-of-2-of-3"])
def test_a_malformed_shard_is_refused(name):
    with pytest.raises(ValueError, match="expected the form 3-of-128"):
        parse_shard(name)


def test_a_shard_comes_back(tmp_path):
    arrays = {"a.b/x": np.arange(6, dtype=np.float32).reshape(2, 3), "ü c": np.array([1], np.uint8)}
    write_shard(tmp_path / "1.safetensors", arrays, fps=20.0, names=["ü"])
    shard = Shard(tmp_path / "1.safetensors")
    assert shard.metadata == {"fps": 20.0, "names": ["ü"]}
    assert shard.clips == ["a.b", "ü c"]
    for name, array in arrays.items():
        np.testing.assert_array_equal(shard[name], array)
    write_shard(tmp_path / "2.safetensors", {"a": np.zeros(1)})
    assert list(clips_of_shards([tmp_path / "2.safetensors", tmp_path / "1.safetensors"])) == ["a", "a.b", "ü c"]


def test_the_same_content_is_the_same_bytes(tmp_path):
    one, two = {"a": np.ones(2), "b": np.zeros(3)}, {"b": np.zeros(3), "a": np.ones(2)}
    write_shard(tmp_path / "1", one, x=1, y=2)
    write_shard(tmp_path / "2", two, y=2, x=1)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_an_empty_shard_is_a_shard(tmp_path):
    write_shard(tmp_path / "empty", {})
    assert Shard(tmp_path / "empty").clips == []


def test_a_truncated_shard_is_refused(tmp_path):
    write_shard(tmp_path / "s", {"a": np.zeros(1000)})
    (tmp_path / "s").write_bytes((tmp_path / "s").read_bytes()[:-10])
    with pytest.raises(ValueError, match=r"cannot be read as a shard.*delete it and run again"):
        Shard(tmp_path / "s")


def test_a_missing_shard_is_refused(tmp_path):
    with pytest.raises(ValueError, match="cannot be read as a shard"):
        Shard(tmp_path / "none")

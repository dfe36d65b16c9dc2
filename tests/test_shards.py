"""Shards are pure functions of names, and their files come back as they were written."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save

from lavimo.shards import CODES, METADATA, Shard, Streamed, clips_of_shards, parse_shard, shard_of, write_shard


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


def test_a_clip_of_two_shards_is_named(tmp_path):
    for name in ("1", "2"):
        write_shard(tmp_path / name, {"walk/x": np.zeros(1)})
    with pytest.raises(ValueError, match=r"clip 'walk': found in .*1 and in .*2, expected in one"):
        clips_of_shards([tmp_path / "1", tmp_path / "2"])


def test_the_same_content_is_the_same_bytes(tmp_path):
    one, two = {"a": np.ones(2), "b": np.zeros(3)}, {"b": np.zeros(3), "a": np.ones(2)}
    write_shard(tmp_path / "1", one, x=1, y=2)
    write_shard(tmp_path / "2", two, y=2, x=1)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_the_name_that_the_format_keeps_is_refused(tmp_path):
    with pytest.raises(ValueError, match="clip '__metadata__': safetensors keeps this name"):
        write_shard(tmp_path / "s", {METADATA: np.zeros(1)})


names = st.text(min_size=1).filter(lambda name: name != METADATA)


@given(st.dictionaries(names, st.tuples(st.sampled_from([*CODES]), st.integers(0, 3)), max_size=6))
def test_the_bytes_are_those_of_safetensors_own_writer(drawn):
    arrays = {name: np.ones((length, 2), kind) for name, (kind, length) in drawn.items()}
    with TemporaryDirectory() as folder:
        write_shard(Path(folder) / "s", arrays, a="ü")
        told = {"json": json.dumps({"a": "ü"})}
        assert (Path(folder) / "s").read_bytes() == save(arrays, metadata=told)


def test_a_streamed_array_is_an_array(tmp_path):
    rows_53 = np.arange(15, dtype=np.float32).reshape(5, 3)
    pieces = (rows_53[at : at + 2] for at in (0, 2, 4))
    write_shard(tmp_path / "s", {"b": np.ones(3), "a": Streamed((5, 3), pieces)})
    shard = Shard(tmp_path / "s")
    np.testing.assert_array_equal(shard["a"], rows_53)
    np.testing.assert_array_equal(shard.rows("a")[1:3], rows_53[1:3])
    np.testing.assert_array_equal(shard["b"], np.ones(3))


def test_a_streamed_array_that_ends_early_leaves_no_file(tmp_path):
    with pytest.raises(AssertionError, match="do not fill"):
        write_shard(tmp_path / "s", {"a": Streamed((5, 3), [np.ones((4, 3), np.float32)])})
    assert not list(tmp_path.iterdir())


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

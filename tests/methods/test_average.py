"""Stage average: the mean of what runs say."""

import numpy as np
import pytest

from lavimo.evaluate.embeddings import read_embeddings
from lavimo.methods.average import average
from lavimo.shards import write_shard

CLIPS = 9


def write(path, seed, modalities=("text", "motion", "video"), ids=None, **more):
    rng = np.random.default_rng(seed)
    arrays = {name: rng.normal(size=(CLIPS, 5)).astype(np.float32) for name in modalities}
    arrays |= {"caption_embeddings": np.eye(CLIPS, dtype=np.float32)}
    ids = ids or [f"clip {n}" for n in range(CLIPS)]
    write_shard(path, arrays | more, ids=ids, captions=[f"does {n}" for n in range(CLIPS)], split="test")
    return path


def test_it_is_the_mean_of_the_similarities_in_common_directions(tmp_path):
    one, two = write(tmp_path / "one", 0), write(tmp_path / "two", 1, ("text", "motion"))
    three = write(tmp_path / "three", 2, similarity_v2m=np.random.default_rng(3).normal(size=(CLIPS, CLIPS)))
    average([one, three], tmp_path / "both")
    found, first, other = (read_embeddings(tmp_path / name) for name in ("both", "one", "three"))
    assert set(found.directions) == {"t2m", "m2t", "v2m", "m2v", "t2v", "v2t"}
    for direction in found.directions:
        expected = (first.similarity(direction) + other.similarity(direction)) / 2
        np.testing.assert_allclose(found.similarity(direction), expected)
    np.testing.assert_array_equal(found.captions_NC, first.captions_NC)
    average([one, two], tmp_path / "texts")
    assert set(read_embeddings(tmp_path / "texts").directions) == {"t2m", "m2t"}


def test_what_cannot_be_averaged_is_named(tmp_path):
    one = write(tmp_path / "one", 0)
    with pytest.raises(ValueError, match=r"found 1 run\(s\), expected at least two"):
        average([one], tmp_path / "x")
    other = write(tmp_path / "other", 0, ids=[f"other {n}" for n in range(CLIPS)])
    with pytest.raises(ValueError, match="other: found other clips or captions than in"):
        average([one, other], tmp_path / "x")
    pairs = write(tmp_path / "pairs", 0, (), similarity_v2m=np.eye(CLIPS))
    texts = write(tmp_path / "texts", 0, ("text", "motion"))
    with pytest.raises(ValueError, match="found no direction that all of"):
        average([pairs, texts], tmp_path / "x")

"""Similarities of pairs instead of vectors: what counts, and what is refused."""

import numpy as np
import pytest

from lavimo.evaluate.embeddings import read_embeddings
from lavimo.shards import write_shard


def test_similarities_of_pairs_count_instead_of_vectors(write_embeddings, scored):
    """Those of a direction; the others go by the vectors. Of pairs alone there are scores of their directions only."""
    path = write_embeddings()
    found = read_embeddings(path)
    similarity_NN = np.random.default_rng(5).normal(size=(40, 40))
    about = {"ids": list(found.ids), "captions": list(found.captions), "split": "test"}
    whole, alone = path.with_name("pairs.safetensors"), path.with_name("alone.safetensors")
    captions = {"caption_embeddings": found.captions_NC}
    write_shard(whole, {**found.of, **captions, "similarity_v2m": similarity_NN}, **about)
    write_shard(alone, {**captions, "similarity_v2m": similarity_NN, "similarity_m2v": similarity_NN.T}, **about)
    rank_N = (similarity_NN > similarity_NN.diagonal()[:, None]).sum(1)
    before, after, pairs = (scored(one)[1] for one in (path, whole, alone))
    assert float(after["all", "v2m"]["R1"]) == pytest.approx(100 * (rank_N < 1).mean())
    assert float(pairs["all", "v2m"]["MedR"]) == pytest.approx(1 + np.median(rank_N))
    for direction in ("t2m", "m2t", "m2v", "t2v", "v2t"):
        assert after["all", direction]["R10"] == before["all", direction]["R10"]
    assert {direction for _, direction in pairs} == {"v2m", "m2v"}
    part = read_embeddings(alone).subset([1, 3])
    np.testing.assert_array_equal(part.similarity("v2m"), similarity_NN[np.ix_([1, 3], [1, 3])])


@pytest.mark.parametrize(
    ("name", "matrix", "message"),
    [
        ("v2m", np.zeros((40, 39)), r"similarity_v2m: found shape \(40, 39\), expected \(40, 40\)"),
        ("v2m", np.full((40, 40), np.nan), "similarity_v2m: found NaN or infinite values"),
    ],
)
def test_similarities_that_cannot_be_are_named(write_embeddings, name, matrix, message):
    path = write_embeddings()
    found = read_embeddings(path)
    about = {"ids": list(found.ids), "captions": list(found.captions), "split": "test"}
    write_shard(path, {**found.of, f"similarity_{name}": matrix}, **about)
    with pytest.raises(ValueError, match=message):
        read_embeddings(path)

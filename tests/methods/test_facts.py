"""Stage facts: words find motions by their geometry, alone and beside a run's cosines."""

import numpy as np
import pytest

from lavimo.clips import Clip, write_clips
from lavimo.config import DemoOptions, EmbedOptions, FactsOptions
from lavimo.demo import catalogue, load
from lavimo.describe.describe import describe
from lavimo.describe.words.words import captions
from lavimo.evaluate.embeddings import read_embeddings
from lavimo.methods.facts import facts
from lavimo.motion.motion import write_motions
from lavimo.shards import write_shard
from lavimo.text.texts import write_texts

CLIPS = 12
UNKNOWN = "somebody pontificates"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder of motions: the first has words that facts do not know, the others what facts say of them."""
    folder = tmp_path_factory.mktemp("facts")
    chosen = catalogue(DemoOptions())[:: 300 // CLIPS][:CLIPS]
    motions = {clip.id: load(clip.id, DemoOptions()) for clip in chosen}
    rng = np.random.default_rng(0)
    told = [captions(describe(motion), rng, 1)[0] for motion in motions.values()]
    clips = [Clip(name, "test", (words,)) for name, words in zip(motions, [UNKNOWN, *told[1:]])]
    write_clips(folder / "clips.csv", clips)
    sentences = rng.normal(size=(CLIPS, 8)).astype(np.float32)
    tokens = [rng.normal(size=(3, 4)).astype(np.float32) for _ in clips]
    distinct = list(dict.fromkeys(clip.captions[0] for clip in clips))
    write_texts(folder / "texts", distinct, [*map(len, tokens)][: len(distinct)], zip(sentences, tokens), model="test")
    write_motions(folder / "motions", motions)
    return folder


def run(data, out, first=None, split="test"):
    facts(data / "clips.csv", data / "texts", [data / "motions"], out, FactsOptions(), EmbedOptions(split=split), first)
    return read_embeddings(out)


def vectors(data, path, dim=16):
    """Embeddings of a run that knows little."""
    alone = run(data, path)
    rng = np.random.default_rng(1)
    by_caption = {caption: rng.normal(size=dim).astype(np.float32) for caption in alone.captions}
    arrays = {
        "text": np.stack([by_caption[caption] for caption in alone.captions]),
        "motion": rng.normal(size=(CLIPS, dim)).astype(np.float32),
    }
    write_shard(path, arrays, ids=list(alone.ids), captions=list(alone.captions), split="test")
    return read_embeddings(path)


def test_words_find_the_motions_of_which_they_are_true(data, tmp_path):
    found = run(data, tmp_path / "embeddings")
    assert set(found.directions) == {"t2m"}
    similarity_NN = found.similarity("t2m")
    own_N = np.diagonal(similarity_NN)
    known_N = np.array([caption != UNKNOWN for caption in found.captions])
    assert (own_N[known_N, None] >= similarity_NN[known_N]).mean() > 0.9
    assert (own_N[known_N] > similarity_NN[known_N].mean(1)).mean() > 0.9
    np.testing.assert_array_equal(similarity_NN[~known_N], 0)


def test_beside_a_run_they_are_added_to_its_cosines(data, tmp_path):
    alone, before = run(data, tmp_path / "alone"), vectors(data, tmp_path / "first")
    after = run(data, tmp_path / "both", tmp_path / "first")
    assert set(after.directions) == {"t2m", "m2t"}
    np.testing.assert_allclose(after.similarity("t2m"), alone.similarity("t2m") + before.similarity("t2m"), atol=1e-6)
    np.testing.assert_array_equal(after.similarity("m2t"), before.similarity("m2t"))


def test_other_clips_and_an_empty_split_are_refused(data, tmp_path):
    vectors(data, tmp_path / "first")
    shorter = read_embeddings(tmp_path / "first").subset([0, 1, 2])
    write_shard(tmp_path / "few", shorter.of, ids=list(shorter.ids), captions=list(shorter.captions), split="test")
    with pytest.raises(ValueError, match=r"few: found 3 clips .* expected the split's, with t2m"):
        run(data, tmp_path / "out", tmp_path / "few")
    with pytest.raises(ValueError, match="found no clip of the split 'val' that has a motion"):
        run(data, tmp_path / "out", split="val")

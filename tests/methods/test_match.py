"""Stage match: similarities of videos and motions, alone and as the second step of another run."""

import numpy as np
import pytest

from lavimo.clips import Clip, write_clips
from lavimo.config import DemoOptions, EmbedOptions, EvaluateOptions, MatchOptions, ProjectionOptions
from lavimo.demo import catalogue, load
from lavimo.evaluate.embeddings import read_embeddings
from lavimo.evaluate.evaluate import Origin, evaluate
from lavimo.landmarks.projection import projected
from lavimo.methods.match import match, reordered
from lavimo.motion.motion import write_motions
from lavimo.shards import write_shard
from lavimo.text.texts import write_texts

CLIPS = 12


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder of clips, captions, motions, and landmarks of videos that nobody made."""
    folder = tmp_path_factory.mktemp("match")
    chosen = catalogue(DemoOptions())[:: 300 // CLIPS][:CLIPS]
    motions = {clip.id: load(clip.id, DemoOptions()) for clip in chosen}
    clips = [Clip(name, "test", (f"somebody does {name}",)) for name in motions]
    write_clips(folder / "clips.csv", clips)
    rng = np.random.default_rng(0)
    sentences = rng.normal(size=(CLIPS, 8)).astype(np.float32)
    tokens = [rng.normal(size=(3, 4)).astype(np.float32) for _ in clips]
    captions = [clip.captions[0] for clip in clips]
    write_texts(folder / "texts", captions, [*map(len, tokens)], zip(sentences, tokens), model="test")
    write_motions(folder / "motions", motions)
    options = ProjectionOptions(crop=0.02, tempo=1.02)
    seen = {name: projected(motion, rng, options) for name, motion in motions.items()}
    arrays = {f"{name}/{field}": array for name, one in seen.items() for field, array in one.arrays().items()}
    write_shard(folder / "landmarks", arrays, fps=10.0)
    return folder


def run(data, out, first=None, options=None, **changed):
    files = {name: [data / name] for name in ("landmarks", "motions")} | changed
    where = (data / "clips.csv", data / "texts", files["landmarks"], files["motions"], out)
    match(*where, options or MatchOptions(), EmbedOptions(), first)
    return read_embeddings(out)


def test_videos_find_their_motions_and_motions_their_videos(data, tmp_path):
    found = run(data, tmp_path / "embeddings")
    assert set(found.directions) == {"v2m", "m2v"}
    similarity_NN = found.similarity("v2m")
    assert (similarity_NN.argmax(1) == np.arange(CLIPS)).mean() > 0.8
    np.testing.assert_array_equal(found.similarity("m2v"), similarity_NN.T)
    assert 0 < similarity_NN.min() < similarity_NN.max() <= 1
    rows = evaluate(tmp_path / "embeddings", tmp_path / "scores", Origin("match", "demo"), EvaluateOptions())
    assert {row.direction for row in rows} == {"v2m", "m2v"}
    first = next(row for row in rows if (row.direction, row.protocol) == ("v2m", "all"))
    assert first.metrics["R1"] == pytest.approx(100 * (similarity_NN.argmax(1) == np.arange(CLIPS)).mean())


def vectors(data, path, seed=0):
    """Embeddings of a run that knows little."""
    ids = run(data, path).ids
    rng = np.random.default_rng(seed)
    motion = rng.normal(size=(CLIPS, 16)).astype(np.float32)
    arrays = {
        "text": rng.normal(size=(CLIPS, 16)).astype(np.float32),
        "motion": motion,
        "video": motion + 1.5 * rng.normal(size=(CLIPS, 16)).astype(np.float32),
    }
    captions = [f"somebody does {name}" for name in ids]
    write_shard(path, arrays, ids=list(ids), captions=captions, split="test")
    return read_embeddings(path)


@pytest.mark.parametrize("candidates", [3, 50])
def test_the_best_of_a_run_are_ranked_again_and_the_others_stay(data, tmp_path, candidates):
    before = vectors(data, tmp_path / "first")
    alone = run(data, tmp_path / "alone")
    after = run(data, tmp_path / "again", tmp_path / "first", MatchOptions(candidates=candidates))
    assert set(after.directions) == set(before.directions)
    for direction in ("v2m", "m2v"):
        old, new, nearest = (one.similarity(direction) for one in (before, after, alone))
        order_old, order_new = np.argsort(-old, axis=1), np.argsort(-new, axis=1)
        count = min(candidates, CLIPS)
        for query in range(CLIPS):
            assert {*order_old[query, :count]} == {*order_new[query, :count]}
            assert order_old[query, count:].tolist() == order_new[query, count:].tolist()
            assert (np.diff(nearest[query, order_new[query, :count]]) <= 1e-6).all(), "by their match"
            np.testing.assert_allclose(np.sort(old[query]), np.sort(new[query]))
    np.testing.assert_array_equal(after.similarity("t2m"), before.similarity("t2m"))


def test_reordering_by_hand():
    similarity = np.array([[0.9, 0.8, 0.1, 0.5]])
    best, distance = np.array([[0, 1, 3]]), np.array([[3.0, 1.0, 2.0]], np.float32)
    assert reordered(similarity, best, distance).tolist() == [[0.5, 0.9, 0.1, 0.8]]


def test_what_is_missing_is_named(data, tmp_path):
    with pytest.raises(ValueError, match=r"found no landmarks of 12 clip\(s\), first .*; expected every shard's"):
        run(data, tmp_path / "x", landmarks=[])
    with pytest.raises(ValueError, match="found no clip of the split 'test' that has a motion"):
        run(data, tmp_path / "x", motions=[])
    run(data, tmp_path / "match")
    vectors = {name: np.ones((12, 4), np.float32) for name in ("text", "motion")}
    write_shard(tmp_path / "match", vectors, ids=[f"other {n}" for n in range(12)], captions=[], split="test")
    with pytest.raises(ValueError, match=r"match: found 12 clips in text, motion, expected the split's, with video"):
        run(data, tmp_path / "x", tmp_path / "match")

"""A share of the training clips' captions: the others' motions and videos train without words."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from synthetic import Files, inputs_of

from lavimo.clips import Clip, read_clips, write_clips
from lavimo.config import ModelOptions, TrainOptions
from lavimo.encode.build import build_encoders
from lavimo.encode.cached_videos import CachedFrames
from lavimo.encode.checkpoint import load_model
from lavimo.encode.samples import Samples
from lavimo.motion.statistics import read_statistics
from lavimo.text.texts import Texts, write_texts
from lavimo.train.batch import epoch_batches, is_captioned, make_batch, unrelated, words_of
from lavimo.train.train import train as train_it


def test_a_share_is_a_pure_function_of_the_name():
    names = [f"clip_{n}" for n in range(2000)]
    half = {name for name in names if is_captioned(name, 0.5)}
    assert 900 < len(half) < 1100
    assert half >= {name for name in names if is_captioned(name, 0.1)}
    assert all(is_captioned(name, 1.0) for name in names)
    assert not any(is_captioned(name, 0.0) for name in names)


def test_words_of_the_others_are_not_seen(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    options = TrainOptions(captioned=0.5)
    inputs = inputs_of(files, tmp_path / "statistics")
    samples = Samples(files.clips, files.texts, files.features, CachedFrames(files.frames))
    statistics = read_statistics(inputs.statistics, samples.feature_width)
    encoders = build_encoders(tiny_model, options, statistics, (samples.texts.token_width, 0), samples.token_features)
    names = samples.split("train")
    batch = make_batch(samples, names, encoders, 1, options)
    told = [name for name in names if is_captioned(name, 0.5)]
    assert 0 < len(told) < len(names)
    assert [names[row] for row in batch.rows["text"]] == told
    assert len(batch.rows["motion"]) == len(names)
    cosine = batch.sentences_BS @ batch.sentences_BS.T
    rows = torch.tensor([name not in told for name in names])
    assert (cosine[rows] - torch.eye(len(names))[rows]).abs().max() < 0.95, "nobody's words are like theirs"


def test_who_has_neither_words_nor_video_is_left_out():
    clips = [f"clip_{n}" for n in range(40)]
    told = {name for name in clips if is_captioned(name, 0.3)}
    filmed = {"clip_0", "clip_1", "clip_2"}
    batches = epoch_batches(clips, 1, TrainOptions(captioned=0.3), filmed)
    assert {name for batch in batches for name in batch} == told | filmed


def test_a_clip_without_words_has_a_direction_of_its_own():
    one, same, other = unrelated("a", 384), unrelated("a", 384), unrelated("b", 384)
    np.testing.assert_array_equal(one, same)
    assert abs(one @ other) < 0.3
    assert abs(np.linalg.norm(one) - 1) < 1e-6


def test_described_captions_stand_where_own_ones_are_not_used(
    files: Files, tmp_path: Path, tiny_model: ModelOptions
) -> None:
    clips = read_clips(files.clips)
    train = [name for name, clip in clips.items() if clip.split == "train"]
    write_clips(tmp_path / "described.csv", [Clip(name, "train", (f"it moves {name}",)) for name in train[:8]])
    told = sorted(f"it moves {name}" for name in train[:8])
    width, rng = Texts(files.texts).token_width, np.random.default_rng(0)
    encoded = [(rng.normal(size=24).astype("f4"), rng.normal(size=(3, width)).astype("f4")) for _ in told]
    write_texts(tmp_path / "described.safetensors", told, [3] * len(told), encoded, model="test")
    described = [tmp_path / "described.csv", tmp_path / "described.safetensors"]
    samples = Samples(files.clips, files.texts, files.features, None, described)
    options = TrainOptions(captioned=0.3, described=True)
    for name in train:
        own = is_captioned(name, 0.3)
        expected = clips[name].captions if own else (f"it moves {name}",) if name in train[:8] else ()
        assert words_of(samples, name, options) == expected
    plan = epoch_batches(train, 1, options, (), samples.described)
    assert {name for batch in plan for name in batch} == {n for n in train if words_of(samples, n, options)}
    model = tmp_path / "run" / "model.safetensors"
    inputs = replace(inputs_of(files, tmp_path / "statistics"), frames=[], described=described)
    two_modal = tiny_model.model_copy(update={"modalities": ("text", "motion")})
    train_it(
        inputs, model, model.with_name("log.jsonl"), TrainOptions(**{**options.model_dump(), "epochs": 1}), two_modal
    )
    assert "move" in load_model(model, "cpu")[1]["vocabulary"]


def test_texts_of_two_language_models_are_refused(files: Files, tmp_path: Path) -> None:
    write_texts(
        tmp_path / "other.safetensors", ["a"], [1], [(np.ones(24, "f4"), np.ones((1, 16), "f4"))], model="other"
    )
    with pytest.raises(ValueError, match=r"other\.safetensors: found texts of .*other.* expected those of .*test"):
        Texts(files.texts, tmp_path / "other.safetensors")

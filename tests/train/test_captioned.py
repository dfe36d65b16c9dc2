"""A share of the training clips' captions: the others' motions and videos train without words."""

from pathlib import Path

import numpy as np
import torch
from synthetic import Files, inputs_of

from lavimo.config import ModelOptions, TrainOptions
from lavimo.encode.build import build_encoders
from lavimo.encode.footage import FrameFootage
from lavimo.encode.samples import Samples
from lavimo.motion.statistics import read_statistics
from lavimo.train.batch import epoch_batches, is_captioned, make_batch, unlike


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
    samples = Samples(files.clips, files.texts, files.features, FrameFootage(files.frames))
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
    one, same, other = unlike("a", 384), unlike("a", 384), unlike("b", 384)
    np.testing.assert_array_equal(one, same)
    assert abs(one @ other) < 0.3
    assert abs(np.linalg.norm(one) - 1) < 1e-6

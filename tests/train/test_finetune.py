"""Tuning: training that begins with a trained model's encoders."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError
from synthetic import SHORT, Files, Synthetic, embed_to, losses, run

from lavimo.config import ModelOptions, TrainOptions
from lavimo.encode.retriever import Retriever
from lavimo.shards import Shard, write_shard

STILL = {"learning_rate": 1e-12, "weight_decay": 0.0, "warmup": 0.0}
"""Training that moves no weight."""


def tuned(trained: Path, **changes: object) -> TrainOptions:
    return SHORT.model_copy(update={"finetune_from": trained, **changes})


def test_it_begins_where_the_other_ended(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    first = run(files, tmp_path / "first", SHORT, tiny_model)
    still = run(files, tmp_path / "still", tuned(first, seed=5, **STILL), tiny_model)
    old, new = Shard(first), Shard(still)
    assert sorted(old.names) == sorted(new.names)
    for name in old.names:
        np.testing.assert_allclose(new[name], old[name], atol=1e-6, err_msg=name)
    goes_on = run(files, tmp_path / "goes_on", tuned(first), tiny_model)
    assert losses(goes_on)[0]["align_text_motion"] < losses(first)[0]["align_text_motion"]


@pytest.mark.parametrize("ema", [0.0, 0.5])
def test_a_share_of_the_old_weights_stays(files: Files, tmp_path: Path, tiny_model: ModelOptions, ema: float) -> None:
    first = run(files, tmp_path / "first", SHORT, tiny_model)
    whole = run(files, tmp_path / "whole", tuned(first, ema=ema), tiny_model).with_name("last.safetensors")
    half = run(files, tmp_path / "half", tuned(first, ema=ema, weight_interpolation=0.5), tiny_model)
    old, all_new, mean = Shard(first), Shard(whole), Shard(half.with_name("last.safetensors"))
    assert any(not np.array_equal(old[name], all_new[name]) for name in old.names)
    for name in old.names:
        np.testing.assert_allclose(mean[name], (old[name] + all_new[name]) / 2, rtol=1e-4, atol=1e-6, err_msg=name)
    assert np.isfinite(Shard(embed_to(files, half))["motion"]).all()


def test_motions_are_normalised_as_before(synthetic: Synthetic, tmp_path: Path, tiny_model: ModelOptions) -> None:
    files = synthetic.write(tmp_path / "files", shards=1)
    first = run(files, tmp_path / "first", SHORT, tiny_model)
    shard = Shard(files.features[0])
    louder = {name: 3 * shard[name] + 1 for name in shard.names}
    other = replace(files, features=[tmp_path / "louder.safetensors"])
    write_shard(other.features[0], louder, **shard.metadata)
    model = run(other, tmp_path / "second", tuned(first), tiny_model)
    np.testing.assert_array_equal(Shard(model)["motion.feature_mean_F"], Shard(first)["motion.feature_mean_F"])


def test_its_file_says_what_it_began_from(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    first = run(files, tmp_path / "first", SHORT, tiny_model)
    shard = Shard(first)
    named = {**shard.metadata, "source": {"name": "open", "licence": "MIT"}}
    write_shard(first, {name: shard[name] for name in shard.names}, **named)
    model = run(files, tmp_path / "second", tuned(first), tiny_model)
    assert Retriever(model).about["began_from"] == {"name": "open", "licence": "MIT"}
    assert '"licence": "MIT"' in Retriever(model).card()
    again = run(files, tmp_path / "third", tuned(model), tiny_model)
    assert Retriever(again).about["began_from"]["began_from"] == {"name": "open", "licence": "MIT"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"dim": 64}, r"a model of model.dim \d+, but this run has model.dim 64"),
        ({"modalities": ("text", "motion")}, "model.modalities"),
    ],
)
def test_another_model_is_refused(
    files: Files, tmp_path: Path, tiny_model: ModelOptions, changes: dict[str, object], says: str
) -> None:
    first = run(files, tmp_path / "first", SHORT, tiny_model)
    with pytest.raises(ValueError, match=says):
        run(files, tmp_path / "second", tuned(first), tiny_model.model_copy(update=changes))


def test_what_is_of_training_may_differ(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    first = run(files, tmp_path / "first", SHORT, tiny_model)
    other = tiny_model.model_copy(update={"dropout": 0.3, "temperature": "per_pair", "decoder_layers": 2})
    assert len(losses(run(files, tmp_path / "second", tuned(first), other))) == SHORT.epochs


def test_a_file_that_holds_no_model_is_refused(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    with pytest.raises(ValueError, match=r"finetune_from .*: not a model of this version"):
        run(files, tmp_path / "second", tuned(files.features[0]), tiny_model)


def test_another_language_model_is_refused(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    first = run(files, tmp_path / "first", SHORT, tiny_model)
    shard = Shard(first)
    write_shard(first, {name: shard[name] for name in shard.names}, **{**shard.metadata, "texts": "another"})
    with pytest.raises(ValueError, match="found a model of texts 'another', but this run has texts"):
        run(files, tmp_path / "second", tuned(first), tiny_model)


def test_no_model_is_refused(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    with pytest.raises(ValueError, match=r"nothing\.safetensors: cannot be read"):
        run(files, tmp_path / "second", tuned(tmp_path / "nothing.safetensors"), tiny_model)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"weight_interpolation": 0.5}, "weight_interpolation: found 0.5 without finetune_from"),
        ({"finetune_from": "a", "feature_mean": "m", "feature_std": "s"}, "finetune_from and feature_mean: found both"),
    ],
)
def test_options_that_contradict_each_other(options: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        TrainOptions.model_validate(options)

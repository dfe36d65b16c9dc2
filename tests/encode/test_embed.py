"""Stage `embed`, on the tiny data set."""

from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from synthetic import SHORT, Files, embed_to, inputs_of, run

from lavimo.config import ModelOptions, TrainOptions
from lavimo.encode.build import build_encoders
from lavimo.encode.checkpoint import load_model
from lavimo.encode.embed import by_tokens
from lavimo.encode.samples import Samples
from lavimo.evaluate.embeddings import read_embeddings
from lavimo.evaluate.evaluate import rank_queries
from lavimo.evaluate.protocols import Protocol, own_clip, whole
from lavimo.motion.statistics import read_statistics
from lavimo.shards import Shard, write_shard
from lavimo.text.texts import Texts, write_texts


def test_embeddings_are_what_the_contract_says(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    path = embed_to(files, run(files, tmp_path, SHORT, tiny_model))
    shard = Shard(path)
    assert shard.names == ["caption_embeddings", "motion", "text", "video"]
    assert shard.metadata["ids"] == ["c012", "c013", "c014", "c015"]
    assert shard.metadata["captions"][1] == "a person does 13"
    assert shard.metadata["split"] == "val"
    texts = Texts(files.texts)
    np.testing.assert_array_equal(shard["caption_embeddings"][1], texts.sentence("a person does 13"))
    for modality in ("text", "motion", "video"):
        assert shard[modality].shape == (4, tiny_model.dim)
        np.testing.assert_allclose(np.linalg.norm(shard[modality], axis=1), 1, rtol=1e-5)


def test_batches_do_not_change_embeddings(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    model = run(files, tmp_path, SHORT, tiny_model)
    alone = read_embeddings(embed_to(files, model, "train", batch_size=1)).of
    together = read_embeddings(embed_to(files, model, "train", batch_size=7)).of
    for modality, rows in alone.items():
        np.testing.assert_allclose(together[modality], rows, atol=1e-5)


def test_a_shared_caption_has_one_embedding(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    model = run(files, tmp_path, SHORT, tiny_model)
    table = files.clips.read_text().replace("a person does 14", "a person does 12")
    files.clips.write_text(table)
    path = embed_to(files, model, batch_size=3)
    text = Shard(path)["text"]
    np.testing.assert_array_equal(text[0], text[2])
    assert not np.array_equal(text[0], text[1])
    places = rank_queries(read_embeddings(path), [Protocol("all", whole(4), own_clip)], chunk=5)
    for direction in ("m2t", "v2t"):
        assert places[direction][0].tied.ravel().tolist() == [1, 0, 1, 0], "the tie survives batches and chunks"


def test_data_of_other_widths_is_refused(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    model = run(files, tmp_path, SHORT, tiny_model)
    texts = Texts(files.texts)
    captions = sorted(
        caption for i in range(16) for caption in (f"a person does {i}", f"someone performs number {i} now")
    )
    encoded = [(texts.sentence(caption), texts.tokens(caption)[:, :5]) for caption in captions]
    write_texts(files.texts, captions, [len(tokens) for _, tokens in encoded], encoded)
    with pytest.raises(ValueError, match="found token features of width 5, but it was trained on 16"):
        embed_to(files, model)
    for path in files.features:
        shard = Shard(path)
        write_shard(path, {name: shard[name][:, :7] for name in shard.names})
    with pytest.raises(ValueError, match="found features of width 7, but it was trained on 12"):
        embed_to(files, model)


def test_features_of_another_convention_and_texts_of_another_model_are_refused(
    files: Files, tmp_path: Path, tiny_model: ModelOptions
) -> None:
    for path in files.features:
        write_shard(path, {name: Shard(path)[name] for name in Shard(path).names}, convention="humanml3d")
    model = run(files, tmp_path, SHORT, tiny_model)
    for path in files.features:
        write_shard(path, {name: Shard(path)[name] for name in Shard(path).names}, convention="fixed")
    with pytest.raises(ValueError, match="found features of the convention fixed, but it was trained on humanml3d"):
        embed_to(files, model)


def damage(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-50])


def replace(path: Path) -> None:
    path.write_text("this is no model")


@pytest.mark.parametrize("spoil", [damage, replace, Path.unlink])
def test_a_damaged_model_is_refused(files: Files, tmp_path: Path, tiny_model: ModelOptions, spoil) -> None:
    model = run(files, tmp_path, SHORT, tiny_model)
    spoil(model)
    with pytest.raises(ValueError, match=r"model\.safetensors"):
        load_model(model, lambda _: [])


@pytest.mark.parametrize(("section", "refused"), [("train", False), ("model", True)])
def test_a_model_outlives_the_options_of_its_training_alone(
    files: Files, tmp_path: Path, tiny_model: ModelOptions, section: str, refused: bool
) -> None:
    model = run(files, tmp_path, SHORT, tiny_model)
    shard = Shard(model)
    metadata = shard.metadata | {section: shard.metadata[section] | {"bucket": True}}
    write_shard(tmp_path / "old", {name: shard[name] for name in shard.names}, **metadata)
    with pytest.raises(ValueError, match=r"(?s)old: not a model.*bucket") if refused else nullcontext():
        load_model(tmp_path / "old", lambda _: [])


def test_tokens_are_compared_without_dropout(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    """Also in the midst of training, whose mode is put back."""
    options = TrainOptions()
    inputs = inputs_of(files, tmp_path / "statistics")
    samples = Samples(files.clips, files.texts, files.features)
    statistics = read_statistics(inputs.statistics, samples.feature_width)
    model = tiny_model.model_copy(update={"dropout": 0.5, "modalities": ("text", "motion")})
    encoders = build_encoders(model, options, statistics, (samples.texts.token_width, 0), samples.token_features)
    encoders.train()
    names = samples.split("train")
    captions = [samples.clips[name].captions[0] for name in names]
    first, second = (by_tokens(encoders, samples, captions, names, "cpu") for _ in range(2))
    assert encoders.training
    np.testing.assert_array_equal(first, second)

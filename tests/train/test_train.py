"""Training and embedding end to end, on the tiny data set of conftest.py."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from lavimo.config import EmbedOptions, ModelOptions, TrainOptions
from lavimo.evaluate.embeddings import read_embeddings
from lavimo.evaluate.evaluate import rank_queries
from lavimo.evaluate.protocols import Protocol, own_clip, whole
from lavimo.model.checkpoint import load_model
from lavimo.motion.statistics import measure
from lavimo.shards import Shard, write_shard
from lavimo.text.texts import Texts, write_texts
from lavimo.train.embed import embed
from lavimo.train.optimiser import learning_rate, make_optimiser
from lavimo.train.resume import fingerprint, load_progress
from lavimo.train.train import reproducible, train
from lavimo.train.validate import selection_score, validation_metrics

if TYPE_CHECKING:
    from conftest import Files, Synthetic

SHORT = TrainOptions(epochs=3, batch_size=6, learning_rate=2e-3)


def run(files: Files, folder: Path, options: TrainOptions, model: ModelOptions) -> Path:
    statistics = folder.with_suffix(".statistics")
    measure(files.clips, files.features, statistics)
    train(
        *(files.clips, files.texts, files.features, statistics, files.frames),
        *(folder / "model.safetensors", folder / "log.jsonl", options, model),
    )
    return folder / "model.safetensors"


def read_log(model: Path) -> list[dict]:
    return [json.loads(line) for line in (model.parent / "log.jsonl").read_text().splitlines()]


def embed_to(files: Files, model: Path, split: str = "val", batch_size: int = 1) -> Path:
    path = model.parent / "embeddings.safetensors"
    options = EmbedOptions(split=split, batch_size=batch_size)
    embed(model, *vars(files).values(), path, options)
    return path


def losses(model: Path) -> list[dict[str, float]]:
    return [line["train"] for line in read_log(model)]


def test_what_a_run_leaves(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    model = run(files, tmp_path / "run", SHORT, tiny_model)
    assert sorted(path.name for path in model.parent.iterdir()) == [
        "last.safetensors",
        "log.jsonl",
        "model.safetensors",
    ]
    log = read_log(model)
    assert [line["epoch"] for line in log] == [1, 2, 3]
    assert set(log[0]) == {"epoch", "train", "val", "learning_rate", "seconds"}
    pairs = {"align_text_motion", "align_text_video", "align_motion_video"}
    assert set(log[0]["train"]) == pairs | {"reconstruction", "total"}
    for line in log:
        aligned = sum(line["train"][pair] for pair in pairs)
        assert line["train"]["total"] == pytest.approx(aligned + 0.1 * line["train"]["reconstruction"], rel=1e-5)
    _, metadata = load_model(model)
    best = max(log, key=lambda line: (*selection_score(line["val"]), line["epoch"]))
    assert metadata["epoch"] == best["epoch"]
    assert load_model(model.parent / "last.safetensors")[1]["epoch"] == 3


def test_training_learns(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    options = TrainOptions(epochs=80, batch_size=12, learning_rate=5e-3, min_cosine=0.999)
    model = run(files, tmp_path, options, tiny_model.model_copy(update={"dropout": 0.0}))
    first, *_, last = losses(model)
    for name, share in (("align_text_motion", 0.4), ("align_motion_video", 0.9), ("reconstruction", 0.8)):
        assert last[name] < share * first[name]
    values = validation_metrics(read_embeddings(embed_to(files, model, "train")).of)
    chance = 100 / 12
    assert values["t2m_R1"] > 5 * chance
    assert values["v2m_R1"] > 2 * chance


def test_the_same_seed_gives_the_same_bytes(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    torch.manual_seed(5)
    state = torch.random.get_rng_state()
    one = run(files, tmp_path / "one", SHORT, tiny_model)
    assert torch.equal(torch.random.get_rng_state(), state)
    torch.rand(3)
    two = run(files, tmp_path / "two", SHORT, tiny_model)
    other = run(files, tmp_path / "other", SHORT.model_copy(update={"seed": 1}), tiny_model)
    assert losses(one) == losses(two) != losses(other)
    for name in ("model.safetensors", "last.safetensors"):
        assert (one.parent / name).read_bytes() == (two.parent / name).read_bytes()


def test_shards_do_not_matter(synthetic: Synthetic, tmp_path: Path, tiny_model: ModelOptions) -> None:
    models = []
    for shards in (1, 3):
        files = synthetic.write(tmp_path / str(shards), shards)
        files = replace(files, features=files.features[::-1])
        models.append(run(files, tmp_path / f"run{shards}", SHORT, tiny_model))
        embed_to(files, models[-1])
    assert models[0].read_bytes() == models[1].read_bytes()
    one, three = ((model.parent / "embeddings.safetensors").read_bytes() for model in models)
    assert one == three


KILLED = """
import sys
from pathlib import Path
from lavimo.config import ModelOptions, TrainOptions
from lavimo.motion.statistics import measure
from lavimo.train.train import train
folder, features, frames = Path(sys.argv[1]), sys.argv[4].split(","), sys.argv[5].split(",")
features, statistics = [Path(p) for p in features], folder.with_suffix(".statistics")
measure(Path(sys.argv[2]), features, statistics)
train(Path(sys.argv[2]), Path(sys.argv[3]), features, statistics, [Path(p) for p in frames],
      folder / "model.safetensors", folder / "log.jsonl",
      TrainOptions.model_validate_json(sys.argv[6]), ModelOptions.model_validate_json(sys.argv[7]))
"""


def test_a_killed_training_goes_on_to_the_same_bytes(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    options = TrainOptions(epochs=60, batch_size=6, learning_rate=1e-3, save_seconds=0)
    folder = tmp_path / "killed"
    paths = [files.clips, files.texts, ",".join(map(str, files.features)), ",".join(map(str, files.frames))]
    arguments = [*map(str, [folder, *paths]), options.model_dump_json(), tiny_model.model_dump_json()]
    process = subprocess.Popen([sys.executable, "-c", KILLED, *arguments])
    log = folder / "log.jsonl"
    deadline = time.monotonic() + 60
    while not (log.exists() and len(log.read_text().splitlines()) >= 5) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert not (folder / "model.safetensors").exists()
    state = torch.load(folder / "model.resume", weights_only=True)
    assert 4 <= state["epochs_done"] < 55

    killed = run(files, folder, options, tiny_model)
    undisturbed = run(files, tmp_path / "undisturbed", options, tiny_model)
    for name in ("model.safetensors", "last.safetensors"):
        assert (killed.parent / name).read_bytes() == (undisturbed.parent / name).read_bytes()
    assert losses(killed) == losses(undisturbed)
    assert not (folder / "model.resume").exists()


def test_another_training_s_progress_is_not_taken(files: Files, tmp_path: Path) -> None:
    identities = [
        fingerprint([SHORT], [files.clips]),
        fingerprint([SHORT.model_copy(update={"seed": 1})], [files.clips]),
        fingerprint([SHORT], [files.texts]),
    ]
    assert len(set(identities)) == 3
    torch.save({"fingerprint": identities[1]}, tmp_path / "model.resume")
    assert load_progress(tmp_path / "model.resume", identities[0]) is None
    assert load_progress(tmp_path / "absent.resume", identities[0]) is None


def test_bf16(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    exact = losses(run(files, tmp_path / "fp32", SHORT, tiny_model))[0]
    half = losses(run(files, tmp_path / "bf16", SHORT.model_copy(update={"precision": "bf16"}), tiny_model))[0]
    assert half != exact
    assert half["total"] == pytest.approx(exact["total"], rel=0.05)


def test_two_modalities(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    files = replace(files, frames=[])
    two = tiny_model.model_copy(update={"modalities": ("text", "motion")})
    model = run(files, tmp_path, SHORT, two)
    assert set(losses(model)[0]) == {"align_text_motion", "reconstruction", "total"}
    assert set(read_embeddings(embed_to(files, model)).of) == {"text", "motion"}


@pytest.mark.parametrize(
    "changes",
    [{"target": "row_sum"}, {"reconstruction_weight": 0.0}, {"weight_decay": 0.0}, {"decay_from": 1.0, "warmup": 0.0}],
)
def test_options_change_the_result(
    files: Files, tmp_path: Path, tiny_model: ModelOptions, changes: dict[str, object]
) -> None:
    one = run(files, tmp_path / "one", SHORT, tiny_model)
    two = run(files, tmp_path / "two", SHORT.model_copy(update=changes), tiny_model)
    assert losses(one)[-1] != losses(two)[-1]
    assert np.isfinite(list(losses(two)[-1].values())).all()


@pytest.mark.parametrize(
    "changes",
    [
        {"video_input": "frame_difference"},
        {"image_patch_dropout": 0.5},
        {"fusion": "vectors"},
        {"temperature": "per_pair"},
    ],
)
def test_model_options_change_the_result(
    files: Files, tmp_path: Path, tiny_model: ModelOptions, changes: dict[str, object]
) -> None:
    one = run(files, tmp_path / "one", SHORT, tiny_model)
    two = run(files, tmp_path / "two", SHORT, tiny_model.model_copy(update=changes))
    assert losses(one)[-1] != losses(two)[-1]
    assert np.isfinite(list(losses(two)[-1].values())).all()
    assert set(read_embeddings(embed_to(files, two)).of) == {"text", "motion", "video"}


def test_video_needs_frames(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    with pytest.raises(ValueError, match="found no frames of 16 clip"):
        run(replace(files, frames=[]), tmp_path, SHORT, tiny_model)


def test_bad_validation_features_are_found_at_once(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    for path in files.features:
        shard = Shard(path)
        arrays = {name: shard[name] for name in shard.names}
        if "c013" in arrays:
            arrays["c013"][2, 3] = np.inf
        write_shard(path, arrays)
    with pytest.raises(ValueError, match="clip 'c013': found NaN or infinite features"):
        run(files, tmp_path, SHORT, tiny_model)
    assert not (tmp_path / "log.jsonl").exists()


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
    sentences = np.stack([texts.sentence(caption) for caption in captions])
    write_texts(files.texts, captions, sentences, [texts.tokens(caption)[:, :5] for caption in captions])
    with pytest.raises(ValueError, match="found token features of width 5, but it was trained on 16"):
        embed_to(files, model)
    for path in files.features:
        shard = Shard(path)
        write_shard(path, {name: shard[name][:, :7] for name in shard.names})
    with pytest.raises(ValueError, match="found features of width 7, but it was trained on 12"):
        embed_to(files, model)


def rates(steps: int, **options: float) -> Sequence[float]:
    made = TrainOptions(learning_rate=1.0, **options)
    return [learning_rate(step, steps, made) for step in range(steps)]


def test_the_learning_rate_of_the_paper() -> None:
    """1e-4, falling linearly to 1e-5 after the first 100 of 400 epochs."""
    paper = rates(400, warmup=0, decay_from=0.25, final_learning_rate=0.1)
    assert paper[:100] == [1.0] * 100
    assert paper[-1] == pytest.approx(0.1)
    assert paper[249] == pytest.approx(0.55)
    np.testing.assert_allclose(np.diff(paper[100:]), -0.9 / 300)


def test_the_learning_rate_rises_first() -> None:
    np.testing.assert_allclose(rates(100, warmup=0.1, decay_from=1.0)[:11], [*np.arange(0.1, 1.01, 0.1), 1.0])


def test_norms_and_biases_do_not_decay(tiny_model: ModelOptions) -> None:
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.LayerNorm(2))
    decayed, free = make_optimiser(model, TrainOptions(weight_decay=0.3)).param_groups
    assert (decayed["weight_decay"], free["weight_decay"]) == (0.3, 0.0)
    assert [p.shape for p in decayed["params"]] == [(2, 3)]
    assert len(free["params"]) == 3


def test_validation_prefers_recall_then_median_rank() -> None:
    def values(recall: float, median: float) -> dict[str, float]:
        return {"t2m_R10": recall, "m2t_R10": recall, "t2m_MedR": median, "m2t_MedR": median}

    assert selection_score(values(50, 9)) > selection_score(values(40, 1))
    assert selection_score(values(50, 3)) > selection_score(values(50, 4))


def test_perfect_embeddings_have_perfect_validation() -> None:
    eye = np.eye(12, dtype=np.float32)
    values = validation_metrics({"text": eye, "motion": eye})
    assert values == {f"{d}_{m}": v for d in ("t2m", "m2t") for m, v in (("R1", 100), ("R10", 100), ("MedR", 1))}
    shifted = validation_metrics({"text": eye, "motion": np.roll(eye, 1, axis=0)})
    assert shifted["t2m_R1"] == 0


def test_random_numbers_are_put_back_after_an_error() -> None:
    state = torch.random.get_rng_state()
    with pytest.raises(RuntimeError), reproducible("cpu", 1):
        torch.rand(3) @ torch.rand(4)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert not torch.are_deterministic_algorithms_enabled()


def test_released_statistics_end_in_the_model(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    """A model carries the statistics that it was trained with: the train split's, or the released files'."""
    own = run(files, tmp_path / "own", TrainOptions(epochs=1, batch_size=6), tiny_model)
    width = len(Shard(own)["feature_mean_F"])
    mean_F, std_F = np.linspace(-1, 1, width, dtype=np.float32), np.linspace(0.5, 2, width, dtype=np.float32)
    np.save(tmp_path / "Mean.npy", mean_F)
    np.save(tmp_path / "Std.npy", std_F)
    options = TrainOptions(epochs=1, batch_size=6, feature_mean=tmp_path / "Mean.npy", feature_std=tmp_path / "Std.npy")
    released = Shard(run(files, tmp_path / "released", options, tiny_model))
    np.testing.assert_array_equal(released["feature_mean_F"], mean_F)
    np.testing.assert_array_equal(released["feature_std_F"], std_F)
    assert not np.array_equal(Shard(own)["feature_mean_F"], mean_F)
    with pytest.raises(ValueError, match="found one of the two"):
        TrainOptions(feature_mean=tmp_path / "Mean.npy")

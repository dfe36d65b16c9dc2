"""Training end to end, on the tiny data set."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from synthetic import SHORT, Files, Synthetic, embed_to, losses, read_log, run

from lavimo.config import ModelOptions, TrainOptions
from lavimo.evaluate.embeddings import read_embeddings
from lavimo.shards import Shard, write_shard
from lavimo.train.validate import selected, selection_score, validation_metrics


def test_what_a_run_leaves(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    model = run(files, tmp_path / "run", SHORT, tiny_model)
    assert sorted(path.name for path in model.parent.iterdir()) == [
        "last.safetensors",
        "log.jsonl",
        "model.safetensors",
    ]
    log = read_log(model)
    assert [line["epoch"] for line in log] == [1, 2, 3]
    assert set(log[0]) == {"epoch", "train", "val", "learning_rate", "seconds", "memory_mb"}
    pairs = {"align_text_motion", "align_text_video", "align_motion_video"}
    assert set(log[0]["train"]) == pairs | {"reconstruction", "total"}
    for line in log:
        aligned = sum(line["train"][pair] for pair in pairs)
        assert line["train"]["total"] == pytest.approx(aligned + 0.1 * line["train"]["reconstruction"], rel=1e-5)
    metadata = Shard(model).metadata
    kept, best = 0, -np.inf
    for line in log:
        score = selection_score(line["val"])
        kept = line["epoch"] if selected(score, best, 4) else kept
        best = max(best, score)
    assert metadata["epoch"] == kept
    assert Shard(model.parent / "last.safetensors").metadata["epoch"] == 3


def test_training_learns(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    options = TrainOptions(epochs=120, batch_size=12, learning_rate=5e-3, min_cosine=0.999)
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


def test_bf16(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    exact = losses(run(files, tmp_path / "fp32", SHORT.model_copy(update={"precision": "fp32"}), tiny_model))[0]
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
    [
        {"target": "row_sum"},
        {"target": "identity"},
        {"reconstruction_weight": 0.0},
        {"reconstruct_from": "motion"},
        {"pair_weights": {"text_video": 0.0}},
        {"weight_decay": 0.0},
        {"decay_from": 1.0, "warmup": 0.0},
    ],
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
        {"motion_patch_frames": 1},
        {"text_encoder": "minilm"},
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


def test_released_statistics_end_in_the_model(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    """A model carries the statistics that it was trained with: the train split's, or the released files'."""
    own = run(files, tmp_path / "own", TrainOptions(epochs=1, batch_size=6), tiny_model)
    width = len(Shard(own)["motion.feature_mean_F"])
    mean_F, std_F = np.linspace(-1, 1, width, dtype=np.float32), np.linspace(0.5, 2, width, dtype=np.float32)
    np.save(tmp_path / "Mean.npy", mean_F)
    np.save(tmp_path / "Std.npy", std_F)
    options = TrainOptions(epochs=1, batch_size=6, feature_mean=tmp_path / "Mean.npy", feature_std=tmp_path / "Std.npy")
    released = Shard(run(files, tmp_path / "released", options, tiny_model))
    np.testing.assert_array_equal(released["motion.feature_mean_F"], mean_F)
    np.testing.assert_array_equal(released["motion.feature_std_F"], std_F)
    assert not np.array_equal(Shard(own)["motion.feature_mean_F"], mean_F)
    with pytest.raises(ValueError, match="found one of the two"):
        TrainOptions(feature_mean=tmp_path / "Mean.npy")


def test_clips_without_a_video_train_text_and_motion(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    for path in files.frames:
        shard = Shard(path)
        write_shard(path, {name: shard[name] for name in shard.names if name >= "c010"})
    model = run(files, tmp_path, SHORT.model_copy(update={"batch_size": 2}), tiny_model)  # most batches have none
    assert set(losses(model)[-1]) == {
        "align_text_motion", "align_text_video", "align_motion_video", "reconstruction", "total",
    }  # fmt: skip
    assert np.isfinite(list(losses(model)[-1].values())).all()


def test_an_average_of_the_weights_is_kept(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    plain = run(files, tmp_path / "plain", SHORT, tiny_model)
    averaged = run(files, tmp_path / "averaged", SHORT.model_copy(update={"ema": 0.5}), tiny_model)
    assert losses(plain) == losses(averaged)
    name = "motion.projection.weight"
    one, other = (Shard(model.parent / "last.safetensors")[name] for model in (plain, averaged))
    assert not np.array_equal(one, other)
    np.testing.assert_allclose(one, other, atol=0.05)


def test_without_a_validation_clip_the_last_epoch_is_kept(
    synthetic: Synthetic, tmp_path: Path, tiny_model: ModelOptions
) -> None:
    model = run(synthetic.write(tmp_path / "data", val=0), tmp_path / "run", SHORT, tiny_model)
    assert Shard(model).metadata["epoch"] == 3
    kept, last = Shard(model), Shard(model.parent / "last.safetensors")
    assert all(np.array_equal(kept[name], last[name]) for name in kept.names)
    assert kept.metadata["calibration"] == {}, "without validation clips nobody knows what a cosine means"


def test_a_loss_that_is_no_number_names_its_clips(files: Files, tmp_path: Path, tiny_model: ModelOptions) -> None:
    options = SHORT.model_copy(update={"learning_rate": 1e30, "warmup": 0.0, "gradient_clip": 1e30})
    with pytest.raises(ValueError, match=r"found a loss that is no number .* in a batch of the clips c0"):
        run(files, tmp_path, options, tiny_model)

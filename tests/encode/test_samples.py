from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from lavimo.config import ModelOptions, TrainOptions
from lavimo.encode.build import build_encoders
from lavimo.encode.cached_videos import CachedFrames
from lavimo.encode.samples import Samples
from lavimo.encode.video import random_candidates
from lavimo.motion.statistics import MIN_STD, measure, read_statistics
from lavimo.shards import Shard, write_shard
from lavimo.train.batch import Batch, epoch_batches, make_batch, rng_of

if TYPE_CHECKING:
    from synthetic import Files, Synthetic


def open_data(files: Files, with_video: bool = True) -> Samples:
    return Samples(files.clips, files.texts, files.features, CachedFrames(files.frames) if with_video else None)


def rewrite(path: Path, **changes: np.ndarray | None) -> str:
    """Change or drop the first clip of a shard; its name."""
    shard = Shard(path)
    arrays = {name: shard[name] for name in shard.names}
    clip = next(iter(arrays))
    arrays[clip] = changes["to"]
    write_shard(path, {name: array for name, array in arrays.items() if array is not None})
    return clip


def measured(files: Files, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    measure(files.clips, files.features, folder / "statistics.safetensors")
    return read_statistics(folder / "statistics.safetensors", 12)


def encoders_of(samples: Samples, options: TrainOptions, model: ModelOptions) -> torch.nn.ModuleDict:
    width = samples.feature_width
    statistics = np.zeros(width, np.float32), np.ones(width, np.float32)
    return build_encoders(model, options, statistics, (samples.texts.token_width, 0), samples.token_features)


def make_batches(samples: Samples, options: TrainOptions, model: ModelOptions, epoch: int = 0) -> list[Batch]:
    encoders = encoders_of(samples, options, model)
    plan = epoch_batches(samples.split("train"), epoch, options)
    return [make_batch(samples, names, encoders, epoch, options) for names in plan]


def test_statistics_are_of_all_train_frames(files: Files, synthetic: Synthetic, tmp_path: Path) -> None:
    mean, std = measured(files, tmp_path)
    frames = np.concatenate([synthetic.motion(i) for i in range(12)]).astype(np.float64)
    np.testing.assert_allclose(mean, frames.mean(0), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(std, frames.std(0), rtol=1e-4)


def test_a_constant_feature_has_a_guarded_deviation(files: Files, tmp_path: Path) -> None:
    for path in files.features:
        shard = Shard(path)
        write_shard(path, {name: shard[name] * (np.arange(12) > 0) for name in shard.names})
    _, std = measured(files, tmp_path)
    assert std[0] == pytest.approx(MIN_STD)
    assert std[1] > 0.1


def test_a_refused_clip_is_left_out(files: Files) -> None:
    clip = rewrite(files.features[0], to=None)
    assert clip not in open_data(files).clips


def test_a_tested_clip_without_frames_is_named(files: Files) -> None:
    path = next(path for path in files.frames if "c013" in Shard(path).names)
    shard = Shard(path)
    write_shard(path, {name: shard[name] for name in shard.names if name != "c013"})
    with pytest.raises(ValueError, match=r"no frames of 1 clip.*'c013'"):
        open_data(files)
    assert "c013" in open_data(files, with_video=False).clips


@pytest.mark.parametrize(
    ("to", "message"),
    [
        (np.zeros((5, 7), np.float32), r"found features \(5, 7\), expected"),
        (np.full((5, 12), np.nan, np.float32), "found NaN"),
        (np.zeros((0, 12), np.float32), r"found features \(0, 12\)"),
    ],
)
def test_bad_features_are_named(files: Files, to: np.ndarray, message: str) -> None:
    clip = rewrite(files.features[1], to=to)
    data = open_data(files)
    with pytest.raises(ValueError, match=f"clip '{clip}': {message}"):
        [data.motion(name) for name in data.clips]


def test_bad_frames_are_named(files: Files) -> None:
    clip = rewrite(files.frames[1], to=np.zeros((4, 20, 20, 3), np.uint8))
    with pytest.raises(ValueError, match=f"clip '{clip}': found frames .* run sample_frames again"):
        open_data(files).video(clip)


def test_a_split_without_clips_is_named(files: Files) -> None:
    with pytest.raises(ValueError, match="no clip of the split 'test'"):
        open_data(files).split("test")


def test_an_epoch_has_every_clip_once_in_equal_batches(
    files: Files, synthetic: Synthetic, tiny_model: ModelOptions
) -> None:
    made = make_batches(open_data(files), TrainOptions(batch_size=5), tiny_model)
    assert [len(batch.clips) for batch in made] == [4, 4, 4]
    assert sorted(name for batch in made for name in batch.clips) == [f"c{i:03}" for i in range(12)]
    for batch in made:
        assert batch.inputs["video"].x_BL.shape == (4, 4, 3, 16, 16)
        assert batch.inputs["text"].x_BL.shape[::2] == (4, 16)
        for row, name in enumerate(batch.clips):
            assert float(batch.inputs["motion"].x_BL[row, 0, 0]) == float(synthetic.motion(int(name[1:]))[0, 0])


def test_each_epoch_has_an_order_of_its_own() -> None:
    clips, options = [f"c{i:03}" for i in range(150)], TrainOptions(batch_size=32)
    one, other = (epoch_batches(clips, epoch, options) for epoch in (1, 2))
    assert sorted(name for names in one for name in names) == clips
    assert [len(names) for names in one] == [30] * 5
    assert one != other
    assert one == epoch_batches(clips[::-1], 1, options)


def test_clips_with_a_video_make_batches_of_their_own() -> None:
    """Six videos in a batch of 32 would have five others to learn from."""
    clips, filmed = [f"c{i:03}" for i in range(160)], {f"c{i:03}" for i in range(0, 160, 5)}
    plan = epoch_batches(clips, 1, TrainOptions(batch_size=32), filmed)
    assert sorted(name for names in plan for name in names) == clips
    assert sorted(len(set(names) & filmed) for names in plan) == [0, 0, 0, 0, 32]


def test_modalities_of_a_clip_stay_together(files: Files, synthetic: Synthetic, tiny_model: ModelOptions) -> None:
    """Class i mod 4 shows in the motion's length of steps, in the bar's place and in the caption's tokens."""
    plain = TrainOptions(
        batch_size=12, crop_scale=(1, 1), brightness=0, contrast=0, saturation=0, hue_degrees=0, grey_probability=0
    )
    (batch,) = make_batches(open_data(files), plain, tiny_model)
    text, video = batch.inputs["text"], batch.inputs["video"]
    for row, name in enumerate(batch.clips):
        kind = int(name[1:]) % 4
        assert int(batch.sentences_BS[row, :4].argmax()) == kind
        assert int(text.x_BL[row][text.mask_BL[row]].mean(0)[:4].argmax()) == kind
        columns = video.x_BL[row].mean((0, 1, 2)).unflatten(0, (4, 4)).mean(1)
        assert int(columns.argmax()) == kind


def test_what_is_drawn_for_a_clip_depends_on_seed_epoch_and_clip_alone(files: Files, tiny_model: ModelOptions) -> None:
    """Not on its batch: so workers, processes and a training that goes on change nothing."""
    samples, options = open_data(files), TrainOptions()
    encoders = encoders_of(samples, options, tiny_model)

    def drawn(names: list[str], epoch: int, seed: int = 0) -> list[torch.Tensor]:
        batch = make_batch(samples, names, encoders, epoch, options.model_copy(update={"seed": seed}))
        row = names.index("c003")
        text = batch.inputs["text"]
        motion, video = (batch.inputs[m].x_BL[row] for m in ("motion", "video"))
        return [text.x_BL[row][text.mask_BL[row]], motion[: len(samples.motion("c003"))], video]

    for one, other in zip(drawn(["c003", "c005"], 1), drawn(["c001", "c004", "c003"], 1)):
        assert torch.equal(one, other)
    assert not torch.equal(drawn(["c003"], 1)[2], drawn(["c003"], 2)[2])
    assert not torch.equal(drawn(["c003"], 1)[2], drawn(["c003"], 1, seed=1)[2])


def test_captions_and_candidates_vary_over_epochs(files: Files, synthetic: Synthetic, tiny_model: ModelOptions) -> None:
    samples = open_data(files)
    lengths = [
        sum(
            int(batch.inputs["text"].mask_BL.sum())
            for batch in make_batches(samples, TrainOptions(), tiny_model, epoch)
        )
        for epoch in range(8)
    ]
    assert len(set(lengths)) > 1
    rng = rng_of(0, 1, "c000")
    picked = {random_candidates(synthetic.video(0)[0], rng).tobytes() for _ in range(200)}
    assert len(picked) == 2**4


def test_a_clip_of_train_needs_no_frames(files: Files, tiny_model: ModelOptions) -> None:
    """The others train the video encoder; a clip that is tested must have them."""
    with_all = Shard(files.frames[0]), Shard(files.frames[1])
    gone = [name for shard in with_all for name in shard.names if name in ("c001", "c004")]
    for path, shard in zip(files.frames, with_all):
        write_shard(path, {name: shard[name] for name in shard.names if name not in gone})
    samples = open_data(files)
    (batch,) = make_batches(samples, TrainOptions(batch_size=12), tiny_model)
    having = [name for row, name in enumerate(batch.clips) if row in batch.rows["video"].tolist()]
    assert sorted({*batch.clips} - {*having}) == ["c001", "c004"]
    assert len(batch.inputs["video"]) == 10
    assert batch.has("video").tolist() == [name in having for name in batch.clips]
    part = batch.part(slice(3, 9))
    assert part.clips == batch.clips[3:9]
    assert [part.clips[row] for row in part.rows["video"]] == [name for name in batch.clips[3:9] if name in having]
    first = part.rows["video"][0]
    whole_row = batch.rows["video"].tolist().index(int(first) + 3)
    assert torch.equal(part.inputs["video"].x_BL[0], batch.inputs["video"].x_BL[whole_row])

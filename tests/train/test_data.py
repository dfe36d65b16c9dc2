from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from lavimo.config import ModelOptions, TrainOptions
from lavimo.model.lavimo import Lavimo
from lavimo.motion.statistics import MIN_STD, measure, read_statistics
from lavimo.shards import Shard, write_shard
from lavimo.train.batches import Batch, batches, batches_an_epoch, random_candidates, random_stretch
from lavimo.train.data import Data, pad

if TYPE_CHECKING:
    from conftest import Files, Synthetic


def open_data(files: Files, with_video: bool = True) -> Data:
    return Data(files.clips, files.texts, files.features, files.frames, with_video)


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


def make_batches(data: Data, options: TrainOptions, model_options: ModelOptions, seed: int = 0) -> list[Batch]:
    model = Lavimo(
        model_options, data.texts.token_width, torch.zeros(data.feature_width), torch.ones(data.feature_width)
    )
    return list(batches(data, data.split("train"), model, options, np.random.default_rng(seed)))


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


def test_a_clip_without_frames_is_named(files: Files) -> None:
    clip = rewrite(files.frames[0], to=None)
    with pytest.raises(ValueError, match=f"no frames of 1 clip.*'{clip}'"):
        open_data(files)
    assert clip in open_data(files, with_video=False).clips


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


def test_padding() -> None:
    padded, mask = pad([np.ones((2, 3), np.float32), np.ones((1, 3), np.float32)])
    assert mask.tolist() == [[True, True], [True, False]]
    assert padded[0].min() == 1
    assert padded[1, 1].max() == 0


def test_an_epoch_has_every_clip_once_in_equal_batches(
    files: Files, synthetic: Synthetic, tiny_model: ModelOptions
) -> None:
    made = make_batches(open_data(files), TrainOptions(batch_size=5), tiny_model)
    assert [len(batch.motion_BTF) for batch in made] == [4, 4, 4]
    assert len(made) == batches_an_epoch(12, TrainOptions(batch_size=5))
    seen = sorted(float(one[0, 0]) for batch in made for one in batch.motion_BTF)
    assert seen == sorted(float(synthetic.motion(i)[0, 0]) for i in range(12))
    for batch in made:
        assert batch.video_BV3HW is not None
        assert batch.video_BV3HW.shape == (4, 4, 3, 16, 16)
        assert batch.text_BLD.shape[:2] == batch.text_mask_BL.shape
        assert batch.text_BLD.shape[2] == 16


def test_modalities_of_a_clip_stay_together(files: Files, synthetic: Synthetic, tiny_model: ModelOptions) -> None:
    """Class i mod 4 shows in the motion's length of steps, in the bar's place and in the caption's tokens."""
    plain = TrainOptions(
        batch_size=12, crop_scale=(1, 1), brightness=0, contrast=0, saturation=0, hue_degrees=0, grey_probability=0
    )
    (batch,) = make_batches(open_data(files), plain, tiny_model)
    first = {float(synthetic.motion(i)[0, 0]): i % 4 for i in range(12)}
    assert batch.video_BV3HW is not None
    for row in range(12):
        kind = first[float(batch.motion_BTF[row, 0, 0])]
        assert int(batch.sentences_BS[row, :4].argmax()) == kind
        assert int(batch.text_BLD[row][batch.text_mask_BL[row]].mean(0)[:4].argmax()) == kind
        columns = batch.video_BV3HW[row].mean((0, 1, 2)).unflatten(0, (4, 4)).mean(1)
        assert int(columns.argmax()) == kind


def test_the_same_generator_gives_the_same_batches(files: Files, tiny_model: ModelOptions) -> None:
    one, two, other = (make_batches(open_data(files), TrainOptions(), tiny_model, seed) for seed in (1, 1, 2))
    assert all(torch.equal(x, y) for x, y in zip(vars(one[0]).values(), vars(two[0]).values()))
    assert not torch.equal(one[0].text_BLD.sum((1, 2)), other[0].text_BLD.sum((1, 2)))


def test_captions_and_candidates_vary_over_epochs(files: Files, synthetic: Synthetic, tiny_model: ModelOptions) -> None:
    data = open_data(files)
    lengths = [make_batches(data, TrainOptions(), tiny_model, seed)[0].text_mask_BL.sum(1).sum() for seed in range(8)]
    assert len(set(map(int, lengths))) > 1
    rng = np.random.default_rng(0)
    picked = {random_candidates(synthetic.video(0), rng).tobytes() for _ in range(200)}
    assert len(picked) == 2**4


def test_long_motions_are_cropped_anywhere() -> None:
    motion_TF = np.arange(10, dtype=np.float32)[:, None]
    rng = np.random.default_rng(0)
    starts = {int(random_stretch(motion_TF, 7, rng)[0, 0]) for _ in range(50)}
    assert starts == {0, 1, 2, 3}
    assert random_stretch(motion_TF, 10, rng).shape == random_stretch(motion_TF, 20, rng).shape == (10, 1)

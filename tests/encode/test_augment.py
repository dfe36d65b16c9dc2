import colorsys

import numpy as np
import pytest
import torch

from lavimo.config import TrainOptions
from lavimo.encode.augment import (
    MEAN_3,
    STD_3,
    augmented_frames,
    blur,
    jitter_colours,
    random_crop,
    resize,
    saturate,
    turn_hue,
    whole_frames,
)
from lavimo.encode.frame_difference import LUMA_3

PLAIN = {"brightness": 0, "contrast": 0, "saturation": 0, "hue_degrees": 0, "grey_probability": 0}


def noise(frames: int = 3, size: int = 24) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, size=(frames, size, size, 3), dtype=np.uint8)


def test_whole_frames_are_normalised_for_clip() -> None:
    video = np.full((2, 10, 10, 3), 51, np.uint8)
    frames = whole_frames(video, 4, "frames")
    assert frames.shape == (2, 3, 4, 4)
    torch.testing.assert_close(frames[1, :, 2, 2], (0.2 - MEAN_3) / STD_3)


def test_resizing_keeps_the_mean_and_the_orientation() -> None:
    video = noise()
    assert float(resize(torch.from_numpy(video), 8).mean()) == pytest.approx(video.mean() / 255, abs=5e-3)
    video[:, :, :12] = 0
    small = resize(torch.from_numpy(video), 8)
    assert small[..., :3].max() < 0.05 < small[..., 5:].min()


def test_all_frames_of_a_clip_get_the_same_augmentation() -> None:
    still = np.repeat(noise(1), 4, axis=0)
    frames = augmented_frames(still, 16, "frames", TrainOptions(), np.random.default_rng(3))
    assert all(torch.equal(frame, frames[0]) for frame in frames)
    other = augmented_frames(still, 16, "frames", TrainOptions(), np.random.default_rng(4))
    assert not torch.allclose(frames, other)


def test_without_any_change_augmentation_is_the_whole_frame() -> None:
    options = TrainOptions(crop_scale=(1, 1), blur_probability=0, **PLAIN)
    video = noise()
    for video_input in ("frames", "frame_difference"):
        frames = augmented_frames(video, 16, video_input, options, np.random.default_rng(0))
        torch.testing.assert_close(frames, whole_frames(video, 16, video_input), atol=1e-5, rtol=0)


def test_nothing_is_ever_flipped() -> None:
    video = np.zeros((1, 24, 24, 3), np.uint8)
    video[:, :, :4], video[:, :, -4:] = [255, 0, 0], [0, 0, 255]
    options = TrainOptions(crop_scale=(0.8, 1), **PLAIN)
    for seed in range(50):
        frame = augmented_frames(video, 16, "frames", options, np.random.default_rng(seed))[0]
        left, right = frame[..., :8].mean((1, 2)), frame[..., 8:].mean((1, 2))
        assert left[0] > right[0]
        assert left[2] < right[2]


def test_crops_have_areas_in_range_and_reach_all_corners() -> None:
    video = torch.from_numpy(np.stack(np.meshgrid(np.arange(24), np.arange(24), [0, 1, 2], indexing="ij"))[:2].copy())
    rng = np.random.default_rng(0)
    corners = set()
    for _ in range(300):
        crop = random_crop(video, TrainOptions(crop_scale=(0.5, 0.9)), rng)
        side = crop.shape[1]
        assert crop.shape[1] == crop.shape[2]
        assert 0.45 <= side**2 / 24**2 <= 0.95
        top, left = int(crop[0, 0, 0, 0]), int(crop[1, 0, 0, 0])
        corners |= {(top == 0, top + side == 24), (left == 0, left + side == 24)}
    assert {(True, False), (False, True), (False, False)} <= corners


def test_grey_has_no_colour() -> None:
    video = resize(torch.from_numpy(noise()), 8)
    grey = jitter_colours(video, TrainOptions(grey_probability=1), np.random.default_rng(0))
    torch.testing.assert_close(grey[:, 0], grey[:, 2])
    torch.testing.assert_close(
        saturate(0.0) @ torch.tensor([0.2, 0.4, 0.6]), (LUMA_3 @ torch.tensor([0.2, 0.4, 0.6])).expand(3)
    )


def test_hue_turns_red_to_green_to_blue() -> None:
    red = torch.tensor([1.0, 0.0, 0.0])
    torch.testing.assert_close(turn_hue(2 * np.pi / 3) @ red, torch.tensor([0.0, 1.0, 0.0]), atol=1e-6, rtol=0)
    turned = turn_hue(0.3) @ torch.tensor([0.6, 0.4, 0.4])
    assert colorsys.rgb_to_hsv(*turned.tolist())[0] == pytest.approx(0.3 / (2 * np.pi), abs=0.02)


def test_blur_is_its_naive_twin() -> None:
    video = resize(torch.from_numpy(noise(1, 9)), 9)
    radius = 3
    kernel = torch.tensor([[np.exp(-(i**2 + j**2) / 2) for j in range(-3, 4)] for i in range(-3, 4)])
    kernel = (kernel / kernel.sum()).float()
    blurred = blur(video, 1.0)
    for y, x in ((0, 0), (4, 5), (8, 2)):
        window = torch.tensor(
            [
                [float(video[0, 1, min(max(y + i, 0), 8), min(max(x + j, 0), 8)]) for j in range(-radius, radius + 1)]
                for i in range(-radius, radius + 1)
            ]
        )
        assert float(blurred[0, 1, y, x]) == pytest.approx(float((kernel * window).sum()), abs=1e-5)

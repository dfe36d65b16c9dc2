import numpy as np
import pytest
import torch

from lavimo.config import TrainOptions
from lavimo.encode.augment import augmented_frames, whole_frames
from lavimo.encode.frame_difference import LUMA_3, MARGIN, MIN_SIDE, frame_difference, moving_region


def walking_square(side: int = 64, size: int = 12, background: int = 0, color: tuple[int, int, int] = (200, 90, 40)):
    """A square of `size` that goes right from (10, 20) by 4 pixels a frame, (5, side, side, 3) uint8."""
    video = np.full((5, side, side, 3), background, np.uint8)
    for t in range(5):
        video[t, 20 : 20 + size, 10 + 4 * t : 10 + 4 * t + size] = color
    return video


def test_the_region_holds_all_that_moves() -> None:
    video = walking_square(side=100, size=56)  # moves within rows 20 to 75 and columns 10 to 81
    region = moving_region(torch.from_numpy(video))
    side = region.shape[1]
    assert region.shape == (5, side, side, 3)
    assert side == pytest.approx(MARGIN * 71, abs=4)
    assert region.sum() == video.astype(int).sum()


def test_a_small_movement_is_not_magnified_without_bound() -> None:
    region = moving_region(torch.from_numpy(walking_square(size=4)))
    assert region.shape[1] == int(MIN_SIDE * 64)
    assert region.sum() == walking_square(size=4).astype(int).sum()


@pytest.mark.parametrize("noise", [0, 10])
def test_of_a_still_video_all_is_kept(noise: int) -> None:
    video = 100 + np.random.default_rng(0).integers(0, noise + 1, size=(5, 20, 20, 3))
    assert moving_region(torch.from_numpy(video.astype(np.uint8))).shape == (5, 20, 20, 3)


def test_a_movement_at_the_edge_stays_inside_the_frame() -> None:
    video = np.zeros((2, 40, 60, 3), np.uint8)
    video[1, :6, 50:] = 255
    region = moving_region(torch.from_numpy(video))
    assert region.shape == (2, 24, 24, 3)
    assert region.sum() == video.astype(int).sum()


def test_movement_is_its_naive_twin() -> None:
    video = torch.rand(4, 3, 5, 5)
    channels = frame_difference(video)
    for t, y, x in ((0, 1, 2), (3, 4, 0)):
        mean = [sum(float(video[s, c, y, x]) for s in range(4)) / 4 for c in range(3)]
        differences = [float(video[t, c, y, x]) - mean[c] for c in range(3)]
        before = [abs(float(video[t, c, y, x] - video[max(t - 1, 0), c, y, x])) for c in range(3)]
        lighter = sum(float(LUMA_3[c]) * differences[c] for c in range(3))
        expected = [6 * lighter, 4 * sum(map(abs, differences)), 4 * sum(before)]
        assert channels[t, :, y, x].tolist() == pytest.approx(expected, abs=1e-4)


def test_a_floor_is_not_seen() -> None:
    floor = np.random.default_rng(0).integers(0, 50, size=(1, 64, 64, 3), dtype=np.uint8)
    bare, still = walking_square(color=(0, 0, 0)) + floor, np.repeat(floor, 5, axis=0)
    assert torch.equal(whole_frames(bare, 32, "frame_difference"), whole_frames(still, 32, "frame_difference"))
    assert whole_frames(still, 32, "frame_difference").abs().max() < 1e-5


@pytest.mark.parametrize("color", [(200, 50, 50), (90, 90, 200)])
def test_other_clothes_have_about_the_same_outline(color: tuple[int, int, int]) -> None:
    one, other = (
        whole_frames(walking_square(color=c), 32, "frame_difference")[:, 1] > 0.7 for c in ((200, 200, 200), color)
    )
    assert (one & other).sum() > 0.7 * (one | other).sum()


def test_augmentation_keeps_the_direction_of_movement() -> None:
    for seed in range(20):
        frames = augmented_frames(walking_square(), 32, "frame_difference", TrainOptions(), np.random.default_rng(seed))
        now = frames[:, 2]  # what differs from the previous frame
        columns = [(now[t].sum(0) * torch.arange(32)).sum() / now[t].sum() for t in range(1, 5)]
        assert columns == sorted(columns)

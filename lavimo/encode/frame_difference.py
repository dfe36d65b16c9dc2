"""What moves in a video of a static camera: for image encoders that learn from few videos.

An encoder trained from scratch on a few hundred videos sees avatars and floors and learns nothing of motions: its loss
stays at chance. What differs from the video's mean frame is the person's movement, whoever moves and wherever.

V frames of a clip, H W pixels, S the side of a square in pixels.
"""

import torch
from torch import Tensor

LUMA_3 = torch.tensor([0.299, 0.587, 0.114])
MOVED = 40
"""Least sum of the differences in red, green and blue, of 255 each, by which a pixel counts as moved."""
STRIDE = 2
"""Only every second pixel of every second row is asked: a quarter of the time."""
MARGIN = 1.2
"""Side of the region over the extent of movement."""
MIN_SIDE = 0.6
"""Side of the smallest region over the frame's: an arm's movement must not look like a body's."""


def moving_region(video_VHW3: Tensor) -> Tensor:
    """The square part of the frames, (V, S, S, 3), around everything that moves; all of them if nothing does."""
    height, width = video_VHW3.shape[1:3]
    sparse = video_VHW3[:, ::STRIDE, ::STRIDE].float()
    rows, columns = STRIDE * torch.stack(torch.where((sparse - sparse.mean(0)).abs().sum(-1).amax(0) > MOVED))
    if not len(rows):
        return video_VHW3
    # Of 1000 moved pixels we leave out 10 at each end: compression makes a few anywhere.
    ends = torch.tensor([0.01, 0.99])
    (top, bottom), (left, right) = torch.quantile(rows.float(), ends), torch.quantile(columns.float(), ends)
    longest, smallest = min(height, width), MIN_SIDE * min(height, width)
    side = int(min(max(MARGIN * float(max(bottom - top, right - left)), smallest), longest))
    y = int(min(max((top + bottom - side) / 2, 0), height - side))
    x = int(min(max((left + right - side) / 2, 0), width - side))
    return video_VHW3[:, y : y + side, x : x + side]


def frame_difference(video_V3SS: Tensor) -> Tensor:
    """Colours from 0 to 1 as three channels of movement, each of a deviation of about 1 where something moves.

    How much lighter a pixel is than in the mean frame; how different its colour is from there, which outlines the
    person whatever the clothes; and how different it is from the previous frame (none before the first).
    """
    from_mean_V3SS = video_V3SS - video_V3SS.mean(0)
    from_previous_V3SS = torch.diff(video_V3SS, dim=0, prepend=video_V3SS[:1])
    lighter_VSS = torch.einsum("j,vjhw->vhw", LUMA_3, from_mean_V3SS)
    return torch.stack([6 * lighter_VSS, 4 * from_mean_V3SS.abs().sum(1), 4 * from_previous_V3SS.abs().sum(1)], dim=1)

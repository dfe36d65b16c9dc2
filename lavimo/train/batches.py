"""Training batches: a random caption, motion crop and augmented video of each clip.

B batch, L text tokens, D token width, S sentence dimensions, T motion frames, F features, V video frames, H W pixels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lavimo.config import TrainOptions
from lavimo.model.lavimo import Lavimo
from lavimo.train.data import Data, pad
from lavimo.train.frames import augmented_frames


@dataclass(frozen=True)
class Batch:
    """What the losses need of B clips; `video_BV3HW` is None in a run without video."""

    text_BLD: Tensor
    text_mask_BL: Tensor
    sentences_BS: Tensor
    motion_BTF: Tensor
    motion_mask_BT: Tensor
    video_BV3HW: Tensor | None

    def to(self, device: str) -> "Batch":
        """The batch on a device."""
        return Batch(*(None if one is None else one.to(device) for one in vars(self).values()))  # type: ignore[arg-type]


def batches(
    data: Data, clips: Sequence[str], model: Lavimo, options: TrainOptions, rng: np.random.Generator
) -> Iterator[Batch]:
    """An epoch: every clip once, in random order, in equal batches of at most `options.batch_size`."""
    shuffled = [clips[i] for i in rng.permutation(len(clips))]
    for rows in np.array_split(np.arange(len(clips)), batches_an_epoch(len(clips), options)):
        names = [shuffled[row] for row in rows]
        captions = [str(rng.choice(data.clips[name].captions)) for name in names]
        motions = [random_stretch(data.motion(name), model.options.max_motion_frames, rng) for name in names]
        video_BV3HW = None
        if "video" in model.encoders:
            videos = (random_candidates(data.video(name), rng) for name in names)
            video_BV3HW = torch.stack(
                [
                    augmented_frames(video, model.image_size_px, model.options.video_input, options, rng)
                    for video in videos
                ]
            )
        yield Batch(
            *pad([data.texts.tokens(caption) for caption in captions]),
            torch.from_numpy(np.stack([data.texts.sentence(caption) for caption in captions])),
            *pad(motions),
            video_BV3HW,
        )


def batches_an_epoch(clips: int, options: TrainOptions) -> int:
    """How many batches an epoch over that many clips has."""
    return -(-clips // options.batch_size)


def random_stretch(motion_TF: NDArray[np.float32], frames: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """At most `frames` frames in a row, starting anywhere."""
    start = rng.integers(max(len(motion_TF) - frames, 0), endpoint=True)
    return motion_TF[start : start + frames]


def random_candidates(video_VKHW3: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """One of the candidates of each frame, (V, H, W, 3)."""
    frames, candidates = video_VKHW3.shape[:2]
    return video_VKHW3[np.arange(frames), rng.integers(candidates, size=frames)]

"""Training batches: a random caption, motion crop and augmented video of each clip.

What is drawn for a clip depends on the seed, the epoch and the clip alone, so that other batches, processes and a
training that goes on after a kill draw the same.

B batch, S sentence dimensions.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lavimo.config import TrainOptions
from lavimo.encode.encoded import Inputs
from lavimo.encode.samples import Samples


@dataclass(frozen=True)
class Batch:
    """What a method needs of B clips.

    Attributes:
        clips: their names.
        sentences_BS: their captions' sentence embeddings.
        inputs: by modality, of the clips that have it.
        rows: by modality, which clips these are.
    """

    clips: list[str]
    sentences_BS: Tensor
    inputs: dict[str, Inputs]
    rows: dict[str, Tensor]

    def to(self, device: str) -> "Batch":
        """The batch on a device."""
        return Batch(
            self.clips,
            self.sentences_BS.to(device),
            {modality: inputs.to(device) for modality, inputs in self.inputs.items()},
            {modality: rows.to(device) for modality, rows in self.rows.items()},
        )

    def has(self, modality: str) -> Tensor:
        """Which clips have a modality, (B,)."""
        blank_B = torch.zeros(len(self.clips), dtype=torch.bool, device=self.sentences_BS.device)
        return blank_B.index_fill(0, self.rows[modality], True) if modality in self.rows else blank_B

    def part(self, rows: slice) -> "Batch":
        """Some clips in a row."""
        begin, end, _ = rows.indices(len(self.clips))
        inputs, own = {}, {}
        for modality, where in self.rows.items():
            first, last = (int((where < edge).sum()) for edge in (begin, end))
            if last > first:
                inputs[modality] = self.inputs[modality][first:last]
                own[modality] = where[first:last] - begin
        return Batch(self.clips[rows], self.sentences_BS[rows], inputs, own)


def rng_of(seed: int, epoch: int, clip: str) -> np.random.Generator:
    """The random numbers of a clip in an epoch."""
    return np.random.default_rng([seed, epoch, crc32(clip.encode())])


def epoch_batches(
    clips: Collection[str],
    epoch: int,
    options: TrainOptions,
    filmed: Collection[str] = (),
    described: Collection[str] = (),
) -> list[list[str]]:
    """An epoch: every clip once, in random order, in equal batches of at most `options.batch_size`.

    Args:
        clips: their names.
        filmed: clips with a video. They make batches of their own, for a video learns from the others of its batch.
        described: clips with described captions.

    Clips with neither video nor words have nothing to teach, and are left out. Nothing is sorted by
    length: who never meets longer motions while it learns cannot tell them apart afterwards (docs/paper.md).
    """
    rng = np.random.default_rng([options.seed, epoch])
    having = sorted(set(clips) & set(filmed))
    lacking = sorted(
        name for name in set(clips) - set(filmed) if name in described or is_captioned(name, options.captioned)
    )
    batches = []
    for names in filter(None, (having, lacking)):
        shuffled = [names[i] for i in rng.permutation(len(names))]
        parts = np.array_split(np.arange(len(names)), -(-len(names) // options.batch_size))
        batches += [[shuffled[row] for row in rows] for rows in parts]
    return [batches[i] for i in rng.permutation(len(batches))]


def make_batch(
    samples: Samples, names: Sequence[str], encoders: nn.ModuleDict, epoch: int, options: TrainOptions
) -> Batch:
    """The clips as the encoders take them in an epoch."""
    rngs = {name: rng_of(options.seed, epoch, name) for name in names}
    words = {name: words_of(samples, name, options) for name in names}
    captions = {name: str(rngs[name].choice(words[name] or samples.clips[name].captions)) for name in names}
    having = {modality: list(names) for modality in encoders}
    told = {name for name in names if words[name]}
    if len(told) < len(names):
        having["text"] = [name for name in names if name in told]
    if "video" in encoders:
        having["video"] = [name for name in names if samples.has_video(name)]
    inputs, rows = {}, {}
    for modality, own in having.items():
        if own:
            items: list[Any] = [_item(samples, modality, name, captions[name]) for name in own]
            encoder: Any = encoders[modality]
            inputs[modality] = encoder.collate(items, [rngs[name] for name in own])
            rows[modality] = torch.tensor([row for row, name in enumerate(names) if name in set(own)])
    sentences = [samples.texts.sentence(captions[name]) for name in names]
    sentences = [one if name in told else unrelated(name, len(one)) for name, one in zip(names, sentences)]
    sentences_BS = torch.from_numpy(np.stack(sentences))
    return Batch(list(names), sentences_BS, inputs, rows)


def words_of(samples: Samples, clip: str, options: TrainOptions) -> tuple[str, ...]:
    """The captions that a training clip is learnt with: its own, described ones, or none."""
    own = samples.clips[clip].captions
    return own if is_captioned(clip, options.captioned) else samples.described.get(clip, ())


def is_captioned(clip: str, share: float) -> bool:
    """Whether a training clip is one of the share whose captions are used: a pure function of its id."""
    return share >= 1 or crc32(f"caption/{clip}".encode()) / 2**32 < share


def unrelated(clip: str, width: int) -> NDArray[np.float32]:
    """The sentence embedding of a clip without words: like no other's, in a direction drawn from its name."""
    drawn_S = np.random.default_rng(crc32(clip.encode())).standard_normal(width)
    return (drawn_S / np.linalg.norm(drawn_S)).astype(np.float32)


def _item(samples: Samples, modality: str, name: str, caption: str) -> Any:
    match modality:
        case "text":
            return caption
        case "motion":
            return samples.moving(name)
    return samples.video(name)

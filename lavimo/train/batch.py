"""Training batches: a random caption, motion crop and augmented video of each clip.

What is drawn for a clip depends on the seed, the epoch and the clip alone, so that other batches, processes and a
training that goes on after a kill draw the same.

B batch, S sentence dimensions.
"""

from collections.abc import Collection, Mapping, Sequence
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

BUCKETS = 8
"""So many batches are sorted by length together: the longest clip of a batch is hardly longer than its shortest."""


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
    lengths: dict[str, int],
    epoch: int,
    options: TrainOptions,
    filmed: Collection[str] = (),
    sentences: Mapping[str, NDArray[np.float32]] | None = None,
) -> list[list[str]]:
    """An epoch: every clip once, in random order, in equal batches of at most `options.batch_size`; with `bucket`, of
    clips of like length; with `hard_negatives`, of clips of like captions.

    Args:
        lengths: of the clips' motions, by name.
        filmed: clips with a video. They make batches of their own, for a video learns from the others of its batch.
        sentences: sentence embeddings of the clips' captions, for `hard_negatives`: see `own_sentences`.

    Clips without a video whose captions are not used have nothing to teach, and are left out.
    """
    rng = np.random.default_rng([options.seed, epoch])
    lengths = {name: n for name, n in lengths.items() if name in filmed or is_captioned(name, options.captioned)}

    def made(names: list[str]) -> list[list[str]]:
        if options.hard_negatives and sentences is not None:
            return _alike(names, np.stack([sentences[name] for name in names]), rng, options)
        return _shuffled(names, lengths, rng, options)

    having, lacking = sorted(set(lengths) & set(filmed)), sorted(set(lengths) - set(filmed))
    batches = [batch for names in (having, lacking) if names for batch in made(names)]
    return [batches[i] for i in rng.permutation(len(batches))]


def own_sentences(samples: Samples, names: Sequence[str], options: TrainOptions) -> dict[str, NDArray[np.float32]]:
    """Of each clip's first caption, the sentence embedding (S,); of a clip whose captions are not used, none that says
    anything."""
    found = {name: samples.texts.sentence(samples.clips[name].captions[0]) for name in names}
    told = {name for name in names if is_captioned(name, options.captioned)}
    return {name: one if name in told else unlike(name, len(one)) for name, one in found.items()}


def _alike(
    names: list[str], sentences_NS: NDArray[np.float32], rng: np.random.Generator, options: TrainOptions
) -> list[list[str]]:
    """Batches each of which begins with a random clip and those with captions most like its own; the rest is random."""
    left = rng.permutation(len(names))
    batches = []
    for part in np.array_split(left, -(-len(names) // options.batch_size)):
        likeness = np.round(sentences_NS[left] @ sentences_NS[left[0]], 4)  # whatever order a processor adds in
        order = np.argsort(-likeness, kind="stable")
        hard = max(1, round(options.hard_negatives * len(part)))
        order[hard:] = order[hard:][rng.permutation(len(left) - hard)]
        batches.append([names[row] for row in left[order[: len(part)]]])
        left = np.delete(left, order[: len(part)])
    return batches


def _shuffled(
    names: list[str], lengths: dict[str, int], rng: np.random.Generator, options: TrainOptions
) -> list[list[str]]:
    shuffled = [names[i] for i in rng.permutation(len(names))]
    count = -(-len(names) // options.batch_size)
    if options.bucket:
        for rows in np.array_split(np.arange(len(names)), -(-count // BUCKETS)):
            some = sorted((shuffled[row] for row in rows), key=lambda name: lengths[name])
            shuffled[rows[0] : rows[-1] + 1] = some
    return [[shuffled[row] for row in rows] for rows in np.array_split(np.arange(len(names)), count)]


def make_batch(
    samples: Samples, names: Sequence[str], encoders: nn.ModuleDict, epoch: int, options: TrainOptions
) -> Batch:
    """The clips as the encoders take them in an epoch."""
    rngs = {name: rng_of(options.seed, epoch, name) for name in names}
    captions = {name: str(rngs[name].choice(samples.clips[name].captions)) for name in names}
    having = {modality: list(names) for modality in encoders}
    told = {name for name in names if is_captioned(name, options.captioned)}
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
    sentences = [one if name in told else unlike(name, len(one)) for name, one in zip(names, sentences)]
    sentences_BS = torch.from_numpy(np.stack(sentences))
    return Batch(list(names), sentences_BS, inputs, rows)


def is_captioned(clip: str, share: float) -> bool:
    """Whether a training clip is one of the share whose captions are used: a pure function of its id."""
    return share >= 1 or crc32(f"caption/{clip}".encode()) / 2**32 < share


def unlike(clip: str, width: int) -> NDArray[np.float32]:
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

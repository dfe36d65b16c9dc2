"""A tiny data set in the pipeline's formats, and how to train on it and embed it: each class of clips has its own
sinusoids, frame colour and words.

N clips, T motion frames, F features, V video frames, K candidates, H W pixels, D token width.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest

from lavimo.clips import Clip, write_clips
from lavimo.config import EmbedOptions, ModelOptions, TrainOptions
from lavimo.encode.embed import embed
from lavimo.motion.statistics import measure
from lavimo.shards import shard_of, write_shard
from lavimo.text.texts import write_texts
from lavimo.train.inputs import Inputs
from lavimo.train.train import train


@dataclass(frozen=True)
class Files:
    clips: Path
    texts: Path
    features: list[Path]
    frames: list[Path]
    landmarks: list[Path] = field(default_factory=list)


class Synthetic:
    """Makes the data set."""

    FEATURES, TOKEN_WIDTH = 12, 16

    def write(self, folder: Path, shards: int = 2, train: int = 12, val: int = 4) -> Files:
        """Files of a synthetic data set, the same clips whatever the number of shards."""
        clips = [
            Clip(
                f"c{i:03}", "train" if i < train else "val", (f"a person does {i}", f"someone performs number {i} now")
            )
            for i in range(train + val)
        ]
        write_clips(folder / "clips.csv", clips)
        captions = sorted(caption for clip in clips for caption in clip.captions)
        kind = {caption: i % 4 for i, clip in enumerate(clips) for caption in clip.captions}
        tokens, sentences = [], []
        for caption in captions:
            rng = np.random.default_rng(crc32(caption.encode()))
            words = (
                rng.normal(size=(len(caption.split()) + 2, self.TOKEN_WIDTH))
                + 3 * np.eye(self.TOKEN_WIDTH)[kind[caption]]
            )
            tokens.append(words.astype(np.float32))
            sentence = np.eye(24)[kind[caption]] + 0.1 * rng.normal(size=24)
            sentences.append((sentence / np.linalg.norm(sentence)).astype(np.float32))
        write_texts(folder / "texts.safetensors", captions, [*map(len, tokens)], zip(sentences, tokens), model="test")
        motions = {clip.id: self.motion(i) for i, clip in enumerate(clips)}
        videos = {clip.id: self.video(i) for i, clip in enumerate(clips)}
        names = [f"{shard}-of-{shards}" for shard in range(1, shards + 1)]
        for kind_, arrays in (("features", motions), ("frames", videos)):
            for shard, name in enumerate(names, 1):
                mine = {clip: array for clip, array in arrays.items() if shard_of(clip, shards) == shard}
                write_shard(folder / kind_ / f"{name}.safetensors", mine)
        return Files(
            folder / "clips.csv",
            folder / "texts.safetensors",
            [folder / "features" / f"{name}.safetensors" for name in names],
            [folder / "frames" / f"{name}.safetensors" for name in names],
        )

    def motion(self, i: int) -> np.ndarray:
        """(T, F) float32 of class i mod 4, of a length and noise of its own."""
        rng = np.random.default_rng(i)
        time_T = np.arange(10 + 3 * (i % 5))[:, None]
        waves_TF = np.sin(time_T * (1 + i % 4) * 0.3 + np.arange(self.FEATURES))
        return (waves_TF + 0.1 * rng.normal(size=waves_TF.shape)).astype(np.float32)

    def video(self, i: int) -> np.ndarray:
        """(1, V, K, H, W, 3) uint8: a bar on noise, whose place and colour are those of class i mod 4."""
        rng = np.random.default_rng(i)
        video_VKHW3 = rng.integers(0, 60, size=(4, 2, 20, 20, 3))
        video_VKHW3[:, :, :, 5 * (i % 4) : 5 * (i % 4) + 5, i % 3] += 150
        return video_VKHW3.astype(np.uint8)[None]


@pytest.fixture
def synthetic() -> Synthetic:
    return Synthetic()


@pytest.fixture
def files(synthetic: Synthetic, tmp_path: Path) -> Files:
    return synthetic.write(tmp_path)


@pytest.fixture
def tiny_model() -> ModelOptions:
    """The smallest model that has every part."""
    return ModelOptions(
        dim=16,
        heads=2,
        feedforward=32,
        motion_layers=1,
        motion_patch_frames=2,
        text_layers=1,
        video_input="frames",
        image_patch_dropout=0,
        image_size_px=16,
        image_patch_px=8,
        image_width=64,
        image_layers=1,
        video_layers=1,
        decoder_layers=1,
    )


SHORT = TrainOptions(epochs=3, batch_size=6, learning_rate=2e-3)


def inputs_of(files: Files, statistics: Path) -> Inputs:
    """The files, with their features measured."""
    if not statistics.exists():  # a change of it would be another training
        measure(files.clips, files.features, statistics)
    return Inputs(files.clips, files.texts, files.features, statistics, files.frames)


def run(files: Files, folder: Path, options: TrainOptions, model: ModelOptions) -> Path:
    """Train; the model's file."""
    inputs = inputs_of(files, folder.with_suffix(".statistics"))
    train(inputs, folder / "model.safetensors", folder / "log.jsonl", options, model)
    return folder / "model.safetensors"


def read_log(model: Path) -> list[dict]:
    """The epochs of a training."""
    return [json.loads(line) for line in (model.parent / "log.jsonl").read_text().splitlines()]


def losses(model: Path) -> list[dict[str, float]]:
    """The losses of each epoch."""
    return [line["train"] for line in read_log(model)]


def embed_to(files: Files, model: Path, split: str = "val", batch_size: int = 1) -> Path:
    """Embed a split; the embeddings' file."""
    path = model.parent / "embeddings.safetensors"
    embed(model, *vars(files).values(), path, EmbedOptions(split=split, batch_size=batch_size))
    return path

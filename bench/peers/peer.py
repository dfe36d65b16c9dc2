"""What every peer's script does: read a workflow's results, train for each seed, and score as our runs are scored."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.config import EvaluateOptions
from lavimo.encode.samples import Samples
from lavimo.evaluate.evaluate import Origin, evaluate
from lavimo.motion.statistics import Statistics, read_statistics
from lavimo.shards import write_shard

LONGEST = 196
"""Frames of a motion that they see."""
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Data:
    """A workflow's clips as a peer takes them, with the feature statistics of the train split.

    Attributes:
        clips: the clip table.
    """

    clips: Path
    samples: Samples
    statistics: Statistics

    @classmethod
    def of(cls, results: Path, fold: int) -> "Data":
        """Of a folder of results; 0: of no fold."""
        features = sorted((results / "features").glob("*-of-*.safetensors"))
        split = results / f"folds/{fold}" if fold else results
        clips = split / "clips.csv"
        samples = Samples(clips, results / "texts.safetensors", features)
        return cls(clips, samples, read_statistics(split / "features/statistics.safetensors", samples.feature_width))

    def motion(self, name: str) -> NDArray[np.float32]:
        """A clip's normalised features (T, F)."""
        mean_F, std_F = self.statistics
        motion_TF: NDArray[np.float32] = (self.samples.motion(name)[:LONGEST] - mean_F) / std_F
        return motion_TF

    def epoch(self, seed: int, epoch: int, batch: int) -> Iterator[tuple[list[str], list[str]]]:
        """Batches of clips and a caption of each: every training clip once, one of its captions at random."""
        names = self.samples.split("train")
        rng = np.random.default_rng([seed, epoch])
        order = [names[i] for i in rng.permutation(len(names))]
        for start in range(0, len(order), batch):
            some = order[start : start + batch]
            captions = [self.samples.clips[name].captions for name in some]
            yield some, [own[int(rng.integers(len(own)))] for own in captions]

    def tested(self) -> tuple[list[str], list[str]]:
        """The test split's clips, and the caption of each that is asked for."""
        names = self.samples.split("test")
        return names, [self.samples.clips[name].captions[0] for name in names]


def arguments(about: str | None) -> argparse.ArgumentParser:
    """What every script is told."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("checkout", type=Path, help="of their repository")
    parser.add_argument("results", type=Path, help="a workflow's")
    parser.add_argument("output", type=Path)
    parser.add_argument("--fold", type=int, default=0, help="of a workflow by folds")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--epochs", type=int, default=48)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--device", default="cpu")
    return parser


def score(told: argparse.Namespace, run: str, trained: Callable[[Data, int], Callable[[], Arrays]]) -> None:
    """Train each seed, write SEED.safetensors and SEED.csv, and say the scores.

    Args:
        trained: a model of a seed; what it gives are the arrays of the test split's embeddings.
    """
    sys.path.insert(0, str(told.checkout))
    told.output.mkdir(parents=True, exist_ok=True)
    data = Data.of(told.results, told.fold)
    names, captions = data.tested()
    for seed in told.seeds:
        began = time.monotonic()
        arrays = trained(data, seed)()
        arrays["caption_embeddings"] = np.stack([data.samples.texts.sentence(caption) for caption in captions])
        path = told.output / f"{seed}.safetensors"
        write_shard(path, arrays, ids=names, captions=captions, split="test")
        origin = Origin(run, "", str(seed))
        scores = evaluate(path, path.with_suffix(".csv"), origin, EvaluateOptions(), data.clips)
        whole = [row for row in scores if (row.protocol, row.ties, row.subset) == ("all", "average", "whole")]
        line = ", ".join(f"{row.direction} R@1 {row.metrics['R1']:.1f} R@10 {row.metrics['R10']:.1f}" for row in whole)
        sys.stdout.write(f"seed {seed}: {line}; {time.monotonic() - began:.0f} s\n")
        sys.stdout.flush()


def say(seed: int, epoch: int, epochs: int, loss: float) -> None:
    """Where training stands."""
    sys.stderr.write(f"\rseed {seed}: epoch {epoch} of {epochs}, loss {loss:.3f}  ")

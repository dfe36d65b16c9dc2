"""A method at its training: what a step and an epoch do to it."""

import json
import logging
import resource
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lavimo.config import TrainOptions
from lavimo.encode.embed import embed_clips, similarities
from lavimo.encode.samples import Samples
from lavimo.train.batch import Batch, make_batch
from lavimo.train.distributed import Processes
from lavimo.train.finetune import Pretrained
from lavimo.train.optimiser import set_learning_rate
from lavimo.train.resume import Progress, load_progress, save_progress
from lavimo.train.step import Step
from lavimo.train.validate import selected, selection_score, validation_metrics

logger = logging.getLogger(__name__)

VALIDATION_BATCH = 16
AHEAD = 2
"""Batches that are made while another is stepped on."""


@dataclass
class Trainer:
    """A method, and all that its training carries.

    Attributes:
        method: a `lavimo.methods.method.Method`.
        pretrained: the encoders that it began with, where it is fine-tuned.
        processes: which of several this is.
    """

    method: Any
    optimiser: torch.optim.AdamW
    samples: Samples
    options: TrainOptions
    progress: Progress
    pretrained: Pretrained | None
    processes: Processes
    device: str

    def resume(self, path: Path, identity: str) -> None:
        """Go on where a training of this identity was stopped, if one was."""
        if (progress := load_progress(path, identity)) is None:
            return
        epoch, step = progress.epoch, progress.step
        logger.info("train: going on in epoch %d, step %d, of a training that was stopped", epoch, step)
        self.progress = progress
        self.method.load_state_dict(progress.weights)
        self.optimiser.load_state_dict(progress.optimiser)

    def save(self, path: Path, identity: str) -> None:
        """Save where training stands."""
        self.progress.weights, self.progress.optimiser = self.method.state_dict(), self.optimiser.state_dict()
        save_progress(path, identity, self.progress)

    def batches(self, plan: Sequence[list[str]]) -> Iterator[Batch]:
        """The batches of the epoch that are left, on the device."""
        some = ahead(self.samples, plan, self.method, self.progress.epoch, self.options, self.processes)
        return (batch.to(self.device) for batch in some)

    def step(self, batch: Batch, rate: float, number: int) -> None:
        """One step of the optimiser.

        Args:
            number: of all steps of the training, from 0.

        Raises:
            ValueError: a loss that is no number; the batch's clips are named.
        """
        self.method.train()
        set_learning_rate(self.optimiser, rate)
        self.optimiser.zero_grad()
        seed = int(np.random.SeedSequence([self.options.seed, number]).generate_state(1)[0])
        losses = Step(self.method, self.options, self.processes, seed).backward(batch)
        if not torch.isfinite(losses["total"]):
            found = ", ".join(f"{name} {float(loss):g}" for name, loss in losses.items())
            clips = ", ".join(batch.clips)
            raise ValueError(f"found a loss that is no number ({found}) in a batch of the clips {clips}")
        trained = [parameter for parameter in self.method.parameters() if parameter.requires_grad]
        self.processes.average_gradients(trained)
        torch.nn.utils.clip_grad_norm_(trained, self.options.gradient_clip)
        self.optimiser.step()
        self.method.clamp()
        progress = self.progress
        for name, tensor in self.method.state_dict().items() if progress.average else ():
            if tensor.is_floating_point():
                progress.average[name].lerp_(tensor, 1 - self.options.ema)
        for name, loss in losses.items():
            progress.sums[name] = progress.sums.get(name, 0.0) + float(loss)
        progress.step += 1

    def finish_epoch(self, val_clips: list[str], steps: int, rate: float, began: float) -> None:
        """Validate, keep the weights if validation says so, and go to the next epoch.

        Args:
            steps: of the epoch.
            rate: the learning rate of the last one.
            began: when, as `time.monotonic` has it.
        """
        progress, weights = self.progress, self.weights()
        validation = self._validated(weights, val_clips) if val_clips else {}
        score = selection_score(validation) if val_clips else float(progress.epoch)
        if selected(score, progress.best_score, len(val_clips)):
            progress.best_weights = {name: tensor.clone() for name, tensor in weights.items()}
            progress.best_epoch = progress.epoch
        progress.best_score = max(score, progress.best_score)
        line = {
            "epoch": progress.epoch,
            "train": {name: total / steps for name, total in progress.sums.items()},
            "val": validation,
            "learning_rate": rate,
            "seconds": round(monotonic() - began, 3),
            "memory_mb": round(_memory(self.device) / 2**20),
        }
        progress.log.append(json.dumps(line))
        progress.epoch, progress.step, progress.sums = progress.epoch + 1, 0, {}

    def weights(self) -> dict[str, Tensor]:
        """The weights that count, if training ended here: its own or their average, and of those that it began with
        the share that stays."""
        weights = self.progress.average or self.method.state_dict()
        return self.pretrained.kept(weights) if self.pretrained else weights

    def _validated(self, weights: dict[str, Tensor], clips: list[str]) -> dict[str, float]:
        with given(self.method, weights):
            arrays: dict[str, NDArray[np.float32]] = embed_clips(
                self.method.encoders, self.samples, clips, VALIDATION_BATCH, self.device
            )
            options = self.method.options
            arrays |= similarities(self.method.encoders, self.samples, clips, arrays, options, self.device)
        return validation_metrics(arrays)


def first_progress(method: Any, options: TrainOptions) -> Progress:
    """That of a training before its first step."""
    average = {name: tensor.clone() for name, tensor in method.state_dict().items()} if options.ema else {}
    return Progress(1, 0, {}, {}, average, {}, {}, 0, -np.inf, [])


def ahead(
    samples: Samples,
    plan: Sequence[list[str]],
    method: Any,
    epoch: int,
    options: TrainOptions,
    processes: Processes,
) -> Iterator[Batch]:
    """The batches of a plan, made beside the steps."""

    def made(names: list[str]) -> Batch:
        return make_batch(samples, processes.own(names), method.encoders, epoch, options)

    with ThreadPoolExecutor(1) as pool:
        coming = [pool.submit(made, names) for names in plan[:AHEAD]]
        for place in range(len(plan)):
            yield coming.pop(0).result()
            if place + AHEAD < len(plan):
                coming.append(pool.submit(made, plan[place + AHEAD]))


@contextmanager
def given(method: Any, weights: dict[str, Tensor]) -> Iterator[None]:
    """Inside, the method has these weights."""
    own = {name: tensor.clone() for name, tensor in method.state_dict().items()}
    method.load_state_dict(weights)
    try:
        yield
    finally:
        method.load_state_dict(own)


def _memory(device: str) -> int:
    """The most that was taken so far, in bytes."""
    if device.startswith("cuda"):
        return torch.cuda.max_memory_allocated()
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

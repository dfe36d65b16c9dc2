"""Stage `train`: a run's method from captions, features and frames."""

import json
import logging
import resource
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lavimo.config import ModelOptions, TrainOptions
from lavimo.describe.reading.vocabulary import vocabulary
from lavimo.encode.build import build_encoders
from lavimo.encode.checkpoint import save_model
from lavimo.encode.embed import embed_clips, similarities
from lavimo.encode.samples import Samples
from lavimo.evaluate.calibrate import calibrated
from lavimo.files import atomic
from lavimo.jobs.terminal import live_line
from lavimo.methods.build import build_method
from lavimo.motion.statistics import Statistics, grouped, read_statistics, released_statistics
from lavimo.train.batch import Batch, epoch_batches, make_batch, words_of
from lavimo.train.distributed import Processes
from lavimo.train.finetune import Pretrained
from lavimo.train.inputs import Inputs
from lavimo.train.numerics import products, reproducible
from lavimo.train.optimiser import learning_rate, make_optimiser, set_learning_rate
from lavimo.train.resume import Progress, fingerprint, load_progress, save_progress
from lavimo.train.step import Step
from lavimo.train.validate import selected, selection_score, validation_metrics

logger = logging.getLogger(__name__)

VALIDATION_BATCH = 16
AHEAD = 2
"""Batches that are made while another is stepped on."""


def train(
    inputs: Inputs,
    model: Path,
    log: Path,
    options: TrainOptions,
    model_options: ModelOptions,
    device: str = "cpu",
    about: dict[str, Any] | None = None,
) -> None:
    """Train and write the model of the epoch that was best in validation, with `last.safetensors` beside it.

    Motions are normalised by `statistics` (stage `measure`) unless the options name released ones.
    `log` has a line of JSON an epoch and can be watched while training runs. The same inputs give the same weights,
    also after a kill: training goes on from `model` with the suffix `.resume`, which is deleted at the end.

    Args:
        about: what the model's file says of its data: source, licence, frame sampling.

    Raises:
        ValueError: a damaged file, a split without clips, a clip whose features or frames are missing or bad, or a loss
            that is no number; the clips of its batch are named.
    """
    processes = Processes.of_torchrun(device)
    samples = inputs.samples(model_options)
    train_clips, val_clips = samples.split("train"), samples.split("val", wanted=False)
    for clip in (*train_clips, *val_clips):
        samples.motion(clip)  # a bad one is found now, not after an epoch
    filmed = {clip for clip in train_clips if samples.has_video(clip)}
    beginning = Pretrained.of(options, model_options, samples, about or {}) if options.finetune_from else None
    statistics = beginning.statistics if beginning else normalisation(options, inputs, samples.feature_width)
    with reproducible(device, options.seed):
        widths = samples.texts.token_width, samples.frame_width
        encoders = build_encoders(model_options, options, statistics, widths, samples.token_features)
        method = build_method(model_options, options, encoders).to(device)
    if beginning:
        beginning.put_into(method)
    optimiser = make_optimiser(method, options)
    resume = model.with_suffix(".resume")
    identity = fingerprint([options, model_options], inputs.all() + list(filter(None, [options.finetune_from])))
    progress = begin(resume, identity, method, optimiser, options)
    words = vocabulary(text for clip in train_clips for text in words_of(samples, clip, options))
    about = {**(about or {}), "convention": samples.convention, "texts": samples.texts.model, "vocabulary": words}
    about |= {"began_from": beginning.source} if beginning else {}
    if options.compile:
        for encoder in method.encoders.values():
            encoder.compile()

    saved = started = monotonic()
    since = 0
    while progress.epoch <= options.epochs:
        began = monotonic()
        plan = epoch_batches(train_clips, progress.epoch, options, filmed, samples.described)
        with reproducible(device, options.seed, progress.epoch), products(options.precision):
            for batch in ahead(samples, plan[progress.step :], method, progress.epoch, options, processes):
                total = (progress.epoch - 1) * len(plan) + progress.step
                rate = learning_rate(total, options.epochs * len(plan), options)
                step(method, optimiser, batch.to(device), rate, total, progress, options, processes)
                since += 1
                if processes.first and monotonic() - saved >= options.save_seconds and progress.step < len(plan):
                    keep(resume, identity, progress, method, optimiser)
                    saved = monotonic()
        rate = learning_rate(progress.epoch * len(plan) - 1, options.epochs * len(plan), options)
        finish_epoch(progress, method, beginning, samples, val_clips, len(plan), rate, device, began)
        left = (monotonic() - started) / since * (options.epochs - progress.epoch + 1) * len(plan)
        if processes.first:
            write_log(log, progress)
            report(progress, options, left, model.parent.name)
        if processes.first and monotonic() - saved >= options.save_seconds:
            keep(resume, identity, progress, method, optimiser)
            saved = monotonic()

    if processes.first:
        write_log(log, progress)  # again: a job killed after its last epoch has lost it to Snakemake
        last = kept(method, progress, beginning)
        what = (model_options, options, widths)
        save_model(model.with_name("last.safetensors"), last, *what, epoch=options.epochs, **about)
        method.load_state_dict(progress.best_weights)
        about["calibration"] = calibration(method, samples, val_clips, options, device)
        save_model(model, progress.best_weights, *what, epoch=progress.best_epoch, **about)
        resume.unlink(missing_ok=True)
    chosen = "as validation chose" if val_clips else "the last: there is no validation clip"
    logger.info("train: kept epoch %d of %d, %s", progress.best_epoch, options.epochs, chosen)


def normalisation(options: TrainOptions, inputs: Inputs, width: int) -> Statistics:
    """By which motions are normalised: released ones, or the train split's."""
    statistics = (
        released_statistics(options.feature_mean, options.feature_std, width)
        if options.feature_mean and options.feature_std
        else read_statistics(inputs.statistics, width)
    )
    return grouped(statistics) if options.feature_spread == "group" else statistics


def write_log(log: Path, progress: Progress) -> None:
    """A line of JSON for each epoch so far."""
    with atomic(log) as partial:
        partial.write_text("\n".join(progress.log) + "\n")


def begin(
    resume: Path, identity: str, method: Any, optimiser: torch.optim.Optimizer, options: TrainOptions
) -> Progress:
    """The progress of a training that was stopped, or of one that begins."""
    progress = load_progress(resume, identity)
    if progress is None:
        average = {name: tensor.clone() for name, tensor in method.state_dict().items()} if options.ema else {}
        return Progress(1, 0, {}, {}, average, {}, {}, 0, -np.inf, [])
    logger.info("train: going on in epoch %d, step %d, of a training that was stopped", progress.epoch, progress.step)
    method.load_state_dict(progress.weights)
    optimiser.load_state_dict(progress.optimiser)
    return progress


def keep(resume: Path, identity: str, progress: Progress, method: Any, optimiser: torch.optim.Optimizer) -> None:
    """Save where training stands."""
    progress.weights, progress.optimiser = method.state_dict(), optimiser.state_dict()
    save_progress(resume, identity, progress)


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


def step(
    method: Any,
    optimiser: torch.optim.AdamW,
    batch: Batch,
    rate: float,
    number: int,
    progress: Progress,
    options: TrainOptions,
    processes: Processes,
) -> None:
    """One step of the optimiser."""
    method.train()
    set_learning_rate(optimiser, rate)
    optimiser.zero_grad()
    seed = int(np.random.SeedSequence([options.seed, number]).generate_state(1)[0])
    losses = Step(method, options, processes, seed).backward(batch)
    if not torch.isfinite(losses["total"]):
        found = ", ".join(f"{name} {float(loss):g}" for name, loss in losses.items())
        raise ValueError(f"found a loss that is no number ({found}) in a batch of the clips {', '.join(batch.clips)}")
    trained = [parameter for parameter in method.parameters() if parameter.requires_grad]
    processes.average_gradients(trained)
    torch.nn.utils.clip_grad_norm_(trained, options.gradient_clip)
    optimiser.step()
    method.clamp()
    for name, tensor in method.state_dict().items() if progress.average else ():
        progress.average[name].lerp_(tensor, 1 - options.ema) if tensor.is_floating_point() else None
    for name, loss in losses.items():
        progress.sums[name] = progress.sums.get(name, 0.0) + float(loss)
    progress.step += 1


def finish_epoch(
    progress: Progress,
    method: Any,
    beginning: Pretrained | None,
    samples: Samples,
    val_clips: list[str],
    steps: int,
    rate: float,
    device: str,
    began: float,
) -> None:
    """Validate, keep the weights if validation says so, and go to the next epoch."""
    weights = kept(method, progress, beginning)
    with given(method, weights):
        validation = {}
        if val_clips:
            validation = validation_metrics(embedded(method, samples, val_clips, device))
    score = selection_score(validation) if val_clips else float(progress.epoch)
    if selected(score, progress.best_score, len(val_clips)):
        progress.best_weights = {name: tensor.clone() for name, tensor in weights.items()}
        progress.best_epoch = progress.epoch
    progress.best_score = max(score, progress.best_score)
    memory = torch.cuda.max_memory_allocated() if device.startswith("cuda") else 1024 * _resident()
    line = {
        "epoch": progress.epoch,
        "train": {name: total / steps for name, total in progress.sums.items()},
        "val": validation,
        "learning_rate": rate,
        "seconds": round(monotonic() - began, 3),
        "memory_mb": round(memory / 2**20),
    }
    progress.log.append(json.dumps(line))
    progress.epoch, progress.step, progress.sums = progress.epoch + 1, 0, {}


def embedded(method: Any, samples: Samples, clips: list[str], device: str) -> dict[str, NDArray[np.float32]]:
    """Clips' embeddings, and what counts instead of their cosines."""
    arrays = embed_clips(method.encoders, samples, clips, VALIDATION_BATCH, device)
    return arrays | similarities(method.encoders, samples, clips, arrays, method.options, device)


def calibration(
    method: Any, samples: Samples, val_clips: list[str], options: TrainOptions, device: str
) -> dict[str, dict[str, float]]:
    """What a similarity of the trained model means, as the validation clips show it."""
    if not val_clips or method.options.space != "cosine":
        return {}
    embeddings = embed_clips(method.encoders, samples, val_clips, VALIDATION_BATCH, device)
    captions_NX = np.stack([samples.texts.sentence(samples.clips[clip].captions[0]) for clip in val_clips])
    return calibrated(embeddings, captions_NX, options.min_cosine)


def report(progress: Progress, options: TrainOptions, left_s: float, run: str) -> None:
    """Say where training stands, in the log and in the terminal."""
    line = json.loads(progress.log[-1])
    recalls = "".join(
        f", {key} {line['val'][key]:.1f}" for key in ("t2m_R1", "t2m_R10", "v2m_R1") if key in line["val"]
    )
    text = f"epoch {line['epoch']} of {options.epochs}: loss {line['train']['total']:.4f}{recalls}"
    logger.info("%s, %.1f s", text, line["seconds"])
    live_line(f"train {run}: {text}, {left_s:.0f} s left", ends=line["epoch"] == options.epochs)


def kept(method: Any, progress: Progress, beginning: Pretrained | None) -> dict[str, Tensor]:
    """The weights that count, if training ended here: its own or their average, and of those that it began with the
    share that stays."""
    weights = progress.average or method.state_dict()
    return beginning.kept(weights) if beginning else weights


@contextmanager
def given(method: Any, weights: dict[str, Tensor]) -> Iterator[None]:
    """Inside, the method has these weights."""
    own = {name: tensor.clone() for name, tensor in method.state_dict().items()}
    method.load_state_dict(weights)
    try:
        yield
    finally:
        method.load_state_dict(own)


def _resident() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

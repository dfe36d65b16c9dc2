"""Stage `train`: a run's model from captions, features and frames."""

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import numpy as np
import torch
from torch import Tensor

from lavimo.config import ModelOptions, TrainOptions
from lavimo.files import atomic
from lavimo.model.checkpoint import save_model
from lavimo.model.lavimo import Lavimo
from lavimo.motion.statistics import read_statistics, released_statistics
from lavimo.train.batches import batches, batches_an_epoch
from lavimo.train.data import Data
from lavimo.train.embed import embed_clips
from lavimo.train.objective import compute_losses, total_loss
from lavimo.train.optimiser import learning_rate, make_optimiser
from lavimo.train.resume import Progress, fingerprint, load_progress, save_progress
from lavimo.train.validate import selection_score, validation_metrics

logger = logging.getLogger(__name__)

VALIDATION_BATCH = 16


def train(
    clips: Path,
    texts: Path,
    features: list[Path],
    statistics: Path,
    frames: list[Path],
    model: Path,
    log: Path,
    options: TrainOptions,
    model_options: ModelOptions,
    device: str = "cpu",
) -> None:
    """Train and write the model of the epoch that was best in validation, with `last.safetensors` beside it.

    Motions are normalised by `statistics` (stage `measure`) unless the options name released ones.
    `log` has a line of JSON an epoch and can be watched while training runs. The same inputs give the same weights,
    also after a kill: training goes on from `model` with the suffix `.resume`, which is deleted at the end.

    Raises:
        ValueError: a damaged file, a split without clips, or a clip whose features or frames are missing or bad.
    """
    data = Data(clips, texts, features, frames, "video" in model_options.modalities)
    train_clips, val_clips = data.split("train"), data.split("val", wanted=False)
    for clip in [*train_clips, *val_clips]:
        data.motion(clip)  # a bad one is found now, not after the first epoch
    if options.feature_mean and options.feature_std:
        mean_F, std_F = released_statistics(options.feature_mean, options.feature_std, data.feature_width)
    else:
        mean_F, std_F = read_statistics(statistics, data.feature_width)
    with reproducible(device, options.seed):
        normal = torch.from_numpy(mean_F), torch.from_numpy(std_F)
        lavimo = Lavimo(model_options, data.texts.token_width, *normal).to(device)
    optimiser = make_optimiser(lavimo, options)

    resume = model.with_suffix(".resume")
    identity = fingerprint([options, model_options], [clips, texts, statistics, *features, *frames])
    progress = load_progress(resume, identity)
    if progress is None:
        progress = Progress(0, lavimo.state_dict(), optimiser.state_dict(), {}, 0, (-np.inf,), [])
    else:
        logger.info("train: going on after epoch %d of a training that was stopped", progress.epochs_done)
        lavimo.load_state_dict(progress.weights)
        optimiser.load_state_dict(progress.optimiser)

    saved = monotonic()
    for epoch in range(progress.epochs_done + 1, options.epochs + 1):
        started = monotonic()
        with reproducible(device, options.seed, epoch):
            losses, rate = train_epoch(lavimo, optimiser, data, train_clips, epoch, options, device)
        validation = {}
        if val_clips:
            validation = validation_metrics(embed_clips(lavimo, data, val_clips, VALIDATION_BATCH, device))
        score = selection_score(validation) if val_clips else (epoch,)
        if score >= progress.best_score:
            best = {name: tensor.clone() for name, tensor in lavimo.state_dict().items()}
            progress.best_weights, progress.best_epoch, progress.best_score = best, epoch, score
        seconds = round(monotonic() - started, 3)
        line = {"epoch": epoch, "train": losses, "val": validation, "learning_rate": rate, "seconds": seconds}
        progress.log.append(json.dumps(line))
        with atomic(log) as partial:
            partial.write_text("\n".join(progress.log) + "\n")
        logger.info(
            "epoch %d of %d, %.1f s: loss %.4f%s",
            *(epoch, options.epochs, seconds, losses["total"]),
            "".join(f", {name} {validation[name]:.1f}" for name in ("t2m_R1", "t2m_R10") if name in validation),
        )
        if monotonic() - saved >= options.save_seconds:
            progress.epochs_done = epoch
            progress.weights, progress.optimiser = lavimo.state_dict(), optimiser.state_dict()
            save_progress(resume, identity, progress)
            saved = monotonic()

    save_model(model.with_name("last.safetensors"), lavimo.state_dict(), lavimo, options, options.epochs)
    save_model(model, progress.best_weights, lavimo, options, progress.best_epoch)
    resume.unlink(missing_ok=True)
    chosen = "as validation chose" if val_clips else "the last, for there is no validation clip"
    logger.info("train: kept epoch %d of %d, %s", progress.best_epoch, options.epochs, chosen)


def train_epoch(
    model: Lavimo,
    optimiser: torch.optim.Optimizer,
    data: Data,
    clips: Sequence[str],
    epoch: int,
    options: TrainOptions,
    device: str,
) -> tuple[dict[str, float], float]:
    """One pass over the clips: the mean of each loss, `total` among them, and the last rate."""
    model.train()
    rng = np.random.default_rng([options.seed, epoch])
    steps = batches_an_epoch(len(clips), options)
    history: list[dict[str, Tensor]] = []
    rate = 0.0
    for step, batch in enumerate(batches(data, clips, model, options, rng)):
        rate = learning_rate((epoch - 1) * steps + step, options.epochs * steps, options)
        for group in optimiser.param_groups:
            group["lr"] = rate
        losses = compute_losses(model, batch.to(device), options)
        losses["total"] = total_loss(losses, options)
        optimiser.zero_grad()
        losses["total"].backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), options.gradient_clip)
        optimiser.step()
        model.clamp_temperature()
        history.append({name: loss.detach() for name, loss in losses.items()})
    means = {name: float(torch.stack([losses[name] for losses in history]).mean()) for name in history[0]}
    return means, rate


@contextmanager
def reproducible(device: str, *seed: int) -> Iterator[None]:
    """Inside, torch's random numbers come from `seed` alone and its algorithms are deterministic where they can be.

    Dropout and initialisation draw from torch's global generator; it is put back as it was.
    """
    was = torch.are_deterministic_algorithms_enabled()
    with torch.random.fork_rng([device] if device.startswith("cuda") else []):
        torch.manual_seed(int(np.random.SeedSequence(seed).generate_state(1, np.uint64)[0]))
        torch.use_deterministic_algorithms(True, warn_only=True)
        try:
            yield
        finally:
            torch.use_deterministic_algorithms(was)

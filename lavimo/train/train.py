"""Stage `train`: a run's method from captions, features and frames."""

import json
import logging
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from lavimo.config import ModelOptions, TrainOptions
from lavimo.describe.reading.vocabulary import vocabulary
from lavimo.encode.build import build_encoders
from lavimo.encode.checkpoint import save_model
from lavimo.encode.embed import embed_clips
from lavimo.encode.samples import Samples
from lavimo.evaluate.calibrate import calibrated
from lavimo.files import atomic
from lavimo.jobs.terminal import live_line
from lavimo.methods.build import build_method
from lavimo.motion.statistics import Statistics, grouped, read_statistics, released_statistics
from lavimo.train.batch import epoch_batches, words_of
from lavimo.train.distributed import Processes
from lavimo.train.finetune import Pretrained
from lavimo.train.inputs import Inputs
from lavimo.train.numerics import products, reproducible
from lavimo.train.optimiser import learning_rate, make_optimiser
from lavimo.train.resume import Progress, fingerprint
from lavimo.train.trainer import VALIDATION_BATCH, Trainer, first_progress

logger = logging.getLogger(__name__)


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
    pretrained = Pretrained.of(options, model_options, samples, about or {}) if options.finetune_from else None
    statistics = pretrained.statistics if pretrained else normalisation(options, inputs, samples.feature_width)
    with reproducible(device, options.seed):
        widths = samples.texts.token_width, samples.frame_width
        encoders = build_encoders(model_options, options, statistics, widths, samples.token_features)
        method = build_method(model_options, options, encoders).to(device)
    if pretrained:
        pretrained.put_into(method)
    optimiser, progress = make_optimiser(method, options), first_progress(method, options)
    trainer = Trainer(method, optimiser, samples, options, progress, pretrained, processes, device)
    resume = model.with_suffix(".resume")
    identity = fingerprint([options, model_options], inputs.all() + list(filter(None, [options.finetune_from])))
    trainer.resume(resume, identity)
    progress = trainer.progress
    words = vocabulary(text for clip in train_clips for text in words_of(samples, clip, options))
    about = {**(about or {}), "convention": samples.convention, "texts": samples.texts.model, "vocabulary": words}
    about |= {"began_from": pretrained.source} if pretrained else {}
    if options.compile:
        for encoder in method.encoders.values():
            encoder.compile()

    saved = started = monotonic()
    since = 0
    while progress.epoch <= options.epochs:
        began = monotonic()
        plan = epoch_batches(train_clips, progress.epoch, options, filmed, samples.described)
        with reproducible(device, options.seed, progress.epoch), products(options.precision):
            for batch in trainer.batches(plan[progress.step :]):
                number = (progress.epoch - 1) * len(plan) + progress.step
                trainer.step(batch, learning_rate(number, options.epochs * len(plan), options), number)
                since += 1
                if processes.first and monotonic() - saved >= options.save_seconds and progress.step < len(plan):
                    trainer.save(resume, identity)
                    saved = monotonic()
        rate = learning_rate(progress.epoch * len(plan) - 1, options.epochs * len(plan), options)
        trainer.finish_epoch(val_clips, len(plan), rate, began)
        left = (monotonic() - started) / since * (options.epochs - progress.epoch + 1) * len(plan)
        if processes.first:
            write_log(log, progress)
            report(progress, options, left, model.parent.name)
        if processes.first and monotonic() - saved >= options.save_seconds:
            trainer.save(resume, identity)
            saved = monotonic()

    if processes.first:
        write_log(log, progress)  # again: a job killed after its last epoch has lost it to Snakemake
        what = (model_options, options, widths)
        save_model(model.with_name("last.safetensors"), trainer.weights(), *what, epoch=options.epochs, **about)
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

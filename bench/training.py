"""Samples a second of a training step, ours against the straightforward one, on the demo's motions and captions.

Straightforward: the same model with one token a frame, padded to the longest motion there may be (200 frames), batches
made between steps. Same batch, same processor, one thread; forward, backward and optimiser.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import numpy as np
import torch
from table import write_results

from lavimo.config import (
    DemoOptions,
    EmbedTextsOptions,
    FeaturizeOptions,
    IngestOptions,
    ModelOptions,
    SourceOptions,
    TrainOptions,
)
from lavimo.encode.build import build_encoders
from lavimo.encode.encoded import Inputs
from lavimo.encode.samples import Samples
from lavimo.methods.lavimo import Lavimo
from lavimo.motion.featurize import featurize
from lavimo.motion.statistics import measure, read_statistics
from lavimo.sources.catalogue import catalogue
from lavimo.sources.ingest import ingest
from lavimo.text.embed_texts import embed_texts
from lavimo.train.batch import Batch, epoch_batches, make_batch
from lavimo.train.distributed import Processes
from lavimo.train.optimiser import make_optimiser
from lavimo.train.step import Step
from lavimo.train.trainer import ahead

LONGEST, EPOCHS = 200, 2
torch.set_num_threads(1)


def data(folder: Path) -> tuple[Samples, tuple[np.ndarray, np.ndarray]]:
    """The demo's train split without videos."""
    source = SourceOptions(demo=DemoOptions(train=320, val=2, test=2))
    catalogue(folder / "clips.csv", source)
    ingest("1-of-1", folder / "motions", folder / "rejected", source, IngestOptions())
    featurize(folder / "motions", folder / "features", FeaturizeOptions())
    measure(folder / "clips.csv", [folder / "features"], folder / "statistics")
    embed_texts(folder / "clips.csv", folder / "texts", EmbedTextsOptions())
    samples = Samples(folder / "clips.csv", folder / "texts", [folder / "features"])
    return samples, read_statistics(folder / "statistics", samples.feature_width)


def samples_a_second(samples: Samples, statistics: tuple[np.ndarray, np.ndarray], patch: int, plain: bool) -> float:
    """Over some epochs, after a first step that warms up."""
    model = ModelOptions(modalities=("text", "motion"), motion_patch_frames=patch, max_motion_frames=LONGEST)
    options = TrainOptions()
    torch.manual_seed(0)
    encoders = build_encoders(model, options, statistics, (samples.texts.token_width, 0), samples.token_features)
    method = Lavimo(model, encoders).train()
    optimiser = make_optimiser(method, options)
    clips = samples.split("train")

    def step(batch: Batch) -> None:
        if plain:
            motion = batch.inputs["motion"]
            missing = LONGEST - motion.x_BL.shape[1]
            x_BL = torch.nn.functional.pad(motion.x_BL, (0, 0, 0, missing))
            batch.inputs["motion"] = Inputs(x_BL, torch.nn.functional.pad(motion.mask_BL, (0, missing)))
        optimiser.zero_grad()
        Step(method, options, Processes(), 0).backward(batch)
        optimiser.step()

    def batches(epoch: int) -> Iterator[Batch]:
        plan = epoch_batches(clips, epoch, options)
        if plain:
            return (make_batch(samples, names, encoders, epoch, options) for names in plan)
        return ahead(samples, plan, method, epoch, options, Processes())

    step(next(iter(batches(0))))
    start = perf_counter()
    for epoch in range(1, EPOCHS + 1):
        for batch in batches(epoch):
            step(batch)
    return EPOCHS * len(clips) / (perf_counter() - start)


with tempfile.TemporaryDirectory() as name:
    made = data(Path(name))
    straightforward = samples_a_second(*made, patch=1, plain=True)
    rows = {}
    for patch in (1, 4):
        ours = samples_a_second(*made, patch=patch, plain=False)
        rows[f"seconds_a_sample_patch_{patch}"] = (1 / straightforward, 1 / ours, "s")
write_results("training", rows)

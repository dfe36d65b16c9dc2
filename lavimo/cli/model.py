"""Commands for the model: captions to vectors, training, and embedding with what was trained."""

from pathlib import Path
from typing import Annotated

import typer

from lavimo import config
from lavimo.cli.app import command
from lavimo.cli.options import (
    Clips,
    Device,
    FeatureFiles,
    FrameFiles,
    Frames,
    Json,
    LandmarkFiles,
    MotionFiles,
    Texts,
    file,
    files,
    parsed,
    section,
    sections,
)
from lavimo.encode.device import device_of

PANEL = "Model: train and embed"


@command(PANEL)
def describe_motions(
    clips: Clips,
    described: Annotated[Path, file("The table of described captions to write.")],
    motions: MotionFiles = [],  # noqa: B006
    options: Json = "{}",
) -> None:
    """Write captions of the train split's motions that say what geometry sees of them."""
    from lavimo.describe.describe_motions import describe_motions

    describe_motions(clips, motions, described, section(options, config.DescribeMotionsOptions))


@command(PANEL)
def embed_texts(
    clips: Clips, texts: Annotated[Path, file("The captions' embeddings to write.")], options: Json = "{}"
) -> None:
    """Compute sentence embeddings and token features of all captions."""
    from lavimo.text.embed_texts import embed_texts

    embed_texts(clips, texts, section(options, config.EmbedTextsOptions))


@command(PANEL)
def embed_frames(
    frames: Frames,
    features: Annotated[Path, file("The shard of features to write.")],
    device: Device = "auto",
    options: Json = "{}",
) -> None:
    """Put a shard's frames through a frozen image encoder."""
    from lavimo.encode.embed_frames import embed_frames

    embed_frames(frames, features, section(options, config.EmbedFramesOptions), device_of(device))


@command(PANEL)
def train(
    clips: Clips,
    texts: Texts,
    model: Annotated[Path, file("The model to write.")],
    log: Annotated[Path, file("The training log to write, a line an epoch.")],
    statistics: Annotated[Path, typer.Option(metavar="FILE", help="Mean and deviation of the features.")],
    features: FeatureFiles = [],  # noqa: B006
    frames: FrameFiles = [],  # noqa: B006
    landmarks: LandmarkFiles = [],  # noqa: B006
    motions: MotionFiles = [],  # noqa: B006
    described: Annotated[list[Path], files("The table of described captions and their texts, if they are used.")] = [],  # noqa: B006
    device: Device = "auto",
    run: Annotated[str, typer.Option(metavar="NAME", help="The run, for its own train.save_seconds.")] = "",
    options: Json = "{}",
) -> None:
    """Train a run's model; goes on where a killed training stopped."""
    from lavimo.train.inputs import Inputs
    from lavimo.train.train import train

    own, model_options = sections(options, config.TrainOptions, config.ModelOptions, run)
    inputs = Inputs(clips, texts, features, statistics, frames, landmarks, motions, described)
    about = parsed(options, {"train", "model"}).get("about", {})
    train(inputs, model, log, own, model_options, device_of(device), about)


@command(PANEL)
def embed(
    model: Annotated[Path, file("A trained model.")],
    clips: Clips,
    texts: Texts,
    embeddings: Annotated[Path, file("The embeddings to write.")],
    features: FeatureFiles = [],  # noqa: B006
    frames: FrameFiles = [],  # noqa: B006
    landmarks: LandmarkFiles = [],  # noqa: B006
    device: Device = "auto",
    options: Json = "{}",
) -> None:
    """Embed a split's captions, motions and videos with a trained model."""
    from lavimo.encode.embed import embed

    own = section(options, config.EmbedOptions)
    embed(model, clips, texts, features, frames, landmarks, embeddings, own, device_of(device))


@command(PANEL)
def average(
    embeddings: Annotated[Path, file("The similarities to write.")],
    runs: Annotated[list[Path], files("Embeddings of the runs.")] = [],  # noqa: B006
    options: Json = "{}",
) -> None:
    """Average what several runs say of a split's clips."""
    from lavimo.methods.average import average

    parsed(options, set())
    average(runs, embeddings)


@command(PANEL)
def match(
    clips: Clips,
    texts: Texts,
    embeddings: Annotated[Path, file("The similarities to write.")],
    landmarks: LandmarkFiles = [],  # noqa: B006
    motions: MotionFiles = [],  # noqa: B006
    first: Annotated[list[Path], files("Embeddings of a run whose best answers are ranked again; none: all are.")] = [],  # noqa: B006
    options: Json = "{}",
) -> None:
    """Compare the landmarks of a split's videos with its motions, without training."""
    from lavimo.methods.match import match

    own = sections(options, config.MatchOptions, config.EmbedOptions)
    match(clips, texts, landmarks, motions, embeddings, *own, next(iter(first), None))


@command(PANEL)
def facts(
    clips: Clips,
    texts: Texts,
    embeddings: Annotated[Path, file("The similarities to write.")],
    motions: MotionFiles = [],  # noqa: B006
    first: Annotated[list[Path], files("Embeddings of a run to whose cosines they are added; none: alone.")] = [],  # noqa: B006
    options: Json = "{}",
) -> None:
    """Compare what a split's captions ask for with what geometry says of its motions, without training."""
    from lavimo.methods.facts import facts

    own = sections(options, config.FactsOptions, config.EmbedOptions)
    facts(clips, texts, motions, embeddings, *own, next(iter(first), None))

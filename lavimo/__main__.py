"""The stages on the command line: `python -m lavimo STAGE`. Snakemake's rules call nothing else.

Heavy modules are imported by the stage that runs.
"""

import argparse
import json
import logging
import sys
from pathlib import Path
from typing import Any

from lavimo import config
from lavimo.command import STAGES, device, parser, section, sections, stage
from lavimo.files import atomic


@stage("clips")
def catalogue(given: argparse.Namespace) -> None:
    """List the source's clips, splits and captions in a CSV."""
    from lavimo.motion.catalogue import catalogue

    catalogue(given.clips, section(given, "source", config.SourceOptions))


@stage("-features", "json=")
def verify(given: argparse.Namespace) -> None:
    """Say what of the source is there and what is not: subsets, files, captions, splits, counts, and with
    --features how far its features are from ours. Exit status 1 if there are problems."""
    from lavimo.motion.verify.verify import verify

    source = section(given, "source", config.SourceOptions)
    table, problems = verify(source, given.features, Path(given.json) if given.json else None)
    sys.stdout.write(table + "\n")
    if problems:
        raise ValueError(f"found {problems} problem(s) in the source {source.name!r} of kind {source.kind}")


@stage("shard!", "motions", "rejected")
def ingest(given: argparse.Namespace) -> None:
    """Turn the source's clips of a shard, such as 3-of-8, into SMPL motions."""
    from lavimo.motion.ingest import ingest

    source, options = section(given, "source", config.SourceOptions), section(given, "ingest", config.IngestOptions)
    ingest(given.shard, given.motions, given.rejected, source, options)


@stage("motions", "features")
def featurize(given: argparse.Namespace) -> None:
    """Compute HumanML3D's features of a shard's motions."""
    from lavimo.motion.featurize import featurize

    featurize(given.motions, given.features, section(given, "featurize", config.FeaturizeOptions))


@stage("clips", "statistics", "features*")
def measure(given: argparse.Namespace) -> None:
    """Compute mean and standard deviation of the train split's features, as training takes them."""
    from lavimo.motion.statistics import measure

    measure(given.clips, given.features, given.statistics)


@stage("avatars")
def dress(given: argparse.Namespace) -> None:
    """Dress every avatar."""
    from lavimo.avatar.wardrobe import dress_all

    dress_all(given.avatars, section(given, "dress", config.DressOptions))


@stage("motions", "avatars", "animations")
def animate(given: argparse.Namespace) -> None:
    """Give each motion of a shard an avatar, a camera and a scene."""
    from lavimo.scene.animate import animate

    options = section(given, "animate", config.AnimateOptions)
    animate(given.motions, given.avatars, given.animations, options, sections(given).get("test_clips", ()))


@stage("animations", "avatars", "videos")
def render(given: argparse.Namespace) -> None:
    """Render a shard's animations to a folder of videos."""
    from lavimo.render.render import render

    render(given.animations, given.avatars, given.videos, section(given, "render", config.RenderOptions))


@stage("videos", "frames")
def sample_frames(given: argparse.Namespace) -> None:
    """Sample a shard's videos into one file of frames."""
    from lavimo.video.sample_frames import sample_frames

    sample_frames(given.videos, given.frames, section(given, "sample_frames", config.SampleFramesOptions))


@stage("animations", "avatars", "frames")
def draw_frames(given: argparse.Namespace) -> None:
    """Draw only the frames that the model sees of a shard's animations, without videos."""
    from lavimo.render.draw_frames import draw_frames

    options = section(given, "render", config.RenderOptions)
    sampling = section(given, "sample_frames", config.SampleFramesOptions)
    draw_frames(given.animations, given.avatars, given.frames, options, sampling)


@stage("clips", "texts")
def embed_texts(given: argparse.Namespace) -> None:
    """Compute sentence embeddings and token features of all captions."""
    from lavimo.text.embed_texts import embed_texts

    embed_texts(given.clips, given.texts, section(given, "embed_texts", config.EmbedTextsOptions))


@stage("clips", "texts", "model", "log", "features*", "frames*", "device=auto", "run=")
def train(given: argparse.Namespace) -> None:
    """Train a run's model."""
    from lavimo.train.train import train

    train(
        given.clips,
        given.texts,
        given.features,
        given.frames,
        given.model,
        given.log,
        section(given, "train", config.TrainOptions),
        section(given, "model", config.ModelOptions),
        device(given.device),
    )


@stage("model", "clips", "texts", "embeddings", "features*", "frames*", "device=auto")
def embed(given: argparse.Namespace) -> None:
    """Embed a split's captions, motions and videos with a trained model."""
    from lavimo.train.embed import embed

    embed(
        given.model,
        given.clips,
        given.texts,
        given.features,
        given.frames,
        given.embeddings,
        section(given, "embed", config.EmbedOptions),
        device(given.device),
    )


@stage("embeddings:", "scores?", "clips?", "animations*", "run=", "source=unnamed", "seed=", "family=", "benchmark=")
def evaluate(given: argparse.Namespace) -> None:
    """Score a run's embeddings, or anyone's (npz or safetensors), by every protocol, in every direction.

    Without --scores they go to NAME.scores.csv beside the embeddings; the table is printed.
    """
    from lavimo.evaluate.evaluate import Origin, evaluate
    from lavimo.evaluate.table import markdown, tables

    origin = Origin(given.run or given.embeddings.stem, given.source, given.seed, given.family, given.benchmark)
    scores = given.scores or given.embeddings.with_suffix(".scores.csv")
    options = section(given, "evaluate", config.EvaluateOptions)
    rows = evaluate(given.embeddings, scores, origin, options, given.clips, given.animations)
    sys.stdout.write(markdown(tables(rows)))


@stage("a", "b")
def compare(given: argparse.Namespace) -> None:
    """Say what the embeddings B gain over A, by paired bootstrap over the same queries."""
    from lavimo.evaluate.compare import compare

    sys.stdout.write(compare(given.a, given.b, section(given, "evaluate", config.EvaluateOptions)) + "\n")


@stage("table", "merged", "scores*", "tex?")
def tabulate(given: argparse.Namespace) -> None:
    """Merge runs' scores into one CSV and one readable table, in markdown and LaTeX."""
    from lavimo.evaluate.tabulate import tabulate

    tabulate(given.scores, given.table, given.merged, given.tex)


@stage("clips", "scores", "html", "logs*", "embeddings*", "frames*", "videos*", "rejected*")
def report(given: argparse.Namespace) -> None:
    """Write the report that people look at: table, curves, frames, queries and what they found."""
    from lavimo.report.report import report

    report(
        given.clips,
        given.scores,
        {path.parent.name: path for path in given.logs},
        {path.parent.name: path for path in given.embeddings},
        given.frames,
        given.videos,
        given.rejected,
        given.html,
        section(given, "report", config.ReportOptions),
    )


@stage("motions", "clips", "perturbed", "split=test")
def perturb(given: argparse.Namespace) -> None:
    """Write a split's motions as a worse recording would have them."""
    from lavimo.motion.perturb import perturb

    options = section(given, "perturb", config.PerturbOptions)
    perturb(given.motions, given.clips, given.perturbed, given.split, options)


@stage("scores", "html", "plain*", "variants*", "source=unnamed")
def robustness(given: argparse.Namespace) -> None:
    """Say how runs' scores move when one thing about the test split changes."""
    from lavimo.report.robustness import robustness

    robustness(
        given.plain,
        given.variants,
        given.scores,
        given.html,
        given.source,
        section(given, "robustness", config.RobustnessOptions),
    )


@stage("output?", "-changed", "-schema", "-page", "configfile*")
def show_config(given: argparse.Namespace) -> None:
    """Print the effective configuration: every key with its value, default, unit and meaning. --configfile: of these
    files together, as snakemake merges them; --changed: only what differs from the defaults; --schema: the JSON schema,
    for editors; --page: docs/config.md; --output: write it there."""
    import yaml

    from lavimo.config.show import as_page, as_yaml

    if given.schema:
        text = json.dumps(config.Config.model_json_schema(), indent=2, sort_keys=True) + "\n"
    elif given.page:
        text = as_page()
    else:
        values = sections(given)
        for path in given.configfile:
            try:
                values = config.merged(values, yaml.safe_load(path.read_text(encoding="utf-8")) or {})
            except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
                raise ValueError(f"{path}: cannot be read as YAML ({error})") from error
        values.pop("version", None)
        text = as_yaml(config.load_config(values or {"runs": {"lavimo": {}}}), given.changed)
    if given.output:
        with atomic(given.output) as partial:
            partial.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


def main(arguments: list[str] | None = None) -> Any:
    """Run one stage. An error of the user's is one line on stderr and exit status 1."""
    given = parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s", datefmt="%H:%M:%S")
    try:
        STAGES[given.stage][0](given)
    except ValueError as error:
        logging.getLogger("lavimo").error("%s: %s", given.stage, error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Commands for data: from a source to motions, features and their statistics."""

import json as json_format
import sys
from pathlib import Path
from typing import Annotated

import typer

from lavimo import config
from lavimo.cli.app import command
from lavimo.cli.options import (
    Clips,
    Configfiles,
    FeatureFiles,
    Json,
    Motions,
    file,
    merged_files,
    section,
    sections,
)

PANEL = "Data: from recordings to motions"


@command(PANEL)
def catalogue(clips: Annotated[Path, file("The clip table to write.")], options: Json = "{}") -> None:
    """List the source's clips, splits and captions in a CSV."""
    from lavimo.sources.catalogue import catalogue

    catalogue(clips, section(options, config.SourceOptions))


@command(
    PANEL,
    "lavimo verify --configfile workflow/configs/humanml3d.yaml",
    """lavimo verify --options '{"source": {"kind": "bvh", "bvh": {"folder": "my_bvh"}}}'""",
)
def verify(
    features: Annotated[bool, typer.Option("--features", help="Also compute released features again.")] = False,
    json: Annotated[Path | None, typer.Option(metavar="FILE", help="Write what was found here, for programs.")] = None,
    configfile: Configfiles = [],  # noqa: B006  (typer copies it)
    options: Json = "{}",
) -> None:
    """Say what of the source is there and can be read, and what not. Exit status 1 if there are problems."""
    from lavimo.sources.verify.verify import verify

    if configfile:
        options = json_format.dumps({"source": merged_files(configfile).get("source", {})})
    source = section(options, config.SourceOptions)
    table, problems = verify(source, features, json)
    sys.stdout.write(table + "\n")
    if problems:
        raise ValueError(f"found {problems} problem(s) in the source {source.name!r} of kind {source.kind}")


@command(PANEL, "lavimo skeleton takes/walk.bvh skeletons --name studio")
def skeleton(
    bvh: Annotated[Path, file("A BVH whose skeleton no map knows.")],
    folder: Annotated[Path, file("The folder of your skeleton maps, source.bvh.skeletons.")],
    name: Annotated[str, typer.Option(metavar="NAME", help="The map's name, if not the file's.")] = "",
) -> None:
    """Guess which joint is which of a skeleton, as a table to correct and a picture to look at."""
    from lavimo.formats.skeletons.propose import propose

    propose(bvh, folder, name)


@command(PANEL)
def ingest(
    shard: Annotated[str, typer.Argument(metavar="SHARD", help="Which of how many, such as 3-of-8.")],
    motions: Annotated[Path, file("The shard of motions to write.")],
    rejected: Annotated[Path, file("The table of rejected clips to write.")],
    options: Json = "{}",
) -> None:
    """Turn a shard's clips into SMPL motions."""
    from lavimo.sources.ingest import ingest

    ingest(shard, motions, rejected, *sections(options, config.SourceOptions, config.IngestOptions))


@command(PANEL)
def featurize(
    motions: Motions, features: Annotated[Path, file("The shard of features to write.")], options: Json = "{}"
) -> None:
    """Compute HumanML3D's features of a shard's motions."""
    from lavimo.motion.featurize import featurize

    featurize(motions, features, section(options, config.FeaturizeOptions))


@command(PANEL)
def measure(
    clips: Clips,
    statistics: Annotated[Path, file("The mean and deviation to write.")],
    features: FeatureFiles = [],  # noqa: B006
    options: Json = "{}",
) -> None:
    """Compute mean and deviation of the train split's features."""
    from lavimo.motion.statistics import measure

    measure(clips, features, statistics)


@command(PANEL)
def perturb(
    motions: Motions,
    clips: Clips,
    perturbed: Annotated[Path, file("The shard of motions to write.")],
    split: Annotated[str, typer.Option(metavar="SPLIT", help="The split that is perturbed.")] = "test",
    options: Json = "{}",
) -> None:
    """Write a split's motions as a worse recording would have them."""
    from lavimo.motion.perturb import perturb

    perturb(motions, clips, perturbed, split, section(options, config.PerturbOptions))

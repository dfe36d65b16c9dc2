"""Commands for tables: scores, comparisons, and runs side by side."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from lavimo import config
from lavimo.cli.app import command
from lavimo.cli.options import Json, Source, file, files, parsed, section

PANEL = "Tables: score and compare"


@command(
    PANEL,
    "lavimo evaluate --embeddings theirs.npz --run theirs --clips results/clips.csv",
    "lavimo evaluate --embeddings results/runs/lavimo-3/embeddings.safetensors",
)
def evaluate(
    embeddings: Annotated[Path, typer.Option(metavar="FILE", help="Embeddings: a run's, or anyone's as npz.")],
    scores: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The CSV to write [EMBEDDINGS.scores.csv].")
    ] = None,
    clips: Annotated[list[Path], files("The clip table, for subsets; none: fewer of them.")] = [],  # noqa: B006
    animations: Annotated[list[Path], files("Shards of animations, for held-out avatars and views.")] = [],  # noqa: B006
    run: Annotated[str, typer.Option(metavar="NAME", help="The run's name in tables.")] = "",
    source: Source = "unnamed",
    seed: Annotated[str, typer.Option(metavar="N", help="The run's seed.")] = "",
    family: Annotated[str, typer.Option(metavar="NAME", help="The run of which this is another seed.")] = "",
    benchmark: Annotated[str, typer.Option(metavar="NAME", help="humanml3d or kitml: shows published rows.")] = "",
    options: Json = "{}",
) -> None:
    """Score embeddings by every protocol, in every direction, and print the table."""
    from lavimo.evaluate.evaluate import Origin, evaluate
    from lavimo.evaluate.table import markdown, tables

    origin = Origin(run or embeddings.stem, source, seed, family, benchmark)
    path = scores or embeddings.with_suffix(".scores.csv")
    own = section(options, config.EvaluateOptions)
    rows = evaluate(embeddings, path, origin, own, next(iter(clips), None), animations)
    sys.stdout.write(markdown(tables(rows)))


@command(PANEL, "lavimo pool all.safetensors --folds results/folds/[1-3]/runs/lavimo-2/embeddings.safetensors")
def pool(
    embeddings: Annotated[Path, file("The embeddings to write.")],
    folds: Annotated[list[Path], files("Embeddings of each fold.")] = [],  # noqa: B006
    options: Json = "{}",
) -> None:
    """Put the folds of a cross-validation together: each query is asked in the gallery of its own fold."""
    from lavimo.evaluate.pool import pool

    parsed(options, set())
    pool(folds, embeddings)


@command(PANEL)
def compare(
    a: Annotated[Path, file("Embeddings.")],
    b: Annotated[Path, file("Embeddings of the same clips.")],
    options: Json = "{}",
) -> None:
    """Say what embeddings B gain over A, by paired bootstrap over the same queries."""
    from lavimo.evaluate.compare import compare

    sys.stdout.write(compare(a, b, section(options, config.EvaluateOptions)) + "\n")


@command(PANEL, "lavimo tabulate both.md both.csv --scores results/scores.csv theirs.scores.csv")
def tabulate(
    table: Annotated[Path, file("The markdown table to write.")],
    merged: Annotated[Path, file("The merged CSV to write.")],
    scores: Annotated[list[Path], files("Scores of runs.")] = [],  # noqa: B006
    tex: Annotated[Path | None, typer.Option(metavar="FILE", help="The LaTeX table to write.")] = None,
    options: Json = "{}",
) -> None:
    """Merge runs' scores into one CSV and one readable table."""
    from lavimo.evaluate.tabulate import tabulate

    tabulate(scores, table, merged, tex)

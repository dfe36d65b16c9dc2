"""Commands to look: the configuration explained, and pages for people."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from lavimo import config
from lavimo.cli.app import command
from lavimo.cli.options import Clips, Configfiles, Json, Source, file, files, merged_files, parsed, section, sections
from lavimo.files import atomic

PANEL = "Look: what is set, what came out"


@command(
    PANEL,
    "lavimo config",
    "lavimo config --changed --configfile config.yaml my.yaml",
    name="config",
)
def show_config(
    configfile: Configfiles = [],  # noqa: B006
    changed: Annotated[bool, typer.Option("--changed", help="Only what differs from the defaults.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="The JSON schema instead, for editors.")] = False,
    page: Annotated[bool, typer.Option("--page", help="docs/config.md instead.")] = False,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write there and do not print.")] = None,
    options: Json = "{}",
) -> None:
    """Print the effective configuration: every key with its value, default, unit and meaning."""
    from lavimo.config.show import as_page, as_yaml

    if schema:
        text = json.dumps(config.Config.model_json_schema(), indent=2, sort_keys=True) + "\n"
    elif page:
        text = as_page()
    else:
        values = config.merged(parsed(options, set(config.Config.model_fields)), merged_files(configfile))
        values.pop("version", None)
        dropped = [name for name, run in (values.get("runs") or {}).items() if run is None]
        text = as_yaml(config.load_config(values or {"runs": {"lavimo": {}}}), changed, dropped)
    if output:
        with atomic(output) as partial:
            partial.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


@command(PANEL)
def report(
    clips: Clips,
    scores: Annotated[Path, file("The merged scores.")],
    html: Annotated[Path, file("The page to write.")],
    logs: Annotated[list[Path], files("Training logs of runs.")] = [],  # noqa: B006
    embeddings: Annotated[list[Path], files("Embeddings of runs.")] = [],  # noqa: B006
    frames: Annotated[list[Path], files("Shards of frames.")] = [],  # noqa: B006
    videos: Annotated[list[Path], files("Folders of videos.")] = [],  # noqa: B006
    rejected: Annotated[list[Path], files("Tables of rejected clips.")] = [],  # noqa: B006
    accuracy: Annotated[list[Path], files("The errors of landmarks, where there are some.")] = [],  # noqa: B006
    options: Json = "{}",
) -> None:
    """Write the report for people: table, curves, frames, queries and what they found."""
    from lavimo.report.report import report

    report(
        clips,
        scores,
        {path.parent.name: path for path in logs},
        {path.parent.name: path for path in embeddings},
        frames,
        videos,
        rejected,
        html,
        section(options, config.ReportOptions),
        next(iter(accuracy), None),
    )


@command(PANEL, "lavimo people phone.mp4 --picture people.jpg")
def people(
    video: Annotated[Path, file("A video.")],
    picture: Annotated[Path | None, typer.Option(metavar="FILE", help="A picture to draw, with landmarks.")] = None,
    options: Json = "{}",
) -> None:
    """Say who is in a video, and which of them find_landmarks would take."""
    from lavimo.report.people import people

    sys.stdout.write(people(video, picture, section(options, config.FindLandmarksOptions)) + "\n")


@command(PANEL, "lavimo watch results/runs/lavimo-3")
def watch(
    run: Annotated[Path, file("A run's folder.")],
    once: Annotated[bool, typer.Option("--once", help="Draw what is there now, and stop.")] = False,
) -> None:
    """Draw a training's curves in the terminal while it runs."""
    from lavimo.report.watch import watch

    watch(run, once=once)


@command(PANEL)
def robustness(
    scores: Annotated[Path, file("The scores to write.")],
    html: Annotated[Path, file("The page to write.")],
    plain: Annotated[list[Path], files("Embeddings of runs on the test split as it is.")] = [],  # noqa: B006
    variants: Annotated[list[Path], files("Embeddings of runs on each variant.")] = [],  # noqa: B006
    source: Source = "unnamed",
    options: Json = "{}",
) -> None:
    """Say how scores move when one thing about the test split changes."""
    from lavimo.report.robustness import robustness

    robustness(plain, variants, scores, html, source, section(options, config.RobustnessOptions))


@command(PANEL)
def systems(
    html: Annotated[Path, file("The page to write.")],
    embeddings: Annotated[list[Path], files("Embeddings of runs.")] = [],  # noqa: B006
    models: Annotated[list[Path], files("Models of the trained ones.")] = [],  # noqa: B006
    logs: Annotated[list[Path], files("Their training logs.")] = [],  # noqa: B006
    frames: Annotated[list[Path], files("Shards of frames.")] = [],  # noqa: B006
    families: Annotated[list[str], typer.Option(metavar="RUN=NAME...", help="Runs that differ in seeds alone.")] = [],  # noqa: B006
    options: Json = "{}",
) -> None:
    """Write the page of all systems: scores with deviations, what is significant, costs, the same queries."""
    from lavimo.report.systems import systems

    def by_run(paths: list[Path]) -> dict[str, Path]:
        return {path.parent.name: path for path in paths}

    own = sections(options, config.ReportOptions, config.EvaluateOptions)
    named = dict(pair.split("=", 1) for pair in families)
    systems(by_run(embeddings), by_run(logs), by_run(models), named, frames, html, *own)


@command(PANEL, "lavimo doctor", "lavimo doctor /scratch/me")
def doctor(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where results are to go.")] = Path("results"),
) -> None:
    """Say what this machine has and what will therefore be slow or not work; exit status 1 if something does not."""
    import logging

    from lavimo.doctor import examine

    logging.disable(logging.INFO)
    marks = {"good": "ok", "slow": "--", "missing": "!!"}
    missing = 0
    for finding in examine(folder):
        follows = f"\n{'':20}{finding.follows}" if finding.follows else ""
        typer.echo(f"{marks[finding.state]}  {finding.name:16}{finding.found}{follows}")
        missing += finding.state == "missing"
    if missing:
        raise typer.Exit(1)

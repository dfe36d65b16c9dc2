"""Annotated parameters that commands share, and how a command gets its sections of the configuration."""

import json
import os
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from lavimo import config

Section = TypeVar("Section", bound="config.Options")
Other = TypeVar("Other", bound="config.Options")

PARAMETERS = {"version", "splits", "clips", "about"}
"""What the workflow hands to a job beside the sections."""


def file(help: str) -> Any:
    """A file or folder that must be named."""
    return typer.Argument(show_default=False, metavar="FILE", help=help)


def files(help: str) -> Any:
    """Files behind an option: any number."""
    return typer.Option(show_default=False, metavar="FILE...", help=help)


Json = Annotated[
    str, typer.Option("--options", metavar="JSON", help="Sections of the configuration: {SECTION: {KEY: VALUE}}.")
]
Configfiles = Annotated[list[Path], files("Configurations to merge, the later over the earlier, as snakemake does.")]
Device = Annotated[str, typer.Option(metavar="DEVICE", help="cpu, cuda, or auto: a GPU where there is one.")]
Source = Annotated[str, typer.Option(metavar="NAME", help="The data's name, as tables show it.")]

Clips = Annotated[Path, file("The clip table (clips.csv).")]
Motions = Annotated[Path, file("A shard of SMPL motions.")]
Avatars = Annotated[Path, file("The dressed avatars.")]
Animations = Annotated[Path, file("A shard of animations.")]
Videos = Annotated[Path, file("A shard's folder of videos.")]
LandmarkFiles = Annotated[list[Path], files("Shards of landmarks; none for a model without them.")]
MotionFiles = Annotated[list[Path], files("Shards of SMPL motions; none for a model without landmarks.")]
Frames = Annotated[Path, file("A shard of sampled frames.")]
Texts = Annotated[Path, file("The captions' embeddings.")]
FeatureFiles = Annotated[list[Path], files("Shards of features.")]
FrameFiles = Annotated[list[Path], files("Shards of frames; none for a model without video.")]


def section(options: str, kind: type[Section], run: str = "") -> Section:
    """The section of a command that takes one, or its defaults.

    Raises:
        ValueError: see `sections`.
    """
    return _read(parsed(options, {_name(kind)}), kind, run)


def sections(options: str, kind: type[Section], other: type[Other], run: str = "") -> tuple[Section, Other]:
    """The two sections of a command that takes two, or their defaults.

    Raises:
        ValueError: no JSON object; a section that there is not, or that the command does not take; an unknown key or a
            value out of range.
    """
    found = parsed(options, {_name(kind), _name(other)})
    return _read(found, kind, run), _read(found, other, run)


def parsed(options: str, taken: set[str]) -> dict[str, Any]:
    """The JSON options by section.

    Raises:
        ValueError: they are no JSON object, or a section is none of those taken.
    """
    try:
        found = json.loads(options)
    except json.JSONDecodeError as error:
        raise ValueError(f"--options: found no JSON ({error}), expected {{SECTION: {{KEY: VALUE}}}}") from None
    if not isinstance(found, dict):
        raise ValueError(f"--options: found {options}, expected {{SECTION: {{KEY: VALUE}}}}")
    known = set(config.Config.model_fields)
    for name in found:
        if name not in known | PARAMETERS:
            raise ValueError(f"--options: found the section {name!r}, which there is not{config.nearest(name, known)}")
        if name not in taken | PARAMETERS:
            raise ValueError(f"--options: found the section {name!r}; this command takes {' and '.join(sorted(taken))}")
    return found


def merged_files(paths: list[Path]) -> dict[str, Any]:
    """What configuration files say together, as snakemake merges them.

    Raises:
        ValueError: a file cannot be read, or is no YAML mapping.
    """
    import yaml

    values: dict[str, Any] = {}
    for path in paths:
        try:
            found = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise ValueError(f"{path}: cannot be read as YAML ({error})") from error
        if not isinstance(found, dict):
            raise ValueError(f"{path}: found {type(found).__name__}, expected sections of the configuration")
        values = config.merged(values, found)
    return values


def one_thread(*more: str) -> None:
    """Multiply matrices in one thread, if nothing has yet: for one sentence threads wait for each other longer than
    they work. What the user has set stays; `more` are other libraries' variables."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", *more):
        os.environ.setdefault(name, "1")


def _read(found: dict[str, Any], kind: type[Section], run: str) -> Section:
    from pydantic import ValidationError

    name = _name(kind)
    try:
        return kind.model_validate({**_execution(name, run), **found.get(name, {})})
    except ValidationError as error:
        raise ValueError(f"section {name}: {config.explain(error, kind)}") from None


def _name(kind: "type[config.Options]") -> str:
    return next(name for name, field in config.Config.model_fields.items() if field.annotation is kind)


def _execution(name: str, run: str) -> dict[str, Any]:
    """What the workflow says of how to do the work, which is no parameter of a job: a run's own, or the section's."""
    from lavimo.config.options import EXECUTION_VARIABLE

    execution = json.loads(os.environ.get(EXECUTION_VARIABLE, "{}"))
    return {**execution.get(name, {}), **execution.get("runs", {}).get(run, {}).get(name, {})}

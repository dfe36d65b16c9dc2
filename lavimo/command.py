"""How a function becomes a stage on the command line, and gets its options.

A stage takes its files in the order in, out, then `--options`: JSON of config sections, left out: the defaults.
"""

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from lavimo import config
from lavimo.config.options import MEANS_VARIABLE

Section = TypeVar("Section", bound=config.Options)
Stage = Callable[[argparse.Namespace], None]
PARAMETERS = {"version", "test_clips", "clips"}
"""What the workflow hands to a job beside the sections."""
STAGES: dict[str, tuple[Stage, tuple[str, ...]]] = {}


def stage(*arguments: str) -> Callable[[Stage], Stage]:
    """Make a function a stage with these arguments: `name` one path, `name!` a word; and behind `--name`:
    `name:` one path, `name?` perhaps one, `name*` a list of paths, `name=default` a word, `-name` a switch."""

    def register(function: Stage) -> Stage:
        STAGES[function.__name__.removeprefix("show_").replace("_", "-")] = (function, arguments)
        return function

    return register


def section(given: argparse.Namespace, name: str, kind: type[Section]) -> Section:
    """The config section `name` among the JSON options, or its defaults.

    Raises:
        ValueError: an unknown key or a value out of range.
    """
    try:
        return kind.model_validate({**_means(given, name), **sections(given).get(name, {})})
    except ValidationError as error:
        raise ValueError(f"section {name}: {config.explain(error, kind)}") from None


def sections(given: argparse.Namespace) -> dict[str, Any]:
    """The JSON options by section.

    Raises:
        ValueError: they are no JSON object, or a section is not one of the configuration's.
    """
    try:
        found = json.loads(given.options)
    except json.JSONDecodeError as error:
        raise ValueError(f"--options: found no JSON ({error}), expected {{SECTION: {{KEY: VALUE}}}}") from None
    if not isinstance(found, dict):
        raise ValueError(f"--options: found {given.options}, expected {{SECTION: {{KEY: VALUE}}}}")
    known = set(config.Config.model_fields)
    for name in found:
        if name not in known | PARAMETERS:
            raise ValueError(f"--options: found the section {name!r}, which there is not{config.nearest(name, known)}")
    return found


def _means(given: argparse.Namespace, name: str) -> dict[str, Any]:
    """What the workflow says of how to do the work, which is no parameter of a job: a run's own, or the section's."""
    means = json.loads(os.environ.get(MEANS_VARIABLE, "{}"))
    own = means.get("runs", {}).get(getattr(given, "run", None), {})
    return {**means.get(name, {}), **own.get(name, {})}


def device(name: str) -> str:
    """The device that `auto` stands for: a GPU where there is one."""
    if name != "auto":
        return name
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def parser() -> argparse.ArgumentParser:
    """The command line: a subcommand a stage."""
    top = argparse.ArgumentParser(prog="lavimo", description="Tri-modal motion retrieval, stage by stage.")
    commands = top.add_subparsers(dest="stage", required=True, metavar="STAGE")
    for name, (function, arguments) in STAGES.items():
        command = commands.add_parser(name, help=function.__doc__, description=function.__doc__)
        for argument in arguments:
            if argument.endswith("*"):
                command.add_argument(f"--{argument[:-1]}", type=Path, nargs="*", default=[], metavar="FILE")
            elif argument.endswith((":", "?")):
                command.add_argument(f"--{argument[:-1]}", type=Path, required=argument.endswith(":"), metavar="FILE")
            elif "=" in argument:
                word, default = argument.split("=")
                command.add_argument(f"--{word}", default=default)
            elif argument.startswith("-"):
                command.add_argument(f"-{argument}", action="store_true")
            elif argument.endswith("!"):
                command.add_argument(argument[:-1])
            else:
                command.add_argument(argument, type=Path)
        command.add_argument("--options", default="{}", metavar="JSON", help="config sections by name")
    return top

"""How a function becomes a stage on the command line, and gets its options.

A stage takes its files in the order in, out, then `--options`: JSON of config sections, left out: the defaults.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from lavimo import config

Section = TypeVar("Section", bound=config.Options)
Stage = Callable[[argparse.Namespace], None]
STAGES: dict[str, tuple[Stage, tuple[str, ...]]] = {}


def stage(*arguments: str) -> Callable[[Stage], Stage]:
    """Make a function a stage with these arguments: `name` one path, `name!` a word; and behind `--name`:
    `name:` one path, `name?` perhaps one, `name*` a list of paths, `name=default` a word, `-name` a switch."""

    def register(function: Stage) -> Stage:
        STAGES[function.__name__.replace("_", "-")] = (function, arguments)
        return function

    return register


def section(given: argparse.Namespace, name: str, kind: type[Section]) -> Section:
    """The config section `name` among the JSON options, or its defaults.

    Raises:
        ValueError: an unknown key or a value out of range.
    """
    try:
        return kind.model_validate(json.loads(given.options).get(name, {}))
    except ValidationError as error:
        raise ValueError(config.explain(error)) from None


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

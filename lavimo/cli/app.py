"""The application that commands join, and how it ends: an error of the user's is one line and exit status 1."""

import logging
import re
from collections.abc import Callable
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand

from lavimo.cli.old_names import with_new_names
from lavimo.jobs.parent_death import end_with_run
from lavimo.versions import __version__

Function = TypeVar("Function", bound=Callable[..., None])

NO_MEMORY = "out of memory|can't allocate memory"
"""How torch says it, on a graphics card and elsewhere."""
LESS = "run fewer jobs at once (--cores), cut smaller shards (--set-scatter clips=N), or train in parts (train.chunk)"

APP = typer.Typer(
    name="lavimo",
    help="Find a human motion by words or by a video: every stage of the workflow, and tools to look at what it made.",
    epilog="\n\n".join(
        (
            "Examples",
            "lavimo config --configfile config.yaml my.yaml  (all of an experiment's options, explained)",
            "lavimo verify --configfile my.yaml  (is my data all there, and can it be read?)",
            "lavimo compare a.safetensors b.safetensors  (is one model better than another?)",
            "snakemake --cores all  (everything, in order: see the README)",
        )
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Command(TyperCommand):
    """A command whose list options take all that follows them (`--features a b c`), as a shell's `*` and a rule's
    `{input.features}` write it, and whose ValueErrors are messages to the user."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Repeat the name of a list option before each of its values, as click wants it."""
        lists = {name for one in self.params if getattr(one, "multiple", False) for name in one.opts}
        spread: list[str] = []
        current = None
        for word in with_new_names(ctx.info_name, args):
            if word.startswith("-") and word != "-":
                current = word if word in lists else None
                spread += [] if current else [word]
            else:
                spread += [current, word] if current else [word]
        return super().parse_args(ctx, spread)

    def invoke(self, ctx: Any) -> Any:
        """Run; a ValueError is one line in the log, and so is too little memory; exit status 1."""
        try:
            return super().invoke(ctx)
        except ValueError as error:
            logging.getLogger("lavimo").error("%s: %s", self.name, error)
            raise typer.Exit(1) from None
        except (MemoryError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and not re.search(NO_MEMORY, str(error)):
                raise
            logging.getLogger("lavimo").error("%s: found too little memory (%s); %s", self.name, error, LESS)
            raise typer.Exit(1) from None


def command(panel: str, *examples: str, name: str | None = None) -> Callable[[Function], Function]:
    """Make a function a command: `panel` is its group in the help, `examples` are shown below its own."""
    epilog = "\n\n".join(("Examples", *examples)) if examples else None
    return APP.command(name, cls=Command, rich_help_panel=panel, epilog=epilog)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lavimo {__version__}")
        raise typer.Exit


@APP.callback()
def start(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    end_with_run()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s", datefmt="%H:%M:%S")

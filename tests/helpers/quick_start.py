"""Runs of Snakemake that make nothing, each a process of its own that begins where the imports, half of its time, are
done."""

import multiprocessing
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["snakemake.cli", "lavimo.config.every", "lavimo.sources", __name__])


def snakemake(arguments: list[str], said: Path) -> int:
    """The exit status; what is said goes to a file."""
    process = PROCESSES.Process(target=_run, args=(arguments, said))
    process.start()
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def _run(arguments: list[str], said: Path) -> None:
    from snakemake.cli import main

    with open(said, "w", encoding="utf-8") as file, redirect_stdout(file), redirect_stderr(file):
        main(arguments)

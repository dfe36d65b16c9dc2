"""A folder of source files, listed once."""

import os
from collections.abc import Callable
from pathlib import Path


def files_under(folder: Path) -> list[str]:
    """The files in a folder and in its folders, as paths with slashes relative to it, in no order.

    Raises:
        ValueError: there is no such folder.
    """
    if not Path(folder).is_dir():
        raise ValueError(f"{folder}: found no such folder; see `source` in the configuration, and docs/ for the layout")
    start = len(str(folder)) + 1
    found: list[str] = []
    seen: set[str] = set()
    for root, folders, names in os.walk(folder, followlinks=True):
        if (real := os.path.realpath(root)) in seen:  # a link to a folder above would lead round for ever
            folders.clear()
            continue
        seen.add(real)
        inner = root[start:].replace(os.sep, "/")
        found += [f"{inner}/{name}" for name in names] if inner else names
    return found


def locator(folder: Path) -> Callable[[str], Path | None]:
    """The function that gives a file's path in a folder, None if it is not there."""
    files = set(files_under(folder))
    return lambda path: Path(folder) / path if path in files else None

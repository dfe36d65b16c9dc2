"""Files that are whole or absent: everything the product writes goes through here; and what tells one from another."""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; renamed to `path` on success, deleted on error.

    Works for a file and for a folder (create the yielded path as either). An existing `path` is replaced.
    A killed process leaves only the partial path, whose name starts with a dot and which the next attempt replaces.

    Raises:
        ValueError: the folder cannot be written to, or the disk is full.
    """
    path = Path(path)
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove(partial)
        if not os.access(path.parent, os.W_OK):
            raise PermissionError(f"no permission to write in {path.parent}")
    except OSError as error:
        raise ValueError(f"{path}: cannot be written ({error}); choose a folder that you may write to") from error
    try:
        yield partial
    except BaseException as error:
        _remove(partial)
        if isinstance(error, OSError) and error.errno in FULL:
            raise ValueError(f"{path}: cannot be written ({error.strerror}); make room, and run this again") from error
        raise
    if partial.is_dir():
        _remove(path)
    partial.replace(path)


def sha256_of(path: Path) -> str:
    """The sha256 of a file's content, in hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)

"""A folder of source files, listed once. A file is found whatever the case of its suffix: Windows writes `.BVH`."""

import os
import re
import unicodedata
from pathlib import Path, PurePosixPath


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


def lower_suffix(path: str) -> str:
    """The path with its suffix in small letters."""
    suffix = PurePosixPath(path).suffix
    return path[: len(path) - len(suffix)] + suffix.lower()


def one_spelling(path: str) -> str:
    """A path as people write it in a table: slashes either way, `./` before it, letters and accents apart or as one
    (NFD, as macOS keeps names; NFC)."""
    return unicodedata.normalize("NFC", re.sub(r"/+", "/", path.replace("\\", "/"))).removeprefix("./")


class Folder:
    """The files of a folder, by their paths in it."""

    def __init__(self, folder: Path):
        """List the folder.

        Raises:
            ValueError: there is none.
        """
        self.folder = Path(folder)
        self._files = set(files_under(folder))
        self._alike: dict[str, list[str]] = {}
        for path in sorted(self._files):
            self._alike.setdefault(lower_suffix(one_spelling(path)), []).append(path)

    def find(self, path: str) -> Path | None:
        """The file of this path, in the folder or, with all its folders before it, elsewhere; in these letters, or in
        another spelling or with a suffix in other capitals. None if there is none.

        Raises:
            ValueError: not this path, but two that differ from it only so are there.
        """
        if path in self._files:
            return self.folder / path
        if (whole := Path(path).expanduser()).is_absolute():
            return whole if whole.is_file() else None
        alike = self._alike.get(lower_suffix(one_spelling(path)), [])
        if len(alike) > 1:
            raise ValueError(f"{self.folder}: found {' and '.join(alike)}, expected one of them; remove the others")
        return self.folder / alike[0] if alike else None

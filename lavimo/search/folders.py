"""What lies in folders and archives: files that may be motions, which motions they hold, and what no index takes."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from lavimo.formats import LFS, archive, trees

SUFFIXES = (".bvh", *trees.SUFFIXES, ".amc", ".npz", ".npy")
BESIDE = (".asf",)
"""What motions need beside them."""
LICENCE_FILES = ("LICENSE", "LICENCE", "LICENSE.txt", "LICENCE.txt", "LICENSE.md", "LICENCE.md")
CAPTIONS = "captions.csv"
"""Is looked for in a folder, where no other is given."""
CLIPS, MOTIONS = "clips.csv", "motions"
"""What a folder of a workflow's results holds."""


def is_archive(file: Path) -> bool:
    """Whether a file is an archive and no file in one."""
    return file.suffix.lower() == archive.SUFFIX and file.is_file()


def files_in(folder: Path) -> Iterator[Path]:
    """All that is not hidden; in place of an archive what is in it, if it can be read."""
    if folder.is_file():
        yield from _opened(folder)
    for where, below, names in os.walk(folder):
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in names:
            path = Path(where) / name
            if not name.startswith(".") and path.is_file():
                yield from _opened(path)


def _opened(file: Path) -> Iterator[Path]:
    """A file, or those in it."""
    if not is_archive(file):
        yield file
        return
    try:
        yield from (file / name for name in archive.archive(file).members)
    except ValueError:
        yield file


def animations_of(file: Path) -> list[str]:
    """Which motions a file has (`trees.motions_in`), one in an archive too."""
    if file.suffix.lower() not in trees.SUFFIXES:
        return [""]
    try:
        with archive.at_hand(file) as there:
            return trees.motions_in(there)
    except ValueError:
        return [""]


def passed_over(folders: Sequence[Path]) -> str:
    """The files below some folders that no index takes, by suffix, the most first; empty if there are none."""
    counts: Counter[str] = Counter()
    pointers: Counter[str] = Counter()
    for folder in folders:
        if (folder / CLIPS).is_file() and (folder / MOTIONS).is_dir():
            continue
        for file in files_in(folder.resolve()):
            kind = file.suffix.lower() or "without a suffix"
            taken = is_archive(file) or (kind.endswith(SUFFIXES) and bool(animations_of(file)))
            kind += " without animations" if kind in trees.SUFFIXES else ""
            if not taken and kind not in BESIDE and file.name not in (CAPTIONS, *LICENCE_FILES):
                counts[kind] += 1
                pointers[kind] += _is_pointer(file)
    words = []
    for kind, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        some = "" if pointers[kind] == count else f"{pointers[kind]} of them "
        told = f" ({some}Git LFS pointers: `git lfs pull` fetches the files)" if pointers[kind] else ""
        words.append(f"{count} {kind}{told}")
    return ", ".join(words)


def _is_pointer(file: Path) -> bool:
    """Whether a repository's file was not fetched."""
    try:
        with open(file, "rb") as opened:
            return opened.read(len(LFS)) == LFS
    except OSError:
        return False

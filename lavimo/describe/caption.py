"""Captions for motions that nobody has captioned: what facts say of them, as a table that any source of files reads."""

import csv
import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zlib import crc32

import numpy as np
from tqdm import tqdm

from lavimo.describe.describe import describe
from lavimo.describe.windows import within
from lavimo.describe.words.words import captions
from lavimo.files import atomic
from lavimo.formats import parted, read_motion, trees
from lavimo.motion.motion import FPS
from lavimo.sources.caption_table import with_parts
from lavimo.sources.table import read_table

log = logging.getLogger(__name__)

SUFFIXES = (".bvh", *trees.SUFFIXES, ".amc", ".npz", ".npy")
LEAST_S = 1.0
"""A window's rest that is shorter belongs to the window before."""


@dataclass(frozen=True)
class Described:
    """A clip of a table: a file of the folder, or a window of it, and its captions."""

    clip: str
    path: str
    start_s: float
    end_s: float
    captions: tuple[str, ...]


def caption(
    folder: Path,
    output: Path,
    window_s: float = 0.0,
    count: int = 8,
    own: dict[str, tuple[str, ...]] | None = None,
    split: str = "",
    processes: int | None = None,
) -> tuple[int, int]:
    """Describe every motion of a folder and write the table (`lavimo.sources.caption_table`).

    Args:
        window_s: cut longer motions into windows of so many seconds, each beginning half of it after the one before;
            0: none.
        count: captions of each, at most.
        own: a user's own captions by the file's name in the folder, without suffix; they come first.
        split: of every clip; if not given, whoever reads the table divides them by file.

    Returns:
        How many clips there are, and of how many files nothing could be said or read.

    Raises:
        ValueError: the folder holds no motion.
    """
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    if not files:
        raise ValueError(f"{folder}: found no motion there, expected files that end in {', '.join(SUFFIXES)}")
    motions = [Path(f"{file}#{name}") if name else file for file in files for name in trees.motions_in(file)]
    work = partial(_described, folder=folder, window_s=window_s, count=count, own=own or {})
    rows: list[Described] = []
    silent = 0
    with ProcessPoolExecutor(processes) as pool:
        for path, found in zip(
            motions, tqdm(pool.map(work, motions), "caption", len(motions), unit="motion", disable=None)
        ):
            if isinstance(found, str):
                log.warning("%s: %s", path, found)
            silent += isinstance(found, str) or not found
            rows += [] if isinstance(found, str) else found
    width = max((len(row.captions) for row in rows), default=1)
    with atomic(output) as partial_file, open(partial_file, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        more = [f"caption_{number}" for number in range(2, width + 1)]
        writer.writerow(("clip", *(["split"] if split else []), "path", "start", "end", "caption", *more))
        for row in rows:
            span = (f"{row.start_s:g}", f"{row.end_s:g}") if row.end_s else ("", "")
            blanks = [""] * (width - len(row.captions))
            writer.writerow((row.clip, *([split] if split else []), row.path, *span, *row.captions, *blanks))
    return len(rows), silent


def _described(
    path: Path, folder: Path, window_s: float, count: int, own: dict[str, tuple[str, ...]]
) -> list[Described] | str:
    """A file's clips; why not, where it cannot be read."""
    name = path.relative_to(folder).as_posix()
    file, animation = parted(path)
    stem = file.relative_to(folder).with_suffix("").as_posix() + (f"#{animation}" if animation else "")
    try:
        motion = read_motion(path)
    except ValueError as error:
        return str(error)
    facts = describe(motion)
    found = []
    for number, (begin_s, end_s) in enumerate(_windows(len(motion) / FPS, window_s)):
        whole = end_s == 0.0
        clip = stem if whole else f"{stem}_{number + 1:02d}"
        rng = np.random.default_rng([crc32(clip.encode()), 3])
        shown = facts if whole else within(facts, begin_s, end_s)
        told = tuple(dict.fromkeys((*own.get(stem, ()), *captions(shown, rng, count))))
        if told:
            found.append(Described(clip, name, begin_s, end_s, told))
    return found


def _windows(duration_s: float, window_s: float) -> Iterator[tuple[float, float]]:
    """Begin and end of each window, seconds; 0 and 0 of a motion that is left whole."""
    if not window_s or duration_s <= window_s + LEAST_S:
        yield 0.0, 0.0
        return
    begin_s = 0.0
    while begin_s + window_s + LEAST_S <= duration_s:
        yield round(begin_s, 2), round(begin_s + window_s, 2)
        begin_s += window_s / 2
    yield round(max(duration_s - window_s, 0.0), 2), round(duration_s, 2)


def own_captions(table: Path, split_captions: bool = False) -> dict[str, tuple[str, ...]]:
    """A user's own captions, by clip; of terse ones their parts too.

    Raises:
        ValueError: the table cannot be read or lacks a column.
    """
    found: dict[str, tuple[str, ...]] = {}
    for _, row in read_table(table, {"clip", "caption"}).rows:
        texts: Sequence[str] = [text for name, text in row.items() if name.startswith("caption") and text]
        found[row["clip"]] = (*found.get(row["clip"], ()), *texts)
    return {clip: with_parts(texts) for clip, texts in found.items()} if split_captions else found

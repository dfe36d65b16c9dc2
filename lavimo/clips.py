"""The clip table: which clips there are, their split and their captions. A CSV with one row a caption.

An optional column `source` names the recording that a clip was cut from, by which leakage between splits is seen.
"""

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lavimo.files import atomic

SPLITS = ("train", "val", "test")
COLUMNS = ("clip", "split", "caption")


@dataclass(frozen=True)
class Clip:
    """A clip: its name, its split, its captions (the first is the one that is tested), and the file it comes from.

    Attributes:
        source: the recording that it was cut from, which other clips may be cut from too; empty if unknown.
        start_s, end_s: the part of the file that is the clip, in seconds; to the file's end if None.
        mirrored: left and right of the file's motion are swapped (the captions' words are already).

    Raises:
        ValueError: a name that cannot name a file, an unknown split, no caption or an empty one.
    """

    name: str
    split: str
    captions: tuple[str, ...]
    file: Path | None = None
    source: str = ""
    start_s: float = 0.0
    end_s: float | None = None
    mirrored: bool = False

    def __post_init__(self) -> None:
        if not self.name or self.name.startswith(".") or set(self.name) & set('/\\\0\n"'):
            raise ValueError(f"clip {self.name!r}: expected a name that can name a file, without / \\ or quotes")
        if self.split not in SPLITS:
            raise ValueError(f"clip {self.name!r}: found split {self.split!r}, expected one of {', '.join(SPLITS)}")
        if not self.captions:
            raise ValueError(f"clip {self.name!r}: found no caption, expected at least one")
        if not all(caption.strip() for caption in self.captions):
            raise ValueError(f"clip {self.name!r}: found an empty caption; write one or remove its row")
        if not 0 <= self.start_s < (math.inf if self.end_s is None else self.end_s):
            raise ValueError(
                f"clip {self.name!r}: found start {self.start_s:g} s and end {self.end_s} s, expected 0 <= start < end"
            )


def write_clips(path: Path, clips: Iterable[Clip]) -> None:
    """Write the clip table, sorted by name; the column `source` only where a clip has one."""
    in_order = sorted(clips, key=lambda clip: clip.name)
    sources = any(clip.source for clip in in_order)
    with atomic(path) as partial, open(partial, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((*COLUMNS, "source") if sources else COLUMNS)
        for clip in in_order:
            end = (clip.source,) if sources else ()
            writer.writerows((clip.name, clip.split, caption, *end) for caption in clip.captions)


def read_clips(path: Path) -> dict[str, Clip]:
    """The clip table by name, sorted by name.

    Raises:
        ValueError: the file is missing, lacks a column, or holds a bad row; all bad clips are named.
    """
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            if missing := set(COLUMNS) - set(reader.fieldnames or ()):
                raise ValueError(f"{path}: lacks the column(s) {sorted(missing)}, expected {', '.join(COLUMNS)}")
            rows = list(reader)
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error})") from error
    captions: dict[tuple[str, str], list[str]] = {}
    sources: dict[str, set[str]] = {}
    for row in rows:
        sources.setdefault(row["clip"], set()).add(row.get("source") or "")
        captions.setdefault((row["clip"], row["split"]), []).append(row["caption"] or "")
    clips: dict[str, Clip] = {}
    faults = []
    for (name, split), texts in sorted(captions.items()):
        try:
            source, *others = sorted(sources[name])
            if others:
                raise ValueError(f"clip {name!r}: found the sources {source!r} and {others[0]!r}, expected one")
            clip = Clip(name, split or "", tuple(texts), source=source)
            if name in clips:
                raise ValueError(
                    f"clip {name!r}: stands in the splits {clips[name].split!r} and {split!r}, expected one"
                )
            clips[name] = clip
        except ValueError as error:
            faults.append(str(error))
    if faults:
        raise ValueError(f"{path}: {len(faults)} bad clip(s)\n" + "\n".join(faults))
    return clips

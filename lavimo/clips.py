"""The clip table: which clips there are, their split and their captions. A CSV with one row a caption.

Columns: `clip`, the id by which every file knows the clip, `split` and `caption`; and where a clip has them
name       what its owner calls it, if that cannot name a file (`Sub/walk` has the id `Sub--walk`)
file       the file that it comes from
recording  the recording that it was cut from, by which leakage between splits is seen
start, end the window of the file that is the clip, seconds
mirror_of  the id of the clip whose mirror image it is
animation  of a file with several, which of them the clip is
"""

import csv
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lavimo.files import atomic

SPLITS = ("train", "val", "test")
COLUMNS = ("clip", "split", "caption")
MORE = ("name", "file", "recording", "start", "end", "mirror_of", "animation")
"""The columns that a table may lack."""


LONGEST_ID = 200
"""Bytes of an id: file systems take names of 255, and ours begin and end with more."""


def id_of(name: str) -> str:
    """The id of a clip with this name: the name, made fit for a file where it is not."""
    inside = "--".join(part for part in re.split(r"[/\\]+", name) if part not in ("", "."))
    return re.sub(r'^\.|[\0-\x1f"]', "_", inside)


@dataclass(frozen=True)
class Clip:
    """A clip: its id, its split, its captions (the first is the one that is tested), and the file it comes from.

    Attributes:
        recording: what it was cut from, which other clips may be cut from too; empty if unknown.
        start_s, end_s: the window of the file that is the clip, in seconds; to the file's end if None.
        mirror_of: the id of the clip whose mirror image it is (its captions are mirrored already); empty if none's.
        name: what its owner calls it; the id if left out.
        animation: of a file with several, which of them; empty of one with one.

    Raises:
        ValueError: an id that cannot name a file, an unknown split, no caption or an empty one, or no window.
    """

    id: str
    split: str
    captions: tuple[str, ...]
    file: Path | None = None
    recording: str = ""
    start_s: float = 0.0
    end_s: float | None = None
    mirror_of: str = ""
    name: str = ""
    animation: str = ""

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", self.id)
        if not self.id or self.id.startswith(".") or set(self.id) & set('/\\\0\n"'):
            raise ValueError(f"clip {self.id!r}: expected a name that can name a file, without / \\ or quotes")
        if len(self.id.encode()) > LONGEST_ID:
            raise ValueError(
                f"clip {self.id[:40]!r}...: found a name of {len(self.id.encode())} bytes, expected at most "
                f"{LONGEST_ID}, for files are called by it; give it a short one and name its file in the column path"
            )
        if self.split not in SPLITS:
            raise ValueError(f"clip {self.id!r}: found split {self.split!r}, expected one of {', '.join(SPLITS)}")
        if not self.captions:
            raise ValueError(f"clip {self.id!r}: found no caption, expected at least one")
        if not all(caption.strip() for caption in self.captions):
            raise ValueError(f"clip {self.id!r}: found an empty caption; write one or remove its row")
        if not 0 <= self.start_s < (math.inf if self.end_s is None else self.end_s):
            raise ValueError(
                f"clip {self.id!r}: found start {self.start_s:g} s and end {self.end_s} s, expected 0 <= start < end"
            )

    @property
    def cut(self) -> tuple[str | float | None, ...]:
        """What of a file the clip is: a change of it is another motion."""
        more = (self.animation,) if self.animation else ()
        return (self.id, str(self.file), self.start_s, self.end_s, self.mirror_of, *more)


def write_clips(path: Path, clips: Iterable[Clip]) -> None:
    """Write the clip table, sorted by id; the columns of `MORE` only where a clip has something to say there."""
    in_order = sorted(clips, key=lambda clip: clip.id)
    more = [_more(clip) for clip in in_order]
    columns = [column for column in MORE if any(row[column] for row in more)]
    with atomic(path) as partial, open(partial, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((*COLUMNS, *columns))
        for clip, row in zip(in_order, more):
            writer.writerows((clip.id, clip.split, caption, *(row[c] for c in columns)) for caption in clip.captions)


def _more(clip: Clip) -> dict[str, str]:
    """What a clip says in the columns of `MORE`."""
    return {
        "name": clip.name if clip.name != clip.id else "",
        "file": str(clip.file or ""),
        "recording": clip.recording,
        "start": repr(clip.start_s) if clip.start_s else "",
        "end": "" if clip.end_s is None else repr(clip.end_s),
        "mirror_of": clip.mirror_of,
        "animation": clip.animation,
    }


def read_clips(path: Path) -> dict[str, Clip]:
    """The clip table by id, sorted.

    Raises:
        ValueError: the file is missing, lacks a column, or holds a bad row; all bad clips are named.
    """
    captions: dict[tuple[str, str], list[str]] = {}
    rows: dict[str, dict[str, Any]] = {}
    faults = []
    for row in _rows(path):
        first = rows.setdefault(row["clip"], row)
        captions.setdefault((row["clip"], row["split"]), []).append(row["caption"] or "")
        for column in MORE:
            if (row.get(column) or "") != (first.get(column) or ""):
                faults.append(
                    f"clip {row['clip']!r}: found the {column}s {first[column]!r} and {row[column]!r}, expected one"
                )
    clips: dict[str, Clip] = {}
    for (name, split), texts in sorted(captions.items()):
        try:
            clip = _clip(rows[name], split or "", tuple(texts))
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


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            if missing := set(COLUMNS) - set(reader.fieldnames or ()):
                raise ValueError(f"{path}: lacks the column(s) {sorted(missing)}, expected {', '.join(COLUMNS)}")
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path}: cannot be read ({error})") from error
    for row in rows:
        if None in row or any(row[column] is None for column in COLUMNS):
            raise ValueError(f"{path}: found a row of another number of fields, {str(row)[:200]}")
    return rows


def _clip(row: dict[str, Any], split: str, captions: tuple[str, ...]) -> Clip:
    said = {column: row.get(column) or "" for column in MORE}
    try:
        start_s = float(said["start"] or 0)
        end_s = float(said["end"]) if said["end"] else None
    except ValueError as error:
        raise ValueError(f"clip {row['clip']!r}: found {error}, expected start and end in seconds") from error
    return Clip(
        row["clip"],
        split,
        captions,
        Path(said["file"]) if said["file"] else None,
        said["recording"],
        start_s,
        end_s,
        said["mirror_of"],
        said["name"],
        said["animation"],
    )

"""Data source `bvh`: a folder of BVH files and a CSV of their captions."""

import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING

from lavimo.clips import Clip
from lavimo.config import BvhOptions

if TYPE_CHECKING:
    from lavimo.motion.motion import Motion


def catalogue(options: BvhOptions) -> list[Clip]:
    """The clips that the CSV names: a row each, with the columns clip, split, caption, and further captions if any.

    Every column whose name starts with `caption` is one; only the first must be filled. The clip `NAME` is the file
    `NAME.bvh` of the folder.

    Raises:
        ValueError: the CSV cannot be read or lacks a column, or rows are bad: every bad one is named (a clip named
            twice, a missing file, an empty caption, an unknown split).
    """
    path = Path(options.captions)
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            columns = list(reader.fieldnames or ())
            rows = list(reader)
        files = {entry.name for entry in os.scandir(options.folder)}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(
            f"{error}; expected the table {path} and the folder {options.folder}: "
            "see source.bvh in the configuration, and the README for where to get the data"
        ) from error
    if missing := {"clip", "split", "caption"} - set(columns):
        raise ValueError(f"{path}: lacks the column(s) {', '.join(sorted(missing))}, found {', '.join(columns)}")
    extra = [column for column in columns if column.startswith("caption") and column != "caption"]
    clips: dict[str, Clip] = {}
    faults = []
    for line, row in enumerate(rows, start=2):
        name = row["clip"] or ""
        more = [row[column] for column in extra if row[column] and row[column].strip()]
        try:
            clip = Clip(name, row["split"] or "", (row["caption"] or "", *more), Path(options.folder) / f"{name}.bvh")
            if name in clips:
                raise ValueError(f"clip {name!r}: stands in the table more than once; remove all rows but one")
            if f"{name}.bvh" not in files:
                raise ValueError(f"clip {name!r}: found no file {clip.file}; add it or remove the row")
            clips[name] = clip
        except ValueError as error:
            faults.append(f"row {line}: {error}")
    if faults:
        raise ValueError(f"{path}: {len(faults)} bad row(s)\n" + "\n".join(faults))
    return list(clips.values())


def load(clip: str, options: BvhOptions) -> "Motion":
    """A clip's file as a motion.

    Raises:
        ValueError: the file is damaged, too short, or of a skeleton that no table knows; the file is named.
    """
    # scipy and the body stay out of the workflow's planning, which needs the catalogue only.
    from lavimo.motion.bvh.motion import read_motion

    return read_motion(Path(options.folder) / f"{clip}.bvh")

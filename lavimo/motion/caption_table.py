"""The user's own table of clips, for sources that are a folder of files: `bvh`, `smpl`, `amass`. A CSV, a row a clip:

clip       its name
caption    and caption_2, caption_3, ... if there are more; only the first must be filled
split      train, val or test; without the column clips are split by the recording that they come from
path       the file in the folder, if not CLIP with the source's suffix; with it, several clips may share a file
start, end the part of the file that is the clip, in seconds; empty is the whole file
source     the recording that the clip comes from, if it is not `path`
"""

import csv
from collections.abc import Callable
from pathlib import Path

from lavimo.clips import Clip
from lavimo.motion.splits import split_of


def clips_of_table(
    table: Path,
    default_path: Callable[[str], str],
    locate: Callable[[str], Path | None],
    recording: Callable[[str], str] = str,
) -> list[Clip]:
    """The clips that the CSV names.

    Args:
        table: the CSV.
        default_path: the file in the folder of the clip with this name.
        locate: the path of a file in the folder, None if it is not there.
        recording: what a column `path` says, in one spelling.

    Raises:
        ValueError: the CSV cannot be read or lacks a column, or rows are bad: every bad one is named (a clip named
            twice, a missing file, an empty caption, an unknown split, a part that is none).
    """
    columns, rows = _read(table)
    if missing := {"clip", "caption"} - set(columns):
        raise ValueError(f"{table}: lacks the column(s) {', '.join(sorted(missing))}, found {', '.join(columns)}")
    clips: dict[str, Clip] = {}
    faults = []
    for line, row in enumerate(rows, start=2):
        try:
            clip = _clip(row, columns, default_path, locate, recording)
            if clip.name in clips:
                raise ValueError(f"clip {clip.name!r}: stands in the table more than once; remove all rows but one")
            clips[clip.name] = clip
        except ValueError as error:
            faults.append(f"row {line}: {error}")
    if faults:
        raise ValueError(f"{table}: {len(faults)} bad row(s)\n" + "\n".join(faults))
    return list(clips.values())


def _read(table: Path) -> tuple[list[str], list[dict[str, str]]]:
    try:
        with open(table, newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            return list(reader.fieldnames or ()), [{key: row[key] or "" for key in row if key} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(
            f"{table}: cannot be read ({error}); expected a CSV with the columns clip, caption and split: "
            "see `source` in the configuration, and docs/ for where to get the data"
        ) from error


def _clip(
    row: dict[str, str],
    columns: list[str],
    default_path: Callable[[str], str],
    locate: Callable[[str], Path | None],
    recording: Callable[[str], str],
) -> Clip:
    name = row["clip"]
    captions = [row["caption"]]
    captions += [row[name] for name in columns if name.startswith("caption_") and row[name].strip()]
    path = row.get("path") or default_path(name)
    source = row.get("source") or (recording(path) if row.get("path") else "")
    clip = Clip(
        name,
        row["split"] if "split" in columns else split_of(source or name),
        tuple(captions),
        source=source,
        start_s=_seconds(name, "start", row.get("start", "")) or 0.0,
        end_s=_seconds(name, "end", row.get("end", "")),
        file=locate(path),
    )
    if clip.file is None:
        raise ValueError(f"clip {name!r}: found no file {path} in the folder; add it or remove the row")
    return clip


def _seconds(name: str, column: str, text: str) -> float | None:
    try:
        return float(text) if text.strip() else None
    except ValueError as error:
        raise ValueError(f"clip {name!r}: found {column} {text!r}, expected seconds") from error

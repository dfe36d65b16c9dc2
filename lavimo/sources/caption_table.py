"""The user's own table of clips, for sources that are a folder of files: `bvh`, `smpl`, `amass`. A CSV, a row a clip:

clip       its name; with folders in it (`Sub/walk`) its id has -- in their place
caption    and caption_2, caption_3, ... if there are more; only the first must be filled
split      train, val or test; without the column clips are split by the recording that they come from
           (`lavimo.sources.splits`), or by folds of them (`source.folds`)
path       the file in the folder, if not CLIP with the source's suffix; with it, several clips may share a file; of a
           file with several animations, `FILE#NAME` is one
start, end the window of the file that is the clip, in seconds; empty is the whole file
recording  the recording that the clip comes from, if it is not `path`
"""

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from lavimo.clips import Clip, id_of
from lavimo.formats import trees
from lavimo.sources.splits import splits_of, splits_of_fold
from lavimo.sources.table import read_table

log = logging.getLogger(__name__)

SPLITS = {"training": "train", "validation": "val", "valid": "val", "dev": "val", "testing": "test"}
"""What others call a split."""
BETWEEN = re.compile(r"\s+-\s+|\s*[,;/]\s*")
"""Where a terse caption's parts meet; a hyphen within a word is none."""


def clips_of_table(
    table: Path,
    suffix: str,
    find: Callable[[str], Path | None],
    recording: Callable[[str], str] = str,
    split_captions: bool = False,
    folds: tuple[int, int] = (0, 1),
) -> list[Clip]:
    """The clips that the CSV names.

    Args:
        table: the CSV, as `lavimo.sources.table` reads it.
        suffix: of the files, in small letters.
        find: the path of a file in the folder, None if it is not there.
        recording: what a column `path` says, in one spelling.
        split_captions: of each caption the parts are captions too.
        folds: how many the recordings are dealt to, and which of them is for the test; 0: none.

    Raises:
        ValueError: the CSV cannot be read or lacks a column, or rows are bad: every bad one is named (a clip named
            twice, a missing file, an empty caption, an unknown split, a window that is none), or it has splits where
            folds are dealt, or fewer recordings than folds.
    """
    read = read_table(table, {"clip", "caption"})
    assumed = dict.fromkeys(read.assumed)
    clips: dict[str, Clip] = {}
    faults = []
    for line, row in read.rows:
        try:
            row = _understood(row, suffix, find, assumed)
            clip = _clip(row, suffix, find, recording)
            if clip.id in clips:
                other = clips[clip.id].name
                once = "stands in the table more than once; remove all rows but one"
                raise ValueError(
                    f"clip {clip.name!r}: {once if other == clip.name else f'has the id of {other!r}; rename one'}"
                )
            clips[clip.id] = replace(clip, captions=with_parts(clip.captions)) if split_captions else clip
        except ValueError as error:
            faults.append(f"row {line}: {error}")
    if faults:
        raise ValueError(f"{table}: {len(faults)} bad row(s)\n" + "\n".join(faults))
    if "split" in read.columns and folds[0]:
        raise ValueError(f"{table}: found the column split, expected none where source.folds deals the recordings")
    if "split" not in read.columns:
        recordings = [clip.recording or clip.name for clip in clips.values()]
        splits = splits_of_fold(recordings, *folds) if folds[0] else splits_of(recordings)
        clips = {id: replace(clip, split=splits[clip.recording or clip.name]) for id, clip in clips.items()}
    if assumed:
        log.info("%s: read with %s", table, "; ".join(assumed))
    return list(clips.values())


def with_parts(captions: tuple[str, ...]) -> tuple[str, ...]:
    """Terse captions, and each part said of a person: "soccer - kick ball" is "a person kick ball" too. People ask in
    sentences, which their parts are nearer to."""
    parts = [part for caption in captions for part in BETWEEN.split(caption) if part]
    return tuple(dict.fromkeys((*captions, *(f"a person {part}" for part in parts))))


def _understood(
    row: dict[str, str], suffix: str, find: Callable[[str], Path | None], assumed: dict[str, None]
) -> dict[str, str]:
    """The row in our own words; what was changed is added to `assumed`."""
    row = dict(row)
    name = row["clip"]
    if name.lower().endswith(suffix) and not row.get("path") and find(name + suffix) is None:
        row["clip"] = name[: -len(suffix)]
        assumed[f"clips' names without {suffix}"] = None
    if "split" in row:
        split = row["split"].lower()
        split = SPLITS.get(split, split)
        if split != row["split"]:
            assumed[f"{row['split']!r} as the split {split!r}"] = None
        row["split"] = split
    if "source" in row:
        row["recording"] = row.get("recording") or row.pop("source")
        assumed["the column source as recording"] = None
    return row


def _clip(
    row: dict[str, str], suffix: str, find: Callable[[str], Path | None], recording_of: Callable[[str], str]
) -> Clip:
    name = row["clip"]
    captions = [row["caption"]]
    captions += [text for column, text in row.items() if column.startswith("caption_") and text]
    path = row.get("path") or name + suffix
    recording = row.get("recording") or (recording_of(path) if row.get("path") else "")
    file, animation = _found(path, find)
    clip = Clip(
        id_of(name),
        row.get("split", "train"),
        tuple(captions),
        recording=recording,
        start_s=_seconds(name, "start", row.get("start", "")) or 0.0,
        end_s=_seconds(name, "end", row.get("end", "")),
        file=file,
        name=name,
        animation=animation,
    )
    if clip.file is None:
        raise ValueError(f"clip {name!r}: found no file {path} in the folder; add it or remove the row")
    return clip


def _found(path: str, find: Callable[[str], Path | None]) -> tuple[Path | None, str]:
    """The file of a path, and which of its animations is meant; None if it is not there."""
    whole, animation = find(path), ""
    start, bar, rest = path.partition("#")
    while whole is None and bar:  # a file's name may have a # too
        if start.lower().endswith(trees.SUFFIXES):
            whole, animation = find(start), rest
        more, bar, rest = rest.partition("#")
        start = f"{start}#{more}"
    return whole, animation if whole else ""


def _seconds(name: str, column: str, text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError as error:
        raise ValueError(f"clip {name!r}: found {column} {text!r}, expected seconds") from error

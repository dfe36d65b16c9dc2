"""Train, val and test: split files as published, a split of one's own data, and what leaks from one into another."""

from collections.abc import Iterable
from pathlib import Path
from zlib import crc32

from lavimo.clips import SPLITS, Clip

SHARES = {"train": 0.80, "val": 0.05, "test": 0.15}
"""How clips without a given split are divided, as HumanML3D is."""


def split_of(recording: str) -> str:
    """The split of all clips that come from a recording: a pure function of its name, so that none leaks."""
    place, end = crc32(f"split/{recording}".encode()) / 2**32, 0.0
    for split, share in SHARES.items():
        end += share
        if place < end:
            return split
    return "test"


def read_splits(folder: Path) -> dict[str, list[str]]:
    """The ids in `train.txt`, `val.txt` and `test.txt`, by split.

    Raises:
        ValueError: a file is missing or unreadable, or an id stands in two splits or twice in one (all are named).
    """
    splits: dict[str, list[str]] = {}
    seen: dict[str, str] = {}
    faults = []
    for split in SPLITS:
        path = folder / f"{split}.txt"
        try:
            splits[split] = path.read_text(encoding="utf-8-sig").split()
        except (OSError, UnicodeDecodeError) as error:
            faults.append(f"{path}: cannot be read ({error}); expected the published list of ids")
            continue
        for name in splits[split]:
            if name in seen:
                faults.append(f"{folder}: the id {name!r} stands in {seen[name]}.txt and {split}.txt, expected one")
            seen[name] = split
    if faults:
        raise ValueError("\n".join(faults))
    return splits


def leaks(clips: Iterable[Clip]) -> dict[str, dict[str, list[str]]]:
    """The recordings that clips of several splits were cut from: {recording: {split: names}}, sorted."""
    found: dict[str, dict[str, list[str]]] = {}
    for clip in sorted(clips, key=lambda clip: clip.id):
        if clip.recording:
            found.setdefault(clip.recording, {}).setdefault(clip.split, []).append(clip.id)
    return {recording: splits for recording, splits in sorted(found.items()) if len(splits) > 1}


def leaking(clips: Iterable[Clip], split: str, into: str = "train") -> set[str]:
    """The clips of `split` whose recording also feeds `into`."""
    return {name for splits in leaks(clips).values() if into in splits for name in splits.get(split, ())}

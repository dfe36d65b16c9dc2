"""Train, val and test: split files as published, a split of one's own data, and what leaks from one into another."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from zlib import crc32

from lavimo.clips import SPLITS, Clip

SHARES = {"train": 0.80, "val": 0.05, "test": 0.15}
"""How clips without a given split are divided, as HumanML3D is."""
FOLD_VAL = 0.1
"""Of the clips outside of a fold, the share that is val: the sets that are tested by folds are small."""
LEAST = {"train": 2, "val": 1, "test": 2}
"""Clips that a split needs: a contrastive batch and a gallery have two."""


def splits_of(recordings: Iterable[str]) -> dict[str, str]:
    """The split of all clips that come from a recording, by recording.

    A recording's place between 0 and 1 is a pure function of its name, so that no split of a large set moves when clips
    are added, and none leaks. A set so small that its places leave a split with less than `LEAST` clips fills it with
    the recordings of train, or else of another split, that have the highest places and can be spared.

    Args:
        recordings: one for each clip.
    """
    clips = Counter(recordings)
    place_of = {recording: _place(recording) for recording in clips}
    splits = {recording: _split_at(place) for recording, place in place_of.items()}

    def count(split: str) -> int:
        return sum(clips[recording] for recording, own in splits.items() if own == split)

    for split in ("train", "test", "val"):
        while count(split) < LEAST[split]:
            spare = [name for name, own in splits.items() if own != split and count(own) - clips[name] >= LEAST[own]]
            if not spare:
                break
            splits[max(spare, key=lambda name: (splits[name] == "train", place_of[name], name))] = split
    return splits


def splits_of_fold(recordings: Iterable[str], folds: int, fold: int) -> dict[str, str]:
    """As `splits_of`, with one of several folds for the test: each recording is in one fold.

    The largest recordings are dealt first, each to the fold with the fewest clips so far. Of the other folds
    `FOLD_VAL` of the clips are val, of those recordings whose places are first.

    Args:
        fold: 1 to `folds`.

    Raises:
        ValueError: fewer recordings than folds.
    """
    clips = Counter(recordings)
    if len(clips) < folds:
        raise ValueError(
            f"source.folds: found {len(clips)} recording(s) for {folds} folds, expected at least one each; ask for "
            "fewer, or tell recordings apart in the column recording"
        )
    dealt: list[list[str]] = [[] for _ in range(folds)]
    for recording in sorted(clips, key=lambda name: (-clips[name], name)):
        min(dealt, key=lambda own: sum(clips[name] for name in own)).append(recording)
    splits = dict.fromkeys(clips, "train") | dict.fromkeys(dealt[fold - 1], "test")
    rest = sorted((name for name in clips if splits[name] == "train"), key=lambda name: (_place(name), name))
    room = max(round(FOLD_VAL * sum(clips[name] for name in rest)), min(clips[name] for name in rest))
    for recording in rest:
        if clips[recording] <= room:
            splits[recording] = "val"
            room -= clips[recording]
    return splits


def _place(recording: str) -> float:
    return crc32(f"split/{recording}".encode()) / 2**32


def _split_at(place: float) -> str:
    end = 0.0
    for split, share in SHARES.items():
        end += share
        if place < end:
            return split
    return "test"


def is_filmed(clip: str, share: float) -> bool:
    """Whether a clip is one of the share that gets a video: a pure function of its id."""
    return crc32(f"film/{clip}".encode()) / 2**32 < share


def check_counts(clips: Iterable[Clip], required: Iterable[str]) -> None:
    """Whether there is enough to train, to choose an epoch, and to be tested.

    Args:
        required: the splits that must not be empty.

    Raises:
        ValueError: a split has too few clips.
    """
    counts = Counter(clip.split for clip in clips)
    few = [split for split in required if counts[split] < LEAST[split]]
    if few:
        found = ", ".join(f"{counts[split]} of {split}" for split in SPLITS)
        expected = ", ".join(f"{LEAST[split]} of {split}" for split in required)
        raise ValueError(
            f"found {found}, expected at least {expected}: add clips, or correct the column split; where no {few[0]} "
            f"is wanted, set source.required_splits: [{', '.join(split for split in required if split != few[0])}]"
        )


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

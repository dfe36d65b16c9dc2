"""Data source `kitml`: the release with features of 251 numbers (12.5 frames a second), or captions over AMASS.

The second layout is TMR's: annotations.json, {id: {path, duration, annotations: [{seg_id, text, start, end}]}}, with
paths in AMASS and seconds, and split files beside it. HumanML3D's captions exist in it too: there the mirror images are
ids of their own, with paths that begin with `M/`, and HumanAct12's clips have paths that begin with its name.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lavimo.clips import SPLITS, Clip
from lavimo.config import KitmlOptions, SourceOptions
from lavimo.motion.mirror import PREFIX, mirrored_caption, mirrored_motion
from lavimo.sources.amass_tree import AmassTree, subset_of
from lavimo.sources.folder import Folder
from lavimo.sources.humanml3d.index import HUMANACT12
from lavimo.sources.humanml3d.texts import Place, Window, clips_of_release, clips_of_windows
from lavimo.sources.source import Source
from lavimo.sources.splits import read_splits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lavimo.motion.motion import Motion


IMAGES = "M/"
"""What the path of a mirror image begins with."""


class KitmlSource(Source):
    """The ids of the split files that have captions."""

    def __init__(self, options: SourceOptions):
        self._options, self._mirrored = options.kitml, options.with_mirrored

    def tables(self) -> list[Path]:
        """The texts or the annotations, and the split files."""
        options = self._options
        texts = options.folder / "texts" if options.layout == "release" else options.annotations_file
        return [texts, *(options.splits / f"{split}.txt" for split in SPLITS)]

    def clips(self) -> list[Clip]:
        """See `Source.clips`."""
        options = self._options
        if options.layout == "annotations":
            return _annotated(options, self._mirrored)
        folder = Folder(options.folder)

        def place_of(name: str) -> Place:
            return Place(folder.find(f"new_joint_vecs/{name}.npy") or folder.find(f"new_joints/{name}.npy"))

        return clips_of_release(options.folder, options.splits, self._mirrored, place_of)

    def motion(self, clip: Clip) -> "Motion":
        """See `Source.motion`. The release has an image's own file, mirrored already."""
        options, file = self._options, self._file(clip)
        if file.suffix.lower() == ".npz":
            from lavimo.formats.amass import read_motion

            scale = options.scale_to_legs
            motion = read_motion(file, clip.start_s, clip.end_s, False, scale, **self._recorded(clip))
        else:
            from lavimo.formats.joints import read_motion as motion_of_joints

            motion = motion_of_joints(file, clip.start_s, clip.end_s, options.plausible)
        return mirrored_motion(motion) if clip.mirror_of and options.layout == "annotations" else motion

    def check(self, clip: Clip) -> int:
        """See `Source.check`."""
        options, file = self._options, self._file(clip)
        if file.suffix.lower() == ".npz":
            from lavimo.formats.amass import read_recorded

            return len(read_recorded(file, clip.start_s, clip.end_s, False, **self._recorded(clip)))
        from lavimo.formats.joints import read_window

        return len(read_window(file, clip.start_s, clip.end_s, options.plausible)[0])

    def _file(self, clip: Clip) -> Path:
        if clip.file is None:
            where = str(self._options.amass if self._options.layout == "annotations" else self._options.folder)
            if clip.recording.startswith(HUMANACT12):
                where = f"source.kitml.humanact12 ({self._options.humanact12})"
            raise ValueError(
                f"found no file {clip.recording or clip.id} in {where}; `lavimo verify` says what is missing"
            )
        return clip.file

    def _recorded(self, clip: Clip) -> dict[str, Any]:
        """The world of AMASS's files, and how long the annotations take the clip's recording to be."""
        return {**self._options.world, "counted_s": _counted(self._options.annotations_file).get(clip.recording, 0.0)}

    def features(self, clip: Clip) -> "NDArray[Any] | None":
        """See `Source.features`."""
        path = self._options.folder / "new_joint_vecs" / f"{clip.id.split('~')[0]}.npy"
        if self._options.layout == "annotations" or not path.parent.exists():
            return None
        from lavimo.formats.joints import read_features

        return read_features(path, clip.start_s, clip.end_s)


@dataclass(frozen=True)
class Annotated:
    """An id's recording, in the first release's path, whether the id is its mirror image, and each caption's window."""

    path: str
    image: bool
    captions: list[tuple[str, Window]]


def read_annotations(path: Path) -> dict[str, Annotated]:
    """The annotations by id.

    Raises:
        ValueError: the file cannot be read or has another form; the id is named.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path}: cannot be read ({error}); expected TMR's annotations.json") from error
    if not isinstance(entries, dict):
        raise ValueError(f"{path}: found {type(entries).__name__}, expected TMR's annotations.json: entries by id")
    annotations = {}
    for name, entry in entries.items():
        try:
            windows: list[tuple[str, Window]] = [
                (one["text"], (float(one["start"]), float(one["end"]))) for one in entry["annotations"]
            ]
            recording = str(entry["path"])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path}: id {name!r}: found {error!r}, expected path and annotations") from error
        annotations[name] = Annotated(recording.removeprefix(IMAGES), recording.startswith(IMAGES), windows)
    return annotations


@cache
def _counted(annotations: Path) -> dict[str, float]:
    """Up to which second the annotations count each recording."""
    counted: dict[str, float] = {}
    for one in read_annotations(annotations).values():
        counted[one.path] = max([counted.get(one.path, 0.0), *(window[1] or 0.0 for _, window in one.captions)])
    return counted


def _annotated(options: KitmlOptions, mirrored: bool) -> list[Clip]:
    annotations = read_annotations(options.annotations_file)
    place_of = _places(options)
    splits = read_splits(options.splits)
    listed = {name for ids in splits.values() for name in ids}
    clips: list[Clip] = []
    for split, ids in splits.items():
        for name in ids:
            # An image's own entry says so by its path; one without an entry is that of the id behind its M.
            own = annotations.get(name)
            base = name.removeprefix(PREFIX)
            found = own or annotations.get(base)
            image = own.image if own else base != name
            if found is None or (image and not mirrored):
                continue
            captions = found.captions if own else _worded(found.captions)
            clips += clips_of_windows(name, base if image else "", split, captions, place_of(found.path))
            other = PREFIX + name
            if mirrored and not image and other not in listed:
                theirs = annotations.get(other)
                worded = theirs.captions if theirs and theirs.image else _worded(found.captions)
                clips += clips_of_windows(other, name, split, worded, place_of(found.path))
    if not clips:
        raise ValueError(f"{options.annotations_file}: found no id of the split files in {options.splits}")
    return clips


def _places(options: KitmlOptions) -> Callable[[str], Place]:
    """Where a recording is: in AMASS's tree, or among HumanAct12's joints."""
    tree = AmassTree(options.amass)
    acts = Folder(options.humanact12).find if options.humanact12 else lambda path: None

    def place_of(path: str) -> Place:
        if subset_of(path) == HUMANACT12:
            return Place(acts(f"{Path(path).name.removesuffix('.npy')}.npy"), path)
        return Place(tree.find(path), path)

    return place_of


def _worded(captions: list[tuple[str, Window]]) -> list[tuple[str, Window]]:
    return [(mirrored_caption(caption), window) for caption, window in captions]

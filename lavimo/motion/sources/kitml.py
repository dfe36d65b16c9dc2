"""Data source `kitml`: the release with features of 251 numbers (12.5 frames a second), or captions over AMASS.

The second layout is TMR's: annotations.json, {id: {path, duration, annotations: [{seg_id, text, start, end}]}}, with
paths in AMASS and seconds, and split files beside it. HumanML3D's captions exist in it too.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lavimo.clips import SPLITS, Clip
from lavimo.config import KitmlOptions, SourceOptions
from lavimo.motion.mirror import PREFIX, mirrored_caption, mirrored_motion
from lavimo.motion.sources.amass_tree import AmassTree
from lavimo.motion.sources.folder import Folder
from lavimo.motion.sources.humanml3d.texts import Place, Window, clips_of_release, clips_of_windows
from lavimo.motion.sources.source import Source
from lavimo.motion.splits import read_splits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lavimo.motion.motion import Motion


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
            from lavimo.motion.formats.amass import read_motion

            motion = read_motion(file, clip.start_s, clip.end_s, False, options.scale_to_legs, **options.world)
        else:
            from lavimo.motion.formats.joints import read_motion as motion_of_joints

            motion = motion_of_joints(file, clip.start_s, clip.end_s, options.plausible)
        return mirrored_motion(motion) if clip.mirror_of and options.layout == "annotations" else motion

    def check(self, clip: Clip) -> int:
        """See `Source.check`."""
        options, file = self._options, self._file(clip)
        if file.suffix.lower() == ".npz":
            from lavimo.motion.formats.amass import read_recorded

            return len(read_recorded(file, clip.start_s, clip.end_s, False, **options.world))
        from lavimo.motion.formats.joints import read_window

        return len(read_window(file, clip.start_s, clip.end_s, options.plausible)[0])

    def _file(self, clip: Clip) -> Path:
        if clip.file is None:
            where = self._options.amass if self._options.layout == "annotations" else self._options.folder
            raise ValueError(
                f"found no file {clip.recording or clip.id} in {where}; `lavimo verify` says what is missing"
            )
        return clip.file

    def features(self, clip: Clip) -> "NDArray[Any] | None":
        """See `Source.features`."""
        path = self._options.folder / "new_joint_vecs" / f"{clip.id.split('~')[0]}.npy"
        if self._options.layout == "annotations" or not path.parent.exists():
            return None
        from lavimo.motion.formats.joints import read_features

        return read_features(path, clip.start_s, clip.end_s)


def read_annotations(path: Path) -> dict[str, tuple[str, list[tuple[str, Window]]]]:
    """By id, the path in AMASS, and each caption with its window of the recording.

    Raises:
        ValueError: the file cannot be read or has another form; the id is named.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path}: cannot be read ({error}); expected TMR's annotations.json") from error
    annotations = {}
    for name, entry in entries.items():
        try:
            windows: list[tuple[str, Window]] = [
                (one["text"], (float(one["start"]), float(one["end"]))) for one in entry["annotations"]
            ]
            annotations[name] = (str(entry["path"]), windows)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path}: id {name!r}: found {error!r}, expected path and annotations") from error
    return annotations


def _annotated(options: KitmlOptions, mirrored: bool) -> list[Clip]:
    annotations = read_annotations(options.annotations_file)
    tree = AmassTree(options.amass)
    splits = read_splits(options.splits)
    listed = {name for ids in splits.values() for name in ids}
    clips: list[Clip] = []
    for split, ids in splits.items():
        for name in ids:
            base = name if name in annotations else name.removeprefix(PREFIX)
            image = base != name
            if base not in annotations or (image and not mirrored):
                continue
            path, captions = annotations[base]
            place = Place(tree.find(path), path)
            clips += clips_of_windows(name, base if image else "", split, _worded(captions, image), place)
            if mirrored and not image and PREFIX + name not in listed:
                clips += clips_of_windows(PREFIX + name, name, split, _worded(captions, True), place)
    if not clips:
        raise ValueError(f"{options.annotations_file}: found no id of the split files in {options.splits}")
    return clips


def _worded(captions: list[tuple[str, Window]], image: bool) -> list[tuple[str, Window]]:
    return [(mirrored_caption(caption), window) for caption, window in captions] if image else captions

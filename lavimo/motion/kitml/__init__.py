"""Data source `kitml`: the release with features of 251 numbers (12.5 frames a second), or captions over AMASS.

The second layout is TMR's: annotations.json, {id: {path, duration, annotations: [{seg_id, text, start, end}]}}, with
paths in AMASS and seconds, and split files beside it. HumanML3D's captions exist in it too.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lavimo.clips import Clip
from lavimo.config import KitmlOptions
from lavimo.motion.amass.subsets import AmassTree
from lavimo.motion.folder import locator
from lavimo.motion.humanml3d.texts import Part, Recording, clips_of_parts, clips_of_release
from lavimo.motion.mirror import PREFIX, mirrored_caption
from lavimo.motion.splits import read_splits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lavimo.motion.motion import Motion


def catalogue(options: KitmlOptions, mirrored: bool) -> list[Clip]:
    """The ids of the split files that have captions; `file` is None where the motion is not there.

    Raises:
        ValueError: a table is missing or bad (named), or the AMASS folder does not exist.
    """
    if options.layout == "annotations":
        return _annotated(options, mirrored)
    find = locator(options.folder)

    def recording_of(name: str) -> Recording:
        return Recording(find(f"new_joint_vecs/{name}.npy") or find(f"new_joints/{name}.npy"))

    return clips_of_release(options.folder, options.splits, mirrored, recording_of)


def read_annotations(path: Path) -> dict[str, tuple[str, list[tuple[str, Part]]]]:
    """By id, the path in AMASS, and each caption with its part of the recording.

    Raises:
        ValueError: the file cannot be read or has another form; the id is named.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path}: cannot be read ({error}); expected TMR's annotations.json") from error
    annotations = {}
    for name, entry in entries.items():
        try:
            parts: list[tuple[str, Part]] = [
                (one["text"], (float(one["start"]), float(one["end"]))) for one in entry["annotations"]
            ]
            annotations[name] = (str(entry["path"]), parts)
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
            clips += clips_of_parts(
                name, split, _worded(captions, image), Recording(tree.find(path), path, mirrored=image)
            )
            if mirrored and not image and PREFIX + name not in listed:
                recording = Recording(tree.find(path), path, mirrored=True)
                clips += clips_of_parts(PREFIX + name, split, _worded(captions, True), recording)
    if not clips:
        raise ValueError(f"{options.annotations_file}: found no id of the split files in {options.splits}")
    return clips


def _worded(captions: list[tuple[str, Part]], image: bool) -> list[tuple[str, Part]]:
    return [(mirrored_caption(caption), part) for caption, part in captions] if image else captions


def load(clip: Clip, options: KitmlOptions) -> "Motion":
    """A clip's motion, before it is mirrored.

    Raises:
        ValueError: its file is not there, damaged, or too short; the file is named.
    """
    if clip.file is None:
        where = options.amass if options.layout == "annotations" else options.folder
        raise ValueError(f"found no file {clip.source or clip.name} in {where}; `lavimo verify` says what is missing")
    if clip.file.suffix == ".npz":
        from lavimo.motion.amass.read import read_motion

        return read_motion(clip.file, clip.start_s, clip.end_s, False, options.scale_to_legs)
    from lavimo.motion.joints_file import read_motion as motion_of_joints

    return motion_of_joints(clip.file, clip.start_s, clip.end_s)


def features(clip: Clip, options: KitmlOptions) -> "NDArray[Any] | None":
    """The released features of a clip, or of its part, used as they are; None where there are none.

    Raises:
        ValueError: the file is damaged or of another width; it is named.
    """
    path = options.folder / "new_joint_vecs" / f"{clip.name.split('~')[0]}.npy"
    if options.layout == "annotations" or not path.parent.exists():
        return None
    from lavimo.motion.joints_file import read_features

    return read_features(path, clip.start_s, clip.end_s)

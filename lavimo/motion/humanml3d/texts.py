"""The layout that HumanML3D and KIT-ML are released in: `texts/ID.txt` and the split files, as clips.

A line of a text file: `caption#word/TAG word/TAG ...#start#end`, in seconds of the clip; 0.0#0.0 is the whole clip.
An id that starts with M is the mirror image of another.
"""

import logging
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lavimo.clips import Clip
from lavimo.motion.folder import files_under
from lavimo.motion.mirror import PREFIX, mirrored_caption
from lavimo.motion.splits import read_splits

log = logging.getLogger(__name__)

Part = tuple[float, float | None]
WHOLE: Part = (0.0, None)


@dataclass(frozen=True)
class Recording:
    """Where an id's motion is; the fields are those of `Clip`."""

    file: Path | None
    source: str = ""
    start_s: float = 0.0
    end_s: float | None = None
    mirrored: bool = False


def read_captions(path: Path) -> list[tuple[str, Part]]:
    """Each caption of a text file, and the part of the clip that it describes.

    Raises:
        ValueError: the file cannot be read, or a line has another form; the file and the line are named.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: cannot be read ({error}); expected captions") from error
    captions = []
    for number, line in enumerate(lines, start=1):
        fields = line.strip().split("#")
        if not fields[0].strip():
            continue
        try:
            start_s, end_s = (0.0 if math.isnan(float(field)) else float(field) for field in fields[2:4])
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: found {error}, expected caption#words#start#end") from error
        captions.append((fields[0].strip(), (start_s, end_s) if start_s or end_s else WHOLE))
    return captions


def is_empty(part: Part, length_s: float | None) -> bool:
    """Whether nothing of a clip lies in a part: its caption has no motion, and HumanML3D's own loader skips it."""
    start_s, end_s = part
    return start_s < 0 or (end_s is not None and end_s <= start_s) or (length_s is not None and start_s >= length_s)


class Texts:
    """The folder `texts/`: the captions of an id."""

    def __init__(self, folder: Path):
        """List the folder.

        Raises:
            ValueError: there is none.
        """
        self._folder = folder / "texts"
        self._files = set(files_under(self._folder))

    def __getitem__(self, name: str) -> list[tuple[str, Part]]:
        """The captions of an id, those of its mirror image with the words swapped if it has none itself; may be empty.

        Raises:
            ValueError: as `read_captions`.
        """
        if f"{name}.txt" in self._files:
            return read_captions(self._folder / f"{name}.txt")
        if name.startswith(PREFIX) and f"{name[1:]}.txt" in self._files:
            return [(mirrored_caption(caption), part) for caption, part in self[name[1:]]]
        return []


def clips_of_release(
    folder: Path, splits: Path, mirrored: bool, recording_of: Callable[[str], Recording]
) -> list[Clip]:
    """The clips of the split files that have captions, each with those captions that share its first one's part.

    In training, captions of other parts are further clips, called `ID~START-END`.

    Args:
        folder: holds texts/.
        splits: holds train.txt, val.txt, test.txt.
        mirrored: with the ids that start with M.
        recording_of: where an id's motion is.

    Raises:
        ValueError: a split file or a text is bad, or no id has a caption.
    """
    texts = Texts(folder)
    clips: list[Clip] = []
    bare: list[str] = []
    for split, ids in read_splits(splits).items():
        for name in ids:
            if mirrored or not name.startswith(PREFIX):
                own = list(clips_of_parts(name, split, texts[name], recording_of(name)))
                clips += own
                bare += [] if own else [name]
    if bare:
        log.warning("%d ids have no captions and are left out, first %r; `lavimo verify` names all", len(bare), bare[0])
    if not clips:
        raise ValueError(f"{folder}: found no captions of any id of the split files in texts/; unpack texts.zip there")
    return clips


def clips_of_parts(name: str, split: str, captions: list[tuple[str, Part]], recording: Recording) -> Iterator[Clip]:
    """A clip with the captions that share the first one's part; in training, the captions of other parts as others."""
    length_s = None if recording.end_s is None else recording.end_s - recording.start_s
    parts: dict[Part, list[str]] = {}
    for caption, part in captions:
        if not is_empty(part, length_s):
            parts.setdefault(part, []).append(caption)
    for index, (part, alike) in enumerate(parts.items()):
        if index == 0 or split == "train":
            end_s = recording.end_s if part[1] is None else recording.start_s + part[1]
            yield Clip(
                name if index == 0 else f"{name}~{part[0]:g}-{'end' if part[1] is None else f'{part[1]:g}'}",
                split,
                tuple(alike),
                recording.file,
                recording.source,
                recording.start_s + part[0],
                end_s if recording.end_s is None or end_s is None else min(end_s, recording.end_s),
                recording.mirrored,
            )

"""The layout that HumanML3D and KIT-ML are released in: `texts/ID.txt` and the split files, as clips.

A line of a text file: `caption#word/TAG word/TAG ...#start#end`, in seconds of the clip; 0.0#0.0 is the whole clip.
An id that starts with M is the mirror image of another.
"""

import logging
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lavimo.clips import Clip
from lavimo.motion.mirror import PREFIX, mirrored_caption
from lavimo.sources.folder import files_under
from lavimo.sources.splits import read_splits

log = logging.getLogger(__name__)

Window = tuple[float, float | None]
"""From second to second of a clip; to its end if None."""
WHOLE: Window = (0.0, None)


@dataclass(frozen=True)
class Place:
    """Where an id's motion is; the fields are those of `Clip`."""

    file: Path | None
    recording: str = ""
    start_s: float = 0.0
    end_s: float | None = None


def read_captions(path: Path) -> list[tuple[str, Window]]:
    """Each caption of a text file, and the window of the clip that it describes.

    Raises:
        ValueError: the file cannot be read, or a line has another form; the file and the line are named.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: cannot be read ({error}); expected captions") from error
    captions = []
    for number, line in enumerate(lines, start=1):
        said, *times = line.strip().rsplit("#", 2)
        caption = _caption(said)
        if not caption:
            continue
        try:
            start_s, end_s = (0.0 if math.isnan(float(field)) else float(field) for field in times)
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: found {error}, expected caption#words#start#end") from error
        captions.append((caption, (start_s, end_s) if start_s or end_s else WHOLE))
    return captions


def _caption(said: str) -> str:
    """The caption before the words `word/TAG word/TAG`, in which a # may stand too, as it may in them."""
    fields = said.split("#")
    words = next((place for place in range(1, len(fields)) if re.match(r"\S+/[A-Z]+( |$)", fields[place])), 1)
    return "#".join(fields[:words]).strip()


def is_empty(window: Window, length_s: float | None) -> bool:
    """Whether nothing of a clip lies in a window: its caption has no motion, and HumanML3D's own loader skips it."""
    start_s, end_s = window
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

    def __getitem__(self, name: str) -> list[tuple[str, Window]]:
        """The captions of an id, those of its mirror image with the words swapped if it has none itself; may be empty.

        Raises:
            ValueError: as `read_captions`.
        """
        if f"{name}.txt" in self._files:
            return read_captions(self._folder / f"{name}.txt")
        if name.startswith(PREFIX) and f"{name[1:]}.txt" in self._files:
            return [(mirrored_caption(caption), window) for caption, window in self[name[1:]]]
        return []


def clips_of_release(folder: Path, splits: Path, mirrored: bool, place_of: Callable[[str], Place]) -> list[Clip]:
    """The clips of the split files that have captions, each with those captions that share its first one's window.

    In training, captions of other windows are further clips, called `ID~START-END`.

    Args:
        folder: holds texts/.
        splits: holds train.txt, val.txt, test.txt.
        mirrored: with the ids that start with M.
        place_of: where an id's motion is.

    Raises:
        ValueError: a split file or a text is bad, or no id has a caption.
    """
    texts = Texts(folder)
    clips: list[Clip] = []
    bare: list[str] = []
    for split, ids in read_splits(splits).items():
        for name in ids:
            if mirrored or not name.startswith(PREFIX):
                image_of = name.removeprefix(PREFIX) if name.startswith(PREFIX) else ""
                own = list(clips_of_windows(name, image_of, split, texts[name], place_of(name)))
                clips += own
                bare += [] if own else [name]
    if bare:
        log.warning("%d ids have no captions and are left out, first %r; `lavimo verify` names all", len(bare), bare[0])
    if not clips:
        raise ValueError(f"{folder}: found no captions of any id of the split files in texts/; unpack texts.zip there")
    return clips


def clips_of_windows(
    name: str, mirror_of: str, split: str, captions: list[tuple[str, Window]], place: Place
) -> Iterator[Clip]:
    """A clip with the captions that share the first one's window; in training, those of other windows as others."""
    length_s = None if place.end_s is None else place.end_s - place.start_s
    windows: dict[Window, list[str]] = {}
    for caption, window in captions:
        if not is_empty(window, length_s):
            windows.setdefault(window, []).append(caption)
    for index, (window, alike) in enumerate(windows.items()):
        if index == 0 or split == "train":
            suffix = "" if index == 0 else f"~{window[0]:g}-{'end' if window[1] is None else f'{window[1]:g}'}"
            end_s = place.end_s if window[1] is None else place.start_s + window[1]
            yield Clip(
                name + suffix,
                split,
                tuple(alike),
                place.file,
                place.recording,
                place.start_s + window[0],
                end_s if place.end_s is None or end_s is None else min(end_s, place.end_s),
                mirror_of and mirror_of + suffix,
            )

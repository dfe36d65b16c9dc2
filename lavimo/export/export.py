"""`lavimo export`: a motion of a library, or of a file, as another program wants it."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

from lavimo.avatar.dress import Dressed, dressed
from lavimo.export.act import acted_by
from lavimo.export.amass import write_amass
from lavimo.export.bvh import write_bvh
from lavimo.export.glb import Figure, write_glb
from lavimo.export.take import Cut, Take, take_of
from lavimo.files import atomic
from lavimo.formats.archive import at_hand, is_there
from lavimo.motion.motion import Motion

Format = Literal["bvh", "glb", "npz", "mp4"]
FORMATS: tuple[Format, ...] = get_args(Format)


def export(motion: Motion, cut: Cut, path: Path, kind: Format, person: Dressed | None = None) -> None:
    """Write a cut of a motion to a file.

    Args:
        person: who acts it out, in glb and mp4; of a glb the bare body by default, whose joints are the motion's.

    Raises:
        ValueError: nothing is left of the motion, it has no loop, or the file cannot be written.
    """
    write(take_of(motion, cut), cut.name, path, kind, person)


def write(take: Take, name: str, path: Path, kind: Format, person: Dressed | None = None) -> None:
    """Write a take to a file; see `export`."""
    match kind:
        case "bvh":
            write_bvh(path, take)
        case "npz":
            write_amass(path, take)
        case "glb":
            if person is None:
                write_glb(path, take, Figure.bare(), name)
            else:
                write_glb(path, acted_by(take, person)[0], Figure.of(person), name)
        case "mp4":
            from lavimo.export.video import write_mp4

            write_mp4(path, take, person or dressed("jonas"), name)


def export_all(motions: Sequence[Motion], cuts: Sequence[Cut], folder: Path, kind: Format = "bvh") -> None:
    """Write cuts of motions to a folder, named by their place and name."""
    for place, (motion, cut) in enumerate(zip(motions, cuts), start=1):
        export(motion, cut, folder / f"{place:02}_{plain(cut.name)}.{kind}", kind)


def copy_source(file: str, path: Path) -> None:
    """Copy the file that a motion was read from.

    Raises:
        ValueError: it was read from none, or it is gone.
    """
    if not file or not is_there(Path(file)):
        raise ValueError(f"found no file {file!r} that the motion came from; expected one: choose {', '.join(FORMATS)}")
    with at_hand(Path(file)) as there, atomic(path) as partial:
        shutil.copyfile(there, partial)


def plain(name: str) -> str:
    """A name that is fit for a file everywhere."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", Path(name).stem).strip("._")[:80] or "motion"

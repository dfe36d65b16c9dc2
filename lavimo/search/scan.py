"""What there is to index: motions in folders and below, and the clips of a workflow's results."""

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from lavimo.clips import read_clips
from lavimo.motion.formats import read_motion
from lavimo.motion.motion import Motion
from lavimo.motion.motion import read_motion as read_clip
from lavimo.search.item import id_of
from lavimo.shards import Shard, clips_of_shards

SUFFIXES = (".bvh", ".npz", ".npy")
LICENCE_FILES = ("LICENSE", "LICENCE", "LICENSE.txt", "LICENCE.txt", "LICENSE.md", "LICENCE.md")
CAPTIONS = "captions.csv"
"""Is looked for in a folder, where no other is given."""
CLIPS, MOTIONS = "clips.csv", "motions"
"""What a folder of a workflow's results holds."""


@dataclass(frozen=True)
class Source:
    """A motion that can be read; attributes as of `Item`.

    Attributes:
        shard: the clip's, of a workflow.
    """

    id: str
    name: str
    library: str
    file: Path
    size: int
    modified_ns: int
    captions: tuple[str, ...]
    licence: str
    shard: str = ""

    @property
    def format(self) -> str:
        """The kind of file."""
        return "clip" if self.shard else self.file.suffix[1:].lower()

    def read(self) -> Motion:
        """The motion.

        Raises:
            ValueError: it cannot be read.
        """
        return read_clip(Shard(Path(self.shard)), self.name) if self.shard else read_motion(self.file)

    def sha256(self) -> str:
        """Of the content.

        Raises:
            ValueError: it cannot be read.
        """
        digest = sha256()
        if self.shard:
            shard = Shard(Path(self.shard))
            for field in ("rotations", "translation", "betas"):
                digest.update(shard[f"{self.name}/{field}"].tobytes())
            digest.update("\0".join(self.captions).encode())
            return digest.hexdigest()
        try:
            with open(self.file, "rb") as file:
                while block := file.read(2**20):
                    digest.update(block)
        except OSError as error:
            raise ValueError(f"{self.file}: cannot be read ({error})") from error
        digest.update("\0".join((self.licence, *self.captions)).encode())
        return digest.hexdigest()


def scan(folder: Path, captions: dict[str, tuple[str, ...]], licence: str = "") -> list[Source]:
    """The motions of a folder, sorted by name: a workflow's clips, or every file below it that may be a motion.

    Links to folders are not followed.

    Args:
        captions: by file's name without suffix, or by path in the folder, as `read_captions` gives them.

    Raises:
        ValueError: there is no such folder, or it holds nothing that could be a motion.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        raise ValueError(f"{folder}: found no such folder, expected one with motions, or a workflow's results")
    licence = licence or licence_of(folder)
    captions = captions or (read_captions(folder / CAPTIONS) if (folder / CAPTIONS).is_file() else {})
    if (folder / CLIPS).is_file() and (folder / MOTIONS).is_dir():
        return list(_clips(folder, licence))
    sources = []
    for file in sorted(_files(folder)):
        name = str(file.relative_to(folder))
        told = captions.get(name) or captions.get(file.stem) or captions.get(str(Path(name).with_suffix(""))) or ()
        known = file.stat()
        sources.append(
            Source(id_of(str(folder), name), name, str(folder), file, known.st_size, known.st_mtime_ns, told, licence)
        )
    if not sources:
        raise ValueError(f"{folder}: found no file that ends in {', '.join(SUFFIXES)}, expected motions")
    return sources


def read_captions(path: Path) -> dict[str, tuple[str, ...]]:
    """Captions of a CSV with the columns clip and caption (caption_2, caption_3 ...), by clip.

    Raises:
        ValueError: it cannot be read, or lacks a column.
    """
    found: dict[str, tuple[str, ...]] = {}
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            columns = [name for name in reader.fieldnames or () if name.startswith("caption")]
            if "clip" not in (reader.fieldnames or ()) or not columns:
                raise ValueError(f"{path}: found the columns {reader.fieldnames}, expected clip and caption")
            for row in reader:
                told = tuple(text for name in columns if (text := (row[name] or "").strip()))
                found[row["clip"]] = found.get(row["clip"], ()) + told
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path}: cannot be read ({error})") from error
    return found


def licence_of(folder: Path) -> str:
    """The first line of the folder's licence file, if it has one."""
    for name in LICENCE_FILES:
        if (folder / name).is_file():
            with open(folder / name, encoding="utf-8", errors="replace") as file:
                return next((line.strip()[:200] for line in file if line.strip()), "")
    return ""


def _files(folder: Path) -> Iterator[Path]:
    for where, below, names in os.walk(folder):
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in names:
            path = Path(where) / name
            if name.lower().endswith(SUFFIXES) and not name.startswith(".") and path.is_file():
                yield path


def _clips(folder: Path, licence: str) -> Iterator[Source]:
    table = read_clips(folder / CLIPS)
    shards = clips_of_shards(sorted((folder / MOTIONS).glob("*-of-*.safetensors")))
    for name, shard in shards.items():
        if name in table:
            known = shard.path.stat()
            yield Source(
                id_of(str(folder), name), name, str(folder), Path(), known.st_size, known.st_mtime_ns,
                table[name].captions, licence, str(shard.path),
            )  # fmt: skip

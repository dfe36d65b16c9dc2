"""What there is to index: motions in folders and below, and the clips of a workflow's results."""

import csv
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from lavimo.clips import read_clips
from lavimo.motion.formats import LFS, read_motion, trees
from lavimo.motion.motion import Motion
from lavimo.motion.motion import read_motion as read_clip
from lavimo.motion.world import Up
from lavimo.search.item import id_of
from lavimo.shards import Shard, clips_of_shards

SUFFIXES = (".bvh", *trees.SUFFIXES, ".npz", ".npy")
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
        up: the axis that points upwards, as the user says.
        ups: those that the folder's BVH files of each skeleton tell together.
        animation: of a file with several, which it is.
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
    up: Up | None = None
    ups: dict[tuple[str, ...], Up] = field(default_factory=dict)
    animation: str = ""

    @property
    def format(self) -> str:
        """The kind of file."""
        return "clip" if self.shard else self.file.suffix[1:].lower()

    def read(self) -> Motion:
        """The motion.

        Raises:
            ValueError: it cannot be read.
        """
        if self.shard:
            return read_clip(Shard(Path(self.shard)), self.name)
        file = Path(f"{self.file}#{self.animation}") if self.animation else self.file
        return read_motion(file, up=self.up, library=self.ups)

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
        digest.update(f"\0animation: {self.animation}".encode() if self.animation else b"")
        digest.update(f"\0up: {self.up}".encode() if self.up else b"")
        return digest.hexdigest()


def scan(folder: Path, captions: dict[str, tuple[str, ...]], licence: str = "", up: Up | None = None) -> list[Source]:
    """The motions of a folder, sorted by name: a workflow's clips, or every file below it that may be a motion.

    Links to folders are not followed.

    Args:
        captions: by file's name without suffix, or by path in the folder, as `read_captions` gives them.
        up: the axis that points upwards in files of kinds that do not say it themselves; None: as each kind has it.

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
    files = sorted(file for file in _files(folder) if file.name.lower().endswith(SUFFIXES))
    ups = {} if up else _ups([file for file in files if file.suffix.lower() == ".bvh"])
    for file in files:
        inside, known = file.relative_to(folder), file.stat()
        for animation in _animations(file):
            end = f"#{animation}" if animation else ""
            name = f"{inside}{end}"
            keys = (name, f"{file.stem}{end}", f"{inside.with_suffix('')}{end}", file.stem, str(inside))
            told = next((captions[key] for key in keys if captions.get(key)), ())
            sources.append(
                Source(
                    id_of(str(folder), name), name, str(folder), file, known.st_size, known.st_mtime_ns, told, licence,
                    "", up, ups, animation,
                )
            )  # fmt: skip
    if not sources:
        there = passed_over([folder])
        others = f" but {there}" if there else ""
        raise ValueError(f"{folder}: found no file that ends in {', '.join(SUFFIXES)}{others}, expected motions")
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


def passed_over(folders: Sequence[Path]) -> str:
    """The files below some folders that no index takes, by suffix, the most first; empty if there are none."""
    counts: Counter[str] = Counter()
    pointers: Counter[str] = Counter()
    for folder in folders:
        if (folder / CLIPS).is_file() and (folder / MOTIONS).is_dir():
            continue
        for file in _files(folder.resolve()):
            kind = file.suffix.lower() or "without a suffix"
            taken = kind.endswith(SUFFIXES) and any(True for _ in _animations(file))
            kind += " without animations" if kind in trees.SUFFIXES else ""
            if not taken and file.name not in (CAPTIONS, *LICENCE_FILES):
                counts[kind] += 1
                pointers[kind] += _is_pointer(file)
    words = []
    for kind, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        some = "" if pointers[kind] == count else f"{pointers[kind]} of them "
        told = f" ({some}Git LFS pointers: `git lfs pull` fetches the files)" if pointers[kind] else ""
        words.append(f"{count} {kind}{told}")
    return ", ".join(words)


def _animations(file: Path) -> Iterator[str]:
    """Which motions a file has: the animations' names of one with several, else one without a name. A model without
    animations has none; what cannot be read is one that says so."""
    if file.suffix.lower() not in trees.SUFFIXES:
        yield ""
        return
    names = trees.animations_of(file)
    if names is None or len(names) == 1:
        yield ""
    elif names:
        yield from names


def _is_pointer(file: Path) -> bool:
    """Whether a repository's file was not fetched."""
    try:
        with open(file, "rb") as opened:
            return opened.read(len(LFS)) == LFS
    except OSError:
        return False


def _ups(files: list[Path]) -> dict[tuple[str, ...], Up]:
    """The axes that point upwards in files of each skeleton that do not say it one by one."""
    from lavimo.motion.formats.bvh.read import library_ups  # scipy

    return library_ups(files) if files else {}


def _files(folder: Path) -> Iterator[Path]:
    """All that is not hidden."""
    for where, below, names in os.walk(folder):
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in names:
            path = Path(where) / name
            if not name.startswith(".") and path.is_file():
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

"""What there is to index: motions in folders, in archives, and below, and the clips of a workflow's results."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from lavimo.clips import read_clips
from lavimo.formats import archive, read_motion
from lavimo.motion.motion import Motion
from lavimo.motion.motion import read_motion as read_clip
from lavimo.motion.world import Up
from lavimo.search.folders import (
    CAPTIONS,
    CLIPS,
    LICENCE_FILES,
    MOTIONS,
    SUFFIXES,
    animations_of,
    files_in,
    is_archive,
    passed_over,
)
from lavimo.search.item import id_of
from lavimo.shards import Shard, clips_of_shards


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
            with archive.at_hand(self.file) as there, open(there, "rb") as file:
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

    Links to folders are not followed. Archives are folders, with captions and a licence of their own if they have them;
    one that cannot be read is a source that says so.

    Args:
        captions: by file's name without suffix, or by path in the folder, as `read_captions` gives them.
        up: the axis that points upwards in files of kinds that do not say it themselves; None: as each kind has it.

    Raises:
        ValueError: there is no such folder, or it holds nothing that could be a motion.
    """
    folder = folder.resolve()
    if not folder.is_dir() and not (folder.is_file() and folder.suffix.lower() == archive.SUFFIX):
        raise ValueError(f"{folder}: found no such folder, expected one with motions, or a workflow's results")
    if (folder / CLIPS).is_file() and (folder / MOTIONS).is_dir():
        return list(_clips(folder, licence or licence_of(folder)))
    tops: dict[Path, list[Path]] = {}
    for file in sorted(files_in(folder)):
        if file.name.lower().endswith(SUFFIXES) or is_archive(file):
            tops.setdefault(_top(file, folder), []).append(file)
    sources = [
        source
        for top, files in tops.items()
        for source in _of_files(
            folder, top, files, captions or _told(top, folder), licence or licence_of(top) or licence_of(folder), up
        )
    ]
    sources.sort(key=lambda source: source.name)
    if not sources:
        there = passed_over([folder])
        others = f" but {there}" if there else ""
        raise ValueError(f"{folder}: found no file that ends in {', '.join(SUFFIXES)}{others}, expected motions")
    return sources


def _of_files(
    folder: Path, top: Path, files: list[Path], captions: dict[str, tuple[str, ...]], licence: str, up: Up | None
) -> Iterator[Source]:
    """The motions of files that have one captions' table and one licence."""
    ups = {} if up else _ups([file for file in files if file.suffix.lower() == ".bvh"])
    for file in files:
        inside = file.relative_to(folder) if file != folder else Path(file.name)
        size, modified_ns = archive.stamp(file)
        for animation in animations_of(file):
            end = f"#{animation}" if animation else ""
            name = f"{inside}{end}"
            keys = [name, f"{file.stem}{end}", f"{inside.with_suffix('')}{end}", file.stem, str(inside)]
            if top != folder and top in file.parents:
                within = file.relative_to(top)
                keys += [f"{within}{end}", f"{within.with_suffix('')}{end}", str(within)]
            told = next((captions[key] for key in keys if captions.get(key)), ())
            yield Source(
                id_of(str(folder), name),
                name,
                str(folder),
                file,
                size,
                modified_ns,
                told,
                licence,
                "",
                up,
                ups,
                animation,
            )


def _top(file: Path, folder: Path) -> Path:
    """Where the captions and the licence of a file are looked for: its archive, else the folder."""
    whole, inside = archive.through(file)
    return archive.archive(whole).top() if inside else folder


def _told(top: Path, folder: Path) -> dict[str, tuple[str, ...]]:
    """The captions of the nearest table."""
    for table in (top / CAPTIONS, folder / CAPTIONS):
        if archive.is_there(table):
            with archive.at_hand(table) as there:
                return read_captions(there)
    return {}


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
        if archive.is_there(folder / name):
            with archive.at_hand(folder / name) as there, open(there, encoding="utf-8", errors="replace") as file:
                return next((line.strip()[:200] for line in file if line.strip()), "")
    return ""


def _ups(files: list[Path]) -> dict[tuple[str, ...], Up]:
    """The axes that point upwards in files of each skeleton that do not say it one by one."""
    from lavimo.formats.bvh.read import library_ups  # scipy

    return library_ups(files) if files else {}


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

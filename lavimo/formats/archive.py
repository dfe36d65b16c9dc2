"""Archives (zip) of motions. A file in one is read by its path through it, `motions.zip/walk.bvh`, wherever a file is.

It is unpacked for as long as it is read, with the files that belong to it: a glTF's buffers, the skeleton of an AMC.
Archives are strangers' work: what leads out of them, links, and archives in them are never unpacked; there are limits.
"""

import calendar
import json
import os
import posixpath
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from urllib.parse import unquote
from zipfile import ZipFile, ZipInfo

SUFFIX = ".zip"
MEMBERS = 200_000
MEMBER_BYTES, ALL_BYTES = 2 << 30, 256 << 30
RATIO = 300
"""Motions pack to a third, a motionless one's text to a hundredth; bombs to a thousandth and less."""
SMALL_BYTES = 1 << 20
"""What is smaller may be packed as well as it likes."""
UNPACK = "unpack it, and name the folder"
UTF8, ENCRYPTED, KIND, LINK = 0x800, 0x1, 0o170000, 0o120000


class Archive:
    """What is in an archive that may be read.

    Attributes:
        members: by their paths in it, hidden ones and links left out.
    """

    def __init__(self, path: Path):
        """Read the list of what is in it.

        Raises:
            ValueError: it is damaged, encrypted, larger than the limits, or a path leads out of it; it is named.
        """
        self.path = path
        try:
            self._zip = ZipFile(path)
            infos = self._zip.infolist()
        except Exception as error:  # zipfile raises a dozen kinds on damaged files
            raise ValueError(f"{path}: {_damaged(error)}") from error
        try:
            self.members = _members(infos, path.stat().st_size)
        except ValueError as error:
            raise ValueError(f"{path}: {error}; {UNPACK}") from error

    def unpack(self, inside: str, room: Path) -> Path:
        """A file of it, and what belongs to it, in a folder; `inside` may end with an animation, `pack.glb#Jump`.

        Raises:
            ValueError: there is no such file, it is damaged, or larger than the limits.
        """
        name = next((one for one in _without_animation(inside) if one in self.members), None)
        if name is None:
            raise ValueError(f"{room / inside}: found no such file in the archive")
        self._write(name, room)
        for other in self._belonging(name, room):
            self._write(other, room)
        return room / inside

    def top(self) -> Path:
        """The path through the archive under which everything in it lies."""
        return self.path / os.path.commonpath([posixpath.dirname(name) for name in self.members] or [""])

    def _write(self, name: str, room: Path) -> None:
        info = self.members[name]
        if info.file_size > MEMBER_BYTES or _bomb(info.file_size, info.compress_size):
            raise ValueError(
                f"{room / name}: found {info.file_size} bytes packed to {info.compress_size}, expected at most "
                f"{MEMBER_BYTES} and {RATIO} to one; {UNPACK}"
            )
        try:
            (room / name).parent.mkdir(parents=True, exist_ok=True)
            with self._zip.open(info) as packed, open(room / name, "wb") as file:
                shutil.copyfileobj(packed, file, 1 << 20)
        except Exception as error:
            raise ValueError(f"{room / name}: {_damaged(error)}") from error

    def _belonging(self, name: str, room: Path) -> set[str]:
        """The members that a file cannot be read without."""
        folder, suffix = posixpath.dirname(name), PurePosixPath(name).suffix.lower()
        if suffix == ".amc":
            around = {folder, posixpath.dirname(folder)}
            found = {one for one in self.members if one.lower().endswith(".asf") and posixpath.dirname(one) in around}
        elif suffix == ".gltf":
            try:
                buffers = json.loads((room / name).read_bytes())["buffers"]
                found = {posixpath.normpath(posixpath.join(folder, unquote(one["uri"]))) for one in buffers}
            except (ValueError, LookupError, TypeError):  # its reader says what is wrong with it
                found = set()
        else:
            found = set()
        return found & self.members.keys() - {name}


def through(path: Path) -> tuple[Path, str]:
    """Of a path through an archive, the archive and the path in it; of another, itself and nothing."""
    if not os.path.exists(path):  # noqa: PTH110  (which never raises)
        for whole in path.parents:
            if whole.suffix.lower() == SUFFIX and whole.is_file():
                return whole, path.relative_to(whole).as_posix()
    return path, ""


def archive(path: Path) -> Archive:
    """An archive, read once as long as its file is not changed.

    Raises:
        ValueError: see `Archive`.
    """
    try:
        known = path.stat()
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error})") from error
    return _opened(path, known.st_size, known.st_mtime_ns)


@lru_cache(8)
def _opened(path: Path, size: int, modified_ns: int) -> Archive:
    return Archive(path)


@contextmanager
def at_hand(path: Path) -> Iterator[Path]:
    """The path itself, or, of one through an archive, of a copy that is there as long as one needs it.

    What is raised meanwhile names the path through the archive.

    Raises:
        ValueError: see `Archive`.
    """
    whole, inside = through(path)
    if not inside:
        yield path
        return
    with TemporaryDirectory(prefix="lavimo") as room:
        try:
            yield archive(whole).unpack(inside, Path(room))
        except ValueError as error:
            raise type(error)(str(error).replace(room, str(whole))) from error


def stamp(path: Path) -> tuple[int, int]:
    """The size of a file, and a number that is another when it was changed: the time, in nanoseconds; of a file in an
    archive the seconds are its time and the rest its checksum."""
    whole, inside = through(path)
    if not inside:
        known = path.stat()
        return known.st_size, known.st_mtime_ns
    info = archive(whole).members[inside]
    year, month, *rest = info.date_time
    seconds = calendar.timegm((year, min(max(month, 1), 12), *rest))
    return info.file_size, seconds * 10**9 + info.CRC % 10**9


def is_there(path: Path) -> bool:
    """Whether there is such a file, in a folder or in an archive that can be read."""
    whole, inside = through(path)
    try:
        return inside in archive(whole).members if inside else path.is_file()
    except ValueError:
        return False


def _members(infos: list[ZipInfo], packed: int) -> dict[str, ZipInfo]:
    total = sum(info.file_size for info in infos)
    if len(infos) > MEMBERS or total > ALL_BYTES or _bomb(total, packed):
        raise ValueError(
            f"found {len(infos)} files of {total} bytes, packed to {packed}; expected at most {MEMBERS} files, "
            f"{ALL_BYTES} bytes, and {RATIO} to one"
        )
    members: dict[str, ZipInfo] = {}
    for info in infos:
        name = _name(info)
        parts = PurePosixPath(name).parts
        if name.startswith("/") or ".." in parts or re.match("[A-Za-z]:", name):
            raise ValueError(f"found {name[:100]!r} in it, which leads out of it")
        if info.is_dir() or info.external_attr >> 16 & KIND == LINK or not parts:
            continue
        if any(part.startswith(".") or part == "__MACOSX" for part in parts):
            continue
        if info.flag_bits & ENCRYPTED:
            raise ValueError(f"found {name[:100]!r} encrypted")
        if members.setdefault("/".join(parts), info) is not info:
            raise ValueError(f"found {name[:100]!r} in it twice")
    return members


def _name(info: ZipInfo) -> str:
    """A member's path with slashes. Some programs write UTF-8 without saying so."""
    name = info.filename
    if not info.flag_bits & UTF8:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = info.filename
    return name.replace("\\", "/")


def _without_animation(inside: str) -> Iterator[str]:
    """A path as it is, then with less and less of what stands behind a #."""
    yield inside
    while "#" in inside:
        inside = inside.rpartition("#")[0]
        yield inside


def _bomb(size: int, packed: int) -> bool:
    return size > SMALL_BYTES and size > RATIO * packed


def _damaged(error: Exception) -> str:
    told = f"{type(error).__name__}: {error}"[:200]
    return f"cannot be read as an archive ({told}): fetch it again, or unpack it yourself"

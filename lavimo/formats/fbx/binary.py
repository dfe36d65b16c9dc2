"""Binary FBX, of versions 7.1 to 7.7: headers are read first, values and arrays when they are asked for."""

import struct
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.formats.fbx.records import LONGEST, Record, Value

MAGIC = b"Kaydara FBX Binary  \0"
START = 27
"""Behind the magic, two bytes and the version."""
WIDE = 7500
"""From this version on, places and sizes are 64 bits wide."""
NUMBERS = {"Y": struct.Struct("<h"), "C": struct.Struct("<?"), "B": struct.Struct("<?"), "I": struct.Struct("<i"),
           "F": struct.Struct("<f"), "D": struct.Struct("<d"), "L": struct.Struct("<q")}  # fmt: skip
ARRAYS = {"f": "<f4", "d": "<f8", "l": "<i8", "i": "<i4", "b": "?", "c": "u1"}
LENGTH, THREE = struct.Struct("<I"), struct.Struct("<III")
MOST = 10_000
"""So many values a record has at most; arrays are one each."""


@dataclass(frozen=True)
class Packed:
    """An array as it lies in the file."""

    content: bytes
    begin: int
    size: int
    count: int
    kind: str
    compressed: bool

    def read(self) -> NDArray[Any]:
        """Its numbers.

        Raises:
            ValueError: it is damaged, or does not hold as many as it says.
        """
        dtype = np.dtype(self.kind)
        if self.count > LONGEST:
            raise ValueError(f"found an array of {self.count} numbers at {self.begin}, expected at most {LONGEST}")
        raw, expected = self.content[self.begin : self.begin + self.size], self.count * dtype.itemsize
        if self.compressed:
            try:
                raw = zlib.decompressobj().decompress(raw, expected + 1)
            except zlib.error as error:
                raise ValueError(f"found an array at {self.begin} that cannot be unpacked ({error})") from error
        if len(raw) != expected:
            raise ValueError(f"found {len(raw)} bytes of an array at {self.begin}, expected {expected}")
        return np.frombuffer(raw, dtype)


class Lazy(Record):
    """A record whose values and inner records are read when they are asked for."""

    __slots__ = ("_binary", "_places")

    def __init__(self, name: str, binary: "Binary", places: tuple[int, int, int, int]):
        """Args: places: where its values begin, what is within it begins, and it ends; how many values it has."""
        super().__init__(name)
        self._binary, self._places = binary, places

    def _read_values(self) -> list[Value]:
        begin, inside, _, count = self._places
        return self._binary.values(begin, inside, count)

    def _read_within(self) -> list[Record]:
        _, inside, stop, _ = self._places
        return self._binary.records(inside, stop)


class Binary:
    """A file's content."""

    def __init__(self, content: bytes, version: int):
        self.content = content
        self._header = struct.Struct("<QQQB" if version >= WIDE else "<IIIB")

    def records(self, begin: int, end: int) -> list[Record]:
        """The records from one place to another.

        Raises:
            ValueError: one does not lie within.
        """
        found: list[Record] = []
        header, content, at = self._header, self.content, begin
        while at + header.size <= end:
            stop, count, size, name = header.unpack_from(content, at)
            if stop == 0:
                break
            values = at + header.size + name
            inside = values + size
            if not inside <= stop <= end or count > MOST:
                raise ValueError(
                    f"found a record at {at} that ends at {stop}, expected it before {end}: fetch it again"
                )
            title = content[at + header.size : values].decode("latin-1")
            found.append(Lazy(title, self, (values, inside, stop, count)))
            at = stop
        return found

    def values(self, at: int, end: int, count: int) -> list[Value]:
        """So many values from one place to another.

        Raises:
            ValueError: they do not lie within, or are of an unknown kind.
        """
        found: list[Value] = []
        content = self.content
        for _ in range(count):
            kind = chr(content[at]) if at < end else ""
            at += 1
            if number := NUMBERS.get(kind):
                size = number.size
                value: Value = number.unpack_from(content, at)[0] if at + size <= end else None
            elif kind in "SR" and at + 4 <= end:
                size = 4 + LENGTH.unpack_from(content, at)[0]
                raw = content[at + 4 : min(at + size, end)]
                value = raw.decode("utf-8", "replace") if kind == "S" else raw
            elif kind in ARRAYS and at + 12 <= end:
                length, encoding, size = THREE.unpack_from(content, at)
                value = Packed(content, at + 12, size, length, ARRAYS[kind], encoding == 1)
                size += 12
            else:
                raise ValueError(f"found a value of the kind {kind!r} at {at}: the file is damaged, fetch it again")
            at += size
            if at > end:
                raise ValueError(f"found a value that ends at {at}, expected it before {end}: fetch it again")
            found.append(value)
        return found


def read_binary(content: bytes) -> tuple[int, list[Record]]:
    """The version and the topmost records."""
    version = LENGTH.unpack_from(content, 23)[0] if len(content) >= START else 0
    return version, Binary(content, version).records(START, len(content))

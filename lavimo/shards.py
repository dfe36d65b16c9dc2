"""Shards: which clips a job works on, and the one file a shard that it reads and writes.

A clip's shard is a pure function of its name, so that adding a clip moves no other.
A shard file is a safetensors file of arrays named `clip/field`, or `clip` where there is one array a clip,
with JSON metadata.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from lavimo.files import atomic

CODES = {
    np.dtype(name): code
    for name, code in {
        **{"uint64": "U64", "int64": "I64", "float64": "F64", "float32": "F32", "uint32": "U32", "int32": "I32"},
        **{"float16": "F16", "uint16": "U16", "int16": "I16", "int8": "I8", "uint8": "U8", "bool": "BOOL"},
    }.items()
}
"""What safetensors calls types, in the order in which it writes their arrays."""
METADATA = "__metadata__"


def shard_of(clip: str, shards: int) -> int:
    """The clip's shard, from 1 to `shards`."""
    return crc32(clip.encode()) % shards + 1


def parse_shard(name: str) -> tuple[int, int]:
    """`3-of-128`, Snakemake's name of a shard, as (3, 128).

    Raises:
        ValueError: the name has another form, or a number out of range.
    """
    match = re.fullmatch(r"(\d+)-of-(\d+)", name)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise ValueError(f"shard {name!r}: expected the form 3-of-128")
    return int(match[1]), int(match[2])


@dataclass(frozen=True)
class Streamed:
    """An array that is never in memory as a whole: its shape, and pieces of it, one after another."""

    shape: tuple[int, ...]
    pieces: Iterable[NDArray[np.float32]]
    dtype = np.dtype(np.float32)


def write_shard(path: Path, arrays: Mapping[str, NDArray[Any] | Streamed], **metadata: Any) -> None:
    """Write arrays and JSON-able metadata to one safetensors file, atomically.

    Streamed arrays come first, in their order; then the others, in the order of safetensors' own writer, which wants
    all in memory.

    Raises:
        ValueError: an array has the one name that the format keeps for itself.
    """
    if METADATA in arrays:
        raise ValueError(f"clip {METADATA!r}: safetensors keeps this name for itself; rename the clip")
    streamed = [(name, array) for name, array in arrays.items() if isinstance(array, Streamed)]
    whole = [(name, array) for name, array in arrays.items() if not isinstance(array, Streamed)]
    ordered = streamed + sorted(whole, key=lambda item: ([*CODES].index(item[1].dtype), item[0]))
    # One key: safetensors writes several in an order that changes from run to run.
    header: dict[str, Any] = {METADATA: {"json": json.dumps(metadata, sort_keys=True)}}
    end = 0
    for name, array in ordered:
        begin, end = end, end + prod(array.shape) * array.dtype.itemsize
        header[name] = {"dtype": CODES[array.dtype], "shape": array.shape, "data_offsets": [begin, end]}
    told = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    told += b" " * (-len(told) % 8)
    with atomic(path) as partial, partial.open("wb") as file:
        file.write(len(told).to_bytes(8, "little") + told)
        for _, array in ordered:
            for piece in array.pieces if isinstance(array, Streamed) else [array]:
                file.write(np.ascontiguousarray(piece).data)
        assert file.tell() == 8 + len(told) + end, "the pieces of a streamed array do not fill its shape"


class Shard:
    """A shard file opened for reading; arrays are read when asked for."""

    def __init__(self, path: Path):
        """Open `path`.

        Raises:
            ValueError: the file is missing, truncated or no safetensors file.
        """
        from safetensors import SafetensorError, safe_open

        try:
            self._file = safe_open(path, framework="numpy")
        except (SafetensorError, OSError) as error:
            raise ValueError(f"{path}: cannot be read as a shard ({error}); delete it and run again") from error
        self.path = Path(path)
        self.names: list[str] = sorted(self._file.keys())
        self.clips: list[str] = sorted({name.split("/")[0] for name in self.names})
        try:
            self.metadata: dict[str, Any] = json.loads((self._file.metadata() or {}).get("json", "{}"))
        except ValueError as error:
            raise ValueError(f"{path}: found metadata that are no JSON ({error}); delete it and run again") from error

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._file.get_tensor(name)

    def rows(self, name: str) -> Any:
        """An array of which only the rows asked for are read: take them as a slice."""
        return self._file.get_slice(name)


def clips_of_shards(paths: Iterable[Path]) -> dict[str, Shard]:
    """The shard that holds each clip, over several shard files, sorted by clip.

    Raises:
        ValueError: a file that cannot be read, or two that have the same clip.
    """
    found: dict[str, Shard] = {}
    for shard in map(Shard, paths):
        for clip in shard.clips:
            if (other := found.setdefault(clip, shard)) is not shard:
                raise ValueError(
                    f"clip {clip!r}: found in {other.path} and in {shard.path}, expected in one; are these of one run?"
                )
    return dict(sorted(found.items()))

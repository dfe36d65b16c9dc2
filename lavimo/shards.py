"""Shards: which clips a job works on, and the one file a shard that it reads and writes.

A clip's shard is a pure function of its name, so that adding a clip moves no other.
A shard file is a safetensors file of arrays named `clip/field`, or `clip` where there is one array a clip,
with JSON metadata.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from lavimo.files import atomic


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


def write_shard(path: Path, arrays: Mapping[str, NDArray[Any]], **metadata: Any) -> None:
    """Write arrays and JSON-able metadata to one safetensors file, atomically."""
    from safetensors.numpy import save

    contiguous = {name: np.ascontiguousarray(array) for name, array in sorted(arrays.items())}
    with atomic(path) as partial:
        # One key: safetensors writes several in an order that changes from run to run.
        partial.write_bytes(save(contiguous, metadata={"json": json.dumps(metadata, sort_keys=True)}))


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


def clips_of_shards(paths: Iterable[Path]) -> dict[str, Shard]:
    """The shard that holds each clip, over several shard files, sorted by clip."""
    shards = [Shard(path) for path in paths]
    return dict(sorted((clip, shard) for shard in shards for clip in shard.clips))

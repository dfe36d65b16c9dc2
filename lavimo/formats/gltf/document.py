"""A glTF file's JSON and its arrays (https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html).

Y points upwards and lengths are metres, as the format has it. N elements, C components.
"""

import base64
import json
import struct
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MAGIC = b"glTF"
JSON_CHUNK, BINARY_CHUNK = 0x4E4F534A, 0x004E4942
TYPES: dict[int, type[np.generic]] = {
    5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32,
}  # fmt: skip
COMPONENTS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
HARMLESS = {"KHR_mesh_quantization", "KHR_draco_mesh_compression", "KHR_node_visibility", "EXT_mesh_gpu_instancing"}
"""Extensions that a file may require of meshes; those of materials, textures and lights begin so:"""
OTHERS = ("KHR_materials_", "KHR_texture_", "KHR_lights_", "EXT_texture_", "MSFT_texture_", "EXT_lights_")
LARGEST = 1e12
"""Greater numbers than this are damage, as those are that are none."""
LONGEST = 2**24
"""So many numbers an array of an animation has at most."""


class Document:
    """A file, opened.

    Attributes:
        json: its JSON.
    """

    def __init__(self, path: Path):
        """Open it.

        Raises:
            ValueError: it cannot be read, is cut short, is no glTF 2.0, or needs an extension that is not understood.
        """
        self.path = Path(path)
        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise ValueError(f"cannot be read ({error})") from error
        text, self._binary = chunks(content) if content.startswith(MAGIC) else (content, b"")
        self.json = parsed(text)
        self._buffers: dict[int, bytes] = {}
        needed = {str(name) for name in self.json.get("extensionsRequired", [])}
        if odd := sorted(name for name in needed - HARMLESS if not name.startswith(OTHERS)):
            raise ValueError(
                f"needs the extension(s) {', '.join(odd)}, which are not understood: export without compression"
            )

    def array(self, accessor: int) -> Array:
        """An accessor's numbers (N, C).

        Raises:
            ValueError: it lies outside of its buffer, or holds what is no finite number.
        """
        spec = self.json["accessors"][accessor]
        kind, size = np.dtype(TYPES[spec["componentType"]]).newbyteorder("<"), COMPONENTS[spec["type"]]
        count = spec["count"]
        if not (isinstance(count, int) and 0 < count * size <= LONGEST):
            raise ValueError(f"accessor {accessor}: found {count} elements, expected some, and a file of some size")
        values_NC = np.zeros((count, size), kind)
        if "bufferView" in spec:
            values_NC = self._view(spec["bufferView"], spec.get("byteOffset", 0), kind, count, size).copy()
        if sparse := spec.get("sparse"):
            at, new = sparse["indices"], sparse["values"]
            places_N = self._view(
                at["bufferView"], at.get("byteOffset", 0), np.dtype(TYPES[at["componentType"]]), sparse["count"], 1
            )
            values_NC[places_N[:, 0]] = self._view(
                new["bufferView"], new.get("byteOffset", 0), kind, sparse["count"], size
            )
        with np.errstate(invalid="ignore"):  # of numbers that are none, see below
            found_NC = values_NC.astype(np.float64)
        if spec.get("normalized") and kind.kind in "iu":
            found_NC = np.maximum(found_NC / np.iinfo(kind).max, -1)
        if not np.abs(found_NC).max() < LARGEST:
            raise ValueError(f"accessor {accessor}: found what is no finite number: export the file again")
        return found_NC

    def _view(self, view: int, offset: int, kind: np.dtype[Any], count: int, size: int) -> NDArray[Any]:
        spec = self.json["bufferViews"][view]
        length = kind.itemsize * size
        stride = spec.get("byteStride") or length
        start = spec.get("byteOffset", 0) + offset
        end = start + stride * (count - 1) + length
        buffer = self._buffer(spec["buffer"])
        if min(offset, start, stride - length) < 0 or end > min(
            len(buffer), spec.get("byteOffset", 0) + spec["byteLength"]
        ):
            raise ValueError(f"buffer view {view}: found {len(buffer)} bytes, expected {end}: the file is cut short")
        return np.ndarray((count, size), kind, buffer, start, (stride, kind.itemsize))

    def _buffer(self, index: int) -> bytes:
        if index not in self._buffers:
            spec = self.json["buffers"][index]
            uri = spec.get("uri")
            if uri is None:
                self._buffers[index] = self._binary
            elif uri.startswith("data:"):
                self._buffers[index] = base64.b64decode(uri.partition(",")[2], validate=True)
            else:
                self._buffers[index] = self.beside(unquote(uri))
        return self._buffers[index]

    def bytes_of(self, view: int) -> bytes:
        """A buffer view's bytes.

        Raises:
            ValueError: it lies outside of its buffer.
        """
        spec = self.json["bufferViews"][view]
        start, length = spec.get("byteOffset", 0), spec["byteLength"]
        found = self._buffer(spec["buffer"])[start : start + length] if start >= 0 else b""
        if len(found) != length:
            raise ValueError(f"buffer view {view}: found {len(found)} bytes, expected {length}: the file is cut short")
        return found

    def beside(self, name: str) -> bytes:
        """The bytes of a file in the same folder, or below it.

        Raises:
            ValueError: it lies elsewhere, or is not there.
        """
        inside = PurePosixPath(name)
        if ":" in name or inside.is_absolute() or ".." in inside.parts:
            raise ValueError(f"names the file {name!r}, expected one in its own folder: export it as GLB")
        try:
            return (self.path.parent / inside).read_bytes()
        except OSError as error:
            raise ValueError(f"lacks its file {name!r} ({error}): fetch that too, or export it as GLB") from error


def chunks(content: bytes) -> tuple[bytes, bytes]:
    """A GLB's JSON and its binary part.

    Raises:
        ValueError: it is cut short, or of another version.
    """
    version, length = struct.unpack_from("<II", content, 4) if len(content) >= 12 else (0, 0)
    if version != 2:
        raise ValueError(f"found glTF {version}, expected 2: export it again")
    if length > len(content):
        raise ValueError(f"found {len(content)} bytes, expected {length}: the file is cut short, fetch it again")
    at = 12
    found: dict[int, bytes] = {}
    while at + 8 <= length:
        size, kind = struct.unpack_from("<II", content, at)
        if at + 8 + size > length:
            raise ValueError(f"found a chunk of {size} bytes at {at}, beyond the file's end: fetch it again")
        found.setdefault(kind, content[at + 8 : at + 8 + size])
        at += 8 + size
    if JSON_CHUNK not in found:
        raise ValueError("found no JSON chunk: fetch it again")
    return found[JSON_CHUNK], found.get(BINARY_CHUNK, b"")


def parsed(text: bytes) -> dict[str, Any]:
    """The JSON of a glTF.

    Raises:
        ValueError: it is none.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"its JSON cannot be read ({error}): fetch it again") from error
    if not isinstance(found, dict) or not isinstance(found.get("asset"), dict):
        raise ValueError("found JSON, but no glTF (it has no `asset`)")
    if not str(found["asset"].get("version", "")).startswith("2"):
        raise ValueError(f"found glTF {found['asset'].get('version')}, expected 2: export it again")
    return found

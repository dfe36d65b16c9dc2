"""A glTF 2.0 binary as it grows (https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html).

T frames, J joints, 4 quaternions (x, y, z, w).
"""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

BYTE, SHORT, INT, FLOAT = 5121, 5123, 5125, 5126
KINDS = {np.dtype(np.uint8): BYTE, np.dtype(np.uint16): SHORT, np.dtype(np.uint32): INT, np.dtype(np.float32): FLOAT}
VERTICES, INDICES = 34962, 34963
"""What a buffer view is for."""


@dataclass
class Document:
    """The parts of a glTF file that grow: bytes, views of them, accessors of these."""

    data: bytearray = field(default_factory=bytearray)
    views: list[dict[str, Any]] = field(default_factory=list)
    accessors: list[dict[str, Any]] = field(default_factory=list)
    images: list[dict[str, Any]] = field(default_factory=list)

    def view(self, content: bytes, target: int = 0) -> int:
        """Bytes, from a multiple of four on."""
        self.data += b"\0" * (-len(self.data) % 4)
        told = {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(content)}
        self.views.append(told | ({"target": target} if target else {}))
        self.data += content
        return len(self.views) - 1

    def add(self, array: Array, kind: str, target: int = 0, bounds: bool = False, normalized: bool = False) -> int:
        """An array's accessor."""
        array = np.ascontiguousarray(array)
        told: dict[str, Any] = {
            "bufferView": self.view(array.tobytes(), target),
            "componentType": KINDS[array.dtype],
            "count": len(array),
            "type": kind,
        }
        if bounds:
            rows = array.reshape(len(array), -1)
            told |= {"min": rows.min(0).tolist(), "max": rows.max(0).tolist()}
        if normalized:
            told["normalized"] = True
        self.accessors.append(told)
        return len(self.accessors) - 1

    def animation(self, name: str, tracks: Sequence[tuple[int, str, Array, Array]]) -> dict[str, Any]:
        """An animation of tracks: a node, its translation, rotation or scale, seconds (T), values (T, C)."""
        samplers: list[dict[str, Any]] = []
        channels: list[dict[str, Any]] = []
        times: dict[bytes, int] = {}
        for node, path, times_T, values_TC in tracks:
            seconds_T = times_T.astype(np.float32)
            key = seconds_T.tobytes()
            if key not in times:
                times[key] = self.add(seconds_T, "SCALAR", bounds=True)
            output = self.add(values_TC.astype(np.float32), f"VEC{values_TC.shape[1]}")
            channels.append({"sampler": len(samplers), "target": {"node": node, "path": path}})
            samplers.append({"input": times[key], "output": output, "interpolation": "LINEAR"})
        return {"name": name, "samplers": samplers, "channels": channels}

    def binary(self, whole: dict[str, Any]) -> bytes:
        """The file: a header, the JSON, the bytes."""
        self.data += b"\0" * (-len(self.data) % 4)
        whole |= {"buffers": [{"byteLength": len(self.data)}], "bufferViews": self.views, "accessors": self.accessors}
        told = json.dumps(whole, separators=(",", ":")).encode()
        told += b" " * (-len(told) % 4)
        length = 12 + 8 + len(told) + 8 + len(self.data)
        return b"".join(
            (
                struct.pack("<4sII", b"glTF", 2, length),
                struct.pack("<I4s", len(told), b"JSON"),
                told,
                struct.pack("<I4s", len(self.data), b"BIN\0"),
                bytes(self.data),
            )
        )


def continuous(turns_TJ4: Array) -> Array:
    """Quaternions whose sign never flips from frame to frame, lest players turn the long way round."""
    flips_TJ = np.concatenate(
        [np.ones((1, turns_TJ4.shape[1])), np.where((turns_TJ4[1:] * turns_TJ4[:-1]).sum(-1) < 0, -1, 1)]
    )
    made_TJ4: Array = turns_TJ4 * np.cumprod(flips_TJ, axis=0)[..., None]
    return made_TJ4

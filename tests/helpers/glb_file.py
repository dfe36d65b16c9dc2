"""Reads a GLB as a player does: its joints at a time, by the file's own numbers alone."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

KINDS = {5121: np.uint8, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


class Glb:
    """A parsed file."""

    def __init__(self, path: Path):
        content = path.read_bytes()
        magic, version, length = struct.unpack_from("<4sII", content)
        assert (magic, version, length) == (b"glTF", 2, len(content))
        size, kind = struct.unpack_from("<I4s", content, 12)
        assert kind == b"JSON"
        self.told: dict[str, Any] = json.loads(content[20 : 20 + size])
        binary, kind = struct.unpack_from("<I4s", content, 20 + size)
        assert kind == b"BIN\0"
        self.data = content[28 + size : 28 + size + binary]

    def array(self, number: int) -> np.ndarray:
        """An accessor's values, a row an element."""
        accessor = self.told["accessors"][number]
        view = self.told["bufferViews"][accessor["bufferView"]]
        assert view["byteOffset"] % 4 == 0
        width = WIDTHS[accessor["type"]]
        flat = np.frombuffer(self.data, KINDS[accessor["componentType"]], accessor["count"] * width, view["byteOffset"])
        return flat.reshape(-1, width)

    def joints(self, frame: int) -> dict[str, np.ndarray]:
        """Where each joint is at a key of the animation."""
        nodes = self.told["nodes"]
        local = {}
        for place, node in enumerate(nodes):
            local[place] = (np.array(node.get("translation", [0, 0, 0]), float), np.array([0.0, 0, 0, 1]))
        for animation in self.told.get("animations", []):
            for channel in animation["channels"]:
                value = self.array(animation["samplers"][channel["sampler"]]["output"])[frame].astype(float)
                move, turn = local[channel["target"]["node"]]
                is_turn = channel["target"]["path"] == "rotation"
                local[channel["target"]["node"]] = (move, value) if is_turn else (value, turn)
        found: dict[str, np.ndarray] = {}

        def walk(place: int, parent: np.ndarray) -> None:
            whole = np.eye(4)
            whole[:3, :3], whole[:3, 3] = matrix(local[place][1]), local[place][0]
            whole = parent @ whole
            found[nodes[place]["name"]] = whole[:3, 3]
            for child in nodes[place].get("children", []):
                walk(child, whole)

        for root in self.told["scenes"][0]["nodes"]:
            walk(root, np.eye(4))
        return found


def matrix(quaternion: np.ndarray) -> np.ndarray:
    """A quaternion (x, y, z, w) as a matrix."""
    x, y, z, w = quaternion
    return np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ])  # fmt: skip

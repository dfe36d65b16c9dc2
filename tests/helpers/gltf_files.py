"""glTF files of people in motion, as engines and converters write them."""

import json
import struct
from pathlib import Path

import numpy as np
from bone_aligned import LAFAN1
from rigged import ARMATURE, SCALE, STILL, Rigged

from lavimo.motion.motion import Motion


def write_glb(
    path: Path,
    motions: dict[str, Motion],
    names: dict[str, str] = LAFAN1,
    skin: bool = True,
    how: str = "LINEAR",
    aligned: bool = True,
    posed: bool = False,
    fps: float = 20.0,
    size: float = 1,
) -> Path:
    """Animations of a skeleton in centimetres below a turned and scaled helper node, beside a mesh and a camera.

    Args:
        aligned: the joints' axes lie along the bones.
        posed: the nodes' own rotations are the first frame of the first motion, and no T-pose.
        size: the skeleton is so much larger than it should be.
    """
    rigged = Rigged(names, aligned)
    binary, views, accessors = b"", [], []

    def add(values: np.ndarray, kind: str) -> int:
        nonlocal binary
        raw = values.astype("<f4").tobytes()
        views.append({"buffer": 0, "byteOffset": len(binary), "byteLength": len(raw)})
        accessors.append({"bufferView": len(views) - 1, "componentType": 5126, "count": len(values), "type": kind})
        binary += raw
        return len(accessors) - 1

    def locals_of(motion: Motion) -> tuple[np.ndarray, np.ndarray]:
        turns, root_T3 = rigged.locals(motion)
        return turns.as_quat().reshape(len(root_T3), -1, 4), root_T3

    rest_J4, rest_3 = (values[0] for values in locals_of(next(iter(motions.values())) if posed else STILL))
    first = 3  # after the armature, the mesh and the camera
    order = rigged.joints
    nodes = [
        {
            "name": "Armature",
            "rotation": ARMATURE.as_quat().tolist(),
            "scale": [SCALE * size] * 3,
            "children": [first, 1],
        },
        {"name": "Body", "mesh": 0},
        {"name": "Camera", "camera": 0, "translation": [0, 1, 5]},
    ]
    for place, joint in enumerate(order):
        offset_3 = rigged.offset(joint) if joint else rest_3
        node = {
            "name": rigged.names[place],
            "rotation": rest_J4[place].tolist(),
            "translation": offset_3.tolist(),
        }
        if children := [first + child for child, above in enumerate(rigged.above) if above == place]:
            node["children"] = children
        nodes.append(node)
    animations = []
    for name, motion in motions.items():
        quaternions_TJ4, root_T3 = locals_of(motion)
        times = add((1 + np.arange(len(root_T3)) / fps)[:, None], "SCALAR")
        channels, samplers = [], []
        tracks = [(first + place, "rotation", quaternions_TJ4[:, place]) for place in range(len(order))]
        for node, kind, values in [*tracks, (first, "translation", root_T3)]:
            if how == "CUBICSPLINE":
                slopes = np.gradient(values, 1 / fps, axis=0)
                values = np.stack([slopes, values, slopes], 1).reshape(-1, values.shape[1])
            samplers.append({"input": times, "output": add(values, f"VEC{values.shape[1]}"), "interpolation": how})
            channels.append({"sampler": len(samplers) - 1, "target": {"node": node, "path": kind}})
        animations.append({"name": name, "channels": channels, "samplers": samplers})
    whole = {
        "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0, 2]}], "nodes": nodes,
        "animations": animations, "meshes": [{"primitives": []}], "cameras": [{"type": "perspective"}],
    }  # fmt: skip
    if skin:
        binds = np.linalg.inv(rigged.binds()).swapaxes(1, 2).reshape(-1, 16)
        whole["skins"] = [{"joints": [first + i for i in range(len(order))], "inverseBindMatrices": add(binds, "MAT4")}]
        nodes[1]["skin"] = 0
    whole |= {"buffers": [{"byteLength": len(binary)}], "bufferViews": views, "accessors": accessors}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed(whole, binary))
    return path


def packed(whole: dict, binary: bytes) -> bytes:
    """A GLB of its two parts."""
    text = json.dumps(whole).encode()
    text, binary = text + b" " * (-len(text) % 4), binary + b"\0" * (-len(binary) % 4)
    parts = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(binary), 0x004E4942) + binary
    return b"glTF" + struct.pack("<II", 2, 12 + len(parts)) + parts


def unpacked(path: Path) -> tuple[dict, bytes]:
    """The two parts of a GLB."""
    content = path.read_bytes()
    size = struct.unpack_from("<I", content, 12)[0]
    return json.loads(content[20 : 20 + size]), content[28 + size :]

"""A skeleton's take as GLB: its own nodes, names and rest pose, and one animation.

Where the skeleton came in a glTF file, that file's meshes, skins and materials go along, so that its own character
moves. Of others there are the nodes and a skin of their joints without a mesh, by which programs take them for a
skeleton in its rest pose.

T frames, J joints, 3, 4, 33 and 44 vectors, quaternions (x, y, z, w) and matrices.
"""

from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from lavimo import __version__
from lavimo.export.bvh import END, SCENE, written
from lavimo.export.document import Document, continuous
from lavimo.export.model import model_of
from lavimo.export.moving import Array, Moving
from lavimo.files import atomic
from lavimo.formats.gltf.animation import rest_of
from lavimo.formats.gltf.read import parents_of
from lavimo.formats.nodes import in_depth

STILL = 1e-6
"""What of a joint strays from its rest pose by less, measured by the skeleton's size, is not written."""


def write_tree(path: Path, moving: Moving, name: str, model: Path | None = None) -> None:
    """Write a take to a GLB file.

    Args:
        model: the glTF file whose nodes, in the order of `Nodes`, the joints are.

    Raises:
        ValueError: the model is damaged.
    """
    if model is None:
        document, whole = _skeleton(moving)
        nodes = list(range(len(moving.bones.names)))
    else:
        document, whole = model_of(model)
        nodes = in_depth(parents_of(whole))
        whole["asset"]["generator"] = f"lavimo {__version__}"
    tracks = _tracks(moving, nodes)
    for node, *_ in tracks:
        _without_matrix(whole["nodes"][node])
    if tracks:
        whole["animations"] = [document.animation(name, tracks)]
    with atomic(path) as partial:
        partial.write_bytes(document.binary(whole))


def _tracks(moving: Moving, nodes: list[int]) -> list[tuple[int, str, Array, Array]]:
    """Of every joint that moves, or is not as in its rest pose, what does; one key where it holds still."""
    bones, times_T = moving.bones, np.arange(len(moving)) / moving.fps
    turns_TJ4 = continuous(moving.turns_TJ4)
    tracks = []
    for joint, node in enumerate(nodes):
        length = max(float(np.abs(bones.offsets_J3[joint]).max()), STILL * bones.size)
        turn_4 = bones.turns_J4[joint] * np.where(bones.turns_J4[joint] @ turns_TJ4[0, joint] < 0, -1, 1)
        for path, values_TC, rest_C, scale in (
            ("translation", moving.moves_TJ3[:, joint], bones.offsets_J3[joint], length),
            ("rotation", turns_TJ4[:, joint], turn_4, 1.0),
            ("scale", moving.scales_TJ3[:, joint], bones.scales_J3[joint], 1.0),
        ):
            if np.abs(values_TC - rest_C).max() > STILL * scale:
                still = np.ptp(values_TC, axis=0).max() <= STILL * scale
                keys = slice(0, 1) if still else slice(None)
                tracks.append((node, path, times_T[keys], values_TC[keys]))
    return tracks


def _without_matrix(node: dict[str, Any]) -> None:
    """A node that is animated has no matrix."""
    if "matrix" in node:
        parts = rest_of(node)
        del node["matrix"]
        node |= {key: part.tolist() for key, part in zip(("translation", "rotation", "scale"), parts)}


def _skeleton(moving: Moving) -> tuple[Document, dict[str, Any]]:
    """The nodes of a skeleton, below one that has its unit and its way up, and a skin without a mesh."""
    bones, document = moving.bones, Document()
    nodes: list[dict[str, Any]] = []
    for joint, name in enumerate(bones.names):
        parts = (bones.offsets_J3[joint], bones.turns_J4[joint], bones.scales_J3[joint])
        node = {key: part.tolist() for key, part in zip(("translation", "rotation", "scale"), parts)}
        children = np.flatnonzero(bones.parents_J == joint).tolist()
        nodes.append({"name": name.replace(END, "_end"), **node} | ({"children": children} if children else {}))
    upright = Rotation.align_vectors([[0.0, 1, 0]], bones.up_3[None])[0].as_quat()
    roots = np.flatnonzero(bones.parents_J < 0).tolist()
    world = {"name": SCENE, "rotation": upright.tolist(), "scale": [bones.unit_m] * 3, "children": roots}
    joints = sorted(written(moving))
    rest_J44 = np.tile(np.eye(4), (len(joints), 1, 1))
    rest_J44[:, :3, :3] = bones.rest.linear_TJ33[0, joints]
    rest_J44[:, :3, 3] = bones.rest.places_TJ3[0, joints]
    whole_44 = np.diag([bones.unit_m, bones.unit_m, bones.unit_m, 1.0])
    whole_44[:3, :3] = bones.unit_m * Rotation.from_quat(upright).as_matrix()
    inverse_J44 = np.linalg.inv(whole_44 @ rest_J44).swapaxes(1, 2).reshape(-1, 16)
    skin = {"joints": joints, "inverseBindMatrices": document.add(inverse_J44.astype(np.float32), "MAT4")}
    return document, {
        "asset": {"version": "2.0", "generator": f"lavimo {__version__}"},
        "scene": 0,
        "scenes": [{"nodes": [len(nodes)]}],
        "nodes": [*nodes, world],
        "skins": [skin],
    }

"""A glTF file's tree of nodes."""

from pathlib import Path
from typing import Any

import numpy as np

from lavimo.formats.gltf.animation import Animated, rest_of
from lavimo.formats.gltf.document import Document
from lavimo.formats.gltf.names import names_of
from lavimo.formats.nodes import Array, Local, Nodes, Skin, in_depth


def read_nodes(path: Path) -> Nodes:
    """The tree; the arrays of an animation are read when it is asked for.

    Raises:
        ValueError: it is damaged, no glTF 2.0, or needs an extension that is not understood.
    """
    document = Document(path)
    json = document.json
    specs, parents = json.get("nodes", []), parents_of(json)
    order = in_depth(parents)
    places = {node: place for place, node in enumerate(order)}
    rests = [rest_of(specs[node]) for node in order]
    rest = Local(*(np.array(part).reshape(1, len(order), -1) for part in zip(*rests))) if rests else _nothing()
    return Nodes(
        tuple(str(specs[node].get("name") or f"node {node}") for node in order),
        np.array([places.get(parents[node], -1) for node in order], np.intp),
        rest,
        np.array([not {"mesh", "camera"} & set(specs[node]) for node in order], bool),
        [_skin(document, spec, places) for spec in json.get("skins", [])],
        [Animated(document, number, name, places, rest) for number, name in enumerate(names_of(json))],
    )


def parents_of(json: dict[str, Any]) -> list[int]:
    """Each node's parent, -1 for a root.

    Raises:
        ValueError: a node has two.
    """
    parents = [-1] * len(json.get("nodes", []))
    for node, spec in enumerate(json.get("nodes", [])):
        for child in spec.get("children", []):
            if parents[child] >= 0 or child == node:
                raise ValueError(f"found node {child} below two nodes, expected a tree: export the file again")
            parents[child] = node
    return parents


def _skin(document: Document, spec: dict[str, Any], places: dict[int, int]) -> Skin:
    joints = [places[node] for node in spec["joints"]]
    binds: dict[int, Array] = {}
    if "inverseBindMatrices" in spec:
        matrices_J44 = document.array(spec["inverseBindMatrices"]).reshape(-1, 4, 4).swapaxes(1, 2)
        if len(matrices_J44) >= len(joints) and (np.abs(np.linalg.det(matrices_J44)) > 1e-12).all():
            binds = dict(zip(joints, np.linalg.inv(matrices_J44)))
    return Skin(frozenset(joints), binds)


def _nothing() -> Local:
    return Local(np.zeros((1, 0, 3)), np.zeros((1, 0, 4)), np.zeros((1, 0, 3)))

"""A glTF file without its animations: nodes, meshes, skins, materials and pictures as they are, in one piece.

Nothing of it is decoded: its buffers' views are carried over.
"""

import mimetypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lavimo.export.document import Document
from lavimo.formats.gltf.document import Document as Source

INSTANCES = "EXT_mesh_gpu_instancing"
GROWS = "accessors", "bufferViews", "buffers"
TAKEN = "taken"


def model_of(path: Path) -> tuple[Document, dict[str, Any]]:
    """What a new file begins with, and its JSON, to which animations may be added.

    Raises:
        ValueError: see `lavimo.formats.gltf.document.Document`.
    """
    source, document = Source(path), Document()
    accessors = source.json.get("accessors", [])
    json = {key: value for key, value in source.json.items() if key not in ("animations", *GROWS)}
    new: dict[int, int] = {}
    for holder, key in _accessors(json):
        holder[key] = new.setdefault(holder[key], len(new))
    document.accessors = [accessors[old] for old in new]
    for picture in json.get("images", []):
        uri = picture.get("uri", "data:")
        if not uri.startswith("data:"):
            del picture["uri"]
            kind = mimetypes.guess_type(uri)[0] or "image/png"
            picture |= {"bufferView": document.view(source.beside(unquote(uri))), "mimeType": kind, TAKEN: True}
    moved: dict[int, int] = {}
    for holder in _holders([json, document.accessors]):
        if holder.pop(TAKEN, False):
            continue
        old = holder["bufferView"]
        if old not in moved:
            moved[old] = document.view(source.bytes_of(old))
            told = source.json["bufferViews"][old]
            document.views[-1] |= {key: told[key] for key in ("byteStride", "target", "name") if key in told}
        holder["bufferView"] = moved[old]
    return document, json


def _accessors(json: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Where an accessor is named: what holds it, and under which key."""
    for mesh in json.get("meshes", []):
        for primitive in mesh["primitives"]:
            for attributes in (primitive.get("attributes", {}), *primitive.get("targets", [])):
                yield from ((attributes, key) for key in attributes)
            if "indices" in primitive:
                yield primitive, "indices"
    for skin in json.get("skins", []):
        if "inverseBindMatrices" in skin:
            yield skin, "inverseBindMatrices"
    for node in json.get("nodes", []):
        attributes = node.get("extensions", {}).get(INSTANCES, {}).get("attributes", {})
        yield from ((attributes, key) for key in attributes)


def _holders(json: Any) -> Iterator[dict[str, Any]]:
    """All that names a buffer view, at any depth."""
    if isinstance(json, dict):
        if isinstance(json.get("bufferView"), int):
            yield json
        json = list(json.values())
    if isinstance(json, list):
        for part in json:
            yield from _holders(part)

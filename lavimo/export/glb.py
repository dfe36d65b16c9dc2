"""A take as an animated, skinned glTF 2.0 binary, which Blender, three.js and game engines open.

https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html. glTF's axes and units are ours: y up, +z forward, metres.

T frames, J joints (24), V vertices, F triangles, 3 and 4 vectors and quaternions (x, y, z, w).
"""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.spatial.transform import Rotation

from lavimo.avatar.dress import Dressed
from lavimo.body.body import embedded_body
from lavimo.body.skeleton import JOINT_NAMES, PARENTS
from lavimo.body.surface import vertex_normals
from lavimo.export.document import INDICES, VERTICES, Document, continuous
from lavimo.export.take import Take
from lavimo.files import atomic
from lavimo.versions import __version__

Array = NDArray[Any]

INFLUENCES = 4
"""Joints that move a vertex, as every engine takes them."""
GREY = (0.62, 0.64, 0.68, 1.0)


@dataclass(frozen=True)
class Figure:
    """What is drawn of a person: a mesh in the zero pose, and how joints move it.

    Attributes:
        uv_V2, texture_HW3: where it is dressed.
    """

    rest_V3: Array
    joints_J3: Array
    weights_VJ: Array
    faces_F3: Array
    uv_V2: Array | None = None
    texture_HW3: Array | None = None

    @classmethod
    def bare(cls) -> "Figure":
        """The embedded body's mean shape."""
        body = embedded_body()
        rest_V3, joints_J3 = body.rest(np.zeros(10, np.float32))
        return cls(rest_V3, joints_J3, body.weights_VJ, body.faces_F3)

    @classmethod
    def of(cls, person: Dressed) -> "Figure":
        """A dressed avatar."""
        return cls(
            person.rest_V3[person.source_N], person.joints_J3, person.weights_VJ[person.source_N],
            person.drawn_faces_F3, person.uv_N2, person.texture_HW3,
        )  # fmt: skip


def write_glb(path: Path, take: Take | None, figure: Figure, name: str = "motion") -> None:
    """Write a figure that moves, or one that stands in the zero pose, to a GLB file."""
    with atomic(path) as partial:
        partial.write_bytes(glb(take, figure, name))


def glb(take: Take | None, figure: Figure, name: str = "motion") -> bytes:
    """The file's bytes."""
    document = Document()
    joints = [_node(joint, figure.joints_J3) for joint in range(len(PARENTS))]
    mesh = {"primitives": [_primitive(document, figure)], "name": "person"}
    inverse_J44 = np.tile(np.eye(4, dtype=np.float32), (len(PARENTS), 1, 1))
    inverse_J44[:, :3, 3] = -figure.joints_J3
    columns_J16 = inverse_J44.swapaxes(1, 2).reshape(-1, 16)
    skin = {
        "joints": list(range(len(PARENTS))),
        "skeleton": 0,
        "inverseBindMatrices": document.add(columns_J16, "MAT4"),
    }
    whole: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": f"lavimo {__version__}"},
        "scene": 0,
        "scenes": [{"nodes": [0, len(PARENTS)]}],
        "nodes": [*joints, {"name": "person", "mesh": 0, "skin": 0}],
        "meshes": [mesh],
        "skins": [skin],
        "materials": [_material(document, figure)],
    }
    if figure.texture_HW3 is not None:
        whole |= {"textures": [{"source": 0, "sampler": 0}], "samplers": [{"magFilter": 9729, "minFilter": 9987}]}
        whole["images"] = document.images
    if take is not None:
        whole["animations"] = [_animation(document, take, figure, name)]
    return document.binary(whole)


def _node(joint: int, rest_J3: Array) -> dict[str, Any]:
    offset_3 = rest_J3[joint] - (rest_J3[PARENTS[joint]] if joint else 0)
    told: dict[str, Any] = {"name": JOINT_NAMES[joint], "translation": [float(x) for x in offset_3]}
    children = np.flatnonzero(joint == PARENTS).tolist()
    return told | ({"children": children} if children else {})


def _primitive(document: Document, figure: Figure) -> dict[str, Any]:
    rest_V3 = figure.rest_V3.astype(np.float32)
    joints_V4 = np.argsort(-figure.weights_VJ, axis=1, kind="stable")[:, :INFLUENCES]
    weights_V4 = np.take_along_axis(figure.weights_VJ, joints_V4, axis=1).astype(np.float64)
    weights_V4 = (weights_V4 / weights_V4.sum(1, keepdims=True)).astype(np.float32)
    joints_V4 = np.where(weights_V4 > 0, joints_V4, 0).astype(np.uint8)
    normals_V3 = vertex_normals(rest_V3, figure.faces_F3).astype(np.float64)
    normals_V3 /= np.maximum(np.linalg.norm(normals_V3, axis=1, keepdims=True), 1e-12)
    normals_V3[np.linalg.norm(normals_V3, axis=1) < 0.5] = [0, 1, 0]  # of a vertex that no triangle has
    attributes = {
        "POSITION": document.add(rest_V3, "VEC3", VERTICES, bounds=True),
        "NORMAL": document.add(normals_V3.astype(np.float32), "VEC3", VERTICES),
        "JOINTS_0": document.add(joints_V4, "VEC4", VERTICES),
        "WEIGHTS_0": document.add(weights_V4, "VEC4", VERTICES),
    }
    if figure.uv_V2 is not None:
        attributes["TEXCOORD_0"] = document.add(figure.uv_V2.astype(np.float32), "VEC2", VERTICES)
    indices = document.add(figure.faces_F3.astype(np.uint32).reshape(-1), "SCALAR", INDICES)
    return {"attributes": attributes, "indices": indices, "material": 0}


def _material(document: Document, figure: Figure) -> dict[str, Any]:
    surface: dict[str, Any] = {"metallicFactor": 0.0, "roughnessFactor": 0.9}
    if figure.texture_HW3 is None:
        surface["baseColorFactor"] = GREY
    else:
        picture = BytesIO()
        Image.fromarray(figure.texture_HW3).save(picture, "JPEG", quality=90)
        document.images.append({"bufferView": document.view(picture.getvalue()), "mimeType": "image/jpeg"})
        surface["baseColorTexture"] = {"index": 0}
    return {"name": "person", "pbrMetallicRoughness": surface, "doubleSided": True}


def _animation(document: Document, take: Take, figure: Figure, name: str) -> dict[str, Any]:
    take = take.with_return()
    times_T = np.arange(len(take)) / take.fps
    turns_TJ4 = continuous(Rotation.from_rotvec(take.rotations_TJ3.reshape(-1, 3)).as_quat().reshape(len(take), -1, 4))
    tracks = [(0, "translation", times_T, take.translation_T3 + figure.joints_J3[0])]
    tracks += [(joint, "rotation", times_T, turns_TJ4[:, joint]) for joint in range(len(PARENTS))]
    return document.animation(name, tracks)

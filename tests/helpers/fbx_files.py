"""FBX files of people in motion, binary and ASCII, as animation programs write them."""

import struct
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from bone_aligned import LAFAN1
from rigged import ARMATURE, STILL, Rigged
from scipy.spatial.transform import Rotation

from lavimo.motion.motion import Motion

TICKS = 46_186_158_000
FLAGS = {"CONSTANT": 0x2, "LINEAR": 0x4, "CUBIC": 0x408, "AUTO": 0x108}
X, Y, Z = np.eye(3)
WORLDS = {"y": [X, Y, Z], "z": [X, Z, -Y], "x": [-Y, X, Z], "-y": [-X, -Y, Z], "left-handed": [X, Y, -Z],
          "left-handed z": [X, Z, Y]}  # fmt: skip
"""From a file's axes to ours: rows are to the right, up, to the front."""
LABELS = {"AnimationStack": "AnimStack", "AnimationLayer": "AnimLayer", "AnimationCurve": "AnimCurve",
          "AnimationCurveNode": "AnimCurveNode", "Deformer": "SubDeformer"}  # fmt: skip
ROTATION, AXES = "Lcl Rotation", ("d|X", "d|Y", "d|Z")
ORDERS = ("xyz", "xzy", "yzx", "yxz", "zxy", "zyx")


class Part(NamedTuple):
    """A record."""

    name: str
    values: tuple[Any, ...] = ()
    within: tuple["Part", ...] = ()


class Id(int):
    """A number of 64 bits."""


def write_fbx(
    path: Path,
    motions: dict[str, Motion],
    names: dict[str, str] = LAFAN1,
    skin: bool = True,
    how: str = "LINEAR",
    aligned: bool = True,
    posed: bool = False,
    fps: float = 20.0,
    text: bool = False,
    version: int = 7400,
    axes: str = "y",
    unit_cm: float = 1.0,
    prefix: str = "",
    size: float = 1,
) -> Path:
    """Animations of a skeleton below a turned helper, beside a mesh, a camera and an empty stack.

    Half of the turns at rest are rotations before, the orders of angles differ from joint to joint, and pivots and
    offsets that cancel are everywhere.

    Args:
        posed: the bones' own rotations are the first frame of the first motion, and no T-pose.
        axes: the file's, one of `WORLDS`.
        size: the skeleton is so much larger than it should be, and says nothing of it.
        prefix: of all bones.
    """
    rigged = Rigged(names, aligned)
    count = len(rigged.joints)
    rest, rest_T3 = rigged.locals(next(iter(motions.values())) if posed else STILL)
    before = [turn if place % 2 else Rotation.identity() for place, turn in enumerate(rest[:count])]
    after = [Rotation.from_euler("x", 0.3 * (place % 3)) for place in range(count)]
    world_33 = np.array(WORLDS[axes]).T
    mirror_33 = np.diag([np.linalg.det(world_33), 1, 1])

    def seen(turns: Rotation) -> Rotation:
        return Rotation.from_matrix(mirror_33 @ turns.as_matrix() @ mirror_33)

    def angles(turns: Rotation, place: int) -> np.ndarray:
        order, own = ORDERS[place % len(ORDERS)], seen(before[place].inv() * turns * after[place])
        found_T3 = np.unwrap(own.as_euler(order), axis=0)
        return np.degrees(found_T3[:, [order.index(axis) for axis in "xyz"]])

    scene = Scene()
    helper = Rotation.from_matrix(world_33 @ mirror_33) * seen(ARMATURE)
    turned = ("Lcl Rotation", *helper.as_euler("xyz", degrees=True))
    armature = scene.add("Model", "Armature", "Null", 0, table(turned, ("Lcl Scaling", *[size / unit_cm] * 3)))
    body = scene.add("Model", "Body", "Mesh", armature, table())
    camera = scene.add("Model", "Camera", "Camera", 0, table(("Lcl Translation", 0.0, 100.0, 500.0)))
    models: list[Id] = []
    for place, joint in enumerate(rigged.joints):
        offset_3 = mirror_33 @ (rigged.offset(joint) if joint else rest_T3[0])
        pivot = 1.0 + place, 2.0, -3.0
        properties = table(
            ("RotationOrder", place % len(ORDERS)), ("PreRotation", *euler(seen(before[place]))),
            ("PostRotation", *euler(seen(after[place]))), ("RotationPivot", *pivot), ("ScalingOffset", *pivot),
            ("RotationOffset", *(-one for one in pivot)), ("ScalingPivot", *pivot), ("InheritType", 1),
            ("Lcl Translation", *offset_3), ("Lcl Rotation", *angles(rest[place : place + 1], place)[0]),
        )  # fmt: skip
        above = models[rigged.above[place]] if joint else armature
        models.append(scene.add("Model", prefix + rigged.names[place], "LimbNode", above, properties))
    if skin:
        mesh = scene.add(
            "Geometry", "Body", "Mesh", body, Part("Vertices", (np.arange(3000.0),)), Part("Words", ("a {",))
        )
        deformer = scene.add("Deformer", "Skin", "Skin", mesh)
        for model, bind_44 in zip(models, rigged.binds()):
            bind_44[:3] = (
                np.hstack([world_33 @ bind_44[:3, :3] @ mirror_33, world_33 @ bind_44[:3, 3:]]) * size / unit_cm
            )
            cluster = scene.add("Deformer", "", "Cluster", deformer, Part("TransformLink", (bind_44.T.ravel(),)))
            scene.link(model, cluster)
    scene.add("AnimationLayer", "Base", "", scene.add("AnimationStack", "Empty", "", 0, table()))
    for name, motion in motions.items():
        turns, root_T3 = rigged.locals(motion)
        ticks_T = np.rint((1 + np.arange(len(root_T3)) / fps) * TICKS).astype(np.int64)
        span = table(("LocalStart", Id(ticks_T[0])), ("LocalStop", Id(ticks_T[-1])))
        layer = scene.add("AnimationLayer", "Base", "", scene.add("AnimationStack", name, "", 0, span))
        tracks = [(model, ROTATION, angles(turns[place::count], place)) for place, model in enumerate(models)]
        tracks += [(models[0], "Lcl Translation", root_T3 @ mirror_33.T)]
        tracks += [(camera, "Lcl Translation", root_T3)]
        for model, moved, values_T3 in tracks:
            scene.animate(layer, model, moved, ticks_T, values_T3, how)
    rows = zip(("CoordAxis", "UpAxis", "FrontAxis"), world_33.T)
    named = [(name, int(np.abs(row).argmax()), int(row.sum())) for name, row in rows]
    settings = [one for name, axis, sign in named for one in ((name, axis), (f"{name}Sign", sign))]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(scene.file(table(*settings, ("UnitScaleFactor", unit_cm)), text, version))
    return path


class Scene:
    """Objects and what belongs to what."""

    def __init__(self) -> None:
        self.objects: list[Part] = []
        self.links: list[Part] = []

    def add(self, kind: str, name: str, role: str, parent: int, *within: Part) -> Id:
        """An object that belongs to another."""
        id = Id(10_000 + len(self.objects))
        self.objects.append(Part(kind, (id, f"{name}\0\1{LABELS.get(kind, kind)}", role), within))
        self.link(id, parent)
        return id

    def link(self, id: int, parent: int, property: str = "") -> None:
        """Let an object belong to another, or to a property of it."""
        self.links.append(
            Part("C", ("OP" if property else "OO", Id(id), Id(parent), *([property] if property else [])))
        )

    def animate(self, layer: Id, model: Id, moved: str, ticks_T: np.ndarray, values_T3: np.ndarray, how: str) -> None:
        """Curves of a property. Their attributes are written in two runs."""
        node = self.add("AnimationCurveNode", moved[4], "", layer, table(*zip(AXES, values_T3[0])))
        self.link(node, model, moved)
        slopes_T3 = np.gradient(values_T3, ticks_T / TICKS, axis=0) if len(ticks_T) > 1 else 0 * values_T3
        for axis, (values_T, slopes_T) in zip(AXES, zip(values_T3.T, slopes_T3.T)):
            data_T4 = np.zeros((len(ticks_T), 4), np.float32)
            flags_T, counts_T = np.full(len(ticks_T), FLAGS[how], np.int32), np.ones(len(ticks_T), np.int32)
            if how == "CUBIC":
                data_T4[:, 0], data_T4[:, 1] = slopes_T, np.append(slopes_T[1:], 0)
            else:
                flags_T, data_T4, counts_T = flags_T[:2], data_T4[:2], np.array([1, len(ticks_T) - 1], np.int32)
            curve = Part("KeyTime", (ticks_T,)), Part("KeyValueFloat", (values_T.astype(np.float32),))
            marks = Part("KeyAttrFlags", (flags_T,)), Part("KeyAttrDataFloat", (data_T4.ravel(),))
            id = self.add("AnimationCurve", "", "", 0, *curve, *marks, Part("KeyAttrRefCount", (counts_T,)))
            self.links.pop()  # a curve belongs to its node alone
            self.link(id, node, axis)

    def file(self, settings: Part, text: bool = False, version: int = 7400) -> bytes:
        """The file."""
        template = Part("PropertyTemplate", ("FbxNode",), (table(("RotationOrder", 0), ("InheritType", 0)),))
        top = (
            Part("FBXHeaderExtension", (), (Part("FBXVersion", (version,)),)),
            Part("GlobalSettings", (), (settings,)),
            Part("Definitions", (), (Part("ObjectType", ("Model",), (template,)),)),
            Part("Objects", (), tuple(self.objects)), Part("Connections", (), tuple(self.links)),
        )  # fmt: skip
        return written(top) if text else packed(top, version)


def table(*properties: tuple[Any, ...]) -> Part:
    """Properties of a name and values."""
    return Part("Properties70", (), tuple(Part("P", (name, "", "", "A", *values)) for name, *values in properties))


def euler(turn: Rotation) -> list[float]:
    """The angles of a rotation before or after."""
    return turn.as_euler("xyz", degrees=True).tolist()


def packed(top: tuple[Part, ...], version: int) -> bytes:
    """A binary file."""
    head = b"Kaydara FBX Binary  \0\x1a\0" + struct.pack("<I", version)
    layout = struct.Struct("<QQQB" if version >= 7500 else "<IIIB")

    def record(one: Part, at: int) -> bytes:
        name, values = one.name.encode(), b"".join(map(_packed, one.values))
        start = at + layout.size + len(name)
        content = bytearray(values)
        for inside in one.within:
            content += record(inside, start + len(content))
        if one.within:
            content += bytes(layout.size)
        return layout.pack(start + len(content), len(one.values), len(values), len(name)) + name + content

    content = bytearray(head)
    for one in top:
        content += record(one, len(content))
    return bytes(content + bytes(layout.size) + b"\xfa\xbc\xab\x09" * 8)


def _packed(value: Any) -> bytes:
    if isinstance(value, Id):
        return b"L" + struct.pack("<q", value)
    if isinstance(value, int | np.integer):
        return b"I" + struct.pack("<i", value)
    if isinstance(value, float | np.floating):
        return b"D" + struct.pack("<d", value)
    if isinstance(value, str):
        return b"S" + struct.pack("<I", len(value.encode())) + value.encode()
    raw = value.tobytes()
    squeezed = zlib.compress(raw) if len(raw) > 128 else raw
    kind = {"f4": b"f", "f8": b"d", "i4": b"i", "i8": b"l"}[value.dtype.str[1:]]
    return kind + struct.pack("<III", len(value), len(raw) > 128, len(squeezed)) + squeezed


def written(top: tuple[Part, ...]) -> bytes:
    """An ASCII file."""
    lines = ["; FBX 7.4.0 project file", "; ----------------------"]

    def word(value: Any) -> str:
        if isinstance(value, str):
            name, bar, label = value.partition("\0\1")
            return f'"{label}::{name}"' if bar else f'"{value}"'
        if isinstance(value, np.ndarray):
            return f"*{len(value)} {{\n\ta: {','.join(map(repr, value.tolist()))}\n}}"
        return repr(float(value)) if isinstance(value, float | np.floating) else str(int(value))

    def write(one: Part) -> None:
        values = one.values
        if one.name == "KeyAttrDataFloat":  # of which ASCII writes the bits
            values = (values[0].view(np.int32),)
        lines.append(f"{one.name}: {', '.join(map(word, values))}" + ("  {" if one.within else ""))
        for inside in one.within:
            write(inside)
        if one.within:
            lines.append("}")

    for one in top:
        write(one)
    return "\n".join([*lines, ""]).encode()

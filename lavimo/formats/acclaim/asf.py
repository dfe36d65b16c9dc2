"""The ASF file format: a skeleton of bones, each with a direction, a length, an axis, and the angles it may turn by.

A bone turns at its start. So a joint here is the start of a bone and has its name; `root` is the first, and the end of
a bone that carries no other is `BONE/end`. With all rotations zero, bones point along their directions.

Shape suffixes: J joints, 3 and 33 vectors and matrices. Metres.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

Array = NDArray[np.float64]
Bone = dict[str, list[str]]

INCH_M = 0.0254
ROOT = "root"
ROOT_ORDER = ("tx", "ty", "tz", "rx", "ry", "rz")
TURNS = ("rx", "ry", "rz")
RATE = ":samples-per-second"


@dataclass(frozen=True)
class Asf:
    """A skeleton.

    Attributes:
        names: of the joints, each after its parent.
        parents_J: index of each joint's parent, -1 for the root.
        offsets_J3: from the parent, where all rotations are zero.
        axes_J33: the axes that a joint's angles are about.
        freedoms: what a frame says of each joint that moves, in order (`rx`, `ry` ...; the root's `tx` too).
        unit_m: of lengths.
        radians: whether angles are radians.
        fps: frames a second of its trials, if it says so.
    """

    names: tuple[str, ...]
    parents_J: NDArray[np.intp]
    offsets_J3: Array
    axes_J33: Array
    freedoms: dict[str, tuple[str, ...]]
    unit_m: float
    radians: bool
    fps: float | None


def read_asf(path: Path) -> Asf:
    """Read an ASF file.

    Raises:
        ValueError: it is missing, no ASF, or damaged; the file and what was found are named.
    """
    try:
        return _skeleton(_sections(text_of(path)))
    except ValueError as error:
        raise type(error)(f"{path}: {error}") from error


def text_of(path: Path) -> str:
    """A file's text; names that are no UTF-8 keep their bytes.

    Raises:
        ValueError: it cannot be read.
    """
    try:
        return Path(path).read_bytes().decode("utf-8-sig", "surrogateescape")
    except OSError as error:
        raise ValueError(f"cannot be read ({error})") from error


def rate_of(words: list[str]) -> float:
    """The frames a second that a header's line says.

    Raises:
        ValueError: none that can be.
    """
    (fps,) = _numbers(words, 1, RATE)
    if not 1 <= fps <= 10_000:
        raise ValueError(f"found {RATE} {fps:g}, expected from 1 to 10,000")
    return fps


def _sections(text: str) -> dict[str, list[list[str]]]:
    """Each section's lines in words, comments left out; what stands behind a section's name is its first line."""
    sections: dict[str, list[list[str]]] = {}
    lines: list[list[str]] = []
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if words and words[0].startswith(":"):
            lines = sections.setdefault(words[0].lower(), [])
            words = words[1:]
        if words:
            lines.append(words)
    if missing := {":root", ":bonedata", ":hierarchy"} - set(sections):
        raise ValueError(f"lacks {', '.join(sorted(missing))}, expected an ASF; fetch it again")
    return sections


def _skeleton(sections: dict[str, list[list[str]]]) -> Asf:
    units = {words[0].lower(): words[1:] for words in sections.get(":units", [])}
    radians = _radians(units.get("angle", ["deg"]))
    (length,) = _numbers(units.get("length", ["1"]), 1, "the unit of length")
    if length <= 0:
        raise ValueError(f"found a unit of length of {length:g}, expected more than 0")
    unit_m = INCH_M / length
    root = {words[0].lower(): words[1:] for words in sections[":root"]}
    bones = _bones(sections[":bonedata"])
    above = _above(sections[":hierarchy"], bones)

    order = tuple(word.lower() for word in root.get("order", ROOT_ORDER))
    if sorted(order) != sorted(ROOT_ORDER):
        raise ValueError(f"found the root's order {' '.join(order)}, expected TX, TY, TZ, RX, RY, RZ in any order")
    names, parents, offsets = [ROOT], [-1], [np.zeros(3)]
    axes = [_axis([*root.get("orientation", ["0"] * 3), *root.get("axis", ["XYZ"])], radians, ROOT)]
    freedoms = {ROOT: order}
    ends = {ROOT: np.zeros(3)}
    leaves = [name for name in above if name not in above.values()]
    for name, parent in above.items():
        bone = bones[name]
        names.append(name)
        parents.append(names.index(parent))
        offsets.append(ends[parent])
        axes.append(_axis(bone.get("axis", []), radians, name))
        ends[name] = _end(bone, name) * unit_m
        if may := _freedoms(bone.get("dof", []), name):
            freedoms[name] = may
    for name in leaves:
        parents.append(names.index(name))
        names.append(f"{name}/end")
        offsets.append(ends[name])
        axes.append(np.eye(3))
    fps = rate_of(sections[RATE][0]) if sections.get(RATE) else None
    return Asf(tuple(names), np.array(parents), np.array(offsets), np.stack(axes), freedoms, unit_m, radians, fps)


def _bones(lines: list[list[str]]) -> dict[str, Bone]:
    """What stands between each `begin` and `end`, by the bone's name."""
    bones: dict[str, Bone] = {}
    bone: Bone | None = None
    for words in lines:
        match words[0].lower(), bone:
            case "begin", None:
                bone = {}
            case "end", {}:
                name = " ".join(bone.get("name", []))
                if not name or name == ROOT or name in bones:
                    raise ValueError(f"found a bone called {name!r}, expected a name that no other bone has")
                bones[name], bone = bone, None
            case key, {}:
                bone.setdefault(key, words[1:])
            case _:
                raise ValueError(f"found {' '.join(words)!r} outside of any bone, expected `begin`")
    if bone is not None or not bones:
        raise ValueError("found a bone without `end`, or no bone; it is cut short: fetch it again")
    return bones


def _above(lines: list[list[str]], bones: dict[str, Bone]) -> dict[str, str]:
    """Each bone's parent, in an order in which parents come first."""
    below: dict[str, list[str]] = {}
    for words in lines:
        if words != ["begin"] and words != ["end"]:
            below.setdefault(words[0], []).extend(words[1:])
    children = [child for some in below.values() for child in some]
    if unknown := sorted(({*below} | {*children}) - {*bones, ROOT}):
        raise ValueError(f"found {', '.join(unknown)} in the hierarchy, expected bones of :bonedata")
    above: dict[str, str] = {}
    waiting = [ROOT]
    while waiting:
        parent = waiting.pop(0)
        above |= dict.fromkeys(below.get(parent, []), parent)
        waiting += below.pop(parent, [])
    if len(children) != len(set(children)) or set(above) != set(bones):
        raise ValueError(
            f"found a hierarchy of {len(above)} bones below the root ({len(children)} named), "
            f"expected each of the {len(bones)} once"
        )
    return above


def _end(bone: Bone, name: str) -> Array:
    """From a bone's start to its end, in the file's unit."""
    direction_3 = np.array(_numbers(bone.get("direction", []), 3, f"the direction of {name!r}"))
    (length,) = _numbers(bone.get("length", []), 1, f"the length of {name!r}")
    size = float(np.linalg.norm(direction_3))
    if length and not 1e-6 < size < 1e6:
        raise ValueError(f"found a direction of {name!r} of length {size:g}, expected 1")
    return direction_3 * (length / size) if length else np.zeros(3)


def _axis(words: list[str], radians: bool, name: str) -> Array:
    """The rotation (3, 3) of three angles and their order: the first named turns first."""
    if len(words) != 4 or not re.fullmatch("(?i)(?!.*(.).*\\1)[xyz]{3}", words[3]):
        raise ValueError(f"found the axis {' '.join(words)!r} of {name!r}, expected three angles and an order (XYZ)")
    angles_3 = np.array(_numbers(words[:3], 3, f"the axis of {name!r}"))
    order = words[3].lower()
    turned_3 = angles_3[["xyz".index(axis) for axis in order]]
    matrix_33: Array = Rotation.from_euler(order, turned_3, degrees=not radians).as_matrix()
    return matrix_33


def _freedoms(words: list[str], name: str) -> tuple[str, ...]:
    found = tuple(word.lower() for word in words)
    if not set(found) <= set(TURNS) or len(set(found)) < len(found):
        raise ValueError(f"found dof {' '.join(words)} of {name!r}, expected rx, ry, rz, each once: bones that move")
    return found


def _radians(words: list[str]) -> bool:
    unit = words[0].lower() if words else ""
    if not unit.startswith(("deg", "rad")):
        raise ValueError(f"found the unit of angles {' '.join(words)!r}, expected deg or rad")
    return unit.startswith("rad")


def _numbers(words: list[str], count: int, what: str) -> list[float]:
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        numbers = []
    if len(numbers) != count or not np.isfinite(numbers).all():
        raise ValueError(f"found {' '.join(words)[:60]!r} for {what}, expected {count} finite number(s)")
    return numbers

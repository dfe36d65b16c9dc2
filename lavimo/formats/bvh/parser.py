"""The BVH file format: a hierarchy of joints, and for each frame the values of their channels.

Any hierarchy, any order of rotation channels, position channels on any joint. Lengths are in the file's own unit.
A joint's position channels replace its offset, as Blender and MotionBuilder have it. An end site counts as a joint
without channels, called `PARENT/end`.

Shape suffixes: T frames, J joints, C channels, 3 and 4 vectors and quaternions (x, y, z, w).
"""

import math
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.formats.bvh.numbers import advice, numbers_of, shown

Array = NDArray[np.float64]

MOTION = re.compile(rb"^[ \t]*MOTION[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
FRAMES = re.compile(rb"\s*Frames:\s*(\d+)\s+Frame\s+Time:\s*(\S+)", re.IGNORECASE)
CHANNEL = re.compile("([XYZ])(position|rotation)", re.IGNORECASE)


@dataclass(frozen=True)
class Bvh:
    """A parsed file.

    Attributes:
        names: of the joints, each after its parent.
        parents_J: index of each joint's parent, -1 for the root.
        offsets_J3: from the parent, in the file's unit, where all rotations are zero.
        channels: each channel's joint, axis (`X`, `Y`, `Z`) and kind (`position`, `rotation`).
        values_TC: degrees and the file's unit.
        frame_s: seconds a frame.
    """

    names: tuple[str, ...]
    parents_J: NDArray[np.intp]
    offsets_J3: Array
    channels: tuple[tuple[int, str, str], ...]
    values_TC: Array
    frame_s: float

    @property
    def frames(self) -> int:
        """How many there are."""
        return len(self.values_TC)

    def local(self, frames: NDArray[np.intp]) -> tuple[Array, Array]:
        """Each joint relative to its parent in some frames: rotations (T, J, 4) and positions (T, J, 3)."""
        values_TC = self.values_TC[frames]
        quaternions_TJ4 = np.tile([0.0, 0.0, 0.0, 1.0], (len(frames), len(self.names), 1))
        positions_TJ3 = np.tile(self.offsets_J3, (len(frames), 1, 1))
        turns: dict[int, list[int]] = defaultdict(list)
        for column, (joint, axis, kind) in enumerate(self.channels):
            if kind == "rotation":
                turns[joint].append(column)
            else:
                positions_TJ3[:, joint, "XYZ".index(axis)] = values_TC[:, column]
        alike: dict[str, list[int]] = defaultdict(list)
        for joint, columns in turns.items():
            alike["".join(self.channels[column][1] for column in columns)].append(joint)
        for order, joints in alike.items():  # Capitals: each turn is about the axes that the turns before it turned.
            angles = values_TC[:, [turns[joint] for joint in joints]].reshape(-1, len(order))
            rotations = Rotation.from_euler(order, angles, degrees=True)
            quaternions_TJ4[:, joints] = rotations.as_quat().reshape(len(frames), -1, 4)
        return quaternions_TJ4, positions_TJ3


def read_bvh(path: Path, trust_rows: bool = False) -> Bvh:
    """Read a BVH file.

    Args:
        trust_rows: where the header counts other frames than there are whole rows, the rows count.

    Raises:
        ValueError: the file is missing, is no BVH, is cut short, or holds NaN; the file, what was found, what was
            expected and what to do are named.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error}); expected a BVH text file") from error
    try:
        heading = MOTION.search(content)
        if not heading:
            raise ValueError("found no line MOTION; the file is no BVH or is cut short: fetch it again")
        names, parents, offsets, channels = _hierarchy(_text(content[: heading.start()]))
        frames, frame_s, start = _motion_header(content, heading.end())
        values = numbers_of(content, start)
        rows, rest = divmod(values.size, len(channels) or 1)
        if trust_rows and not rest:
            frames = rows
        if values.size != frames * len(channels):
            if not rest and abs(rows - frames) == 1:
                raise ValueError(
                    f"found `Frames: {frames}` and {rows} whole rows: the count is off by one, as some exporters "
                    f"write it each time (or a row is missing); write `Frames: {rows}`, or set bvh.trust_rows: true"
                )
            raise ValueError(
                f"found {values.size} numbers, expected {frames} frames x {len(channels)} channels = "
                f"{frames * len(channels)}; the file is cut short or its header is wrong: fetch or export it again"
            )
        values_TC = values.reshape(frames, len(channels))
        if not np.isfinite(values_TC).all():
            frame, column = np.argwhere(~np.isfinite(values_TC))[0]
            joint, axis, kind = channels[column]
            raise ValueError(
                f"found {values_TC[frame, column]} for {axis}{kind} of {names[joint]!r} in frame {frame}, "
                "expected a finite number; repair or remove that frame"
            )
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    return Bvh(tuple(names), np.array(parents), np.array(offsets), tuple(channels), values_TC, frame_s)


def _hierarchy(text: str) -> tuple[list[str], list[int], list[list[float]], list[tuple[int, str, str]]]:
    names: list[str] = []
    parents: list[int] = []
    offsets: list[list[float]] = []
    channels: list[tuple[int, str, str]] = []
    open_joints: list[int] = []
    coming = None  # the joint that the next brace opens
    for line in text.replace("{", "\n{\n").replace("}", "\n}\n").splitlines():
        word, _, rest = line.strip().replace("\t", " ").partition(" ")
        match word.upper():
            case "ROOT" | "JOINT" if rest.strip():
                coming = rest.strip()
            case "END":
                coming = ""
            case "{" if coming is not None:
                parent = open_joints[-1] if open_joints else -1
                open_joints.append(len(names))
                names.append(coming or f"{names[parent]}/end")
                parents.append(parent)
                offsets.append([0.0, 0.0, 0.0])
                coming = None
            case "}" | "OFFSET" | "CHANNELS" if not open_joints:
                raise ValueError(f"found {line.strip()!r} outside of any joint of the hierarchy; export the file again")
            case "}":
                open_joints.pop()
            case "OFFSET":
                offsets[open_joints[-1]] = _vector(rest, names[open_joints[-1]])
            case "CHANNELS":
                channels += _channels(rest, names[open_joints[-1]], open_joints[-1])
    if not names or open_joints:
        raise ValueError(
            f"found {len(names)} joints and {len(open_joints)} unclosed braces; expected a whole hierarchy"
        )
    if parents.count(-1) > 1:
        raise ValueError(f"found {parents.count(-1)} roots, expected one; write one file a person")
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"found the joint(s) {', '.join(twice)} more than once; rename them")
    return names, parents, offsets, channels


def _vector(text: str, joint: str) -> list[float]:
    try:
        x, y, z = map(float, text.split())
    except ValueError as error:
        raise ValueError(f"joint {joint!r}: found the offset {text.strip()!r}, expected three numbers") from error
    if not (math.isfinite(x) and math.isfinite(y) and math.isfinite(z)):
        raise ValueError(f"joint {joint!r}: found the offset {text.strip()!r}, expected finite numbers")
    return [x, y, z]


def _channels(text: str, joint: str, index: int) -> list[tuple[int, str, str]]:
    count, *words = text.split() or [""]
    matches = [CHANNEL.fullmatch(word) for word in words]
    channels = [(index, match[1].upper(), match[2].lower()) for match in matches if match]
    order = "".join(axis for _, axis, kind in channels if kind == "rotation")
    if count != str(len(words)) or len(channels) < len(words) or len(order) > 3 or re.search(r"(.)\1", order):
        raise ValueError(
            f"joint {joint!r}: found the channels {text.strip()!r}; expected their number, then names such as "
            "Xposition or Zrotation, with at most three rotations"
        )
    return channels


def _motion_header(content: bytes, at: int) -> tuple[int, float, int]:
    """The number of frames, seconds a frame, and where the frames start."""
    match = FRAMES.match(content, at)
    if not match:
        raise ValueError("found no lines `Frames: N` and `Frame Time: S` after MOTION; export the file again")
    try:
        frames, frame_s = int(match[1]), float(match[2])
    except ValueError as error:
        raise ValueError(f"found the frame time {shown(match[2])}, expected seconds; {advice(match[2])}") from error
    if not 1e-4 <= frame_s <= 1:
        raise ValueError(f"found a frame time of {frame_s} s, expected one from 0.0001 to 1")
    return frames, frame_s, match.end()


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ValueError(
            f"found in line {line} a byte ({content[error.start]:#x}) that is no UTF-8, as in names that Windows "
            "programs write in their own encoding (cp1252); save the file as UTF-8, or give the joint a plain name"
        ) from error

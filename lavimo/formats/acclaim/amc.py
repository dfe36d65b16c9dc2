"""The AMC file format: for each frame a line a bone, of which the skeleton's file says what its numbers are.

Shape suffixes: T frames, J joints, C numbers of a frame, 3, 33 and 4 vectors, matrices and quaternions (x, y, z, w).
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.formats.acclaim.asf import RATE, ROOT, TURNS, Asf, rate_of
from lavimo.formats.bvh.numbers import numbers_of, shown

Array = NDArray[np.float64]

NUMBER = re.compile(rb"^[ \t]*(\d+)[ \t]*\r?$", re.MULTILINE)
"""A line with a frame's number alone."""
FPS = 120.0
"""The CMU database's; an AMC seldom says it."""


@dataclass(frozen=True)
class Amc:
    """The numbers of a file.

    Attributes:
        bones: those that move, in order, and how many numbers a frame has of each.
        values_TC: in the file's units.
        radians: whether the file says that angles are; None: it says nothing.
        fps: if the file says it.
    """

    bones: dict[str, int]
    values_TC: Array
    radians: bool | None
    fps: float | None


@dataclass(frozen=True)
class Acclaim:
    """A skeleton and its movement: a `lavimo.formats.rig.Rig`, in metres."""

    asf: Asf
    amc: Amc
    frame_s: float

    @property
    def names(self) -> tuple[str, ...]:
        """See `Rig`."""
        return self.asf.names

    @property
    def parents_J(self) -> NDArray[np.intp]:
        """See `Rig`."""
        return self.asf.parents_J

    @property
    def offsets_J3(self) -> Array:
        """See `Rig`."""
        return self.asf.offsets_J3

    @property
    def frames(self) -> int:
        """How many there are."""
        return len(self.amc.values_TC)

    def local(self, frames: NDArray[np.intp]) -> tuple[Array, Array]:
        """See `Rig`."""
        asf, values_TC = self.asf, self.amc.values_TC[frames]
        radians = asf.radians if self.amc.radians is None else self.amc.radians
        quaternions_TJ4 = np.tile([0.0, 0.0, 0.0, 1.0], (len(frames), len(asf.names), 1))
        positions_TJ3 = np.tile(asf.offsets_J3, (len(frames), 1, 1))
        alike: dict[str, list[tuple[int, list[int]]]] = defaultdict(list)
        start = 0
        for bone, count in self.amc.bones.items():
            columns = {may: start + place for place, may in enumerate(asf.freedoms[bone])}
            turns = [may for may in columns if may in TURNS]
            for may in columns.keys() - turns:
                positions_TJ3[:, 0, "xyz".index(may[1])] = values_TC[:, columns[may]] * asf.unit_m
            order = "".join(may[1] for may in turns)
            alike[order].append((asf.names.index(bone), [columns[may] for may in turns]))
            start += count
        for order, some in alike.items():  # Small letters: the first angle turns first, about axes that stay.
            joints = [joint for joint, _ in some]
            angles = values_TC[:, [own for _, own in some]].reshape(-1, len(order))
            turned_TJ33 = Rotation.from_euler(order, angles, degrees=not radians).as_matrix()
            axes_J33 = asf.axes_J33[joints]
            local_TJ33 = axes_J33 @ turned_TJ33.reshape(len(frames), -1, 3, 3) @ axes_J33.swapaxes(-1, -2)
            local = Rotation.from_matrix(local_TJ33.reshape(-1, 3, 3))
            quaternions_TJ4[:, joints] = local.as_quat().reshape(len(frames), -1, 4)
        return quaternions_TJ4, positions_TJ3


def moving(asf: Asf, amc: Amc, fps: float = FPS) -> Acclaim:
    """A skeleton that moves.

    Args:
        fps: frames a second, where neither file says it.

    Raises:
        ValueError: the frames are of another skeleton.
    """
    wanted = {bone: len(may) for bone, may in asf.freedoms.items()}
    if amc.bones != wanted:
        found = {*amc.bones.items()} ^ {*wanted.items()}
        raise ValueError(
            f"found frames of another skeleton (unlike in {', '.join(sorted({bone for bone, _ in found}))}): "
            "put the trial's own ASF beside it"
        )
    return Acclaim(asf, amc, 1 / (amc.fps or asf.fps or fps))


def read_amc(path: Path) -> Amc:
    """Read an AMC file.

    Raises:
        ValueError: it is missing, an ASF, no AMC, cut short, or holds NaN; the file and what was found are named.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error})") from error
    try:
        return _frames(content)
    except ValueError as error:
        raise type(error)(f"{path}: {error}") from error


def _frames(content: bytes) -> Amc:
    first = NUMBER.search(content)
    radians, fps = _header(content[: first.start()] if first else content)
    if not first:
        raise ValueError("found no frame, expected lines with a frame's number; it is cut short: fetch it again")
    second = NUMBER.search(content, first.end())
    lines = [line.split() for line in content[first.end() : second.start() if second else None].splitlines()]
    bones = [(words[0], len(words) - 1) for words in lines if words]
    twice = len({name for name, _ in bones}) < len(bones)
    if twice or ROOT.encode() not in dict(bones):
        raise ValueError(f"found a first frame of {len(bones)} bones, expected `root` and others, each once")
    words = content[first.start() :].split()
    every = 1 + sum(1 + count for _, count in bones)
    columns: list[int] = []
    unlike: list[tuple[int, int, bytes]] = []
    start = 1
    for name, count in bones:
        if (same := words[start::every]) != [name] * len(same):
            unlike.append((next(n for n, word in enumerate(same) if word != name), start, name))
        columns += range(start + 1, start + 1 + count)
        start += 1 + count
    if unlike:
        frame, place, name = min(unlike)
        raise ValueError(
            f"found {shown(words[frame * every + place])} in frame {frame + 1}, expected {shown(name)}: all frames "
            "have the first one's bones, in its order; export it again"
        )
    if len(words) % every:
        raise ValueError(f"found {len(words) % every} words in its last frame, expected {every}: it is cut short")
    counted = numbers_of(b" ".join(words[::every]))
    if (np.diff(counted) != 1).any():
        place = int((np.diff(counted) != 1).argmax())
        raise ValueError(
            f"found frame {counted[place + 1]:g} behind frame {counted[place]:g}; fetch or export it again"
        )
    values_CT = numbers_of(b" ".join(word for column in columns for word in words[column::every]))
    values_TC = values_CT.reshape(len(columns), len(counted)).T
    if not np.isfinite(values_TC).all():
        raise ValueError(f"found {values_TC[~np.isfinite(values_TC)][0]} among the frames, expected finite numbers")
    moved = {name.decode("utf-8", "surrogateescape"): count for name, count in bones if count}
    return Amc(moved, values_TC, radians, fps)


def _header(content: bytes) -> tuple[bool | None, float | None]:
    """What the file says of its angles and of its rate."""
    lines = [line.partition("#")[0].split() for line in content.decode("utf-8-sig", "replace").splitlines()]
    said = {words[0].lower(): words[1:] for words in lines if words}
    if {":bonedata", ":hierarchy"} & set(said):
        raise ValueError("found a skeleton without a motion (ASF), expected the AMC beside it: name that")
    if odd := [word for word in said if not word.startswith(":")]:
        raise ValueError(f"found {odd[0][:40]!r} before the first frame, expected lines such as :FULLY-SPECIFIED")
    radians = True if ":radians" in said else False if ":degrees" in said else None
    return radians, rate_of(said[RATE]) if RATE in said else None

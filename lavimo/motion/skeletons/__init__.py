"""Skeleton dialects: for each, a YAML table of what it calls SMPL's joints. Another dialect is another table.

A table, `NAME.yaml`:

    joints:              # SMPL's name: the file's name. Joints that SMPL has no name for are left out, and their
      pelvis: Hips       # rotations act through the joints below them. End sites are called `PARENT/end`.
      left_hip: LeftUpLeg
      ...
    skip_frames: 0       # frames at the start of every file that are a calibration pose and no motion

A skeleton speaks a dialect if it has all of the table's joints. What all its names begin with, up to a colon or an
underscore (`mixamorig:`, `Character1_`), does not count.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from lavimo.body.skeleton import JOINT

REQUIRED = {
    "pelvis", "neck", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
    "left_shoulder", "right_shoulder", "left_elbow", "right_elbow",
}  # fmt: skip
"""Joints that no table may lack."""


@dataclass(frozen=True)
class Dialect:
    """What a kind of skeleton calls SMPL's joints (`joints`: SMPL's name to its own), and its calibration frames."""

    name: str
    joints: dict[str, str]
    skip_frames: int = 0

    def __post_init__(self) -> None:
        assert not set(self.joints) - set(JOINT), f"{self.name}: {set(self.joints) - set(JOINT)} are not SMPL's"
        assert set(self.joints) >= REQUIRED, f"{self.name}: lacks {REQUIRED - set(self.joints)}"


@cache
def dialects() -> tuple[Dialect, ...]:
    """Every table that the package carries, by name."""
    tables = (file for file in files(__name__).iterdir() if file.name.endswith(".yaml"))
    return tuple(
        Dialect(table.name.removesuffix(".yaml"), **yaml.safe_load(table.read_text(encoding="utf-8")))
        for table in sorted(tables, key=lambda table: table.name)
    )


def plain(names: Iterable[str]) -> list[str]:
    """The joints' names without the namespace that all of them begin with."""
    names = list(names)
    spaces = {re.match("(?:.*[:_])?", name)[0] for name in names}  # type: ignore[index]
    start = len(min(spaces, key=len, default="")) if len(names) > 1 else 0
    start = start if all(name[:start] == names[0][:start] for name in names) else 0
    return [re.sub("^Bip001", "Bip01", name[start:]) for name in names]


def dialect_of(names: Iterable[str]) -> Dialect:
    """The dialect that a skeleton with these joints speaks; the one with most joints if several fit.

    Raises:
        ValueError: none; the joints and the nearest table are named.
    """
    names = plain(names)
    missing = {table.name: sorted(set(table.joints.values()) - set(names)) for table in dialects()}
    nearest = min(dialects(), key=lambda table: (len(missing[table.name]), -len(table.joints)))
    if not missing[nearest.name]:
        return nearest
    raise ValueError(
        f"found a skeleton that no table knows, with the joints {', '.join(names)}; the nearest table, "
        f"{nearest.name!r}, expects also {', '.join(missing[nearest.name])}. "
        "Write a table for it in lavimo/motion/skeletons"
    )

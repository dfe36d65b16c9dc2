"""Skeleton maps: for each kind of skeleton, a YAML table of what it calls SMPL's joints. Another kind is another table.

A map, `NAME.yaml`:

    joints:              # SMPL's name: the file's name. Joints that SMPL has no name for are left out, and their
      pelvis: Hips       # rotations act through the joints below them. End sites are called `PARENT/end`.
      left_hip: LeftUpLeg
      ...
    skip_frames: 0       # frames at the start of every file that are a calibration pose and no motion
    up: z                # the axis that points upwards in such files, if neither y nor the rest pose's

A map knows a skeleton that has all the joints that the map names; where none does, one that lacks only joints that are
not in `REQUIRED`. What all names begin with, up to a colon or an underscore (`mixamorig:`, `Character1_`), does not
count. The user's own maps lie in a folder of theirs and come first.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import yaml

from lavimo.body.skeleton import JOINT
from lavimo.motion.world import Up

REQUIRED = {
    "pelvis", "neck", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
    "left_shoulder", "right_shoulder", "left_elbow", "right_elbow",
}  # fmt: skip
"""Joints that no map may lack."""


@dataclass(frozen=True)
class SkeletonMap:
    """What a kind of skeleton calls SMPL's joints (`joints`: SMPL's name to its own), its calibration frames, and the
    axis that points upwards in its files, where its rest pose does not say so.

    Raises:
        ValueError: a joint that SMPL has not, one that is named twice, or a required one that is missing; no axis.
    """

    name: str
    joints: dict[str, str]
    skip_frames: int = 0
    up: Up | None = None

    def __post_init__(self) -> None:
        if unknown := sorted(set(self.joints) - set(JOINT)):
            raise ValueError(f"found the joints {', '.join(unknown)}, expected SMPL's: {', '.join(JOINT)}")
        if missing := sorted(REQUIRED - set(self.joints)):
            raise ValueError(f"lacks {', '.join(missing)}, which every skeleton map needs")
        theirs = list(self.joints.values())
        if twice := sorted({name for name in theirs if theirs.count(name) > 1}):
            raise ValueError(f"found {', '.join(twice)} for more than one joint, expected one each")
        if not isinstance(self.skip_frames, int) or self.skip_frames < 0:
            raise ValueError(f"found skip_frames {self.skip_frames!r}, expected a number of frames")
        if self.up is not None and self.up not in get_args(Up):
            raise ValueError(f"found up {self.up!r}, expected {', '.join(get_args(Up))}")


@cache
def skeleton_maps(own: Path | None = None) -> tuple[SkeletonMap, ...]:
    """The user's own maps in a folder, then those that the package carries, each by name.

    Raises:
        ValueError: the folder holds no map, or a bad one, or one of a packaged map's name; it is named.
    """
    packaged = tuple(
        _map(table.name, table.read_text(encoding="utf-8"))
        for table in sorted(files(__name__).iterdir(), key=lambda table: table.name)
        if table.name.endswith(".yaml")
    )
    if own is None:
        return packaged
    paths = sorted(path for path in Path(own).glob("*") if path.suffix.lower() in (".yaml", ".yml"))
    if not paths:
        raise ValueError(f"{own}: found no skeleton map, NAME.yaml, in this folder (source.bvh.skeletons)")
    found = []
    for path in paths:
        try:
            found.append(_map(path.name, path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, ValueError) as error:
            raise ValueError(f"{path}: no skeleton map: {error}") from error
        if found[-1].name in {one.name for one in packaged}:
            raise ValueError(f"{path}: the package has a skeleton map of this name; give yours another")
    return (*found, *packaged)


def _map(file: str, text: str) -> SkeletonMap:
    try:
        content: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"cannot be read as YAML ({error})") from error
    if not isinstance(content, dict) or not isinstance(content.get("joints"), dict):
        raise ValueError("found no table `joints`, expected SMPL's names of joints and the file's")
    if unknown := sorted(set(content) - {"joints", "skip_frames", "up"}):
        raise ValueError(f"found the keys {', '.join(map(str, unknown))}, expected joints, skip_frames and up")
    return SkeletonMap(re.sub(r"\.ya?ml$", "", file, flags=re.IGNORECASE), **content)


def plain(names: Iterable[str]) -> list[str]:
    """The joints' names without the namespace that all of them begin with."""
    names = list(names)
    spaces = {re.match("(?:.*[:_])?", name)[0] for name in names}  # type: ignore[index]
    start = len(min(spaces, key=len, default="")) if len(names) > 1 else 0
    start = start if all(name[:start] == names[0][:start] for name in names) else 0
    return [re.sub("^Bip001", "Bip01", re.sub(r"^mixamorig\d*\.?(?=[A-Z])", "", name[start:])) for name in names]


def map_of(names: Iterable[str], own: Path | None = None) -> SkeletonMap:
    """The map that knows a skeleton with these joints, with those of its joints that are there.

    Of several the one with most joints; one of the user's before the package's.

    Raises:
        ValueError: none; the joints and the nearest map are named.
    """
    there = set(names := plain(names))
    best, lacking = None, {}
    for place, known in enumerate(skeleton_maps(own)):
        found = {smpl: name for smpl, name in known.joints.items() if name in there}
        lacking[known.name] = sorted(set(known.joints.values()) - there)
        if set(found) >= REQUIRED:
            score = (known in skeleton_maps(), bool(lacking[known.name]), -len(found), place)
            if best is None or score < best[0]:
                # Calibration frames belong to the very files that a map was made for.
                skip = 0 if lacking[known.name] else known.skip_frames
                best = (score, replace(known, joints=found, skip_frames=skip))
    if best:
        return best[1]
    nearest = min(lacking, key=lambda name: len(lacking[name]))
    raise ValueError(
        f"found a skeleton that no map knows, with the joints {', '.join(names)}; the nearest map, "
        f"{nearest!r}, expects also {', '.join(lacking[nearest])}. Let "
        "`lavimo skeleton FILE FOLDER` guess one, or write it (docs/data/bvh.md), and name its folder in "
        "source.bvh.skeletons"
    )

"""Skeleton maps: for each kind of skeleton, a YAML table of what it calls SMPL's joints. Another kind is another table.

A map, `NAME.yaml`:

    joints:              # SMPL's name: the file's name. Joints that SMPL has no name for are left out, and their
      pelvis: Hips       # rotations act through the joints below them. End sites are called `PARENT/end`.
      left_hip: LeftUpLeg
      ...
    skip_frames: 0       # frames at the start of every file that are a calibration pose and no motion
    at_rest: true        # only of files whose first frame is the rest pose; if left out, of all
    up: z                # the axis that points upwards in such files, if neither y nor the rest pose's

A map knows a skeleton that has all the joints that the map names; where none does, one that lacks only joints that are
not in `REQUIRED`. What names begin with (`mixamorig:`, `Armature|`, `Character1_`), capitals and what parts words do
not count. The user's own maps lie in a folder of theirs and come first.
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
    at_rest: bool = False
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
        if not isinstance(self.at_rest, bool):
            raise ValueError(f"found at_rest {self.at_rest!r}, expected true or false")
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
    if unknown := sorted(set(content) - {"joints", "skip_frames", "at_rest", "up"}):
        raise ValueError(f"found the keys {', '.join(map(str, unknown))}, expected joints, skip_frames, at_rest and up")
    return SkeletonMap(re.sub(r"\.ya?ml$", "", file, flags=re.IGNORECASE), **content)


def plain(names: Iterable[str]) -> list[str]:
    """The joints' names without namespaces: each one's own (`mixamorig:Hips`, `Armature|Hips`) unless two would be
    called the same, and what all of them begin with up to a colon, a bar or an underscore."""
    names = list(names)
    own = [re.sub(r"^.*[:|]", "", name) for name in names]
    names = own if len(set(own)) == len(own) and all(own) else names
    spaces = {re.match("(?:.*[:_|])?", name)[0] for name in names}  # type: ignore[index]
    start = len(min(spaces, key=len, default="")) if len(names) > 1 else 0
    start = start if all(name[:start] == names[0][:start] for name in names) else 0
    return [re.sub("^Bip001", "Bip01", re.sub(r"^mixamorig\d*\.?(?=[A-Z])", "", name[start:])) for name in names]


def map_of(names: Iterable[str], own: Path | None = None) -> SkeletonMap:
    """The map that knows a skeleton with these joints, with those of its joints that are there.

    Neither capitals nor what parts words count, nor what the joints' names begin with, if it is the same in all of the
    map's. Of several the one with most joints; one of the user's before the package's.

    Raises:
        ValueError: none; the joints and the nearest map are named.
    """
    names = plain(names)
    keys: dict[str, str] = {}
    for name in names:
        keys.setdefault(_key(name), name)
    best, lacking = None, {}
    for place, known in enumerate(skeleton_maps(own)):
        found, lacks = _found(known, keys, set(names))
        lacking[known.name] = lacks
        if set(found) >= REQUIRED:
            exact = all(known.joints[smpl] == name for smpl, name in found.items())
            score = (known in skeleton_maps(), bool(lacks), not exact, -len(found), place)
            if best is None or score < best[0]:
                # Calibration frames belong to the very files that a map was made for.
                skip = 0 if lacks else known.skip_frames
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


def _found(known: SkeletonMap, keys: dict[str, str], there: set[str]) -> tuple[dict[str, str], list[str]]:
    """A map's joints that are there, SMPL's name to the skeleton's, and those of the map that are not."""
    wanted = {smpl: _key(theirs) for smpl, theirs in known.joints.items()}
    knee = wanted["left_knee"]
    prefixes = {key[: -len(knee)] for key in keys if key.endswith(knee)} | {""}
    best: dict[str, str] = {}
    for prefix in sorted(prefixes, key=lambda one: (len(one), one)):
        found = {
            smpl: known.joints[smpl] if not prefix and known.joints[smpl] in there else keys[prefix + key]
            for smpl, key in wanted.items()
            if prefix + key in keys
        }
        best = found if len(found) > len(best) else best
    return best, sorted(theirs for smpl, theirs in known.joints.items() if smpl not in best)


def _key(name: str) -> str:
    """A name in small letters without what parts words; an end site stays one."""
    return re.sub(r"[^\w/]|_", "", name.lower())

"""From a BVH file to an SMPL motion, and what the files of a folder say together of the axis that points upwards."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from lavimo.formats.archive import at_hand
from lavimo.formats.bvh.parser import read_bvh
from lavimo.formats.rig import Names, joints_of, points_of, rest_axis, retargeted, skeleton_of
from lavimo.formats.upwards import Stance, axis_of_library, stance_of
from lavimo.motion.motion import FPS, Motion
from lavimo.motion.resample import instants
from lavimo.motion.world import Up

log = logging.getLogger(__name__)

SAMPLE = 24
"""So many files of a library tell which axis points upwards."""


def read_motion(
    path: Path,
    start_s: float = 0.0,
    end_s: float | None = None,
    skeletons: Path | None = None,
    up: Up | None = None,
    plausible: bool = True,
    trust_rows: bool = False,
    library: Mapping[Names, Up] | None = None,
) -> Motion:
    """The file's movement, or a window of it, on the embedded body, 20 frames a second.

    Args:
        skeletons: a folder of the user's own skeleton maps, tried before the package's.
        up: the axis that points upwards in the world that the root moves in; None: the skeleton map's, else the rest
            pose's where that stands, else the library's, else y unless the file leaves no doubt (`formats.upwards`).
        plausible: refuse what nobody can do (`lavimo.motion.plausible`).
        trust_rows: see `read_bvh`.
        library: the axes that `library_ups` found of the files that this one is of.

    Raises:
        ValueError: the file is damaged, its skeleton in no map, or it is shorter than two frames; the file is named.
    """
    bvh = read_bvh(path, trust_rows)
    try:
        return retargeted(bvh, start_s, end_s, skeletons, up, plausible, library, str(path))
    except ValueError as error:
        raise type(error)(f"{path}: {error}") from error


def library_ups(files: Sequence[Path], skeletons: Path | None = None, trust_rows: bool = False) -> dict[Names, Up]:
    """The axis that points upwards in the files of each skeleton whose rest pose does not stand along y, by its names.

    Some files are looked at, evenly spaced; what cannot be read is passed over.
    """
    stances: dict[Names, list[Stance]] = {}
    count = min(len(files), SAMPLE)
    for file in [files[place * len(files) // count] for place in range(count)]:
        try:
            with at_hand(file) as there:
                bvh = read_bvh(there, trust_rows)
            known = skeleton_of(bvh, skeletons)
            joints = joints_of(bvh, known)
            instants_T = instants(max(bvh.frames - known.skip_frames, 0), bvh.frame_s, FPS)
            rest_up = rest_axis(bvh, joints)
            if known.up or len(instants_T[0]) < 2 or rest_up == "y":
                continue
            stance = stance_of(points_of(bvh, instants_T, known.skip_frames), joints, rest_up or "y")
        except ValueError:
            continue
        stances.setdefault(tuple(bvh.names), []).append(stance)
    found = {names: axis for names, some in stances.items() if (axis := axis_of_library(some))}
    for names, axis in found.items():
        if axis != stances[names][0].usual:
            log.warning("the skeleton of %s, %s ...: %s points upwards, its clips say", names[0], names[1], axis)
    return found

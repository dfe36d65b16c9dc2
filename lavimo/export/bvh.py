"""A take as BVH: any skeleton's. A BVH's own keeps its names, channels, unit and axes.

What else is written so has the rest pose as the pose of all zeros, joints' axes along the world's, y up, centimetres.

T frames, J joints, 3 and 33 vectors and matrices, C channels.
"""

import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from lavimo.export.moving import Array, Bones, Channel, Moving, quaternions
from lavimo.export.take import Take
from lavimo.files import atomic

CM = 100.0
TIP_CM = 8.0
"""How far an end site, which BVH demands, is from a joint that has none; no farther than that is from its parent."""
SLIDES, TURNS = 1e-6, 1e-4
"""What is written of a joint that has no channels for it: where its place strays farther than this share of the
skeleton's size; where it turns by more degrees."""
END = "/end"
SCENE = "scene"
"""The root of what hangs together nowhere else."""


def write_bvh(path: Path, take: Take | Moving) -> None:
    """Write a take to a BVH file."""
    moving = take.moving if isinstance(take, Take) else take
    if moving.loops:  # whoever repeats a BVH goes from its last frame to its first
        moving = moving.window(0, len(moving) - 1)
    if not moving.bones.channels:
        moving = _upright(moving)
    offsets_J3 = moving.bones.offsets_J3.copy()
    channels, columns = [], []
    for joint in range(len(moving.bones.names)):
        own, values_TC = _of_joint(moving, joint, offsets_J3)
        channels.append(own)
        columns.append(values_TC)
    with atomic(path) as partial, open(partial, "w", encoding="utf-8", newline="\n") as file:
        file.write("HIERARCHY\n")
        file.writelines(f"{line}\n" for line in _lines(0, moving.bones, offsets_J3, channels, ""))
        file.write(f"MOTION\nFrames: {len(moving)}\nFrame Time: {1 / moving.fps:.8f}\n")
        np.savetxt(file, np.concatenate(columns, axis=1), fmt="%.6f")


def _upright(moving: Moving) -> Moving:
    """What moves, in rotations away from the rest pose and in centimetres, in the order of a file."""
    bones, world = moving.bones, moving.world
    order, parents = _order(moving)
    rest_J33 = bones.rest.turns_TJ33[0] if bones.bound_J33 is None else bones.bound_J33
    rest_J3 = bones.rest.places_TJ3[0]
    away_TJ33, places_TJ3 = world.turns_TJ33 @ rest_J33.swapaxes(-1, -2), world.places_TJ3 * CM
    # One more joint, the last, is the world.
    away_TJ33 = np.concatenate([away_TJ33, np.broadcast_to(np.eye(3), (len(moving), 1, 3, 3))], axis=1)
    places_TJ3, rest_J3 = (
        np.append(every, np.zeros_like(every[..., :1, :]), axis=-2) for every in (places_TJ3, rest_J3)
    )
    above = [order[parent] if parent >= 0 else -1 for parent in parents]
    back_TJ33 = away_TJ33[:, above].swapaxes(-1, -2)
    moves_TJ3 = (back_TJ33 @ (places_TJ3[:, order] - places_TJ3[:, above])[..., None])[..., 0]
    offsets_J3 = CM * (rest_J3[order] - rest_J3[above])
    names = [SCENE if joint < 0 else re.sub(r"[{}\s]+", " ", bones.names[joint]).strip() for joint in order]
    straight = Bones.plain(_once(names), np.array(parents), offsets_J3)
    return Moving(
        straight, moves_TJ3, quaternions(back_TJ33 @ away_TJ33[:, order]), np.ones_like(moves_TJ3), moving.fps
    )


def written(moving: Moving) -> set[int]:
    """The joints that are a skeleton's: those that deform a mesh, and what moves or hangs from what does."""
    wanted = {*moving.bones.skinned, *(moving.tops or moving.bones.lineage("pelvis")[-1:])}
    for joint, parent in enumerate(moving.bones.parents_J.tolist()):
        if parent in wanted:
            wanted.add(joint)
    return wanted


def _order(moving: Moving) -> tuple[list[int], list[int]]:
    """The joints that are written, each before those that hang from it, -1 for the world; and their parents' places."""
    wanted, above = written(moving), []
    for parent in moving.bones.parents_J.tolist():
        while parent >= 0 and parent not in wanted:
            parent = int(moving.bones.parents_J[parent])
        above.append(parent)
    below: dict[int, list[int]] = {}
    for joint in sorted(wanted):
        below.setdefault(above[joint], []).append(joint)
    left = [(-1, -1)] if len(below[-1]) > 1 else [(below[-1][0], -1)]
    order: list[int] = []
    parents: list[int] = []
    while left:
        joint, parent = left.pop()
        left += [(one, len(order)) for one in reversed(below.get(joint, []))]
        order.append(joint)
        parents.append(parent)
    return order, parents


def _once(names: list[str]) -> tuple[str, ...]:
    """Names, none twice."""
    found: list[str] = []
    for place, name in enumerate(names):
        found.append(name if name not in found else f"{name} ({place})")
    return tuple(found)


def _of_joint(moving: Moving, joint: int, offsets_J3: Array) -> tuple[tuple[Channel, ...], Array]:
    """A joint's channels and their values (T, C): those that it has, and what it needs besides.

    Where no channel says where it is, that is its offset, which is set.
    """
    bones = moving.bones
    own = [one for one in bones.channels if one[0] == joint]
    if not bones.channels:
        kinds = ("position", "rotation") if bones.parents_J[joint] < 0 else ("rotation",)
        own = [(joint, axis, kind) for kind in kinds for axis in ("XYZ" if kind == "position" else "ZYX")]
    moves_T3 = moving.moves_TJ3[:, joint]
    if bones.names[joint].endswith(END):
        offsets_J3[joint] = moves_T3[0]
        return (), np.zeros((len(moving), 0))
    free = ["XYZ".index(axis) for _, axis, kind in own if kind == "position"]
    fixed = [axis for axis in range(3) if axis not in free]
    if np.ptp(moves_T3[:, fixed], axis=0).max(initial=0) > SLIDES * bones.size:
        own = [(joint, axis, "position") for axis in "XYZ"] + [one for one in own if one[2] == "rotation"]
    else:
        offsets_J3[joint, fixed] = moves_T3[0, fixed]
    order = "".join(axis for _, axis, kind in own if kind == "rotation")
    missing = "".join(axis for axis in "ZYX" if axis not in order)[: 3 - len(order)]
    degrees_T3 = _angles(moving.turns_TJ4[:, joint], order + missing)
    turning = [place for place in range(len(order), 3) if np.abs(degrees_T3[:, place]).max() > TURNS]
    if turning:
        own += [(joint, axis, "rotation") for axis in missing[: turning[-1] + 1 - len(order)]]
    turns = iter(degrees_T3.T)
    values = [next(turns) if kind == "rotation" else moves_T3[:, "XYZ".index(axis)] for _, axis, kind in own]
    return tuple(own), np.stack(values, axis=1) if own else np.zeros((len(moving), 0))


def _angles(turns_T4: Array, order: str) -> Array:
    """Euler angles (T, 3) in degrees about turning axes, which go on from frame to frame as smoothly as they can."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Gimbal lock")  # one of the angles is free then, and the rotation right
        one_T3 = Rotation.from_quat(turns_T4).as_euler(order, degrees=True)
    middle = -one_T3[:, 1] if order[0] == order[2] else 180 - one_T3[:, 1]
    other_T3 = np.stack([one_T3[:, 0] + 180, middle, one_T3[:, 2] + 180], axis=1)
    both_T23 = np.stack([one_T3, other_T3], axis=1)
    for frame in range(1, len(one_T3)):
        before_3 = one_T3[frame - 1]
        near_23 = both_T23[frame] + 360 * np.round((before_3 - both_T23[frame]) / 360)
        one_T3[frame] = near_23[np.abs(near_23 - before_3).sum(1).argmin()]
    return one_T3


def _lines(
    joint: int, bones: Bones, offsets_J3: Array, channels: list[tuple[Channel, ...]], indent: str
) -> Iterator[str]:
    offset = "OFFSET " + " ".join(f"{number:.6f}" for number in offsets_J3[joint])
    if bones.names[joint].endswith(END):
        yield from (f"{indent}End Site", f"{indent}{{", f"{indent}\t{offset}", f"{indent}}}")
        return
    yield f"{indent}{'JOINT' if indent else 'ROOT'} {bones.names[joint]}"
    yield f"{indent}{{"
    yield f"{indent}\t{offset}"
    yield f"{indent}\tCHANNELS " + " ".join(
        [str(len(channels[joint])), *(f"{a}{kind}" for _, a, kind in channels[joint])]
    )
    children = np.flatnonzero(bones.parents_J == joint)
    for child in children:
        yield from _lines(int(child), bones, offsets_J3, channels, indent + "\t")
    if not len(children):
        length = np.linalg.norm(offsets_J3[joint])
        tip_3 = offsets_J3[joint] * min(TIP_CM / length, 1) if length else np.array([0, TIP_CM, 0])
        told = " ".join(f"{number:.6f}" for number in tip_3)
        yield from (f"{indent}\tEnd Site", f"{indent}\t{{", f"{indent}\t\tOFFSET {told}", f"{indent}\t}}")
    yield f"{indent}}}"

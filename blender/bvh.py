# SPDX-License-Identifier: GPL-3.0-or-later
"""BVH: the little of it that goes to and fro, a rig in rest or in motion. Centimetres, y up, as the app has it.

T frames, J joints, 3 and 33 vectors and matrices. `turns_TJ33` are turns in the world away from the rest pose.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

CHANNELS = "CHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation"


@dataclass(frozen=True)
class Tree:
    """Joints, each after its parent (-1: none): where they are in rest, and where the bone of each ends."""

    names: list[str]
    parents: list[int]
    heads_J3: np.ndarray
    tails_J3: np.ndarray

    def below(self, parent: int) -> list[int]:
        """The joints that hang at one."""
        return [joint for joint, above in enumerate(self.parents) if above == parent]


def written(tree: Tree, heads_TJ3: np.ndarray, turns_TJ33: np.ndarray, frame_s: float) -> bytes:
    """A file. Where the tree has several roots, BVH's one root stands at the world's origin."""
    roots = tree.below(-1)
    order = [joint for root in roots for joint in _in_depth(tree, root)]
    rows = np.concatenate([_local(joint, tree.parents[joint], heads_TJ3, turns_TJ33) for joint in order], axis=1)
    if len(roots) == 1:
        lines = list(_joint(tree, roots[0], "", "ROOT"))
    else:
        rows = np.concatenate([np.zeros((len(rows), 6)), rows], axis=1)
        below = [line for root in roots for line in _joint(tree, root, "\t", "JOINT")]
        lines = ["ROOT world", "{", "\tOFFSET 0 0 0", f"\t{CHANNELS}", *below, "}"]
    frames = (" ".join(f"{value:.6f}" for value in row) for row in rows)
    text = ["HIERARCHY", *lines, "MOTION", f"Frames: {len(rows)}", f"Frame Time: {frame_s:.8f}", *frames]
    return "\n".join(text).encode() + b"\n"


def read(content: bytes) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Of a file: names, where the joints are in the world (T, J, 3), and their turns in it (T, J, 3, 3)."""
    hierarchy, _, motion = content.decode().partition("MOTION")
    names, parents, offsets, channels = [], [], [], []
    open_joints = []
    for line in re.split(r"[\r\n]+", hierarchy.strip()):
        word, _, rest = line.strip().partition(" ")
        if word in ("ROOT", "JOINT", "End"):
            parents.append(open_joints[-1] if open_joints else -1)
            open_joints.append(len(names))
            names.append("" if word == "End" else rest.strip())
            channels.append([])
        elif word == "OFFSET":
            offsets.append([float(number) for number in rest.split()])
        elif word == "CHANNELS":
            channels[-1] = rest.split()[1:]
        elif word == "}":
            open_joints.pop()
    rows = motion.partition("Frame Time:")[2].split("\n", 1)[1]
    values_TC = np.array(rows.split(), np.float64).reshape(-1, sum(map(len, channels)))
    heads_TJ3 = np.tile(np.array(offsets), (len(values_TC), 1, 1))
    turns_TJ33 = np.tile(np.eye(3), (len(values_TC), len(names), 1, 1))
    column = 0
    for joint, parent in enumerate(parents):
        for channel in channels[joint]:
            axis, value_T = "XYZ".index(channel[0]), values_TC[:, column]
            if channel.endswith("position"):
                heads_TJ3[:, joint, axis] = value_T
            else:
                turns_TJ33[:, joint] @= _about(axis, np.radians(value_T))
            column += 1
        if parent >= 0:
            moved_T3 = (turns_TJ33[:, parent] @ heads_TJ3[:, joint, :, None])[..., 0]
            heads_TJ3[:, joint] = heads_TJ3[:, parent] + moved_T3
            turns_TJ33[:, joint] = turns_TJ33[:, parent] @ turns_TJ33[:, joint]
    bones = [joint for joint, name in enumerate(names) if name]
    return [names[joint] for joint in bones], heads_TJ3[:, bones], turns_TJ33[:, bones]


def _in_depth(tree: Tree, joint: int) -> Iterator[int]:
    yield joint
    for child in tree.below(joint):
        yield from _in_depth(tree, child)


def _joint(tree: Tree, joint: int, indent: str, word: str) -> Iterator[str]:
    parent, children = tree.parents[joint], tree.below(joint)
    yield f"{indent}{word} {tree.names[joint]}"
    yield f"{indent}{{"
    yield f"{indent}\tOFFSET {_numbers(tree.heads_J3[joint] - (tree.heads_J3[parent] if parent >= 0 else 0))}"
    yield f"{indent}\t{CHANNELS}"
    for child in children:
        yield from _joint(tree, child, indent + "\t", "JOINT")
    if not children:
        tip = _numbers(tree.tails_J3[joint] - tree.heads_J3[joint])
        yield from (f"{indent}\tEnd Site", f"{indent}\t{{", f"{indent}\t\tOFFSET {tip}", f"{indent}\t}}")
    yield f"{indent}}}"


def _local(joint: int, parent: int, heads_TJ3: np.ndarray, turns_TJ33: np.ndarray) -> np.ndarray:
    """A joint's six channels, (T, 6)."""
    moved_T3, turned_T33 = heads_TJ3[:, joint], turns_TJ33[:, joint]
    if parent >= 0:
        back_T33 = turns_TJ33[:, parent].swapaxes(1, 2)
        moved_T3 = (back_T33 @ (moved_T3 - heads_TJ3[:, parent])[..., None])[..., 0]
        turned_T33 = back_T33 @ turned_T33
    return np.concatenate([moved_T3, np.degrees(_angles(turned_T33))], axis=1)


def _angles(turns_T33: np.ndarray) -> np.ndarray:
    """About z, then the turned y, then the turned x: (T, 3) radians."""
    sine_T = -turns_T33[:, 2, 0].clip(-1, 1)
    locked_T = np.abs(sine_T) > 1 - 1e-12  # z and x turn about the same axis: z does it all
    z_T = np.arctan2(turns_T33[:, 1, 0], turns_T33[:, 0, 0])
    x_T = np.arctan2(turns_T33[:, 2, 1], turns_T33[:, 2, 2])
    z_T = np.where(locked_T, np.arctan2(-turns_T33[:, 0, 1], turns_T33[:, 1, 1]), z_T)
    return np.stack([z_T, np.arcsin(sine_T), np.where(locked_T, 0, x_T)], axis=1)


def _about(axis: int, angles_T: np.ndarray) -> np.ndarray:
    turns_T33 = np.zeros((len(angles_T), 3, 3))
    turns_T33[:, axis, axis] = 1
    first, second = (axis + 1) % 3, (axis + 2) % 3
    turns_T33[:, first, first] = turns_T33[:, second, second] = np.cos(angles_T)
    turns_T33[:, second, first] = np.sin(angles_T)
    turns_T33[:, first, second] = -turns_T33[:, second, first]
    return turns_T33


def _numbers(vector_3: np.ndarray) -> str:
    return " ".join(f"{value:.6f}" for value in vector_3)

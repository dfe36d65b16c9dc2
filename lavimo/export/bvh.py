"""A take as BVH: SMPL's joints by SMPL's names, centimetres, y up; the rest pose is the embedded body's.

T frames, J joints (24).
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from lavimo.body.body import embedded_body
from lavimo.body.skeleton import JOINT_NAMES, PARENTS
from lavimo.export.take import Take
from lavimo.files import atomic

CM = 100.0
TIP_CM = 8.0
"""How far an end site, which BVH demands, is from its joint."""
ROOT = "CHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation"
OTHERS = "CHANNELS 3 Zrotation Yrotation Xrotation"


def write_bvh(path: Path, take: Take) -> None:
    """Write a take to a BVH file."""
    rest_J3 = embedded_body().rest(np.zeros(10, np.float32))[1].astype(np.float64) * CM
    order = list(_in_depth(0))
    degrees_TJ3 = Rotation.from_rotvec(take.rotations_TJ3.reshape(-1, 3)).as_euler("ZYX", degrees=True)
    degrees_TJ3 = degrees_TJ3.reshape(len(take), -1, 3)[:, order]
    root_T3 = take.translation_T3 * CM + rest_J3[0]
    values_TC = np.concatenate([root_T3, degrees_TJ3.reshape(len(take), -1)], axis=1)
    with atomic(path) as partial, open(partial, "w", encoding="ascii", newline="\n") as file:
        file.write("HIERARCHY\n")
        file.writelines(f"{line}\n" for line in _joint(0, rest_J3, ""))
        file.write(f"MOTION\nFrames: {len(take)}\nFrame Time: {1 / take.fps:.8f}\n")
        np.savetxt(file, values_TC, fmt="%.5f")


def _in_depth(joint: int) -> Iterator[int]:
    """A joint and those below it, in the order of the file."""
    yield joint
    for child in np.flatnonzero(joint == PARENTS):
        yield from _in_depth(int(child))


def _joint(joint: int, rest_J3: np.ndarray, indent: str) -> Iterator[str]:
    offset_3 = rest_J3[joint] - (rest_J3[PARENTS[joint]] if joint else 0)
    yield f"{indent}{'JOINT' if joint else 'ROOT'} {JOINT_NAMES[joint]}"
    yield f"{indent}{{"
    yield f"{indent}\tOFFSET {offset_3[0]:.6f} {offset_3[1]:.6f} {offset_3[2]:.6f}"
    yield f"{indent}\t{OTHERS if joint else ROOT}"
    children = np.flatnonzero(joint == PARENTS)
    for child in children:
        yield from _joint(int(child), rest_J3, indent + "\t")
    if not len(children):
        tip_3 = offset_3 / np.linalg.norm(offset_3) * TIP_CM
        yield f"{indent}\tEnd Site"
        yield f"{indent}\t{{"
        yield f"{indent}\t\tOFFSET {tip_3[0]:.6f} {tip_3[1]:.6f} {tip_3[2]:.6f}"
        yield f"{indent}\t}}"
    yield f"{indent}}}"

"""Files of skeletons whose joints have their axes along the bones, as LaFAN1's and most games'; and postures."""

from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import matrices
from lavimo.body.skeleton import JOINT, JOINT_NAMES, PARENTS
from lavimo.formats.skeletons import skeleton_maps
from lavimo.motion.motion import Motion
from lavimo.motion.world import TO_Y

REST_S3 = embedded_body().rest(np.zeros(10, np.float32))[1].astype(np.float64)
LAFAN1 = next(known.joints for known in skeleton_maps() if known.name == "lafan1")
FRAMES, FPS = 101, 20


def bone_axes(parents: dict[int, int]) -> np.ndarray:
    """For each joint the rotation (S, 3, 3) whose x lies along its bone; `parents` of the joints that there are."""
    axes_S33 = np.tile(np.eye(3), (24, 1, 1))
    for joint, parent in parents.items():
        ends = [REST_S3[child] - REST_S3[joint] for child in parents if parents[child] == joint]
        bone_3 = ends[len(ends) // 2] if ends else REST_S3[joint] - REST_S3[parent]
        axes_S33[joint] = Rotation.align_vectors(bone_3[None], [[1, 0, 0]])[0].as_matrix()
    return axes_S33


def write_bone_aligned(path: Path, motion: Motion, up: str = "y", names: dict[str, str] = LAFAN1) -> Path:
    """A BVH of LaFAN1's kind, in centimetres, 20 frames a second; joints that have no name are left out."""
    parents = {JOINT[name]: int(PARENTS[JOINT[name]]) for name in JOINT_NAMES if name in names}
    for joint, parent in parents.items():
        while parent > 0 and parent not in parents:
            parents[joint] = parent = int(PARENTS[parent])
    axes_S33, local_TS33 = bone_axes(parents), matrices(motion.rotations_TJ3)
    for joint in range(1, 24):  # what is left out moves what hangs from it
        if joint not in parents:
            for child in np.flatnonzero(joint == PARENTS):
                local_TS33[:, child] = local_TS33[:, joint] @ local_TS33[:, child]
    turn_33 = TO_Y[up].inv().as_matrix()
    root_T3 = (motion.translation_T3 + REST_S3[0]) @ turn_33.T * 100
    lines, values = [], [root_T3]

    def write(joint: int) -> None:
        parent = parents[joint]
        before_33 = axes_S33[parent] if joint else turn_33.T
        offset_3 = 100 * before_33.T @ (REST_S3[joint] - REST_S3[parent]) if joint else np.zeros(3)
        places = "3" if joint else "6 Xposition Yposition Zposition"
        lines.append(f"{'JOINT' if joint else 'ROOT'} {names[JOINT_NAMES[joint]]}")
        lines.append("{\nOFFSET " + " ".join(map(repr, offset_3.tolist())))
        lines.append(f"CHANNELS {places} Zrotation Yrotation Xrotation")
        local_T33 = before_33.T @ local_TS33[:, joint] @ axes_S33[joint]
        values.append(Rotation.from_matrix(local_T33).as_euler("ZYX", degrees=True))
        for child in parents:
            if parents[child] == joint:
                write(child)
        lines.append("}")

    write(0)
    rows = [" ".join(map(repr, row)) for row in np.concatenate(values, 1).tolist()]
    head = f"MOTION\nFrames: {len(rows)}\nFrame Time: {1 / FPS}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["HIERARCHY", *lines, head, *rows, ""]))
    return path


def posture(name: str) -> Motion:
    """Somebody for five seconds, y up: one of `POSTURES`."""
    time_T = np.arange(FRAMES) / FPS
    swing_T = np.sin(2 * np.pi * time_T)
    rotations_TJ3 = np.zeros((FRAMES, 24, 3))
    path_T3 = np.zeros((FRAMES, 3))

    def bend(angles: dict[str, float], swings: float = 0.0) -> None:
        for joint, angle in angles.items():
            for side, sign in (("left_", 1), ("right_", -1)) if f"left_{joint}" in JOINT else (("", 0),):
                rotations_TJ3[:, JOINT[side + joint], 0] += angle + swings * sign * swing_T

    how, _, where = name.partition(" ")
    if how == "crouched":
        bend({"spine1": 0.5, "spine2": 0.5, "spine3": 0.5, "knee": 1.7, "ankle": -0.8})
        bend({"hip": -1.0}, 0.3)
        path_T3[:] = np.stack([0 * time_T, 0.62 + 0.02 * np.abs(swing_T), 0.7 * time_T], 1)
        root = Rotation.from_euler("x", [[0.1]])
    elif how == "crawling":
        bend({"hip": -1.5, "shoulder": -1.5}, 0.25)
        bend({"knee": 1.5})
        rotations_TJ3[:, [JOINT["left_shoulder"], JOINT["right_shoulder"]], 2] = -1.3, 1.3
        path_T3[:] = np.stack([0 * time_T, 0.45 + 0.01 * swing_T, 0.4 * time_T], 1)
        root = Rotation.from_euler("x", [[1.5]])
    elif how in ("lying", "rolling"):
        bend({"knee": 0.3, "hip": -0.15}, 0.2)
        path_T3[:] = [0, 0.12, 0]
        root = Rotation.from_euler("x", [[-1.5]])
        if how == "rolling":
            path_T3[:, 0] = 0.35 * time_T
            root = Rotation.from_euler("z", -3 * time_T[:, None]) * Rotation.from_euler("x", [[-1.5]])
    else:
        assert how == "handstand"
        bend({"hip": -0.1}, 0.2)
        rotations_TJ3[:, [JOINT["left_shoulder"], JOINT["right_shoulder"]], 2] = 1.4, -1.4
        path_T3[:] = np.stack([0 * time_T, 0.95 + 0.01 * swing_T, 0.2 * time_T], 1)
        root = Rotation.from_euler("x", [[3.1]])
    if where == "sideways":
        path_T3[:, [0, 2]] = path_T3[:, [2, 0]]
    elif where == "in a circle":
        turn = Rotation.from_euler("y", 0.9 * time_T[:, None])
        root = turn * root
        steps_T3 = turn.apply(np.diff(path_T3, axis=0, prepend=path_T3[:1]))
        path_T3[:, [0, 2]] = np.cumsum(steps_T3, 0)[:, [0, 2]]
    rotations_TJ3[:, 0] = root.as_rotvec()
    return Motion(rotations_TJ3, path_T3 - REST_S3[0], np.zeros(10, np.float32))


POSTURES = (
    "crouched", "crouched sideways", "crouched in a circle", "crawling", "crawling sideways", "crawling in a circle",
    "lying", "rolling", "handstand", "handstand in a circle",
)  # fmt: skip

"""BlazePose's 33 landmarks, and where they are on SMPL's skeleton."""

import numpy as np

from lavimo.body.skeleton import JOINT

NAMES = (
    "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye", "right_eye_outer",
    "left_ear", "right_ear", "mouth_left", "mouth_right", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_pinky", "right_pinky", "left_index", "right_index",
    "left_thumb", "right_thumb", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
    "left_heel", "right_heel", "left_foot_index", "right_foot_index",
)  # fmt: skip
LANDMARK = {name: index for index, name in enumerate(NAMES)}
"""Index of each landmark by name; the left one is the person's."""

MIRROR = np.array(
    [LANDMARK[name.replace("left", "#").replace("right", "left").replace("#", "right")] for name in NAMES]
)
"""Index of each landmark's mirror image."""

BONES = tuple(
    (LANDMARK[a], LANDMARK[b])
    for side in ("left", "right")
    for a, b in (
        *(
            (f"{side}_shoulder", f"{side}_elbow"),
            (f"{side}_elbow", f"{side}_wrist"),
            (f"{side}_wrist", f"{side}_index"),
        ),
        *((f"{side}_shoulder", f"{side}_hip"), (f"{side}_hip", f"{side}_knee"), (f"{side}_knee", f"{side}_ankle")),
        *((f"{side}_ankle", f"{side}_heel"), (f"{side}_heel", f"{side}_foot_index"), ("nose", f"{side}_ear")),
    )
) + tuple((LANDMARK[f"left_{name}"], LANDMARK[f"right_{name}"]) for name in ("shoulder", "hip"))
"""Pairs of landmarks between which a picture has a line."""

_ON_BODY = {
    "nose": "head", "shoulder": "shoulder", "elbow": "elbow", "wrist": "wrist", "hip": "hip", "knee": "knee",
    "ankle": "ankle", "foot_index": "foot",
}  # fmt: skip
SEEN = np.array([i for i, name in enumerate(NAMES) if name.split("_", 1)[-1] in _ON_BODY or name in _ON_BODY])
"""The landmarks that stand for a joint of SMPL's."""
JOINTS = np.array(
    [
        JOINT[_ON_BODY[name] if name in _ON_BODY else f"{name.split('_', 1)[0]}_{_ON_BODY[name.split('_', 1)[1]]}"]
        for name in (NAMES[i] for i in SEEN)
    ]
)
"""Which joint each of `SEEN` stands for."""

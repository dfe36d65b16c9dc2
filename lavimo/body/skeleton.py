"""SMPL's 24 joints: names, parents, mirror images.

Axes of the product, stated once: y up, z forward (a person in the zero pose faces +z), the person's left is +x.
Metres, radians, seconds.
"""

import numpy as np

JOINT_NAMES = (
    "pelvis", "left_hip", "right_hip", "spine1", "left_knee", "right_knee", "spine2", "left_ankle",
    "right_ankle", "spine3", "left_foot", "right_foot", "neck", "left_collar", "right_collar", "head",
    "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
    "left_hand", "right_hand",
)  # fmt: skip
PARENTS = np.array([-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21])
JOINT = {name: index for index, name in enumerate(JOINT_NAMES)}
"""Index of each joint by name."""

BODY_JOINTS = 22
"""HumanML3D's skeleton: SMPL's without the two hands."""

MIRROR = np.array(
    [JOINT[name.replace("left", "#").replace("right", "left").replace("#", "right")]
     for name in JOINT_NAMES]
)  # fmt: skip
"""Index of each joint's mirror image."""

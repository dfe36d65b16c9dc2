"""The two skeletons that features are made of: HumanML3D's (SMPL's first 22 joints) and KIT-ML's (21 of MMM's).

Shape suffixes: J joints, B bones (J - 1; that of joint 1 first), F feet (ankle and toe of the left, then of the right).
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lavimo.body.skeleton import BODY_JOINTS, JOINT, JOINT_NAMES
from lavimo.body.skeleton import PARENTS as SMPL_PARENTS


@dataclass(frozen=True)
class Layout:
    """A skeleton, and what the published procedure knows of it.

    Attributes:
        parents_J: each joint's parent, before it in order of computation.
        bone_axes_B3: the direction each bone has where its rotation is the identity.
        hips, shoulders: (left, right).
        leg: the two joints whose bones scale the root's path.
        arms: the first joint of each arm, whose rotation the published procedure takes relative to the root.
        feet: the joints whose contact counts.
        contact: a foot that moves by less than this, squared, in a frame stands (in the skeleton's own unit).
        fps: frames a second of the data set.
    """

    names: tuple[str, ...]
    parents_J: NDArray[np.intp]
    bone_axes_B3: NDArray[np.floating]
    hips: tuple[int, int]
    shoulders: tuple[int, int]
    leg: tuple[int, int]
    arms: tuple[int, int]
    feet: tuple[int, int, int, int]
    contact: float
    fps: float
    groups: dict[str, slice] = field(init=False)
    """What stands where among the features."""

    def __post_init__(self) -> None:
        joints = self.joints
        sizes = {
            "yaw_velocity": 1,
            "root_velocity": 2,
            "root_height": 1,
            "positions": 3 * (joints - 1),
            "rotations": 6 * (joints - 1),
            "velocities": 3 * joints,
            "contacts": 4,
        }
        ends = np.cumsum([0, *sizes.values()]).tolist()
        object.__setattr__(self, "groups", {name: slice(*ends[i : i + 2]) for i, name in enumerate(sizes)})

    @property
    def joints(self) -> int:
        """J."""
        return len(self.parents_J)

    @property
    def features(self) -> int:
        """How many features a frame has: 263 or 251."""
        return self.groups["contacts"].stop


LEFT, UP, DOWN, AHEAD = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 1.0]
RIGHT = [-1.0, 0.0, 0.0]


def _pair(name: str) -> tuple[int, int]:
    return JOINT[f"left_{name}"], JOINT[f"right_{name}"]


HUMANML3D = Layout(
    names=JOINT_NAMES[:BODY_JOINTS],
    parents_J=SMPL_PARENTS[:BODY_JOINTS],
    bone_axes_B3=np.array(
        [LEFT, RIGHT, UP, DOWN, DOWN, UP, DOWN, DOWN, UP, AHEAD, AHEAD, UP, LEFT, RIGHT, AHEAD, *[DOWN] * 6]
    ),
    hips=_pair("hip"),
    shoulders=_pair("shoulder"),
    leg=(JOINT["right_knee"], JOINT["right_ankle"]),
    arms=_pair("collar"),
    feet=(JOINT["left_ankle"], JOINT["left_foot"], JOINT["right_ankle"], JOINT["right_foot"]),
    contact=0.002,
    fps=20.0,
)
_ARM = ("shoulder", "elbow", "wrist")
_LEG = ("hip", "knee", "ankle", "foot", "toes")
KIT = Layout(
    names=(
        *("pelvis", "spine", "chest", "neck", "head"),
        *(f"{side}_{joint}" for side in ("right", "left") for joint in _ARM),
        *(f"{side}_{joint}" for side in ("right", "left") for joint in _LEG),
    ),
    parents_J=np.array([-1, 0, 1, 2, 3, 3, 5, 6, 3, 8, 9, 0, 11, 12, 13, 14, 0, 16, 17, 18, 19]),
    # The published procedure's axes, in which the right side lies at +x.
    bone_axes_B3=np.array(
        [*[UP] * 4, *(axis for side in (LEFT, RIGHT) for axis in (side, DOWN, DOWN))]
        + [axis for side in (LEFT, RIGHT) for axis in (side, DOWN, DOWN, AHEAD, AHEAD)]
    ),
    hips=(16, 11),
    shoulders=(8, 5),
    leg=(17, 18),
    arms=(5, 8),
    feet=(19, 20, 14, 15),
    contact=0.05,
    fps=12.5,
)

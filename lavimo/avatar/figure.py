"""Where a body's parts are in the zero pose, found on any SMPL-format body: what garments are measured against.

Shape suffixes: V vertices, J joints (24), 3 coordinates in metres (y up, z forward).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lavimo.body.skeleton import JOINT

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Figure:
    """Landmarks of a body in the zero pose (arms along x), metres."""

    joints_J3: Array
    nose_3: Array
    crown_y: float
    sole_y: float

    @classmethod
    def of(cls, rest_V3: Array, joints_J3: Array) -> "Figure":
        """Measure a body: the nose is what is foremost above the neck."""
        head_V3 = rest_V3[rest_V3[:, 1] > joints_J3[JOINT["neck"], 1]]
        return cls(
            joints_J3=joints_J3,
            nose_3=np.array([0.0, *head_V3[head_V3[:, 2].argmax(), 1:]]),
            crown_y=float(rest_V3[:, 1].max()),
            sole_y=float(rest_V3[:, 1].min()),
        )

    def y(self, joint: str) -> float:
        """A joint's height; both sides' mean."""
        return self._mean(joint, 1)

    def x(self, joint: str) -> float:
        """A paired joint's distance from the middle plane."""
        return float(abs(self.joints_J3[[JOINT[f"left_{joint}"], JOINT[f"right_{joint}"]], 0]).mean())

    def z(self, joint: str) -> float:
        """How far forward a joint lies."""
        return self._mean(joint, 2)

    @property
    def face_m(self) -> float:
        """From the nose's tip to the crown, the head's unit of length."""
        return self.crown_y - float(self.nose_3[1])

    def _mean(self, joint: str, axis: int) -> float:
        names = [joint] if joint in JOINT else [f"left_{joint}", f"right_{joint}"]
        return float(np.mean([self.joints_J3[JOINT[name], axis] for name in names]))

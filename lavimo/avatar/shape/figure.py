"""Where a body's parts are in the zero pose, found on any SMPL-format body: what garments are measured against.

Shape suffixes: V vertices, J joints (24), 3 coordinates in metres (y up, z forward).
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from lavimo.body.skeleton import JOINT
from lavimo.body.surface import vertex_normals

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Figure:
    """Landmarks of a body in the zero pose (arms along x), metres."""

    joints_J3: Array
    nose_3: Array
    crown_y: float
    sole_y: float
    eye_2: Array
    """The left eye's middle, x and y."""
    mouth_2: Array
    """The mouth's half width, and the height of the line between the lips."""

    @classmethod
    def of(cls, rest_V3: Array, joints_J3: Array, faces_F3: NDArray[np.int32]) -> "Figure":
        """Measure a body: the nose is what is foremost above the neck; eyes are eyeballs, or where a face has them."""
        head_V3 = rest_V3[rest_V3[:, 1] > joints_J3[JOINT["neck"], 1]]
        nose_3 = np.array([0.0, *head_V3[head_V3[:, 2].argmax(), 1:]])
        crown_y = float(rest_V3[:, 1].max())
        eyes_23 = _eyeballs(rest_V3, faces_F3, float(nose_3[1]), crown_y)
        if len(eyes_23) == 2:
            eye_2 = np.array([abs(eyes_23[:, 0]).mean(), eyes_23[:, 1].mean()])
        else:
            eye_2 = np.array([0, nose_3[1]]) + np.array([0.198, 0.268]) * (crown_y - nose_3[1])
        mouth_2 = _mouth(rest_V3, faces_F3, nose_3, crown_y - float(nose_3[1]))
        return cls(joints_J3, nose_3, crown_y, float(rest_V3[:, 1].min()), eye_2, mouth_2)

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


def _mouth(rest_V3: Array, faces_F3: NDArray[np.int32], nose_3: Array, unit: float) -> Array:
    """The mouth's half width and height: where the upper lip looks down; or where a face has it."""
    from_nose_V3 = (rest_V3 - nose_3) / unit
    low, high = np.array([-0.25, -0.30, -0.30]), np.array([0.25, -0.14, 0.02])
    normals_V3 = vertex_normals(rest_V3, faces_F3)
    lip_V3 = from_nose_V3[((from_nose_V3 > low) & (from_nose_V3 < high)).all(axis=1) & (normals_V3[:, 1] < -0.6)]
    half_width, height = 0.165, -0.21
    if len(lip_V3) >= 6:
        half_width = float(np.clip(np.quantile(np.abs(lip_V3[:, 0]), 0.95), 0.13, 0.20))
        height = float(lip_V3[np.abs(lip_V3[:, 0]) < 0.12, 1].mean())
    return np.array([half_width * unit, nose_3[1] + height * unit])


def _eyeballs(rest_V3: Array, faces_F3: NDArray[np.int32], low_y: float, high_y: float) -> Array:
    """Middles of the closed surfaces apart from the largest that lie between two heights."""
    ends = faces_F3.ravel(), np.roll(faces_F3, 1, axis=1).ravel()
    graph = sp.coo_matrix((np.ones(faces_F3.size), ends), shape=(len(rest_V3),) * 2)
    count, label_V = connected_components(graph, directed=False)
    middles_C3 = np.stack([np.bincount(label_V, rest_V3[:, axis]) / np.bincount(label_V) for axis in range(3)], axis=1)
    apart_C = (np.arange(count) != np.bincount(label_V).argmax()) & (np.bincount(label_V) >= 8)
    return middles_C3[apart_C & (middles_C3[:, 1] > low_y) & (middles_C3[:, 1] < high_y)]

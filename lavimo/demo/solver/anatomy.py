"""What the demo knows of the body: symmetric bones and the soles.

Shape suffixes: J joints (24), S points of the sole, 3 metres.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from lavimo.body.body import embedded_body
from lavimo.body.skeleton import JOINT, MIRROR

Array = NDArray[np.floating]

BALL_M, HEEL_M = 0.145, -0.03
"""Where a foot rolls, before and behind the ankle."""


@dataclass(frozen=True)
class Anatomy:
    """Rest positions of the embedded body's mean shape, made symmetric.

    Attributes:
        joints_J3: the joints in the zero pose.
        sole_S3: the left sole's corners, then the middle of the ball and of the heel, relative to the left ankle.
        toes_S: how much of each of them follows the toes, 0 to 1; the rest follows the ankle.
        ankle_height: of a foot standing flat, metres.
    """

    joints_J3: Array
    sole_S3: Array
    toes_S: Array
    ankle_height: float


@cache
def anatomy() -> Anatomy:
    """The embedded body's measures, float64."""
    body = embedded_body()
    vertices_V3, joints_J3 = body.rest(np.zeros(10, np.float32))
    joints_J3 = (joints_J3 + joints_J3[MIRROR] * [-1, 1, 1]) / 2
    ankle, toes = JOINT["left_ankle"], JOINT["left_foot"]
    foot_V = body.weights_VJ[:, [ankle, toes]].sum(1) > 0.999
    sole_V = foot_V & (vertices_V3[:, 1] < vertices_V3[foot_V, 1].min() + 0.035)
    sole_S3 = (vertices_V3[sole_V] - joints_J3[ankle]).astype(float)
    toes_S = body.weights_VJ[sole_V, toes].astype(float)
    height = -sole_S3[:, 1].min()
    corners_C = ConvexHull(sole_S3).vertices
    points, shares = [sole_S3[corners_C]], [toes_S[corners_C]]
    for z in (BALL_M, HEEL_M):
        near_S = np.abs(sole_S3[:, 1:] - [-height, z]).max(1) < 0.012
        points.append(sole_S3[near_S].mean(0, keepdims=True))
        shares.append(toes_S[near_S].mean(keepdims=True))
    return Anatomy(joints_J3.astype(float), np.concatenate(points), np.concatenate(shares), height)

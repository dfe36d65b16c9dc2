"""Facts of somebody in a video: a rough body out of landmarks, upright on its floor, told by the same rules.

T pictures, N frames at `FPS`, K landmarks (those of `SEEN`), J joints, 3 coordinates in metres.
"""

import numpy as np

from lavimo.body.skeleton import JOINT
from lavimo.describe.describe import facts_of
from lavimo.describe.fact import Fact
from lavimo.describe.rules.body import FPS, SOLE_M, pair
from lavimo.describe.rules.spans import Array, lowest_nearby
from lavimo.landmarks.movement import resampled, seen
from lavimo.landmarks.names import JOINTS
from lavimo.landmarks.sequence import Landmarks

STRETCH = (0.91, 0.986, 0.864)
"""How wide, high and deep BlazePose sees a body beside its own size: `stretch` in lavimo/landmarks/errors.yaml."""
UPRIGHT_SHARE = 0.3
"""Of the pictures, those in which the body is longest are taken for upright: so the camera's lean is known."""
MOST_LEAN = np.cos(np.radians(40))
"""Who leans by more lies, and no camera is so held."""
FLIES_M = 0.1
"""Feet so far above the lowest that they were within `NEARBY` frames are off the floor; less is the detector's."""
NEARBY = 10
SHORTEST_S = 0.4
ALONG_TRUNK = {"pelvis": 0.15, "spine1": 0.35, "spine2": 0.55, "spine3": 0.7, "neck": 1.08, "head": 1.26}
"""Where joints that no landmark stands for are, from the middle of the hips to that of the shoulders."""


def facts_seen(video: Landmarks) -> tuple[Fact, ...]:
    """What the person in a video does, in order of begin, seconds from the first picture; nothing of a glimpse."""
    if len(video) < 2 or video.times_T[-1] - video.times_T[0] < SHORTEST_S:
        return ()
    return facts_of(joints_seen(video))


def joints_seen(video: Landmarks) -> Array:
    """A body's joints (N, J, 3), y up, its feet on the floor but where they fly; sideways as the camera sees it."""
    points_TK3, path_T3 = seen(video)
    points_TK3 = points_TK3 / STRETCH
    turn_33 = _upright(_joints(points_TK3))
    times_T = video.times_T.astype(np.float64)
    at_N = np.arange(times_T[0], times_T[-1] + 1e-6, 1 / FPS)
    joints_NJ3 = _joints(resampled(points_TK3 @ turn_33.T, times_T, at_N).astype(np.float64))
    path_N3 = resampled((path_T3 - path_T3.mean(0)) @ turn_33.T, times_T, at_N).astype(np.float64)
    ankles_N2, toes_N2 = (joints_NJ3[:, pair(name), 1] for name in ("ankle", "foot"))
    soles_N = np.minimum(ankles_N2 - SOLE_M, toes_N2 - SOLE_M / 3).min(1)
    feet_N = path_N3[:, 1] + soles_N
    flight_N = np.maximum(feet_N - lowest_nearby(feet_N, min(NEARBY, len(feet_N) - 1)) - FLIES_M, 0)
    path_N3[:, 1] = flight_N - soles_N
    return np.asarray(joints_NJ3 + path_N3[:, None])


def _joints(points_TK3: Array) -> Array:
    """All joints about the middle of the hips: those that landmarks stand for, and the others between them."""
    joints_TJ3 = np.zeros((len(points_TK3), len(JOINT), 3))
    joints_TJ3[:, JOINTS] = points_TK3
    shoulders_T23 = joints_TJ3[:, pair("shoulder")]
    trunk_T3 = shoulders_T23.mean(1) - joints_TJ3[:, pair("hip")].mean(1)
    for name, share in ALONG_TRUNK.items():
        joints_TJ3[:, JOINT[name]] = share * trunk_T3
    joints_TJ3[:, pair("collar")] = 0.95 * trunk_T3[:, None] + 0.2 * (shoulders_T23 - shoulders_T23.mean(1)[:, None])
    wrists_T23 = joints_TJ3[:, pair("wrist")]
    joints_TJ3[:, pair("hand")] = wrists_T23 + 0.3 * (wrists_T23 - joints_TJ3[:, pair("elbow")])
    return joints_TJ3


def _upright(joints_TJ3: Array) -> Array:
    """The rotation (3, 3) that puts a standing body upright; none of who never stands."""
    axis_T3 = joints_TJ3[:, pair("shoulder")].mean(1) - joints_TJ3[:, pair("ankle")].mean(1)
    length_T = np.linalg.norm(axis_T3, axis=-1)
    longest_T = length_T >= np.quantile(length_T, 1 - UPRIGHT_SHARE)
    axis_3 = (axis_T3 / np.maximum(length_T, 1e-6)[:, None])[longest_T].mean(0)
    axis_3 /= max(float(np.linalg.norm(axis_3)), 1e-6)
    if axis_3[1] < MOST_LEAN:
        return np.eye(3)
    x, y, z = axis_3
    # The shortest turn of (x, y, z) to (0, 1, 0): I + [v] + [v]^2 / (1 + y), v their cross product.
    cross_33 = np.array([[0, -x, 0], [x, 0, z], [0, -z, 0]])
    return np.asarray(np.eye(3) + cross_33 + cross_33 @ cross_33 / (1 + y))

"""What landmarks in a video and joints of a motion have in common: how a body moves about its hips, and its hips' path.

G movements, N moments spread evenly over each, K landmarks (those of `SEEN`), 3 coordinates in metres: x right, y up,
z towards the camera, where there is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.body.skeleton import JOINT
from lavimo.landmarks.names import JOINTS, LANDMARK, MIRROR, SEEN
from lavimo.landmarks.sequence import Landmarks
from lavimo.motion.motion import FPS, Motion

Array = NDArray[np.floating]

FOCAL_LENGTH = 1.4
"""Guessed of every camera, in larger sides of its picture: an angle of view of 39 degrees."""
SMOOTH_S = 0.5
"""Window over which the distance from the camera, which is estimated from a person's apparent size, is averaged."""
HIPS = [LANDMARK["left_hip"], LANDMARK["right_hip"]]
LEFT, RIGHT = (
    [[*SEEN].index(LANDMARK[f"{side}_{name}"]) for name in ("shoulder", "hip")] for side in ("left", "right")
)
_MIRROR_SEEN = np.array([[*SEEN].index(MIRROR[landmark]) for landmark in SEEN])
TRUNK_AND_LEGS = [
    LANDMARK[f"{side}_{name}"] for name in ("shoulder", "hip", "knee", "ankle") for side in ("left", "right")
]
"""By whose spread the apparent size is measured: arms and face are too often wrong or hidden."""


@dataclass(frozen=True)
class Movements:
    """Movements of one length in moments, ready to be compared.

    Attributes:
        points_GNK3: landmarks from the middle of the hips.
        path_GN3: the hips, from wherever.
        weights_GNK: how visible a landmark is; 1 in a motion.
        duration_G: seconds; 0 of a video in which nobody is.
    """

    points_GNK3: NDArray[np.float32]
    path_GN3: NDArray[np.float32]
    weights_GNK: NDArray[np.float32]
    duration_G: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.duration_G)

    @classmethod
    def stack(cls, movements: Sequence["Movements"]) -> "Movements":
        """Several, one after another."""
        return cls(
            *(
                np.concatenate([getattr(one, name) for one in movements])
                for name in ("points_GNK3", "path_GN3", "weights_GNK", "duration_G")
            )
        )

    @classmethod
    def of_landmarks(cls, landmarks: Landmarks, moments: int) -> "Movements":
        """What one sees in a video; where the person is hidden for a while, interpolated."""
        if not len(landmarks):
            shape = (1, moments, len(SEEN))
            zeros = np.zeros((*shape, 3), np.float32)
            return cls(zeros, zeros[:, :, 0], np.zeros(shape, np.float32), np.zeros(1, np.float32))
        times_T = landmarks.times_T.astype(np.float64)
        points_TK3, path_T3 = seen(landmarks)
        step_s = float(np.median(np.diff(times_T))) if len(times_T) > 1 else 0.0
        at_N = np.linspace(times_T[0], times_T[-1], moments)
        return cls(
            resampled(points_TK3, times_T, at_N)[None],
            resampled(path_T3, times_T, at_N)[None],
            resampled(landmarks.visibility_TL[:, SEEN], times_T, at_N)[None],
            np.array([times_T[-1] - times_T[0] + step_s], np.float32),
        )

    @classmethod
    def of_joints(cls, joints_TJ3: Array, moments: int) -> "Movements":
        """What a motion's joints do, at `FPS` frames a second."""
        return cls.of_points(*about_hips(joints_TJ3), moments)

    @classmethod
    def of_points(cls, points_TK3: Array, path_T3: Array, moments: int) -> "Movements":
        """What a motion's joints do, as `about_hips` gives them."""
        times_T = np.arange(len(path_T3)) / FPS
        at_N = np.linspace(0, times_T[-1], moments)
        return cls(
            resampled(points_TK3, times_T, at_N)[None],
            resampled(path_T3, times_T, at_N)[None],
            np.ones((1, moments, len(SEEN)), np.float32),
            np.array([len(path_T3) / FPS], np.float32),
        )


def mirrored(movements: Movements) -> Movements:
    """Each movement as its mirror image: left is right."""
    flip_3 = np.array([-1, 1, 1], np.float32)
    return Movements(
        movements.points_GNK3[:, :, _MIRROR_SEEN] * flip_3,
        movements.path_GN3 * flip_3,
        movements.weights_GNK[:, :, _MIRROR_SEEN],
        movements.duration_G,
    )


def joints_of(motion: Motion) -> Array:
    """A motion's joints (T, 24, 3), metres, on the embedded body's skeleton."""
    rest_J3 = embedded_body().rest(np.zeros(10, np.float32))[1]
    return forward_kinematics(matrices(motion.rotations_TJ3), motion.translation_T3, rest_J3.astype(np.float64))[0]


def about_hips(joints_TJ3: Array) -> tuple[Array, Array]:
    """The joints that landmarks stand for, (T, K, 3), from the middle of the hips, and where that is, (T, 3)."""
    hips_T3 = joints_TJ3[:, [JOINT["left_hip"], JOINT["right_hip"]]].mean(1)
    return joints_TJ3[:, JOINTS] - hips_T3[:, None], hips_T3


def facing(points_TK3: Array) -> Array:
    """Where a person faces, (T, 2): unit vectors of x and z, across shoulders and hips."""
    across_T3 = (points_TK3[:, LEFT] - points_TK3[:, RIGHT]).mean(1)
    forward_T2 = across_T3.take([2, 0], axis=1)
    forward_T2[:, 0] *= -1
    length_T1 = np.sqrt(np.square(forward_T2).sum(-1, keepdims=True))
    return np.asarray(forward_T2 / np.maximum(length_T1, 1e-6))


def sides(points_TK3: Array) -> Array:
    """One, how far a person faces to the right, and how far the camera, (T, 3): what a detector's errors go by."""
    facing_T2 = facing(points_TK3)
    return np.concatenate([np.ones((len(facing_T2), 1)), facing_T2], axis=1)


def seen(landmarks: Landmarks) -> tuple[Array, Array]:
    """The landmarks that stand for joints, (T, K, 3), from the middle of the hips, and the hips' path (T, 3).

    How far away a person is, follows from how large the body appears in the picture beside its size in metres.
    """
    world_TL3, image_TL2 = landmarks.world_TL3.astype(np.float64), landmarks.image_TL2.astype(np.float64)
    points_TK3 = world_TL3[:, SEEN] - world_TL3[:, HIPS].mean(1)[:, None]
    apparent_T = spread(image_TL2[:, TRUNK_AND_LEGS]) / np.maximum(spread(world_TL3[:, TRUNK_AND_LEGS, :2]), 1e-3)
    count = len(landmarks)
    step_s = float(landmarks.times_T[-1] - landmarks.times_T[0]) / max(count - 1, 1)
    window = max(round(SMOOTH_S / step_s) if step_s else 1, 1)
    depth_T = FOCAL_LENGTH / np.exp(smoothed(np.log(np.maximum(apparent_T, 1e-4)), window))
    hips_T2 = image_TL2[:, HIPS].mean(1)
    across_T, up_T = smoothed(hips_T2[:, 0], window) * depth_T / FOCAL_LENGTH, hips_T2[:, 1] * depth_T / FOCAL_LENGTH
    return points_TK3, np.stack([across_T, up_T, -depth_T], axis=-1)


def spread(points_TP2: Array) -> Array:
    """The root mean square distance of points from their centre, (T,)."""
    centred_TP2 = points_TP2 - points_TP2.mean(1, keepdims=True)
    root_T: Array = np.sqrt(np.square(centred_TP2).sum(-1).mean(1))
    return root_T


def middle(values_T: Array) -> np.floating:
    """The median, of few values in a tenth of numpy's time."""
    sorted_T, count = np.sort(values_T), len(values_T)
    return (sorted_T[(count - 1) // 2] + sorted_T[count // 2]) / 2


def smoothed(values_T: Array, window: int) -> Array:
    """A moving average; at the ends the first and last value go on."""
    before = (window - 1) // 2
    padded_T = np.concatenate([values_T[:1].repeat(before), values_T, values_T[-1:].repeat(window - 1 - before)])
    return np.convolve(padded_T, np.full(window, 1 / window), "valid")


def resampled(values_TX: Array, times_T: Array, at_N: Array) -> NDArray[np.float32]:
    """Values (T, ...) of some times, linearly interpolated at others: (N, ...)."""
    after_N = np.maximum(np.minimum(np.searchsorted(times_T, at_N), len(times_T) - 1), 1)
    if len(times_T) == 1:
        return np.repeat(values_TX, len(at_N), axis=0).astype(np.float32)
    before_N = after_N - 1
    share_N = (at_N - times_T[before_N]) / (times_T[after_N] - times_T[before_N])
    share_NX = np.maximum(np.minimum(share_N, 1), 0).reshape(-1, *[1] * (values_TX.ndim - 1))
    return ((1 - share_NX) * values_TX[before_N] + share_NX * values_TX[after_N]).astype(np.float32)

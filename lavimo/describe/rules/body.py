"""What the rules look at: a moving body of one size, on its floor, from its own point of view.

T frames, J joints of `lavimo.body.skeleton`, 2 the two sides, left first; metres of a body with legs of `LEG_M`,
seconds, degrees. Seen from the body a vector's parts are: left, up, forward.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lavimo.body.skeleton import JOINT
from lavimo.describe.rules.spans import Array, lowest_nearby, rate, smooth

FPS = 20.0
"""Frames a second at which the rules look."""
LEG_M = 0.8
"""Hip to knee to ankle: lengths and speeds are those of a person of this size, 1.7 m tall."""
SOLE_M = 0.085
"""An ankle's height above the sole on which it stands."""


def pair(name: str) -> list[int]:
    """The left and the right joint of this name."""
    return [JOINT[f"left_{name}"], JOINT[f"right_{name}"]]


class Body:
    """A motion's joints and what follows from them; each is worked out when it is first asked for."""

    def __init__(self, joints_TJ3: NDArray[np.floating], fps: float = FPS):
        """Take joints, any rate and size; y up, the floor anywhere.

        Raises:
            ValueError: another shape, fewer than two frames, or values that are not finite.
        """
        if joints_TJ3.ndim != 3 or joints_TJ3.shape[1:] != (len(JOINT), 3) or len(joints_TJ3) < 2:
            raise ValueError(
                f"found joints of shape {joints_TJ3.shape}, expected (T, {len(JOINT)}, 3) with T at least 2"
            )
        if not np.isfinite(joints_TJ3).all():
            raise ValueError("found joints that are NaN or infinite, expected finite numbers")
        joints_TJ3 = at_rate(joints_TJ3.astype(np.float64), fps)
        bones = np.linalg.norm(joints_TJ3[:, pair("hip")] - joints_TJ3[:, pair("knee")], axis=-1)
        bones = bones + np.linalg.norm(joints_TJ3[:, pair("knee")] - joints_TJ3[:, pair("ankle")], axis=-1)
        leg = float(np.median(bones))
        if leg < 1e-6:
            raise ValueError("found legs without length, expected hips, knees and ankles apart")
        self.joints_TJ3 = joints_TJ3 * (LEG_M / leg)

    def __len__(self) -> int:
        return len(self.joints_TJ3)

    def __getitem__(self, name: str) -> Array:
        """A joint's places (T, 3), or of a pair's name, such as `wrist`, those of both sides (T, 2, 3)."""
        return self.joints_TJ3[:, JOINT[name]] if name in JOINT else self.joints_TJ3[:, pair(name)]

    @cached_property
    def hips_T3(self) -> Array:
        """The middle between the hips."""
        return self["hip"].mean(1)

    @cached_property
    def across_T3(self) -> Array:
        """From the right to the left, over hips and shoulders; level; not of length 1."""
        across_T3 = self["hip"][:, 0] - self["hip"][:, 1] + self["shoulder"][:, 0] - self["shoulder"][:, 1]
        return smooth(across_T3 * [1, 0, 1], 5)

    @cached_property
    def frame_T33(self) -> Array:
        """Rows: the unit vectors to the left, up and forward."""
        left_T3 = self.across_T3 / np.maximum(np.linalg.norm(self.across_T3, axis=-1, keepdims=True), 1e-6)
        up_T3 = np.broadcast_to([0.0, 1.0, 0.0], left_T3.shape)
        return np.stack([left_T3, up_T3, np.cross(left_T3, up_T3)], axis=1)

    def seen(self, vectors: Array) -> Array:
        """World vectors (T, 3) or (T, N, 3), seen from the body: left, up, forward."""
        return (self.frame_T33.reshape(-1, *[1] * (vectors.ndim - 2), 3, 3) @ vectors[..., None])[..., 0]

    @cached_property
    def heading_T(self) -> Array:
        """Where the hips face, degrees, growing to the left, over any number of turns."""
        across_T3 = smooth((self["hip"][:, 0] - self["hip"][:, 1]) * [1, 0, 1], 5)
        heading_T: Array = np.degrees(np.unwrap(np.arctan2(-across_T3[:, 2], across_T3[:, 0])))
        return heading_T

    @cached_property
    def velocity_T3(self) -> Array:
        """Of the hips, seen from the body, m/s; averaged over 0.35 s."""
        return self.seen(smooth(rate(self.hips_T3, FPS), 7))

    @cached_property
    def speed_T(self) -> Array:
        """Over the floor, m/s; averaged over 0.35 s."""
        speed_T: Array = np.hypot(self.velocity_T3[:, 0], self.velocity_T3[:, 2])
        return speed_T

    @cached_property
    def soles_T2(self) -> Array:
        """Each foot's height: of its ankle or toes, whichever is lower over a standing one's."""
        height_T2: Array = np.minimum(self["ankle"][..., 1] - SOLE_M, self["foot"][..., 1] - self._toes)
        return height_T2

    @cached_property
    def _toes(self) -> float:
        """A standing foot's toes below its ankle, and so over the sole."""
        flat = np.median(self["ankle"][..., 1] - self["foot"][..., 1])
        return SOLE_M - float(np.clip(flat, 0.03, 0.08))

    @cached_property
    def ground_T(self) -> Array:
        """What the feet stand on: the lowest foot within 0.7 s."""
        return lowest_nearby(self.soles_T2.min(1), 14)

    @cached_property
    def floor(self) -> float:
        """The lowest that a foot stands for long."""
        return float(np.percentile(self.soles_T2.min(1), 5))

    @cached_property
    def clearance_T2(self) -> Array:
        """Each foot's height over the ground."""
        return self.soles_T2 - self.ground_T[:, None]

    @cached_property
    def stance_T(self) -> Array:
        """The hips' height above the lower ankle, in legs: 1 of a person who stands straight."""
        height_T: Array = (self.hips_T3[:, 1] - self["ankle"][..., 1].min(1)) / LEG_M
        return height_T

    @cached_property
    def trunk_T3(self) -> Array:
        """From the hips to the neck, of length 1, seen from the body."""
        trunk_T3 = self["neck"] - self.hips_T3
        return self.seen(trunk_T3 / np.maximum(np.linalg.norm(trunk_T3, axis=-1, keepdims=True), 1e-6))

    @cached_property
    def upright_T(self) -> NDArray[np.bool_]:
        """Whether the trunk leans by less than 60 degrees: then left and right, forward and back mean something."""
        upright_T: NDArray[np.bool_] = self.trunk_T3[:, 1] > 0.5
        return upright_T

    @cached_property
    def hands_T23(self) -> Array:
        """The wrists from their shoulders, seen from the body, outward instead of left: the sides are alike."""
        return self._outward(self.seen(self["wrist"] - self["shoulder"]))

    @cached_property
    def elbows_T23(self) -> Array:
        """The wrists from their elbows, likewise."""
        return self._outward(self.seen(self["wrist"] - self["elbow"]))

    @cached_property
    def feet_T23(self) -> Array:
        """The ankles from their hips, likewise."""
        return self._outward(self.seen(self["ankle"] - self["hip"]))

    @cached_property
    def knees_T23(self) -> Array:
        """The knees from their hips, likewise."""
        return self._outward(self.seen(self["knee"] - self["hip"]))

    @staticmethod
    def _outward(vectors_T23: Array) -> Array:
        return vectors_T23 * np.array([[1, 1, 1], [-1, 1, 1]])

    @cached_property
    def arm_m(self) -> float:
        """Shoulder to elbow to wrist."""
        upper = np.linalg.norm(self["shoulder"] - self["elbow"], axis=-1)
        return float(np.median(upper + np.linalg.norm(self["elbow"] - self["wrist"], axis=-1)))

    @cached_property
    def reach_T2(self) -> Array:
        """How far each wrist is from its shoulder, in arms: 1 where the arm is straight."""
        reach_T2: Array = np.linalg.norm(self.hands_T23, axis=-1) / self.arm_m
        return reach_T2

    @cached_property
    def straight_T2(self) -> Array:
        """How far each ankle is from its hip, in legs: 1 where the leg is straight."""
        straight_T2: Array = np.linalg.norm(self.feet_T23, axis=-1) / LEG_M
        return straight_T2

    @cached_property
    def hand_speed_T2(self) -> Array:
        """Of each wrist about the hips, m/s."""
        about_T23 = self.seen(self["wrist"] - self.hips_T3[:, None])
        return np.linalg.norm(smooth(rate(about_T23, FPS), 3), axis=-1)

    @cached_property
    def foot_speed_T2(self) -> Array:
        """Of each ankle about the hips, m/s."""
        about_T23 = self.seen(self["ankle"] - self.hips_T3[:, None])
        return np.linalg.norm(smooth(rate(about_T23, FPS), 3), axis=-1)

    @cached_property
    def step_speed_T2(self) -> Array:
        """Of each ankle over the floor, m/s."""
        speed_T2: Array = np.linalg.norm(smooth(rate(self["ankle"][..., [0, 2]], FPS), 3), axis=-1)
        return speed_T2


def at_rate(joints_TJ3: Array, fps: float) -> Array:
    """Joints at `FPS` frames a second, on smooth ways between theirs; quicker ones are first averaged a little."""
    if fps == FPS:
        return joints_TJ3
    if fps > FPS:
        joints_TJ3 = smooth(joints_TJ3, int(0.5 * fps / FPS))
    times_T = np.arange(len(joints_TJ3)) / fps
    at_N = np.arange(int(times_T[-1] * FPS + 1e-6) + 1) / FPS
    if len(at_N) < 2:
        return joints_TJ3[[0, -1]]
    from scipy.interpolate import CubicSpline

    return np.asarray(CubicSpline(times_T, joints_TJ3, bc_type="natural")(at_N))

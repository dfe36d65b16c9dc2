"""A motion as it is to leave: cut, mirrored, looped, in place, at another frame rate.

T frames, J joints (24), 3 axis-angle in radians or coordinates in metres.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.body.skeleton import JOINT, JOINT_NAMES, PARENTS
from lavimo.export.loop import loop_of
from lavimo.export.moving import Bones, Moving
from lavimo.motion.mirror import mirrored_motion
from lavimo.motion.motion import FPS, Motion
from lavimo.motion.resample import checked_fps

Array = NDArray[Any]


@dataclass(frozen=True)
class Cut:
    """What of a motion, and how.

    Attributes:
        name: of the file to write, without suffix.
        begin_s, end_s: the window; the whole if left out.
        in_place: the person stays above the first frame's place.
        loop: the window shrinks to where begin and end are most alike, and its end runs into its begin.
        fps: frames a second; None: as many as there are, which on SMPL's skeleton are 20.
    """

    name: str = "motion"
    begin_s: float = 0.0
    end_s: float | None = None
    mirrored: bool = False
    in_place: bool = False
    loop: bool = False
    fps: float | None = None

    def __post_init__(self) -> None:
        if self.fps is not None:
            checked_fps(self.fps)
        if not 0 <= self.begin_s < (self.begin_s + 1 if self.end_s is None else self.end_s):
            raise ValueError(f"found the window {self.begin_s:g} to {self.end_s} s, expected 0 <= begin < end")


@dataclass(frozen=True)
class Take:
    """One person's movement on the embedded body's skeleton, at any frame rate.

    Attributes:
        rotations_TJ3: relative to the parent.
        translation_T3: as of `Motion`.
        loops: whether the frame after the last is the first.
    """

    rotations_TJ3: Array
    translation_T3: Array
    fps: float
    loops: bool = False

    @classmethod
    def of(cls, motion: Motion) -> "Take":
        """The whole of a motion."""
        return cls(motion.rotations_TJ3.astype(np.float64), motion.translation_T3.astype(np.float64), FPS)

    @classmethod
    def of_moving(cls, moving: Moving) -> "Take":
        """SMPL's own skeleton as it moves, without the frame with which a loop begins again."""
        if moving.loops:
            moving = replace(moving.window(0, len(moving) - 1), loops=True)
        rotations_TJ3 = Rotation.from_quat(moving.turns_TJ4.reshape(-1, 4)).as_rotvec().reshape(len(moving), -1, 3)
        return cls(rotations_TJ3, moving.moves_TJ3[:, 0] - moving.bones.offsets_J3[0], moving.fps, moving.loops)

    @property
    def moving(self) -> Moving:
        """As any skeleton's movement, in metres."""
        rest_J3 = rest_joints()
        offsets_J3 = rest_J3 - np.where(PARENTS[:, None] < 0, 0, rest_J3[PARENTS])
        moves_TJ3 = np.tile(offsets_J3, (len(self), 1, 1))
        moves_TJ3[:, 0] += self.translation_T3
        turns_TJ4 = Rotation.from_rotvec(self.rotations_TJ3.reshape(-1, 3)).as_quat().reshape(len(self), -1, 4)
        bones = Bones.plain(JOINT_NAMES, PARENTS, offsets_J3, joints=JOINT)
        return Moving(bones, moves_TJ3, turns_TJ4, np.ones_like(moves_TJ3), self.fps)

    def __len__(self) -> int:
        return len(self.rotations_TJ3)

    @property
    def joints_TJ3(self) -> Array:
        """Where the joints are."""
        return forward_kinematics(matrices(self.rotations_TJ3), self.translation_T3, rest_joints())[0]

    def finished(self, in_place: bool, fps: float) -> "Take":
        """In place if that is wanted, at a frame rate."""
        return Take.of_moving(self.moving.finished(in_place, False, fps))

    def with_return(self) -> "Take":
        """A loop with its first frame once more, a step on; what is none as it is."""
        if not self.loops:
            return self
        rotations_TJ3 = np.concatenate([self.rotations_TJ3, self.rotations_TJ3[:1]])
        step_3 = (self.translation_T3[-1] - self.translation_T3[-2]) * [1, 0, 1]
        last_3 = self.translation_T3[-1] * [1, 0, 1] + step_3 + self.translation_T3[0] * [0, 1, 0]
        return replace(
            self, rotations_TJ3=rotations_TJ3, translation_T3=np.append(self.translation_T3, [last_3], axis=0)
        )

    def motion(self) -> Motion:
        """As the product's motion, at 20 frames a second.

        Raises:
            ValueError: it has another frame rate.
        """
        if self.fps != FPS:
            raise ValueError(f"found {self.fps:g} frames a second, expected {FPS:g}")
        return Motion(self.rotations_TJ3, self.translation_T3, np.zeros(10, np.float32))


def take_of(motion: Motion, cut: Cut) -> Take:
    """A motion, cut.

    Raises:
        ValueError: less than two frames are left, or no loop is found.
    """
    begin, end = window_of(motion, cut)
    whole = Take.of(mirrored_motion(motion) if cut.mirrored else motion).moving.window(begin, end)
    if cut.loop:
        first, after = loop_of(Take.of_moving(whole).joints_TJ3)
        whole = whole.window(first, after + 1)
    return Take.of_moving(whole.finished(cut.in_place, cut.loop, cut.fps or FPS))


def window_of(motion: Motion, cut: Cut) -> tuple[int, int]:
    """The first frame of a cut, at 20 a second, and the one after its last.

    Raises:
        ValueError: less than two frames are left.
    """
    begin = round(cut.begin_s * FPS)
    end = len(motion) if cut.end_s is None else min(round(cut.end_s * FPS), len(motion))
    if end - begin < 2:
        raise ValueError(
            f"found {max(end - begin, 0)} frame(s) from {cut.begin_s:g} to {cut.end_s} s of a motion of "
            f"{len(motion) / FPS:.2f} s, expected at least 2"
        )
    return begin, end


def rest_joints() -> Array:
    """The embedded body's joints (J, 3) in the zero pose, metres."""
    return embedded_body().rest(np.zeros(10, np.float32))[1].astype(np.float64)

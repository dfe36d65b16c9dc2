"""A motion as it is to leave: cut, mirrored, looped, in place, at another frame rate.

T frames, J joints (24), 3 axis-angle in radians or coordinates in metres.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.export.loop import closed, loop_of
from lavimo.motion.mirror import mirrored_motion
from lavimo.motion.motion import FPS, Motion
from lavimo.motion.resample import checked_fps, instants, lerp, slerp

Array = NDArray[Any]


@dataclass(frozen=True)
class Cut:
    """What of a motion, and how.

    Attributes:
        name: of the file to write, without suffix.
        begin_s, end_s: the window; the whole if left out.
        in_place: the person stays above the first frame's place.
        loop: the window shrinks to where begin and end are most alike, and its end runs into its begin.
        fps: frames a second.
    """

    name: str = "motion"
    begin_s: float = 0.0
    end_s: float | None = None
    mirrored: bool = False
    in_place: bool = False
    loop: bool = False
    fps: float = FPS

    def __post_init__(self) -> None:
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

    def __len__(self) -> int:
        return len(self.rotations_TJ3)

    @property
    def joints_TJ3(self) -> Array:
        """Where the joints are."""
        rest_J3 = embedded_body().rest(np.zeros(10, np.float32))[1].astype(np.float64)
        return forward_kinematics(matrices(self.rotations_TJ3), self.translation_T3, rest_J3)[0]

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
    begin = round(cut.begin_s * FPS)
    end = len(motion) if cut.end_s is None else min(round(cut.end_s * FPS), len(motion))
    if end - begin < 2:
        raise ValueError(
            f"found {max(end - begin, 0)} frame(s) from {cut.begin_s:g} to {cut.end_s} s of a motion of "
            f"{len(motion) / FPS:.2f} s, expected at least 2"
        )
    whole = mirrored_motion(motion) if cut.mirrored else motion
    take = Take(
        whole.rotations_TJ3[begin:end].astype(np.float64), whole.translation_T3[begin:end].astype(np.float64), FPS
    )
    if cut.loop:
        first, after = loop_of(take.joints_TJ3)
        rotations_TJ3, translation_T3 = closed(
            take.rotations_TJ3[first : after + 1], take.translation_T3[first : after + 1], cut.in_place
        )
        take = Take(rotations_TJ3, translation_T3, FPS, loops=True)
    if cut.in_place:
        still_T3 = take.translation_T3.copy()
        still_T3[:, [0, 2]] = still_T3[0, [0, 2]]
        take = Take(take.rotations_TJ3, still_T3, FPS, take.loops)
    return take if cut.fps == FPS else _at(take, cut.fps)


def _at(take: Take, fps: float) -> Take:
    """The same at another frame rate; of a loop, the way from its last frame to its first too."""
    turns_TJ4 = Rotation.from_rotvec(take.rotations_TJ3.reshape(-1, 3)).as_quat().reshape(len(take), -1, 4)
    moves_T3 = take.translation_T3
    if take.loops:
        turns_TJ4 = np.concatenate([turns_TJ4, turns_TJ4[:1]])
        step_3 = moves_T3[-1] - moves_T3[-2]
        moves_T3 = np.concatenate(
            [moves_T3, [[moves_T3[-1, 0] + step_3[0], moves_T3[0, 1], moves_T3[-1, 2] + step_3[2]]]]
        )
    before_T, after_T, share_T = instants(len(turns_TJ4), 1 / FPS, fps)
    if take.loops:
        inside_T = (before_T + share_T) < len(take) - 1e-6
        before_T, after_T, share_T = before_T[inside_T], after_T[inside_T], share_T[inside_T]
    turned_TJ4 = slerp(turns_TJ4[before_T], turns_TJ4[after_T], share_T)
    moved_T3 = lerp(moves_T3[before_T, None], moves_T3[after_T, None], share_T)[:, 0]
    rotations_TJ3 = Rotation.from_quat(turned_TJ4.reshape(-1, 4)).as_rotvec().reshape(*turned_TJ4.shape[:2], 3)
    return Take(rotations_TJ3, moved_T3, fps, take.loops)

"""What can be seen of a set's motions without a model: how long and how quick they are, and whether features are raw.

F features of a frame (`lavimo.motion.features`), N motions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.motion.layout import HUMANML3D, KIT
from lavimo.motion.motion import FPS

Array = NDArray[Any]

SAME_PATH, OTHER_SPEED = 0.15, 0.25
"""Clips of another frame rate are longer by as much as they are slower, within the first; and slower by more than the
second."""
KINDS = {1: "", 0: "normalised", -1: "normalised twice"}
"""What features are whose deviations are those of training to this power."""
TINY = 1e-12


@dataclass
class Looks:
    """What some motions look like; filled a few at a time.

    Attributes:
        frames: of each.
        speeds: of each, how far its joints move in a frame, in the mean.
    """

    frames: list[int] = field(default_factory=list)
    speeds: list[float] = field(default_factory=list)
    _count: int = 0
    _sum_F: Array = field(default_factory=lambda: np.zeros(1))
    _square_F: Array = field(default_factory=lambda: np.zeros(1))

    def add(self, features: Sequence[Array]) -> None:
        """Look at some more, of features (frames, F) each."""
        layout = next(one for one in (HUMANML3D, KIT) if one.features == features[0].shape[1])
        for motion_TF in features:
            motion_TF = motion_TF.astype(np.float64)
            moved_TJ3 = motion_TF[:, layout.groups["velocities"]].reshape(len(motion_TF), layout.joints, 3)
            self.frames.append(len(motion_TF))
            self.speeds.append(float(np.linalg.norm(moved_TJ3, axis=-1).mean()))
            self._count += len(motion_TF)
            self._sum_F = self._sum_F + motion_TF.sum(0)
            self._square_F = self._square_F + np.square(motion_TF).sum(0)

    @property
    def deviation_F(self) -> Array:
        """Of each feature over all frames."""
        mean_F = self._sum_F / self._count
        return np.sqrt(np.maximum(self._square_F / self._count - mean_F**2, 0))

    def normalised(self, trained_F: Array) -> str:
        """What was done to features that are not raw; empty if they are.

        Args:
            trained_F: the deviations of training.
        """
        trained_F = np.log(np.maximum(trained_F, TINY))
        own_F = np.log(np.maximum(self.deviation_F, TINY))
        return KINDS[min(KINDS, key=lambda power: float(np.median(np.abs(own_F - power * trained_F))))]

    def rate(self, real: "Looks") -> str:
        """How the frame rate seems to be another than the real ones'; empty if it does not."""
        slower = float(np.median(real.speeds)) / max(float(np.median(self.speeds)), 1e-12)
        longer = float(np.median(self.frames)) / max(float(np.median(real.frames)), 1e-12)
        if abs(np.log(slower)) < np.log(1 + OTHER_SPEED) or abs(np.log(slower / longer)) > np.log(1 + SAME_PATH):
            return ""
        return (
            f"joints move {1 / slower:.2f} times as far in a frame, and clips have {longer:.2f} times the frames: "
            f"looks like {FPS * longer:.0f} frames a second, expected {FPS:g}"
        )

"""The SMPL motion, the one form in which motions travel through the product, and its shard file.

24 joint rotations as axis-angle relative to the parent (radians), SMPL's translation (metres), 10 betas, 20 frames a
second. Axes as in `lavimo.body.skeleton`: y up, z forward, the person's left is +x. The floor is y = 0.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.shards import Shard, write_shard

FPS = 20.0
"""Frames a second of every motion in the product (HumanML3D's rate)."""
RELEASED = "features"
"""The field of a shard file that holds a clip's published features, where there are some."""


@dataclass(frozen=True)
class Motion:
    """One person's movement.

    Attributes:
        rotations_TJ3: (T, 24, 3) float32, axis-angle relative to the parent, radians.
        translation_T3: (T, 3) float32, metres: the pelvis stands at its rest position plus this.
        betas_B: (10,) float32, SMPL's shape coefficients.

    Raises:
        ValueError: another shape, fewer than two frames, or a value that is not finite.
    """

    rotations_TJ3: NDArray[Any]
    translation_T3: NDArray[Any]
    betas_B: NDArray[Any]

    def __post_init__(self) -> None:
        for name, tail in (("rotations_TJ3", (24, 3)), ("translation_T3", (3,))):
            array = getattr(self, name)
            if array.shape[1:] != tail or len(array) != len(self.rotations_TJ3):
                raise ValueError(f"{name}: found shape {array.shape}, expected (T, {', '.join(map(str, tail))})")
        if self.betas_B.shape != (10,):
            raise ValueError(f"betas_B: found shape {self.betas_B.shape}, expected (10,)")
        if len(self) < 2:
            raise ValueError(f"found {len(self)} frame(s) at {FPS:g} frames a second, expected at least 2")
        for name in ("rotations_TJ3", "translation_T3", "betas_B"):
            if not np.isfinite(getattr(self, name)).all():
                raise ValueError(f"{name}: found NaN or infinite values, expected finite numbers")
            object.__setattr__(self, name, np.asarray(getattr(self, name), np.float32))

    def __len__(self) -> int:
        """The number of frames."""
        return len(self.rotations_TJ3)


def write_motions(
    path: Path, motions: Mapping[str, Motion], features: Mapping[str, NDArray[np.float32]] | None = None
) -> None:
    """Write clips' motions to a shard file, and the features that some were published with."""
    arrays = {f"{clip}/{RELEASED}": features_TD for clip, features_TD in (features or {}).items()}
    for clip, motion in motions.items():
        arrays[f"{clip}/rotations"] = motion.rotations_TJ3
        arrays[f"{clip}/translation"] = motion.translation_T3
        arrays[f"{clip}/betas"] = motion.betas_B
    write_shard(path, arrays, fps=FPS)


def read_motions(path: Path) -> Iterable[tuple[str, Motion]]:
    """Each clip and its motion, in a shard file's order (by name).

    Raises:
        ValueError: the shard is damaged, or a clip in it is no motion (named).
    """
    shard = Shard(path)
    for clip in shard.clips:
        yield clip, read_motion(shard, clip)


def read_motion(shard: Shard, clip: str) -> Motion:
    """A clip's motion in a shard.

    Raises:
        ValueError: it is no motion (named).
    """
    try:
        return Motion(shard[f"{clip}/rotations"], shard[f"{clip}/translation"], shard[f"{clip}/betas"])
    except ValueError as error:
        raise ValueError(f"clip {clip!r} of {shard.path}: {error}") from error

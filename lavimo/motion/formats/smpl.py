"""An npz file that holds a motion in the product's own form.

`poses` (T, 72) or (T, 24, 3), axis-angle relative to the parent, radians; `trans` (T, 3) metres; `fps`; and `betas`
(10,) of the embedded body, zero if left out. Axes as in `lavimo.motion.motion`: y up, z forward, the floor at y = 0.
"""

from pathlib import Path

import numpy as np

from lavimo.motion.formats.npz import read_npz
from lavimo.motion.motion import Motion
from lavimo.motion.resample import resampled


def read_motion(path: Path, start_s: float = 0.0, end_s: float | None = None) -> Motion:
    """See `load`."""

    arrays = read_npz(path, ("poses", "trans", "betas", "fps"))
    if missing := {"poses", "trans", "fps"} - set(arrays):
        raise ValueError(f"{path}: lacks {', '.join(sorted(missing))}, found {', '.join(sorted(arrays))}")
    poses, trans_T3, fps = arrays["poses"], arrays["trans"], arrays["fps"]
    if poses.size != len(trans_T3) * 72 or fps.size != 1 or trans_T3.shape[1:] != (3,):
        raise ValueError(
            f"{path}: found poses {poses.shape}, trans {trans_T3.shape} and fps {fps.shape}, "
            "expected (T, 72), (T, 3) and one number"
        )
    try:
        rotations_TJ3, moved_T3 = resampled(
            poses.reshape(-1, 24, 3).astype(np.float64), trans_T3.astype(np.float64), fps.item(), start_s, end_s
        )
        return Motion(rotations_TJ3, moved_T3, arrays.get("betas", np.zeros(10)))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error

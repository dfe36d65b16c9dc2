"""An npz file that holds a motion in the product's own form.

`poses` (T, 72) or (T, 24, 3), axis-angle relative to the parent, radians; `trans` (T, 3) metres; `fps`; and `betas`
(10,) of the embedded body, zero if left out. Axes as in `lavimo.motion.motion`: y up, z forward, the floor at y = 0.
"""

from pathlib import Path

import numpy as np

from lavimo.body.body import embedded_body
from lavimo.motion.motion import Motion
from lavimo.motion.plausible import check_angles, check_plausible
from lavimo.motion.resample import resampled
from lavimo.motion.world import TO_Y, Angles, Unit, Up, converted
from lavimo.npz import read_npz


def read_motion(
    path: Path,
    start_s: float = 0.0,
    end_s: float | None = None,
    *,
    up: Up = "y",
    unit: Unit = "m",
    angles: Angles = "radians",
    plausible: bool = True,
) -> Motion:
    """The file's motion, or a window of it, at 20 frames a second.

    Args:
        up, unit, angles: of the file's world.
        plausible: refuse what nobody can do (`lavimo.motion.plausible`).

    Raises:
        ValueError: the file is damaged, of another form, too short, or no person's motion; the file is named.
    """
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
        betas_B = arrays.get("betas", np.zeros(10))
        rotations_TJ3, moved_T3 = poses.reshape(-1, 24, 3).astype(np.float64), trans_T3.astype(np.float64)
        if plausible and angles == "radians":
            check_angles(rotations_TJ3)
        rest_3 = embedded_body().rest(np.zeros(10, np.float32))[1][0].astype(np.float64)
        rotations_TJ3, moved_T3 = converted(rotations_TJ3, moved_T3, rest_3, unit=unit, angles=angles)
        rotations_TJ3, moved_T3 = resampled(rotations_TJ3, moved_T3, fps.item(), start_s, end_s)
        rotations_TJ3, moved_T3 = converted(rotations_TJ3, moved_T3, rest_3, up=up)
        motion = Motion(rotations_TJ3, moved_T3, betas_B)
        if plausible:
            check_plausible(motion, TO_Y[up].as_matrix())
        return motion
    except ValueError as error:
        raise type(error)(f"{path}: {error}") from error

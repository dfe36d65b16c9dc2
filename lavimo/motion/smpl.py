"""Data source `smpl`: a folder of npz files that hold motions in the product's own form, and a CSV of their captions.

A file, `CLIP.npz`: `poses` (T, 72) or (T, 24, 3), axis-angle relative to the parent, radians; `trans` (T, 3) metres;
`fps`; and `betas` (10,) of the embedded body, zero if left out. Axes as in `lavimo.motion.motion`: y up, z forward,
the floor at y = 0.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from lavimo.clips import Clip
from lavimo.config import SmplOptions
from lavimo.motion.caption_table import clips_of_table
from lavimo.motion.folder import locator

if TYPE_CHECKING:
    from lavimo.motion.motion import Motion


def catalogue(options: SmplOptions) -> list[Clip]:
    """The clips that the CSV names (`lavimo.motion.caption_table`); the clip `NAME` is the file `NAME.npz`.

    Raises:
        ValueError: the folder or the CSV cannot be read, or rows are bad: every bad one is named.
    """
    return clips_of_table(options.captions, "{}.npz".format, locator(options.folder))


def load(clip: Clip, options: SmplOptions) -> "Motion":
    """A clip's file, or its part of it, at 20 frames a second.

    Raises:
        ValueError: the file is damaged, of another form, or too short; the file is named.
    """
    assert clip.file
    return read_motion(clip.file, clip.start_s, clip.end_s)


def read_motion(path: Path, start_s: float = 0.0, end_s: float | None = None) -> "Motion":
    """See `load`."""
    import numpy as np

    from lavimo.motion.motion import Motion
    from lavimo.motion.npz import read_npz
    from lavimo.motion.resample import resampled

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

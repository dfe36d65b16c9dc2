"""The kinds of file that hold a motion: one function opens any of them."""

from pathlib import Path

import numpy as np

from lavimo.motion.formats.npz import npz_shapes
from lavimo.motion.motion import Motion

UNDERSTOOD = (
    "BVH; npz of AMASS or of SMPL motions (docs/data/smpl.md); npy of HumanML3D's or KIT-ML's joints or features"
)


def read_motion(path: Path, start_s: float = 0.0, end_s: float | None = None, skeletons: Path | None = None) -> Motion:
    """The motion of a single file, or a window of it in seconds, 20 frames a second. Its content tells what it is.

    Args:
        skeletons: a folder of the user's own skeleton maps, for BVH.

    Raises:
        ValueError: it is missing, damaged, or nothing that is understood; it is named, with what was found.
    """
    path = Path(path)
    try:
        with open(path, "rb") as file:
            head = file.read(512)
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error})") from error
    if head.startswith(np.lib.format.MAGIC_PREFIX):
        from lavimo.motion.formats import joints

        return joints.read_motion(path, start_s, end_s)
    if head.startswith(b"PK"):
        if "fps" in npz_shapes(path):
            from lavimo.motion.formats import smpl

            return smpl.read_motion(path, start_s, end_s)
        from lavimo.motion.formats import amass

        return amass.read_motion(path, start_s, end_s, every_nth=False, scale_to_legs=True)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").upper().startswith(b"HIERARCHY"):
        from lavimo.motion.formats.bvh import read

        return read.read_motion(path, start_s, end_s, skeletons)
    found = "an empty file" if not head else f"a file that begins with {head[:16]!r}"
    raise ValueError(f"{path}: found {found}, expected a motion: {UNDERSTOOD}")

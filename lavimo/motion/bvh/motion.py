"""From a BVH file to an SMPL motion: parse, drop calibration frames, resample, retarget."""

from pathlib import Path

from scipy.spatial.transform import Rotation

from lavimo.motion.bvh.parser import read_bvh
from lavimo.motion.motion import FPS, Motion
from lavimo.motion.resample import instants, lerp, part, slerp
from lavimo.motion.retarget import retarget
from lavimo.motion.skeletons import dialect_of


def read_motion(path: Path, start_s: float = 0.0, end_s: float | None = None) -> Motion:
    """The file's movement, or a part of it, on the embedded body, 20 frames a second.

    Raises:
        ValueError: the file is damaged, its skeleton unknown, or it is shorter than two frames; the file is named.
    """
    bvh = read_bvh(path)
    try:
        dialect = dialect_of(bvh.names)
        frames = max(len(bvh.values_TC) - dialect.skip_frames, 0)
        instants_T = instants(frames, bvh.frame_s, FPS)
        if len(instants_T[0]) < 2:
            raise ValueError(
                f"found {len(bvh.values_TC)} frame(s) of {bvh.frame_s:g} s, of which the first {dialect.skip_frames} "
                f"are no motion in the skeleton {dialect.name!r}; expected more than {1 / FPS:g} s: remove the clip"
            )
        before_T, after_T, share_T = part(instants_T, start_s, end_s)
        rotations_TJ4, positions_TJ3 = bvh.local(before_T + dialect.skip_frames)
        if share_T.any():
            next_rotations_TJ4, next_positions_TJ3 = bvh.local(after_T + dialect.skip_frames)
            rotations_TJ4 = slerp(rotations_TJ4, next_rotations_TJ4, share_T)
            positions_TJ3 = lerp(positions_TJ3, next_positions_TJ3, share_T)
        rotations_TJ33 = Rotation.from_quat(rotations_TJ4.reshape(-1, 4)).as_matrix()
        return retarget(
            bvh.parents_J,
            bvh.offsets_J3,
            rotations_TJ33.reshape(*rotations_TJ4.shape[:2], 3, 3),
            positions_TJ3,
            {smpl: bvh.names.index(name) for smpl, name in dialect.joints.items()},
        )
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error

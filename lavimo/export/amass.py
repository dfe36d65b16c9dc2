"""A take as an npz of AMASS's form: SMPL-H's 52 joints, hands at rest, z up.

T frames, J joints.
"""

from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from lavimo.body.body import embedded_body
from lavimo.body.skeleton import BODY_JOINTS
from lavimo.export.take import Take
from lavimo.files import atomic
from lavimo.formats.amass import Z_UP_TO_Y_UP
from lavimo.motion.shoulders import to_smpl

JOINTS = 52


def write_amass(path: Path, take: Take) -> None:
    """Write a take to an npz file: `poses` (T, 156), `trans` (T, 3), `betas` (16,) of zeros, `mocap_framerate`."""
    poses_TJ3 = np.zeros((len(take), JOINTS, 3))
    poses_TJ3[:, :BODY_JOINTS] = to_smpl(take.rotations_TJ3[:, :BODY_JOINTS])
    poses_TJ3[:, 0] = (Z_UP_TO_Y_UP.inv() * Rotation.from_rotvec(take.rotations_TJ3[:, 0])).as_rotvec()
    # SMPL's pelvis is at its rest place plus `trans`, and in AMASS that rest place lies along the floor.
    rest_3 = embedded_body().rest(np.zeros(10, np.float32))[1][0]
    trans_T3 = Z_UP_TO_Y_UP.inv().apply(take.translation_T3 + rest_3)
    with atomic(path) as partial, open(partial, "wb") as file:
        np.savez_compressed(
            file,
            poses=poses_TJ3.reshape(len(take), -1),
            trans=trans_T3,
            betas=np.zeros(16),
            gender="neutral",
            mocap_framerate=float(take.fps),
        )

"""Files of AMASS's real formats, of someone who walks."""

from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from lavimo.body.body import embedded_body


def swaying(frames: int, fps: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Someone who walks in a curve, all joints swinging: rotations (T, 22, 3) and the pelvis's path (T, 3)."""
    generator = np.random.default_rng(seed)
    time_T11 = np.arange(frames)[:, None, None] / fps
    sizes, phases = generator.uniform(0, 0.25, (22, 3)), generator.uniform(0, 6, (22, 3))
    rotations_TJ3 = sizes * np.sin(2 * time_T11 + phases)
    rotations_TJ3[:, 0] = [0, 1, 0] * (0.7 + 0.4 * time_T11[:, 0])
    height = -embedded_body().template_V3[:, 1].min() + embedded_body().rest(np.zeros(10))[1][0, 1]
    path_T3 = np.stack([0.6 * np.sin(time_T11[:, 0, 0]), np.full(frames, height), 0.8 * time_T11[:, 0, 0]], -1)
    return rotations_TJ3, path_T3


def write_amass(path: Path, frames: int, fps: float, seed: int = 0, release: str = "G", legs: float = 1.0) -> Path:
    """A file of AMASS: SMPL-H G (156 numbers a pose, mocap_framerate), or SMPL-X N (165, mocap_frame_rate)."""
    rotations_TJ3, pelvis_T3 = swaying(frames, fps, seed)
    z_up = Rotation.from_euler("x", 90, degrees=True)
    rotations_TJ3[:, 0] = (z_up * Rotation.from_rotvec(rotations_TJ3[:, 0])).as_rotvec()
    poses = np.zeros((frames, 156 if release == "G" else 165))
    poses[:, :66] = rotations_TJ3.reshape(frames, 66)
    arrays = {"poses": poses, "trans": legs * z_up.apply(pelvis_T3), "betas": np.ones(16), "gender": np.array("female")}
    if release == "G":
        arrays |= {"mocap_framerate": np.array(fps), "dmpls": np.zeros((frames, 8))}
    else:
        arrays |= {
            "mocap_frame_rate": np.array(fps),
            "surface_model_type": np.array("smplx"),
            "num_betas": np.array(16),
        }
        arrays |= {"root_orient": poses[:, :3], "pose_body": poses[:, 3:66], "pose_jaw": np.zeros((frames, 3))}
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **arrays)
    return path

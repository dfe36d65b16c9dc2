"""What tests of motions share: someone who moves, where the joints then are, and files of AMASS's real formats."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import forward_kinematics, matrices

Array = NDArray[np.floating]
REST_S3 = embedded_body().rest(np.zeros(10, np.float32))[1].astype(np.float64)


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


def write(path: Path, frames: int, fps: float, seed: int = 0, release: str = "G", legs: float = 1.0) -> Path:
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


@pytest.fixture(scope="session")
def write_amass() -> Callable[..., Path]:
    """The function that writes a file of AMASS: `write_amass(path, frames, fps, seed, release, legs)`."""
    return write


@pytest.fixture(scope="session")
def walker() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """The function that gives what `write_amass` writes, y up: rotations (T, 22, 3) and the pelvis's path (T, 3)."""
    return swaying


@pytest.fixture(scope="session")
def joints_from() -> Callable[..., Array]:
    """A function that gives the 22 joints (T, 22, 3) of `joints_from(rotations_TS3, translation_T3, rest_S3)`."""

    def joints(rotations_TS3: Array, translation_T3: Array, rest_S3: Array = REST_S3) -> Array:
        return forward_kinematics(matrices(rotations_TS3), translation_T3, rest_S3)[0][:, :22]

    return joints


@pytest.fixture(scope="session")
def movement() -> Callable[..., tuple[Array, Array]]:
    """A function that gives rotations and translation of someone who moves smoothly in all joints, anywhere."""

    def move(seed: int, frames: int = 9, size: float = 0.5) -> tuple[Array, Array]:
        generator = np.random.default_rng(seed)
        phases_S3, speeds_S3 = generator.uniform(0, 2 * np.pi, (24, 3)), generator.uniform(0.02, 0.15, (24, 3))
        time_T11 = np.arange(frames)[:, None, None]
        rotations_TS3 = size * np.sin(phases_S3 + speeds_S3 * time_T11)
        rotations_TS3[:, 0] += [0, generator.uniform(-3, 3), 0]
        return rotations_TS3, generator.normal(0, 2, (1, 3)) + 0.02 * time_T11[:, :, 0]

    return move

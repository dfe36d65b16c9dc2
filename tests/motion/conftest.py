"""What tests of motions share: someone who moves, and where the joints then are."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import forward_kinematics, matrices

Array = NDArray[np.floating]
REST_S3 = embedded_body().rest(np.zeros(10, np.float32))[1].astype(np.float64)


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

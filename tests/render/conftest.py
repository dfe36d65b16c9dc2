"""Animations for the tests of this room, and either renderer."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lavimo.config import AnimateOptions
from lavimo.motion.motion import Motion, write_motions
from lavimo.render.renderer import Renderer
from lavimo.scene.animate import animate


@pytest.fixture(params=["cpu", "egl"])
def renderer(request: pytest.FixtureRequest) -> Renderer:
    """Either renderer."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def sway() -> Callable[..., Motion]:
    """A function that makes a motion with all joints moving, as `sway(seed, frames=4)`."""

    def make(seed: int, frames: int = 4) -> Motion:
        rng = np.random.default_rng(seed)
        rotations = np.cumsum(rng.normal(0, 0.15, (frames, 24, 3)), axis=0) + rng.normal(0, 0.25, (24, 3))
        return Motion(rotations, np.cumsum(rng.normal(0, 0.3, (frames, 3)), axis=0) * [1, 0.3, 1], np.zeros(10))

    return make


@pytest.fixture(scope="session")
def animations(tmp_path_factory: pytest.TempPathFactory, sway: Callable[..., Motion], wardrobe: Path) -> Path:
    """Six swaying clips, animated."""
    folder = tmp_path_factory.mktemp("animations")
    write_motions(folder / "motions.safetensors", {f"clip_{seed}": sway(seed) for seed in range(6)})
    animate(folder / "motions.safetensors", wardrobe, folder / "animations.safetensors", AnimateOptions())
    return folder / "animations.safetensors"

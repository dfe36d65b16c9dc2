"""BlazePose, and a few avatars rendered for it to look at."""

import os

import pytest

from lavimo.config import AnimateOptions, DemoOptions, FindLandmarksOptions, RenderOptions
from lavimo.demo import catalogue, load
from lavimo.landmarks.blazepose import BlazePose
from lavimo.landmarks.find import find_landmarks
from lavimo.motion.motion import write_motions
from lavimo.render.render import render
from lavimo.scene.animate import animate


@pytest.fixture(scope="session")
def pose():
    """The two networks. Without them their tests skip, but in CI they fail."""
    try:
        return BlazePose()
    except ValueError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


KINDS = ("walk_forward", "kick", "raise_arms", "jump")


@pytest.fixture(scope="session")
def motions():
    """A few motions of the demo, by name."""
    names = [clip.id for clip in catalogue(DemoOptions())]
    return {name: load(name, DemoOptions()) for name in (next(n for n in names if n.startswith(k)) for k in KINDS)}


@pytest.fixture(scope="session")
def filmed(tmp_path_factory, wardrobe, pose, motions):
    """A folder of four rendered test clips, with their motions, animations and landmarks."""
    folder = tmp_path_factory.mktemp("filmed")
    write_motions(folder / "motions.safetensors", motions)
    animate(folder / "motions.safetensors", wardrobe, folder / "animations.safetensors", AnimateOptions())
    render(folder / "animations.safetensors", wardrobe, folder / "videos", RenderOptions(renderer="cpu", size_px=256))
    find_landmarks(folder / "videos", folder / "landmarks.safetensors", FindLandmarksOptions())
    return folder

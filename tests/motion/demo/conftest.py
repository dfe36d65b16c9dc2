"""Every clip of the default, performed once for all tests."""

import pytest

from lavimo.config import DemoOptions
from lavimo.motion.demo import catalogue, load
from lavimo.motion.motion import Motion


@pytest.fixture(scope="session")
def motions() -> dict[str, Motion]:
    return {clip.id: load(clip.id, DemoOptions()) for clip in catalogue(DemoOptions())}

"""Every clip of the default, and two of each further action, performed once for all tests."""

import numpy as np
import pytest

from lavimo.config import DemoOptions
from lavimo.demo import catalogue, load
from lavimo.demo.actions.vocabulary import actions
from lavimo.demo.load import compose
from lavimo.demo.plan import combinations
from lavimo.demo.solver.perform import perform
from lavimo.motion.motion import Motion


@pytest.fixture(scope="session")
def motions() -> dict[str, Motion]:
    return {clip.id: load(clip.id, DemoOptions()) for clip in catalogue(DemoOptions())} | wide_motions()


def wide_motions() -> dict[str, Motion]:
    """The first and the last combination of each action that only the wide demo has."""
    made = {}
    for action in set(actions("wide")) - set(actions("everyday")):
        for item in (combinations("wide")[action][0], combinations("wide")[action][-1]):
            rng = np.random.default_rng(0)
            made[str(item)] = perform(compose(item, rng), rng)
    return made

"""AMASS's files of both releases and any frame rate give the motion that was written; nothing bad passes unnamed."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lavimo.body.body import embedded_body
from lavimo.motion.amass.read import read_motion
from lavimo.motion.featurize import joints_of
from lavimo.motion.ground import stand
from lavimo.motion.motion import Motion
from tests.motion.conftest import swaying

ANY = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def expected(frames: int, fps: float, seed: int = 0) -> Motion:
    """What `write_amass` wrote, as a motion."""
    rotations_TJ3, pelvis_T3 = swaying(frames, fps, seed)
    rotations_TJ3 = np.concatenate([rotations_TJ3, np.zeros((frames, 2, 3))], 1)
    return stand(Motion(rotations_TJ3, pelvis_T3 - embedded_body().rest(np.zeros(10))[1][0], np.zeros(10)))

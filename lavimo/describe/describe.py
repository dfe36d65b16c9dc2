"""A motion's facts."""

from lavimo.describe.fact import Fact
from lavimo.motion.motion import Motion


def describe(motion: Motion) -> tuple[Fact, ...]:
    """What a motion shows, in order of begin."""
    return ()

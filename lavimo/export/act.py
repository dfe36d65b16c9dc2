"""A take on the body of a dressed avatar."""

from dataclasses import replace

import numpy as np

from lavimo.avatar.dress import Dressed
from lavimo.avatar.shape.scale import placed
from lavimo.export.take import Take
from lavimo.motion.motion import Motion
from lavimo.motion.shoulders import to_smpl


def acted_by(take: Take, person: Dressed) -> tuple[Take, Motion]:
    """The take as this person does it: steps as long as the legs, feet on the floor; and the motion that is done."""
    motion = Motion(take.rotations_TJ3, take.translation_T3, np.zeros(10, np.float32))
    smpl = person.pose_directions_V3P is not None
    acted = replace(motion, rotations_TJ3=to_smpl(motion.rotations_TJ3)) if smpl else motion
    translation_T3 = placed(motion, person, acted.rotations_TJ3)
    return replace(take, rotations_TJ3=acted.rotations_TJ3, translation_T3=translation_T3), acted

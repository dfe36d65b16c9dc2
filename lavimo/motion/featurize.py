"""Stage `featurize`: motions become HumanML3D's features."""

import logging
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lavimo.body.body import embedded_body
from lavimo.body.kinematics import forward_kinematics, matrices
from lavimo.body.skeleton import BODY_JOINTS
from lavimo.config import FeaturizeOptions
from lavimo.jobs.progress import progress
from lavimo.motion.features import features_from_joints
from lavimo.motion.motion import RELEASED, Motion, read_motions
from lavimo.shards import Shard, write_shard

log = logging.getLogger(__name__)


def featurize(motions: Path, features: Path, options: FeaturizeOptions) -> None:
    """Write the features (T - 1, 263) float32 of every motion of a shard.

    Joints come from the motion's own body, and are then given the bone lengths of the embedded body's mean shape.
    Features that a clip was published with (KIT-ML's have 251) are used as they are.

    Raises:
        ValueError: the shard is damaged, or a clip has no features (named).
    """
    arrays = {}
    shard = Shard(motions)
    released = {name.removesuffix(f"/{RELEASED}") for name in shard.names if name.endswith(f"/{RELEASED}")}
    for clip, motion in progress(read_motions(motions), len(shard.clips), f"featurize {motions.stem}"):
        if clip in released:
            arrays[clip] = shard[f"{clip}/{RELEASED}"]
            continue
        try:
            arrays[clip] = features_of(motion, options)
        except ValueError as error:
            raise ValueError(f"clip {clip!r} of {motions}: {error}") from error
    write_shard(features, arrays, convention=options.convention)
    log.info("%s: features of %d clips, of which %d were published", features, len(arrays), len(released))


def features_of(motion: Motion, options: FeaturizeOptions) -> NDArray[np.float32]:
    """The features (T - 1, 263) of a motion, with the bone lengths of the embedded body's mean shape.

    Raises:
        ValueError: the motion is too short.
    """
    target_skeleton_J3 = embedded_body().rest(np.zeros(10, np.float32))[1][:BODY_JOINTS]
    return features_from_joints(joints_of(motion), target_skeleton_J3, options.convention).astype(np.float32)


def joints_of(motion: Motion) -> NDArray[np.floating]:
    """Where the first 22 joints of a motion stand (T, 22, 3), metres, on the embedded body with the motion's betas."""
    rest_J3 = embedded_body().rest(motion.betas_B)[1][:BODY_JOINTS]
    rotations_TJ33 = matrices(motion.rotations_TJ3[:, :BODY_JOINTS])
    return forward_kinematics(rotations_TJ33, motion.translation_T3, rest_J3)[0]

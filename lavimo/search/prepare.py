"""A motion as an index keeps it, but for the vectors: joints for `match`, facts for words, features for the model."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lavimo.config import FeaturizeOptions
from lavimo.describe.describe import facts_of
from lavimo.describe.fact import Fact
from lavimo.landmarks.movement import about_hips, joints_of
from lavimo.motion.features import Convention
from lavimo.motion.featurize import features_of
from lavimo.motion.mirror import mirrored_motion
from lavimo.motion.motion import FPS, Motion
from lavimo.search.item import Item, Window
from lavimo.search.scan import Source
from lavimo.search.windows import windows_of


@dataclass(frozen=True)
class Prepared:
    """A motion, and what the model is to embed of it: the features of each window."""

    item: Item
    motion: Motion
    points_TK3: NDArray[np.float32]
    path_T3: NDArray[np.float32]
    windows: tuple[Window, ...]
    features: tuple[NDArray[np.float32], ...]
    facts: tuple[Fact, ...]


def prepare(source: Source, sha256: str, convention: Convention, mirrored: bool) -> Prepared:
    """Read a motion and prepare it.

    Raises:
        ValueError: it cannot be read.
    """
    motion = source.read()
    joints_TJ3 = joints_of(motion)
    points_TK3, path_T3 = about_hips(joints_TJ3)
    away_T = np.linalg.norm(path_T3[:, [0, 2]] - path_T3[0, [0, 2]], axis=1)
    item = Item(
        source.id, source.name, source.library, str(source.file) if not source.shard else "", sha256, source.size,
        source.modified_ns, source.captions, source.licence, source.format, len(motion), round(float(away_T.max()), 3),
    )  # fmt: skip
    windows = windows_of(item.duration_s, mirrored)
    options = FeaturizeOptions(convention=convention)
    image = mirrored_motion(motion) if mirrored else motion
    features = tuple(features_of(cut(image if one.mirrored else motion, one), options) for one in windows)
    facts = tuple(Fact.from_json(fact.to_json()) for fact in facts_of(joints_TJ3))  # as precise as it is told
    return Prepared(item, motion, points_TK3.astype(np.float32), path_T3.astype(np.float32), windows, features, facts)


def cut(motion: Motion, window: Window) -> Motion:
    """A window of a motion, at least two frames of it."""
    begin = min(max(round(window.begin_s * FPS), 0), len(motion) - 2)
    end = min(max(round(window.end_s * FPS), begin + 2), len(motion))
    return Motion(motion.rotations_TJ3[begin:end], motion.translation_T3[begin:end], motion.betas_B)

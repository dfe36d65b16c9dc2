"""Mean and standard deviation of each feature: of a split's clips, or as released.

The released Std.npy of HumanML3D is an average within each group of features, and Guo's training divides some of it
by 5: so the statistics that a model was trained with are part of the model's file.

T frames, F features.
"""

import logging
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lavimo.clips import read_clips
from lavimo.motion.layout import HUMANML3D, KIT
from lavimo.npz import read_npy
from lavimo.shards import Shard, clips_of_shards, write_shard

log = logging.getLogger(__name__)

Statistics = tuple[NDArray[np.float32], NDArray[np.float32]]

MIN_STD = 1e-3
"""A feature that hardly changes in training must not blow up when it changes in test."""


def measure(clips: Path, features: Iterable[Path], statistics: Path) -> None:
    """Write `mean` and `std` (F,) of the train split's features, as training takes them, to a shard file.

    Raises:
        ValueError: a damaged file, or no clip of the train split has features.
    """
    shards = clips_of_shards(features)
    names = [name for name, clip in read_clips(clips).items() if clip.split == "train" and name in shards]
    if not names:
        raise ValueError(f"{clips}: found no clip of the train split that has features; ingest and featurize some")
    mean_F, std_F = statistics_of(_finite(name, shards[name][name]) for name in names)
    write_shard(statistics, {"mean": mean_F, "std": std_F}, split="train", clips=len(names), min_std=MIN_STD)
    log.info("mean and deviation of %d features over %d clips", len(mean_F), len(names))


def read_statistics(path: Path, width: int) -> Statistics:
    """The statistics (F,) and (F,) that `measure` wrote.

    Raises:
        ValueError: the file is missing or damaged, or its width is not that of the features.
    """
    shard = Shard(path)
    if (missing := {"mean", "std"} - {*shard.names}) or shard["mean"].shape != (width,):
        found = f"no {' and no '.join(sorted(missing))}" if missing else f"statistics of {len(shard['mean'])} features"
        raise ValueError(f"{path}: found {found}, expected mean and std of {width}; run measure again")
    return shard["mean"], shard["std"]


def statistics_of(motions: Iterable[NDArray[np.floating]]) -> Statistics:
    """Mean and standard deviation (F,) over all frames of motions (T, F), each dimension for itself, guarded."""
    count, sum_F, square_F = 0, np.zeros(1), np.zeros(1)
    for motion_TF in motions:
        values_TF = motion_TF.astype(np.float64)
        count, sum_F, square_F = count + len(values_TF), sum_F + values_TF.sum(0), square_F + (values_TF**2).sum(0)
    mean_F = sum_F / count
    std_F = np.sqrt(np.maximum(square_F / count - mean_F**2, 0))
    return mean_F.astype(np.float32), np.maximum(std_F.astype(np.float32), np.float32(MIN_STD))


def grouped(statistics: Statistics) -> Statistics:
    """The same mean, and as each feature's deviation its group's mean (positions, rotations, velocities ...), as in
    HumanML3D's Std.npy: what hardly moves in the train split does not drown the rest where other people move it.
    Features of another layout than HumanML3D's or KIT-ML's have no groups and keep their own.
    """
    mean_F, std_F = statistics
    layout = next((layout for layout in (HUMANML3D, KIT) if layout.features == len(std_F)), None)
    std_F = std_F.copy()
    for group in layout.groups.values() if layout else ():
        std_F[group] = std_F[group].mean()
    return mean_F, std_F


def released_statistics(mean: Path, std: Path, width: int) -> Statistics:
    """The released Mean.npy and Std.npy, the latter guarded.

    Raises:
        ValueError: a file is damaged, or its width is not that of the features; it is named.
    """
    found = []
    for path in (mean, std):
        array = read_npy(path)
        if array.shape != (width,):
            raise ValueError(f"{path}: found shape {array.shape}, expected ({width},), as the features have")
        found.append(array.astype(np.float32))
    if (found[1] < 0).any():
        raise ValueError(f"{std}: found negative numbers, expected standard deviations; are mean and std swapped?")
    return found[0], np.maximum(found[1], np.float32(MIN_STD))


def _finite(clip: str, motion_TF: NDArray[np.floating]) -> NDArray[np.floating]:
    if not np.isfinite(motion_TF).all():
        raise ValueError(f"clip {clip!r}: found NaN or infinite features; featurize it again")
    return motion_TF

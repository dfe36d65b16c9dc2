"""Stage `match`: videos find motions by their landmarks, without training; alone, or ranking another run's best again.

N clips of a split, K candidates.
"""

import logging
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.config import EmbedOptions, MatchOptions
from lavimo.evaluate.embeddings import read_embeddings
from lavimo.landmarks.match import distances, distances_of_pairs
from lavimo.landmarks.movement import Movements, joints_of
from lavimo.landmarks.sequence import read_landmarks
from lavimo.methods.similarities import split_with_motions, write_similarities
from lavimo.motion.motion import read_motion
from lavimo.shards import Shard, clips_of_shards

log = logging.getLogger(__name__)


def match(
    clips: Path,
    texts: Path,
    landmarks: list[Path],
    motions: list[Path],
    embeddings: Path,
    options: MatchOptions,
    embed: EmbedOptions,
    first: Path | None = None,
) -> None:
    """Write how similar each video of a split is to each motion, as `similarity_v2m` and `similarity_m2v`.

    Args:
        first: the embeddings of a run, of whose answers the best are ranked again; they are written along.

    Raises:
        ValueError: a damaged file, no clip of the split with a motion, or one without landmarks.
    """
    table, moving = split_with_motions(clips, motions, embed.split)
    names, seen = list(table), clips_of_shards(landmarks)
    if missing := [name for name in names if name not in seen]:
        raise ValueError(f"found no landmarks of {len(missing)} clip(s), first {missing[0]!r}; expected every shard's")
    videos = Movements.stack([of_video(seen[name], name, options) for name in names])
    gallery = Movements.stack([of_motion(moving[name], name, options) for name in names])
    arrays: dict[str, NDArray[Any]]
    if first is None:
        similarity_NN = np.exp(-distances(videos, gallery, options))
        arrays = {"similarity_v2m": similarity_NN, "similarity_m2v": similarity_NN.T}
    else:
        arrays = again(first, names, videos, gallery, options)
    write_similarities(embeddings, arrays, table, texts)
    log.info("match: %d videos with %d motions", len(videos), len(gallery))


def of_video(shard: Shard, clip: str, options: MatchOptions) -> Movements:
    """What a clip's video shows."""
    return Movements.of_landmarks(read_landmarks(shard, clip), options.moments)


def of_motion(shard: Shard, clip: str, options: MatchOptions) -> Movements:
    """What a clip's motion does."""
    return Movements.of_joints(joints_of(read_motion(shard, clip)), options.moments)


def again(
    first: Path, names: list[str], videos: Movements, gallery: Movements, options: MatchOptions
) -> dict[str, NDArray[Any]]:
    """A run's embeddings, with similarities between videos and motions in which the best of each query stand in the
    order of their match.

    Raises:
        ValueError: the run embedded other clips, or no videos.
    """
    run = read_embeddings(first)
    if list(run.ids) != names or "v2m" not in run.directions:
        raise ValueError(
            f"{first}: found {len(run.ids)} clips in {', '.join(run.of)}, expected the split's, with video"
        )
    arrays: dict[str, NDArray[Any]] = dict(run.of)
    for direction in ("v2m", "m2v"):
        similarity_NN = run.similarity(direction)
        best_NK = np.argsort(-similarity_NN, axis=1, kind="stable")[:, : options.candidates]
        pairs_NK2 = np.stack([np.broadcast_to(np.arange(len(names))[:, None], best_NK.shape), best_NK], axis=-1)
        pairs_P2 = pairs_NK2.reshape(-1, 2)[:, :: 1 if direction == "v2m" else -1]
        distance_P = distances_of_pairs(videos, gallery, pairs_P2, options)
        arrays[f"similarity_{direction}"] = reordered(similarity_NN, best_NK, distance_P.reshape(best_NK.shape))
    return arrays


def reordered(
    similarity_NN: NDArray[np.float64], best_NK: NDArray[np.intp], distance_NK: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Similarities in which a query's best items have changed places: the nearest has the highest."""
    made_NN = similarity_NN.copy()
    values_NK = np.take_along_axis(similarity_NN, best_NK, axis=1)
    nearest_NK = np.take_along_axis(best_NK, np.argsort(distance_NK, axis=1, kind="stable"), axis=1)
    np.put_along_axis(made_NN, nearest_NK, values_NK, axis=1)
    return made_NN

"""The protocols of the options made ready for a split or a part of it."""

import logging
from functools import partial
from pathlib import Path

import numpy as np

from lavimo.config import EvaluateOptions
from lavimo.evaluate.embeddings import Embeddings
from lavimo.evaluate.protocols import (
    Protocol,
    farthest_first,
    own_clip,
    same_caption,
    shuffled_batches,
    similar_captions,
    whole,
)

log = logging.getLogger(__name__)


def prepare(embeddings: Embeddings, options: EvaluateOptions, subset: str = "whole") -> list[Protocol]:
    """The protocols that a part of a split allows; random galleries are for those that depend on the gallery's size."""
    clips = len(embeddings.ids)
    small = not subset.startswith("random")
    protocols: list[Protocol] = []
    for name in options.protocols:
        if name == "all":
            protocols.append(Protocol(name, whole(clips), own_clip))
        elif name == "same_caption" and embeddings.captions:
            number_N = np.unique(np.array(embeddings.captions), return_inverse=True)[1]
            protocols.append(Protocol(name, whole(clips), partial(same_caption, caption_N=number_N)))
        elif name == "threshold" and embeddings.captions_NC is not None:
            for cosine in options.threshold_cosines:
                cut = partial(similar_captions, cosine=cosine)
                protocols.append(Protocol(f"{name}_{cosine:.2f}", whole(clips), cut))
        elif name == "dissimilar" and small:
            protocols += dissimilar(embeddings, options)
            protocols += listed(embeddings, options.dissimilar_list) if subset == "whole" else []
        elif name == "small_batches" and small:
            protocols += small_batches(clips, options)
    return protocols


def dissimilar(embeddings: Embeddings, options: EvaluateOptions) -> list[Protocol]:
    """Protocol `dissimilar` on clips that are chosen by their captions."""
    if embeddings.captions_NC is None:
        return []
    size = smaller("dissimilar", options.dissimilar_clips, len(embeddings.ids) // 2)
    return [Protocol("dissimilar", farthest_first(embeddings.captions_NC, size)[None, None])]


def listed(embeddings: Embeddings, path: Path | None) -> list[Protocol]:
    """Protocol `dissimilar` on the clips of a published list, as far as they are in the split.

    Raises:
        ValueError: the list cannot be read, or fewer than two of its clips are in the split.
    """
    if path is None:
        return []
    try:
        names = {line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()}
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: cannot be read as a list of clips ({error})") from error
    chosen = [i for i, clip in enumerate(embeddings.ids) if clip in names]
    if len(chosen) < 2:
        raise ValueError(f"{path}: {len(chosen)} of its clips in the split, expected at least 2")
    smaller("dissimilar, listed", len(names), len(chosen))
    return [Protocol("dissimilar", np.array(chosen)[None, None], subset="listed")]


def small_batches(clips: int, options: EvaluateOptions) -> list[Protocol]:
    """Protocol `small_batches`, on TMR's shuffle and on several."""
    size = smaller("small_batches", options.small_batch_clips, clips)
    seeds = range(options.small_batches_seed, options.small_batches_seed + options.small_batches_shuffles)
    shuffles_SBK = np.stack([shuffled_batches(clips, size, seed) for seed in seeds])
    made = [Protocol("small_batches", shuffles_SBK[:1])]
    if len(shuffles_SBK) > 1:
        made.append(Protocol(f"small_batches_{len(shuffles_SBK)}_seeds", shuffles_SBK))
    return made


def smaller(protocol: str, wanted: int, available: int) -> int:
    """The gallery that a small split allows a protocol, said in the log where it is not the wanted one."""
    if available < wanted:
        log.warning("protocol %s: a gallery of %d instead of %d, the split is small", protocol, available, wanted)
    return min(wanted, available)

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
    own_texts,
    same_caption,
    shuffled_batches,
    similar_captions,
    whole,
)
from lavimo.evaluate.ranks import Rows, chunks

COLLAPSED = 2
"""So many times more texts are alike for the method than for the language model."""

log = logging.getLogger(__name__)


def prepare(embeddings: Embeddings, options: EvaluateOptions, subset: str = "whole") -> list[Protocol]:
    """The protocols that a part of a split allows; random galleries, and several, are for those that depend on the
    gallery's size."""
    clips = len(embeddings.ids)
    small = not subset.startswith("random") and not embeddings.galleries
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
        elif name == "own_texts" and "text" in embeddings.of:
            protocols.append(by_own_texts(embeddings, options.own_texts_cosine))
        elif name == "dissimilar" and small:
            protocols += dissimilar(embeddings, options)
            protocols += listed(embeddings, options.dissimilar_list) if subset == "whole" else []
        elif name == "small_batches" and small:
            protocols += small_batches(clips, options)
    return protocols


def by_own_texts(embeddings: Embeddings, cosine: float) -> Protocol:
    """Protocol `own_texts`; where the method's texts lie so close together that it says little, the log says so."""
    texts = Rows.of(embeddings.of["text"])
    captions = texts if embeddings.captions_NC is None else Rows.of(embeddings.captions_NC)
    clips = len(embeddings.ids)
    merged, alike = 0, 0
    for queries_R in chunks(clips, clips):
        merged += int((texts.similarity(queries_R, texts) > cosine).sum())
        alike += int((captions.similarity(queries_R, captions) > cosine).sum())
    if merged > COLLAPSED * alike:
        log.warning(
            "protocol own_texts: the method takes %.1f of %d texts for one, where the language model takes %.1f: its "
            "embeddings have collapsed, and this protocol rewards that",
            merged / clips, clips, alike / clips,
        )  # fmt: skip
    return Protocol("own_texts", whole(clips), partial(own_texts, texts=texts, cosine=cosine))


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

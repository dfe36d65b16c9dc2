"""Stage `pool`: the folds of a cross-validation as one split, in which every query has the gallery of its own fold.

N clips of all folds, C channels.
"""

import logging
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.evaluate.embeddings import POOLED, Embeddings, read_embeddings
from lavimo.shards import write_shard

log = logging.getLogger(__name__)


def pool(folds: list[Path], embeddings: Path) -> None:
    """Write the folds' embeddings as one file, with the fold of each clip.

    Raises:
        ValueError: a damaged file, fewer than two folds, folds of other modalities, widths or splits, or a clip in two.
    """
    if len(folds) < 2:
        raise ValueError(f"found {len(folds)} fold(s), expected at least two")
    found = [read_embeddings(path) for path in folds]
    for path, one in zip(folds, found):
        if kind(one) != kind(found[0]):
            raise ValueError(f"{path}: found {kind(one)}, expected {kind(found[0])} as in {folds[0]}")
    whole = together(found)
    arrays = whole.of | {f"similarity_{direction}": similarity_NN for direction, similarity_NN in whole.pairs.items()}
    if whole.captions_NC is not None:
        arrays["caption_embeddings"] = whole.captions_NC
    told = {"ids": whole.ids, "captions": whole.captions, "galleries": whole.galleries, "split": whole.split}
    write_shard(embeddings, arrays, **told)
    log.info("pool: %d folds, %s", len(found), whole.split)


def together(folds: list[Embeddings]) -> Embeddings:
    """The clips of all folds. Vectors of two folds come from two models, and `Embeddings` compares them never.

    Raises:
        ValueError: a clip is in two folds.
    """
    captions = [one.captions_NC for one in folds if one.captions_NC is not None]
    return Embeddings(
        tuple(clip for one in folds for clip in one.ids),
        tuple(caption for one in folds for caption in one.captions),
        f"{POOLED} {folds[0].split} ({' + '.join(str(len(one.ids)) for one in folds)})",
        {modality: np.concatenate([one.of[modality] for one in folds]) for modality in folds[0].of},
        np.concatenate(captions) if captions else None,
        {direction: diagonal([one.pairs[direction] for one in folds]) for direction in folds[0].pairs},
        tuple(f"fold {number}" for number, one in enumerate(folds, 1) for _ in one.ids),
    )


def diagonal(blocks: list[NDArray[Any]]) -> NDArray[Any]:
    """Square matrices along the diagonal of a larger one (N, N)."""
    ends = np.cumsum([len(block) for block in blocks])
    whole_NN = np.zeros((ends[-1], ends[-1]), blocks[0].dtype)
    for block, end in zip(blocks, ends):
        own = slice(end - len(block), end)
        whole_NN[own, own] = block
    return whole_NN


def kind(embeddings: Embeddings) -> str:
    """What folds must have in common, in words."""
    arrays = [f"{name} of width {rows_NC.shape[1]}" for name, rows_NC in embeddings.of.items()]
    words = ["captions"] if embeddings.captions else []
    words += ["their embeddings"] if embeddings.captions_NC is not None else []
    return f"the split {embeddings.split} with {', '.join([*arrays, *embeddings.pairs, *words])}"

"""What stages without training share: the clips that they compare, and the file of similarities that they write.

N clips of a split.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.clips import Clip, read_clips
from lavimo.shards import Shard, clips_of_shards, write_shard
from lavimo.text.texts import Texts


def split_with_motions(clips: Path, motions: list[Path], split: str) -> tuple[dict[str, Clip], dict[str, Shard]]:
    """The clips of a split that have a motion, by name, and the shard of every clip's motion.

    Raises:
        ValueError: a damaged file, or the split has no such clip.
    """
    moving = clips_of_shards(motions)
    table = {name: clip for name, clip in read_clips(clips).items() if clip.split == split and name in moving}
    if not table:
        raise ValueError(f"{clips}: found no clip of the split {split!r} that has a motion, expected at least one")
    return table, moving


def write_similarities(embeddings: Path, arrays: dict[str, NDArray[Any]], table: dict[str, Clip], texts: Path) -> None:
    """Write similarities as a run's embeddings, with the captions' sentence embeddings, by which protocols judge.

    Args:
        arrays: `similarity_t2m` and so on, (N, N), in the order of the table; perhaps a run's own embeddings.
        table: the clips.
        texts: the file of their texts.
    """
    split, captions = next(iter(table.values())).split, [clip.captions[0] for clip in table.values()]
    read = Texts(texts)
    sentences_NS = np.stack([read.sentence(caption) for caption in captions])
    arrays = arrays | {"caption_embeddings": sentences_NS}
    write_shard(embeddings, arrays, ids=list(table), captions=captions, split=split)

"""The parts of a split that are scored too, beside the whole of it: random galleries, and what is free of a doubt."""

import logging
import re
from collections.abc import Collection
from pathlib import Path

import numpy as np

from lavimo.clips import Clip, read_clips
from lavimo.config import EvaluateOptions
from lavimo.evaluate.embeddings import Embeddings
from lavimo.shards import Shard

log = logging.getLogger(__name__)
MIRRORED = re.compile(r"M\d+")
"""HumanML3D's and KIT-ML's names of clips that are others mirrored."""


def subsets(
    embeddings: Embeddings, options: EvaluateOptions, clips: Path | None = None, animations: list[Path] | None = None
) -> dict[str, Embeddings]:
    """The split as `whole`; parts of it, where they are smaller than it; and galleries drawn at random from it.

    Args:
        clips: the clip table, which tells what the train split is cut from; None: no `leak_free`.
        animations: shards that tell who acts in each clip, of all splits; None: no `unseen_avatars`.

    Raises:
        ValueError: a file is damaged, or tells nothing of a clip.
    """
    found = {"whole": embeddings}
    table = read_clips(clips) if clips is not None else {}
    chosen = {"unmirrored": unmirrored(embeddings.ids, table)}
    if clips is not None:
        require(embeddings, table, str(clips))
        if any(clip.recording for clip in table.values()):
            chosen["leak_free"] = leak_free(embeddings.ids, table)
        if animations:
            chosen["unseen_avatars"] = unseen_avatars(embeddings, table, animations)
    for name, rows in chosen.items():
        if len(rows) == len(embeddings.ids):
            log.info("subset %s is the whole split", name)
        elif len(rows) < 2:
            log.warning("subset %s is left out: %d of %d clips", name, len(rows), len(embeddings.ids))
        else:
            found[name] = embeddings.subset(rows)
    return found | galleries(embeddings, options)


def unmirrored(ids: tuple[str, ...], table: dict[str, Clip]) -> list[int]:
    """The clips that are no other's mirror image, as the clip table says, or, where it says nothing, their names."""
    told = any(clip.mirror_of for clip in table.values())
    images = {clip for clip in ids if (table[clip].mirror_of if told and clip in table else MIRRORED.fullmatch(clip))}
    return [i for i, clip in enumerate(ids) if clip not in images]


def leak_free(ids: tuple[str, ...], table: dict[str, Clip]) -> list[int]:
    """The clips whose recording is known and no clip of the train split is cut from."""
    learnt = {clip.recording for clip in table.values() if clip.split == "train"}
    return [i for i, clip in enumerate(ids) if table[clip].recording and table[clip].recording not in learnt]


def unseen_avatars(embeddings: Embeddings, table: dict[str, Clip], animations: list[Path]) -> list[int]:
    """The clips whose avatar acts in no clip of the train split."""
    scenes = {clip: views for path in animations for clip, views in Shard(path).metadata["scenes"].items()}
    avatars = {clip: {view["avatar"] for view in views} for clip, views in scenes.items()}
    require(embeddings, avatars, "the animations")
    seen = set().union(*(own for clip, own in avatars.items() if clip in table and table[clip].split == "train"))
    return [i for i, clip in enumerate(embeddings.ids) if not avatars[clip] & seen]


def galleries(embeddings: Embeddings, options: EvaluateOptions) -> dict[str, Embeddings]:
    """Galleries of the options' sizes, drawn at random from the split."""
    clips, found = len(embeddings.ids), {}
    for size in options.galleries:
        if size < clips:
            chosen = np.random.default_rng(options.galleries_seed).choice(clips, size, replace=False)
            found[f"random_{size}"] = embeddings.subset(sorted(chosen.tolist()))
        else:
            log.warning("a gallery of %d is left out, the split has %d clips", size, clips)
    return found


def require(embeddings: Embeddings, known: Collection[str], where: str) -> None:
    """Refuse clips of which a file tells nothing."""
    if missing := [clip for clip in embeddings.ids if clip not in known]:
        raise ValueError(
            f"{where}: found nothing of {len(missing)} of {len(embeddings.ids)} embedded clips, first {missing[0]!r}"
        )

"""A run's embeddings of a split, checked: one row a clip, the same row in every modality.

N clips, C channels.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.shards import Shard

MODALITIES = ("text", "motion", "video")
PAIRS = {
    ("t2m", "m2t"): ("text", "motion"),
    ("v2m", "m2v"): ("video", "motion"),
    ("t2v", "v2t"): ("text", "video"),
}
"""The directions there and back of each pair of modalities; `t2m` has texts as queries and motions as gallery."""


@dataclass(frozen=True)
class Embeddings:
    """Embeddings of a split's clips, in the order of the clips' names whatever order they were given in.

    Attributes:
        ids: the clips' names.
        captions: the caption of each that was embedded.
        split: train, val or test.
        of: by modality, (N, C); text and motion at least.
        captions_NC: sentence embeddings of the captions, by which protocols judge two captions similar.

    Raises:
        ValueError: fewer than two clips, a name twice, another number of rows than names, a value that is not finite,
            a zero vector, modalities of different widths, or one caption embedded in two ways.
    """

    ids: tuple[str, ...]
    captions: tuple[str, ...]
    split: str
    of: dict[str, NDArray[Any]]
    captions_NC: NDArray[Any]

    def __post_init__(self) -> None:
        for clip, times in Counter(self.ids).items():
            if times > 1:
                raise ValueError(f"clip {clip!r}: found {times} times, expected once")
        if len(self.ids) < 2:
            raise ValueError(f"found {len(self.ids)} clip(s), expected at least 2 to retrieve from")
        if len(self.captions) != len(self.ids):
            raise ValueError(f"found {len(self.captions)} captions of {len(self.ids)} clips, expected one each")
        for name, rows_NC in {**self.of, "caption_embeddings": self.captions_NC}.items():
            self._check_rows(name, rows_NC)
        widths = {name: rows_NC.shape[1] for name, rows_NC in self.of.items()}
        if len({*widths.values()}) > 1:
            raise ValueError(f"found embeddings of different widths {widths}, expected one space")
        self._check_captions("text", self.of["text"])
        self._check_captions("caption_embeddings", self.captions_NC)
        order = sorted(range(len(self.ids)), key=self.ids.__getitem__)
        object.__setattr__(self, "ids", tuple(self.ids[i] for i in order))
        object.__setattr__(self, "captions", tuple(self.captions[i] for i in order))
        object.__setattr__(self, "of", {name: rows_NC[order] for name, rows_NC in self.of.items()})
        object.__setattr__(self, "captions_NC", self.captions_NC[order])

    @property
    def pairs(self) -> dict[tuple[str, str], tuple[str, str]]:
        """The part of PAIRS that the modalities allow."""
        return {directions: pair for directions, pair in PAIRS.items() if set(pair) <= set(self.of)}

    def _check_rows(self, name: str, rows_NC: NDArray[Any]) -> None:
        if rows_NC.ndim != 2 or len(rows_NC) != len(self.ids):
            raise ValueError(f"{name}: found shape {rows_NC.shape}, expected one row for each of {len(self.ids)} clips")
        for fault, bad_N in (
            ("NaN or infinite values", ~np.isfinite(rows_NC).all(1)),
            ("a zero vector, which has no direction,", ~rows_NC.any(1)),
        ):
            if bad_N.any():
                clip = self.ids[int(bad_N.argmax())]
                raise ValueError(f"{name}: found {fault} in {bad_N.sum()} clip(s), first {clip!r}")

    def _check_captions(self, name: str, rows_NC: NDArray[Any]) -> None:
        """Equal captions must tie; embedded twice, in batches of different padding, they differ in the last digits."""
        first: dict[str, int] = {}
        for i, caption in enumerate(self.captions):
            j = first.setdefault(caption, i)
            if not np.array_equal(rows_NC[i], rows_NC[j]):
                raise ValueError(
                    f"{name}: clips {self.ids[j]!r} and {self.ids[i]!r} have the caption {caption!r} but different "
                    "embeddings; embed each distinct caption once"
                )


def read_embeddings(path: Path) -> Embeddings:
    """The embeddings file of a run.

    Raises:
        ValueError: the file is damaged or lacks something, or its content is no `Embeddings`.
    """
    shard = Shard(path)
    needed = {"text", "motion", "caption_embeddings"} - set(shard.names)
    if missing := sorted(needed | {"ids", "captions", "split"} - set(shard.metadata)):
        raise ValueError(f"{path}: lacks {', '.join(missing)}")
    try:
        return Embeddings(
            tuple(shard.metadata["ids"]),
            tuple(shard.metadata["captions"]),
            shard.metadata["split"],
            {name: shard[name] for name in MODALITIES if name in shard.names},
            shard["caption_embeddings"],
        )
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error

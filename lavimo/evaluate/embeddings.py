"""A run's embeddings of a split, checked: one row a clip, the same row in every modality.

A file of them is either safetensors, with `ids`, `captions` and `split` as JSON under the metadata key `json`, or npz,
with `ids` and `captions` as arrays of strings. Both hold the arrays `text` and `motion`, perhaps `video` and
`caption_embeddings`, without which nobody can say how similar two captions are. Without `captions`, nobody can say
which are the same. An array `similarity_v2m` (or of another direction) says instead of vectors how similar each query
is to each item of the gallery: the answer of what compares pairs. A file may have such arrays alone. `galleries` names
each clip's gallery where a split has several, as the folds of a cross-validation are: no query meets another's items.

N clips, C channels, R some of the queries.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.evaluate.ranks import Rows
from lavimo.shards import Shard

POOLED = "pooled"
"""With this begins the split of folds that were put together."""
ELSEWHERE = np.finfo(np.float64).min
"""The similarity of an item of another gallery: less than any other."""
MODALITIES = ("text", "motion", "video")
PAIRS = {
    ("t2m", "m2t"): ("text", "motion"),
    ("v2m", "m2v"): ("video", "motion"),
    ("t2v", "v2t"): ("text", "video"),
}
"""The directions there and back of each pair of modalities; `t2m` has texts as queries and motions as gallery."""
DIRECTIONS = {
    direction: way for directions, pair in PAIRS.items() for direction, way in zip(directions, (pair, pair[::-1]))
}
"""The modality of the queries and that of the gallery."""


@dataclass(frozen=True)
class Embeddings:
    """Embeddings of a split's clips, in the order of the clips' names whatever order they were given in.

    Attributes:
        ids: the clips' names.
        captions: the caption of each that was embedded; empty if nobody told them.
        split: train, val or test.
        of: by modality, (N, C); text and motion at least, or none.
        captions_NC: sentence embeddings of the captions, by which protocols judge two captions similar, if there are.
        pairs: by direction, (N, N): similarities of queries to the gallery that count instead of the vectors' cosines.
        galleries: the gallery that each clip is asked and found in; empty: all are in one.

    Raises:
        ValueError: fewer than two clips, a name twice, another number of rows than names, a value that is not finite,
            a zero vector, modalities of different widths, or one caption embedded in two ways for one gallery.
    """

    ids: tuple[str, ...]
    captions: tuple[str, ...]
    split: str
    of: dict[str, NDArray[Any]]
    captions_NC: NDArray[Any] | None
    pairs: dict[str, NDArray[Any]] = field(default_factory=dict)
    galleries: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for clip, times in Counter(self.ids).items():
            if times > 1:
                raise ValueError(f"clip {clip!r}: found {times} times, expected once")
        if len(self.ids) < 2:
            raise ValueError(f"found {len(self.ids)} clip(s), expected at least 2 to retrieve from")
        for what, of_clips in (("captions", self.captions), ("galleries", self.galleries)):
            if of_clips and len(of_clips) != len(self.ids):
                raise ValueError(f"found {len(of_clips)} {what} of {len(self.ids)} clips, expected one each")
        for name, rows_NC in self._arrays().items():
            self._check_rows(name, rows_NC)
        for direction, similarity_NN in self.pairs.items():
            clips = len(self.ids)
            if direction not in DIRECTIONS or similarity_NN.shape != (clips, clips):
                raise ValueError(
                    f"similarity_{direction}: found shape {similarity_NN.shape}, expected {(clips, clips)}, "
                    f"and one of the directions {', '.join(DIRECTIONS)}"
                )
            if not np.isfinite(similarity_NN).all():
                raise ValueError(f"similarity_{direction}: found NaN or infinite values")
        widths = {name: rows_NC.shape[1] for name, rows_NC in self.of.items()}
        if len({*widths.values()}) > 1:
            raise ValueError(f"found embeddings of different widths {widths}, expected one space")
        for name in {"text", "caption_embeddings"} & self._arrays().keys():
            self._check_captions(name, self._arrays()[name])
        order = sorted(range(len(self.ids)), key=self.ids.__getitem__)
        for name, value in self._picked(order).items():
            object.__setattr__(self, name, value)

    @property
    def directions(self) -> dict[str, tuple[str, str]]:
        """The part of DIRECTIONS that the modalities allow."""
        return {
            direction: way
            for direction, way in DIRECTIONS.items()
            if direction in self.pairs or set(way) <= set(self.of)
        }

    @property
    def gallery(self) -> int:
        """The items that a query is compared with; of several galleries the mean."""
        return round(len(self.ids) / max(1, len(set(self.galleries))))

    def similarity(self, direction: str, rows_R: NDArray[np.intp] | None = None) -> NDArray[np.float64]:
        """How similar queries are to each item of the gallery, (R, N): of all queries, or of some."""
        rows_R = np.arange(len(self.ids)) if rows_R is None else rows_R
        if direction in self.pairs:
            return self.within(rows_R, self.pairs[direction][rows_R].astype(np.float64), ELSEWHERE)
        queries, gallery = DIRECTIONS[direction]
        return self.within(rows_R, self._rows[queries].similarity(rows_R, self._rows[gallery]), ELSEWHERE)

    def within(self, rows_R: NDArray[np.intp], values_RN: NDArray[np.float64], other: float) -> NDArray[np.float64]:
        """The values of some queries and all items, but for items of other galleries `other` in their place."""
        if not self.galleries:
            return values_RN
        gallery_N = np.unique(np.array(self.galleries), return_inverse=True)[1]
        return np.where(gallery_N[rows_R][:, None] == gallery_N, values_RN, other)

    @cached_property
    def _rows(self) -> dict[str, Rows]:
        return {modality: Rows.of(rows_NC) for modality, rows_NC in self.of.items()}

    def subset(self, clips: list[int]) -> "Embeddings":
        """Some of the clips, at least two."""
        return replace(self, **self._picked(clips))

    def _picked(self, clips: list[int]) -> dict[str, Any]:
        """What the fields are for some of the clips."""
        return {
            "ids": tuple(self.ids[i] for i in clips),
            "captions": tuple(self.captions[i] for i in clips) if self.captions else (),
            "of": {name: rows_NC[clips] for name, rows_NC in self.of.items()},
            "captions_NC": None if self.captions_NC is None else self.captions_NC[clips],
            "galleries": tuple(self.galleries[i] for i in clips) if self.galleries else (),
            "pairs": {direction: of_NN[np.ix_(clips, clips)] for direction, of_NN in self.pairs.items()},
        }

    def _arrays(self) -> dict[str, NDArray[Any]]:
        return self.of | ({} if self.captions_NC is None else {"caption_embeddings": self.captions_NC})

    def _check_rows(self, name: str, rows_NC: NDArray[Any]) -> None:
        if rows_NC.ndim != 2 or len(rows_NC) != len(self.ids):
            raise ValueError(f"{name}: found shape {rows_NC.shape}, expected one row for each of {len(self.ids)} clips")
        if not np.issubdtype(rows_NC.dtype, np.floating):
            raise ValueError(f"{name}: found values of type {rows_NC.dtype}, expected floating point")
        with np.errstate(over="ignore"):
            length_N = np.square(rows_NC, dtype=np.float64).sum(1)
        for fault, bad_N in (
            ("NaN or infinite values", ~np.isfinite(length_N)),
            ("a zero vector, which has no direction,", length_N == 0),
        ):
            if bad_N.any():
                clip = self.ids[int(bad_N.argmax())]
                raise ValueError(f"{name}: found {fault} in {bad_N.sum()} clip(s), first {clip!r}")

    def _check_captions(self, name: str, rows_NC: NDArray[Any]) -> None:
        """Equal captions must tie; embedded twice, in batches of different padding, they differ in the last digits."""
        first: dict[tuple[str, ...], int] = {}
        for i, caption in enumerate(self.captions):
            j = first.setdefault((caption, *self.galleries[i : i + 1]), i)
            if i != j and not np.array_equal(rows_NC[i], rows_NC[j]):
                raise ValueError(
                    f"{name}: clips {self.ids[j]!r} and {self.ids[i]!r} have the caption {caption!r} but different "
                    "embeddings; embed each distinct caption once"
                )


def read_embeddings(path: Path) -> Embeddings:
    """The embeddings file of a run, or anyone's, in a form that this module's docstring tells.

    Raises:
        ValueError: the file is damaged or lacks something, or its content is no `Embeddings`.
    """
    found = read_npz(path) if path.suffix == ".npz" else read_safetensors(path)
    pairs = {
        direction: found[f"similarity_{direction}"] for direction in DIRECTIONS if f"similarity_{direction}" in found
    }
    needed = {"ids"} if pairs and not {"text", "motion"} & set(found) else {"text", "motion", "ids"}
    if missing := sorted(needed - set(found)):
        raise ValueError(f"{path}: lacks {', '.join(missing)}")
    for name in {"ids", "captions", "galleries"} & set(found):
        if np.ndim(found[name]) != 1:
            raise ValueError(f"{path}: {name}: found shape {np.shape(found[name])}, expected one for each clip")
    try:
        return Embeddings(
            tuple(map(str, found["ids"])),
            tuple(map(str, found.get("captions", ()))),
            str(found.get("split", "test")),
            {name: found[name] for name in MODALITIES if name in found},
            found.get("caption_embeddings"),
            pairs,
            tuple(map(str, found.get("galleries", ()))),
        )
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def read_safetensors(path: Path) -> dict[str, Any]:
    """All that a safetensors file of embeddings holds, by name.

    Raises:
        ValueError: the file is missing or damaged, or holds numbers that numpy does not know, such as bfloat16.
    """
    shard = Shard(path)
    try:
        return {**{name: shard[name] for name in shard.names}, **shard.metadata}
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"{path}: cannot be read as arrays of numpy ({error}); write float32") from error


def read_npz(path: Path) -> dict[str, Any]:
    """All that an npz file of embeddings holds, by name.

    Raises:
        ValueError: the file is missing or damaged, or holds Python objects, which may do anything when read.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            return dict(file)
    except Exception as error:  # numpy and zipfile raise a dozen kinds on damaged files
        raise ValueError(f"{path}: cannot be read as arrays of numbers and strings ({str(error)[:300]})") from error

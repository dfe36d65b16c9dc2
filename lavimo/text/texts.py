"""The file of texts: every distinct caption's sentence embedding and token features.

Arrays: `sentences` (N, S); `tokens` (sum of L, D), all captions' tokens one after another; `offsets` (N + 1,), so that
caption n has the tokens offsets[n] to offsets[n + 1]. Metadata: the captions in order, the model's name and hash.

N captions, L tokens of a caption, S sentence dimensions, D token dimensions.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.shards import Shard, Streamed, write_shard


def write_texts(
    path: Path,
    captions: Sequence[str],
    lengths: Sequence[int],
    encoded: Iterable[tuple[NDArray[np.float32], NDArray[np.float32]]],
    **metadata: str,
) -> None:
    """Write the sentence embedding and the token features of each caption, which are not kept in memory.

    Args:
        lengths: L of each caption.
        encoded: both of each caption, (S,) and (L, D).
    """
    coming = iter(encoded)
    first = next(coming)
    sentences: list[NDArray[np.float32]] = []

    def tokens() -> Iterator[NDArray[np.float32]]:
        for sentence_S, tokens_LD in chain([first], coming):
            sentences.append(sentence_S)
            yield tokens_LD

    arrays: dict[str, NDArray[Any] | Streamed] = {
        "tokens": Streamed((sum(lengths), first[1].shape[1]), tokens()),
        "sentences": Streamed((len(captions), len(first[0])), sentences),  # by then they are known
        "offsets": np.cumsum([0, *lengths]),
    }
    write_shard(path, arrays, captions=list(captions), **metadata)


class Texts:
    """The file of texts opened for reading, or several of one model.

    Attributes:
        token_width: D, the width of the token features.
        model: what made them: its name, and the sha256 of its weights.
    """

    def __init__(self, path: Path, *more: Path):
        """Open `path`, and others beside it.

        Raises:
            ValueError: a file is missing, truncated, no file of texts, or another language model's.
        """
        self.path = Path(path)
        files = [_File(one) for one in (path, *more)]
        self._where = {caption: (file, row) for file in reversed(files) for row, caption in enumerate(file.captions)}
        self.token_width, self.model = files[0].token_width, files[0].model
        for one, file in zip(more, files[1:]):
            if (file.token_width, file.model) != (self.token_width, self.model):
                raise ValueError(f"{one}: found texts of {file.model}, expected those of {self.model} as in {path}")

    def sentence(self, caption: str) -> NDArray[np.float32]:
        """A caption's sentence embedding, (S,), of length 1."""
        file, row = self._found(caption)
        return file.sentences_NS[row]

    def tokens(self, caption: str) -> NDArray[np.float32]:
        """A caption's token features, (L, D)."""
        file, row = self._found(caption)
        return file.tokens(row)

    def _found(self, caption: str) -> "tuple[_File, int]":
        if caption not in self._where:
            raise ValueError(f"caption {caption!r}: not in {self.path}; run embed_texts again on this clip table")
        return self._where[caption]


class _File:
    """One file of texts."""

    def __init__(self, path: Path):
        shard = Shard(path)
        if "captions" not in shard.metadata:
            raise ValueError(f"{path}: found no captions in it, expected the output of embed_texts")
        self.captions: list[str] = shard.metadata["captions"]
        self.sentences_NS, self._offsets = shard["sentences"], shard["offsets"]
        self._tokens = shard.rows("tokens")
        self.token_width: int = self._tokens.get_shape()[1]
        self.model = {key: shard.metadata.get(key, "") for key in ("model", "sha256")}

    def tokens(self, row: int) -> NDArray[np.float32]:
        tokens_LD: NDArray[np.float32] = self._tokens[self._offsets[row] : self._offsets[row + 1]]
        return tokens_LD

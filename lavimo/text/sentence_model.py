"""The language model: captions to a sentence embedding and token features, offline.

B captions of a batch, L tokens, D dimensions.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # before transformers is imported, which reads it once

import torch
from transformers import AutoModel, AutoTokenizer
from transformers.utils.logging import disable_progress_bar

disable_progress_bar()

T = TypeVar("T")

BATCH = 64
"""Captions encoded at once."""
SORTED = 1024
"""Captions among which those of one length are looked for: so many are in memory together."""


class SentenceModel:
    """A sentence-transformers model whose sentence embedding is the normalised mean of its token features."""

    def __init__(self, folder: Path, quiet: bool = False):
        """Load the model in `folder`; `quiet` shows no progress.

        Raises:
            ValueError: another pooling than the mean, or a tokenizer that is not the model's.
        """
        pooling = folder / "1_Pooling" / "config.json"
        if pooling.is_file() and not json.loads(pooling.read_text())["pooling_mode_mean_tokens"]:
            raise ValueError(f"{pooling}: expected pooling_mode_mean_tokens, the only pooling known here")
        self._quiet = quiet
        self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self._model = AutoModel.from_pretrained(folder, local_files_only=True).eval()
        config = self._model.config
        # A tokenizer whose vocabulary was not found has five tokens and calls every word unknown, without a warning.
        if len(self._tokenizer) != config.vocab_size:
            raise ValueError(f"{folder}: tokenizer of {len(self._tokenizer)} tokens, model of {config.vocab_size}")
        self._max_tokens = min(self._tokenizer.model_max_length, config.max_position_embeddings)

    def token_ids(self, captions: Sequence[str]) -> list[list[int]]:
        """Each caption's tokens, both special ones included, as `encode` takes them."""
        return [self._tokenizer(c, truncation=True, max_length=self._max_tokens)["input_ids"] for c in captions]

    def encode(self, ids: Sequence[Sequence[int]]) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """Each caption's sentence embedding, (D,) of length 1, and token features, (L, D).

        Captions of the same number of tokens go through the model together, so that none is padded: padding
        changes the last bits, and captions would depend on their neighbours.
        """
        with tqdm(
            total=len(ids), desc="embed_texts", unit="caption", mininterval=5, disable=self._quiet or None
        ) as progress:
            for some in batched(ids, SORTED):
                encoded: dict[int, tuple[NDArray[np.float32], NDArray[np.float32]]] = {}
                by_length = sorted(range(len(some)), key=lambda row: len(some[row]))
                for _, same_length in groupby(by_length, key=lambda row: len(some[row])):
                    for rows in batched(same_length, BATCH):
                        encoded |= zip(rows, self._encode_batch(torch.tensor([some[row] for row in rows])))
                yield from (encoded[row] for row in range(len(some)))
                progress.update(len(some))

    @torch.inference_mode()
    def _encode_batch(self, ids_BL: torch.Tensor) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        tokens_BLD = self._model(input_ids=ids_BL).last_hidden_state.float()
        sentences_BD = torch.nn.functional.normalize(tokens_BLD.mean(dim=1), dim=1)
        return zip(sentences_BD.numpy(), tokens_BLD.numpy())


def batched(rows: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Consecutive batches of at most `size` (itertools.batched comes with Python 3.12)."""
    iterator = iter(rows)
    while batch := tuple(islice(iterator, size)):
        yield batch

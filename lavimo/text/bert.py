"""A frozen language model of BERT's kind, as all-MiniLM-L6-v2 is, without transformers and torch: the same numbers, to
single precision's last digits, in a tenth of a second from a cold start.

L tokens of a caption, N of several, one after another, D dimensions.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.layers import Array, attention, gelu, layer_norm, linear, unit

KNOWN = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute"}
BATCH = 64
"""Captions that go through it at once."""
TOKENIZER, WORDS = "tokenizer.json", "embeddings.word_embeddings.weight"


def knows(folder: Path) -> bool:
    """Whether a folder's model is of the one kind that is known here; any other is transformers'."""
    try:
        told = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return (folder / TOKENIZER).is_file() and all(told.get(name, value) == value for name, value in KNOWN.items())


class Bert:
    """The model of a folder; of its tokens' vectors, the most of its file, only those asked for are read."""

    def __init__(self, folder: Path):
        """Load it.

        Raises:
            ValueError: a tokenizer that is not the model's, or a weight that is missing.
        """
        from safetensors import SafetensorError, safe_open
        from tokenizers import Tokenizer

        self._config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        told = folder / "tokenizer_config.json"
        longest = json.loads(told.read_text(encoding="utf-8")).get("model_max_length") if told.is_file() else None
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(min(longest or 10**9, self._config["max_position_embeddings"]))
        if (found := self._tokenizer.get_vocab_size()) != (expected := self._config["vocab_size"]):
            raise ValueError(f"{folder}: tokenizer of {found} tokens, model of {expected}")
        try:
            file = safe_open(folder / "model.safetensors", framework="numpy")
            self._words = file.get_slice(WORDS)
            names = [name for name in file.keys() if name.startswith(("embeddings.", "encoder.")) and name != WORDS]  # noqa: SIM118
            self._weights = {name: np.asarray(file.get_tensor(name)) for name in names}
        except (SafetensorError, OSError) as error:
            raise ValueError(f"{folder}: cannot be read as a BERT ({error})") from error

    def token_ids(self, captions: Sequence[str]) -> list[list[int]]:
        """Each caption's tokens, both special ones included, as `encode` takes them."""
        return [one.ids for one in self._tokenizer.encode_batch(list(captions))]

    def encode(self, ids: Sequence[Sequence[int]]) -> Iterator[tuple[Array, Array]]:
        """Each caption's sentence embedding, (D,) of length 1, and token features, (L, D)."""
        for begin in range(0, len(ids), BATCH):
            some = ids[begin : begin + BATCH]
            lengths = [len(one) for one in some]
            for tokens_LD in np.split(self._forward(np.concatenate(some), lengths), np.cumsum(lengths)[:-1]):
                yield unit(tokens_LD.mean(0)), tokens_LD

    def _forward(self, ids_N: NDArray[np.integer[Any]], lengths: Sequence[int]) -> Array:
        """The last layer's tokens, (N, D) (Devlin et al. 2019)."""
        distinct, place_N = np.unique(ids_N, return_inverse=True)
        x_ND = np.concatenate([self._words[int(one) : int(one) + 1] for one in distinct])[place_N]
        x_ND += self._weights["embeddings.token_type_embeddings.weight"][0]
        positions_N = np.concatenate([np.arange(length) for length in lengths])
        x_ND += self._weights["embeddings.position_embeddings.weight"][positions_N]
        x_ND = self._norm(x_ND, "embeddings")
        for layer in range(self._config["num_hidden_layers"]):
            own = f"encoder.layer.{layer}"
            q_ND, k_ND, v_ND = (
                self._linear(x_ND, f"{own}.attention.self.{name}") for name in ("query", "key", "value")
            )
            mixed_ND = attention(q_ND, k_ND, v_ND, self._config["num_attention_heads"], lengths)
            x_ND = self._norm(x_ND + self._linear(mixed_ND, f"{own}.attention.output.dense"), f"{own}.attention.output")
            inner_NE = gelu(self._linear(x_ND, f"{own}.intermediate.dense"))
            x_ND = self._norm(x_ND + self._linear(inner_NE, f"{own}.output.dense"), f"{own}.output")
        return x_ND

    def _linear(self, x: Array, name: str) -> Array:
        return linear(x, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _norm(self, x: Array, name: str) -> Array:
        own = f"{name}.LayerNorm"
        eps = self._config["layer_norm_eps"]
        return layer_norm(x, self._weights[f"{own}.weight"], self._weights[f"{own}.bias"], eps)

"""The text encoders: on a frozen language model's token features, or a language model that is trained along.

B batch, L tokens, D their width, C dimensions of the joint space.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lavimo.config import ModelOptions
from lavimo.encode.encoded import Encoded, Inputs, padded
from lavimo.encode.packed import Packing
from lavimo.encode.sequence import SequenceTransformer

Features = Callable[[Sequence[str]], list[NDArray[np.float32]]]
"""The token features (L, D) of captions."""


class FeatureTextEncoder(nn.Module):
    """A transformer over the token features of a language model that is not trained (stage `embed_texts`)."""

    def __init__(self, options: ModelOptions, token_width: int, features: Features):
        """`features` is where token features come from: the stage's file in training, the language model afterwards."""
        super().__init__()
        self.features = features
        self.projection = nn.Linear(token_width, options.dim)
        self.normal = options.latent == "normal"
        self.transformer = SequenceTransformer(options.text_layers, options, 2 if self.normal else 1)

    def collate(self, captions: Sequence[str], rngs: Sequence[np.random.Generator] | None = None) -> Inputs:
        """The captions' token features."""
        return padded(self.features(captions))

    def forward(self, inputs: Inputs) -> Encoded:
        """Encode captions."""
        packing = Packing(inputs.mask_BL)
        vector_BC, tokens_BLC = self.transformer(self.projection(packing.pack(inputs.x_BL)), packing)
        return Encoded.normal(vector_BC) if self.normal else Encoded.of(vector_BC, tokens_BLC, inputs.mask_BL)


class SentenceTextEncoder(nn.Module):
    """The mean of a frozen language model's token features, as all-MiniLM-L6-v2 makes its sentence embedding: the fixed
    points that motions and pictures are brought to (MotionCLIP has CLIP's)."""

    def __init__(self, options: ModelOptions, token_width: int, features: Features):
        """As of `FeatureTextEncoder`.

        Raises:
            ValueError: the joint space has another width than the language model.
        """
        super().__init__()
        if options.dim != token_width:
            raise ValueError(f"model.dim: found {options.dim}, expected {token_width}, the sentence embeddings' width")
        self.features = features

    def collate(self, captions: Sequence[str], rngs: Sequence[np.random.Generator] | None = None) -> Inputs:
        """The captions' token features."""
        return padded(self.features(captions))

    def forward(self, inputs: Inputs) -> Encoded:
        """Encode captions."""
        mask_BL1 = inputs.mask_BL[..., None]
        mean_BC = (inputs.x_BL * mask_BL1).sum(1) / mask_BL1.sum(1)
        return Encoded.of(mean_BC, inputs.x_BL, inputs.mask_BL)


class LanguageModelEncoder(nn.Module):
    """A language model of transformers (DistilBERT in the paper), fine-tuned, with a transformer on its tokens."""

    LONGEST = 128
    """Tokens of a caption; the rest is cut off."""

    def __init__(self, options: ModelOptions, tokenizer: Any, language_model: nn.Module):
        super().__init__()
        self.tokenizer = tokenizer
        self.language_model = language_model
        self.projection = nn.Linear(int(language_model.config.hidden_size), options.dim)  # type: ignore[union-attr, arg-type]
        self.transformer = SequenceTransformer(options.text_layers, options)

    @classmethod
    def from_pretrained(cls, options: ModelOptions, weights: bool = True) -> "LanguageModelEncoder":
        """The encoder on `options.text_encoder`, a folder or the hub's name.

        Args:
            weights: load them; else only the architecture, for a checkpoint that has them.

        Raises:
            ValueError: it is not there; what to put where is named.
        """
        from lavimo.encode.weights.language_model import language_model

        return cls(options, *language_model(options.text_encoder, weights))

    def collate(self, captions: Sequence[str], rngs: Sequence[np.random.Generator] | None = None) -> Inputs:
        """The captions' tokens."""
        ids = [self.tokenizer(caption, truncation=True, max_length=self.LONGEST)["input_ids"] for caption in captions]
        return padded([np.array(one, np.int64) for one in ids])

    def forward(self, inputs: Inputs) -> Encoded:
        """Encode captions."""
        ids_BL, mask_BL = inputs.x_BL, inputs.mask_BL
        tokens_BLD = self.language_model(input_ids=ids_BL, attention_mask=mask_BL.long()).last_hidden_state
        packing = Packing(mask_BL)
        vector_BC, tokens_BLC = self.transformer(self.projection(packing.pack(tokens_BLD)), packing)
        return Encoded.of(vector_BC, tokens_BLC, mask_BL)

    def pretrained(self) -> list[nn.Parameter]:
        """The parameters that somebody trained before."""
        return list(self.language_model.parameters())

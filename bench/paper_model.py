"""What benches of the paper's model share: the model with random weights, and a batch as HumanML3D's are.

Speed and memory do not know weights. The language model is of DistilBERT's form, with MiniLM's tokenizer, which is the
same; the image encoder is ViT-B/32.
"""

import tempfile
from typing import Any

import numpy as np
import torch

from lavimo.config import Config
from lavimo.encode.build import build_encoders
from lavimo.methods.build import build_method
from lavimo.methods.method import Method
from lavimo.text.minilm import minilm_folder
from lavimo.train.batch import Batch

FEATURES, SENTENCE_WIDTH = 263, 384
LENGTHS = (63, 89, 111, 142, 180, 196, 196, 196)
"""Frames of HumanML3D's training clips: each stands for an eighth of its index.csv, cut at 196."""
CAPTION = "a person walks forward, turns around and sits down on a chair"
"""As long as HumanML3D's are on average, twelve words."""


def paper_method(config: Config, **smaller: Any) -> Method:
    """The method of the options with random weights, before its first step.

    Args:
        smaller: sizes of the language model, where they are not DistilBERT's.
    """
    from transformers import AutoTokenizer, DistilBertConfig

    with tempfile.TemporaryDirectory() as folder:
        tokenizer = AutoTokenizer.from_pretrained(minilm_folder(), local_files_only=True)
        tokenizer.save_pretrained(folder)
        DistilBertConfig(vocab_size=len(tokenizer), **smaller).save_pretrained(folder)
        options = config.model.model_copy(update={"text_encoder": folder})
        statistics = np.zeros(FEATURES, np.float32), np.ones(FEATURES, np.float32)
        encoders = build_encoders(options, config.train, statistics, (0, 0), lambda captions: [], pretrained=False)
    return build_method(options, config.train, encoders)


def paper_batch(config: Config, method: Method, clips: int) -> Batch:
    """A batch as training makes it, of noise."""
    rng, size_px = np.random.default_rng(0), config.sample_frames.size_px
    cached = (1, config.sample_frames.count, config.sample_frames.candidates, size_px, size_px, 3)
    items: dict[str, list[Any]] = {
        "text": [CAPTION] * clips,
        "motion": [rng.standard_normal((LENGTHS[i % len(LENGTHS)], FEATURES), np.float32) for i in range(clips)],
        "video": [rng.integers(256, size=cached, dtype=np.uint8)] * clips,
    }
    encoders: Any = method.encoders
    rngs = [np.random.default_rng(i) for i in range(clips)]
    inputs = {modality: encoders[modality].collate(own, rngs) for modality, own in items.items()}
    sentences_BS = torch.nn.functional.normalize(torch.randn(clips, SENTENCE_WIDTH), dim=-1)
    return Batch([str(i) for i in range(clips)], sentences_BS, inputs, {name: torch.arange(clips) for name in inputs})

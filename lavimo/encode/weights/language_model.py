"""A language model and its tokenizer, from a folder or the hub (DistilBERT, MiniLM, any of transformers' encoders)."""

import os
from pathlib import Path
from typing import Any

from torch import nn

from lavimo.text.minilm import minilm_folder


def language_model(name: str, weights: bool = True) -> tuple[Any, nn.Module]:
    """The tokenizer and the model.

    Args:
        name: `minilm` (packaged), a folder in transformers' form, or the hub's name, such as distilbert-base-uncased.
        weights: load them; else the architecture alone, with weights that mean nothing.

    Raises:
        ValueError: it is not there; what to put where is named.
    """
    from transformers import AutoConfig, AutoModel, AutoTokenizer

    source: str | Path = minilm_folder() if name == "minilm" else name
    local = Path(source).is_dir()
    try:
        tokenizer = AutoTokenizer.from_pretrained(source, local_files_only=local)
        if weights:
            model = AutoModel.from_pretrained(source, local_files_only=local)
        else:
            model = AutoModel.from_config(AutoConfig.from_pretrained(source, local_files_only=local))
    except Exception as error:  # transformers raises a dozen kinds
        offline = ", and HF_HUB_OFFLINE is set" if os.environ.get("HF_HUB_OFFLINE", "0") not in ("", "0") else ""
        raise ValueError(
            f"model.text_encoder {name!r}: found no such folder, and the hub does not give it{offline} "
            f"({type(error).__name__}). Download config.json, model.safetensors, tokenizer.json and "
            f"tokenizer_config.json of huggingface.co/{name} into a folder and name that"
        ) from error
    if len(tokenizer) != model.config.vocab_size:
        raise ValueError(f"{source}: tokenizer of {len(tokenizer)} tokens, model of {model.config.vocab_size}")
    return tokenizer, model

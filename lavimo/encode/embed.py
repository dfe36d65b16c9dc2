"""Stage `embed`: a split's captions, motions and videos as vectors of the joint space.

N clips, B batch, C dimensions of the joint space.
"""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from lavimo.config import EmbedOptions, ModelOptions
from lavimo.encode.checkpoint import load_model
from lavimo.encode.footage import footage_of
from lavimo.encode.samples import Samples
from lavimo.shards import Shard, write_shard

logger = logging.getLogger(__name__)


def embed(
    model: Path,
    clips: Path,
    texts: Path,
    features: list[Path],
    frames: list[Path],
    landmarks: list[Path],
    embeddings: Path,
    options: EmbedOptions,
    device: str = "cpu",
) -> None:
    """Write the embeddings of a split's clips: each one's first caption, its motion, and its video if the model has it.

    Raises:
        ValueError: a damaged file, a clip without frames, or data of another kind than the model was trained on.
    """
    told = ModelOptions.model_validate(Shard(model).metadata.get("model", {}))
    samples = Samples(clips, texts, features, footage_of(told, frames, landmarks, []))
    encoders, about = load_model(model, samples.token_features, device)
    statistics: Any = encoders["motion"].feature_mean_F
    for name, found, expected in (
        ("features of width", samples.feature_width, len(statistics)),
        ("token features of width", samples.texts.token_width, about["token_width"]),
        ("features of frames of width", samples.frame_width, about["frame_width"]),
        ("features of the convention", samples.convention, about.get("convention", samples.convention)),
        ("token features of the model", samples.texts.model, about.get("texts", samples.texts.model)),
    ):
        if found != expected:
            raise ValueError(f"{model}: found {name} {found}, but it was trained on {expected}; train it again")
    names = samples.split(options.split)
    arrays = embed_clips(encoders, samples, names, options.batch_size, device)
    captions = [samples.clips[name].captions[0] for name in names]
    arrays["caption_embeddings"] = np.stack([samples.texts.sentence(caption) for caption in captions])
    write_shard(embeddings, arrays, ids=names, captions=captions, split=options.split)
    logger.info("embed: %d clips of the split %s, %s", len(names), options.split, ", ".join(encoders))


def embed_clips(
    encoders: nn.ModuleDict, samples: Samples, names: Sequence[str], batch_size: int, device: str
) -> dict[str, NDArray[np.float32]]:
    """The clips' embeddings by modality, (N, C) each.

    A caption that several clips share is encoded once, so that they tie exactly. Long motions lose their end.
    """
    captions = [samples.clips[name].captions[0] for name in names]
    distinct = sorted(set(captions))
    training = encoders.training
    encoders.eval()
    rows = [distinct.index(caption) for caption in captions]
    arrays = {
        "text": in_batches(encoders["text"], distinct, batch_size, device)[rows],
        "motion": in_batches(encoders["motion"], names, batch_size, device, samples.motion),
    }
    if "video" in encoders:
        arrays["video"] = in_batches(encoders["video"], names, batch_size, device, samples.video)
    encoders.train(training)
    return arrays


@torch.inference_mode()
def in_batches(
    encoder: Any, items: Sequence[Any], batch_size: int, device: str, read: Any = None
) -> NDArray[np.float32]:
    """The embeddings (N, C) of items, at most `batch_size` at once; `read` gets each just before."""
    found = []
    for start in range(0, len(items), batch_size):
        some = [read(item) if read else item for item in items[start : start + batch_size]]
        found.append(encoder(encoder.collate(some).to(device)).embedding_BC.cpu())
    return torch.cat(found).numpy()

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
from scipy.spatial.distance import cdist
from torch import nn

from lavimo.config import EmbedOptions, ModelOptions
from lavimo.encode.cached_videos import cached_videos_of
from lavimo.encode.checkpoint import load_model
from lavimo.encode.late_interaction import token_similarity
from lavimo.encode.samples import Samples
from lavimo.evaluate.embeddings import PAIRS
from lavimo.shards import Shard, write_shard

logger = logging.getLogger(__name__)

TOGETHER = 64
"""Clips whose tokens are compared at once."""


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
    samples = Samples(clips, texts, features, cached_videos_of(told, frames, landmarks, []))
    encoders, about = load_model(model, samples.token_features, device)
    motions: Any = encoders["motion"]
    width = len(motions.feature_mean_F) if told.motion_encoder == "features" else samples.feature_width
    for name, found, expected in (
        ("features of width", samples.feature_width, width),
        ("token features of width", samples.texts.token_width, about["token_width"]),
        ("features of frames of width", samples.frame_width, about["frame_width"]),
        ("features of the convention", samples.convention, about.get("convention", samples.convention)),
        ("token features of the model", samples.texts.model, about.get("texts", samples.texts.model)),
    ):
        if found != expected:
            raise ValueError(f"{model}: found {name} {found}, but it was trained on {expected}; train it again")
    names = samples.split(options.split)
    arrays = embed_clips(encoders, samples, names, options.batch_size, device)
    arrays |= similarities(encoders, samples, names, arrays, told, device)
    if "text" not in arrays:
        arrays = of_pair(arrays)
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
    training = encoders.training
    encoders.eval()
    arrays = {"motion": in_batches(encoders["motion"], names, batch_size, device, samples.moving)}
    if "text" in encoders:
        captions = [samples.clips[name].captions[0] for name in names]
        distinct = sorted(set(captions))
        rows = [distinct.index(caption) for caption in captions]
        arrays["text"] = in_batches(encoders["text"], distinct, batch_size, device)[rows]
    if "video" in encoders:
        arrays["video"] = in_batches(encoders["video"], names, batch_size, device, samples.video)
    encoders.train(training)
    return arrays


def of_pair(arrays: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    """How similar videos and motions are, of a model that knows no words: without these vectors say nothing else."""
    similarity_NN = arrays["video"] @ arrays["motion"].T
    return {"similarity_v2m": similarity_NN, "similarity_m2v": similarity_NN.T}


def similarities(
    encoders: nn.ModuleDict,
    samples: Samples,
    names: Sequence[str],
    arrays: dict[str, NDArray[np.float32]],
    model: ModelOptions,
    device: str,
) -> dict[str, NDArray[np.float32]]:
    """What counts instead of the vectors' cosines, `similarity_t2m` and the like, where a model has it so: minus the
    distance, or the mean of the cosine and of what words and motions say token by token."""
    found: dict[str, NDArray[np.float32]] = {}
    if model.space == "euclidean":
        for directions, (x, y) in PAIRS.items():
            if x in arrays and y in arrays:
                similarity_NN = np.asarray(-cdist(arrays[x], arrays[y]), np.float32)
                found |= {f"similarity_{directions[0]}": similarity_NN, f"similarity_{directions[1]}": similarity_NN.T}
    if model.interaction == "tokens":
        captions = [samples.clips[name].captions[0] for name in names]
        tokens_NN = by_tokens(encoders, samples, captions, names, device)
        similarity_NN = ((arrays["text"] @ arrays["motion"].T + tokens_NN) / 2).astype(np.float32)
        found |= {"similarity_t2m": similarity_NN, "similarity_m2t": similarity_NN.T}
    return found


@torch.inference_mode()
def by_tokens(
    encoders: nn.ModuleDict, samples: Samples, captions: Sequence[str], names: Sequence[str], device: str
) -> NDArray[np.float32]:
    """Each caption with each motion, token by token, (N, N); a caption that several clips share, once."""
    distinct = sorted(set(captions))
    texts: Any = encoders["text"]
    motions: Any = encoders["motion"]
    training = encoders.training
    encoders.eval()
    rows = []
    said = [
        motions(motions.collate([samples.motion(name) for name in names[at : at + TOGETHER]]).to(device))
        for at in range(0, len(names), TOGETHER)
    ]
    for at in range(0, len(distinct), TOGETHER):
        words = texts(texts.collate(distinct[at : at + TOGETHER]).to(device))
        rows.append(torch.cat([token_similarity(words, one) for one in said], dim=1).cpu())
    encoders.train(training)
    return torch.cat(rows).numpy()[[distinct.index(caption) for caption in captions]]


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

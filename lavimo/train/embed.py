"""Stage `embed`: a split's captions, motions and videos as vectors of the joint space.

N clips, B batch, C dimensions of the joint space.
"""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lavimo.config import EmbedOptions
from lavimo.model.checkpoint import load_model
from lavimo.model.lavimo import Lavimo
from lavimo.shards import write_shard
from lavimo.train.data import Data, pad
from lavimo.train.frames import whole_frames

logger = logging.getLogger(__name__)


def embed(
    model: Path,
    clips: Path,
    texts: Path,
    features: list[Path],
    frames: list[Path],
    embeddings: Path,
    options: EmbedOptions,
    device: str = "cpu",
) -> None:
    """Write the embeddings of a split's clips: each one's first caption, its motion, and its video if the model has it.

    Raises:
        ValueError: a damaged file, a clip without frames, or data of other widths than the model was trained on.
    """
    lavimo, _ = load_model(model, device)
    data = Data(clips, texts, features, frames, "video" in lavimo.encoders)
    for name, found, expected in (
        ("features", data.feature_width, len(lavimo.feature_mean_F)),
        ("token features", data.texts.token_width, lavimo.token_width),
    ):
        if found != expected:
            raise ValueError(
                f"{model}: found {name} of width {found}, but it was trained on {expected}; train it again"
            )
    names = data.split(options.split)
    arrays = embed_clips(lavimo, data, names, options.batch_size, device)
    captions = [data.clips[name].captions[0] for name in names]
    arrays["caption_embeddings"] = np.stack([data.texts.sentence(caption) for caption in captions])
    write_shard(embeddings, arrays, ids=names, captions=captions, split=options.split)
    logger.info("embed: %d clips of the split %s, %s", len(names), options.split, ", ".join(lavimo.encoders))


@torch.inference_mode()
def embed_clips(
    model: Lavimo, data: Data, names: Sequence[str], batch_size: int, device: str
) -> dict[str, NDArray[np.float32]]:
    """The clips' embeddings by modality, (N, C) each.

    A caption that several clips share is encoded once, so that they tie exactly. Long motions lose their end.
    """
    captions = [data.clips[name].captions[0] for name in names]
    distinct = sorted(set(captions))
    most = model.options.max_motion_frames

    def texts(batch: Sequence[str]) -> Tensor:
        tokens_BLD, mask_BL = pad([data.texts.tokens(caption) for caption in batch])
        return model.encode_text(tokens_BLD.to(device), mask_BL.to(device)).embedding_BC

    def motions(batch: Sequence[str]) -> Tensor:
        motion_BTF, mask_BT = pad([data.motion(name)[:most] for name in batch])
        return model.encode_motion(motion_BTF.to(device), mask_BT.to(device)).embedding_BC

    def videos(batch: Sequence[str]) -> Tensor:
        video_BV3HW = torch.stack(
            [whole_frames(data.video(name)[:, 0], model.image_size_px, model.options.video_input) for name in batch]
        )
        return model.encode_video(video_BV3HW.to(device)).embedding_BC

    training = model.training
    model.eval()
    rows = [distinct.index(caption) for caption in captions]
    arrays = {
        "text": in_batches(texts, distinct, batch_size)[rows],
        "motion": in_batches(motions, names, batch_size),
    }
    if "video" in model.encoders:
        arrays["video"] = in_batches(videos, names, batch_size)
    model.train(training)
    return arrays


def in_batches(encode: Callable[[Sequence[str]], Tensor], items: Sequence[str], batch_size: int) -> NDArray[np.float32]:
    """`encode` of all items, (N, C), at most `batch_size` at once."""
    batches = [items[start : start + batch_size] for start in range(0, len(items), batch_size)]
    return torch.cat([encode(batch).cpu() for batch in batches]).numpy()

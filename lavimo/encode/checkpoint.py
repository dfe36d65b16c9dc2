"""The model file: the encoders' weights and feature statistics in safetensors, all else in its JSON metadata."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lavimo.config import ModelOptions, TrainOptions
from lavimo.encode.about import model_options
from lavimo.encode.build import build_encoders
from lavimo.encode.text import Features
from lavimo.shards import Shard, write_shard
from lavimo.versions import __version__

Weights = dict[str, Tensor]


def save_model(
    path: Path, weights: Weights, model: ModelOptions, train: TrainOptions, widths: tuple[int, int], **about: Any
) -> None:
    """Write the encoders' weights.

    Args:
        weights: of a method; those of its encoders are kept.
        widths: of token features, and of features of frames.
        about: what else the file says: the epoch, where the data come from, how features and frames were made.
    """
    own = {name.removeprefix("encoders."): tensor for name, tensor in weights.items() if name.startswith("encoders.")}
    write_shard(
        path,
        {name: tensor.detach().cpu().numpy() for name, tensor in own.items()},
        model=model.model_dump(mode="json"),
        train=train.model_dump(mode="json"),
        token_width=widths[0],
        frame_width=widths[1],
        lavimo=__version__,
        **about,
    )


def load_model(path: Path, features: Features, device: str = "cpu") -> tuple[nn.ModuleDict, dict[str, Any]]:
    """The encoders in evaluation mode, and the file's metadata.

    Args:
        features: where token features of captions come from.

    Raises:
        ValueError: the file is missing, damaged, or no model of this version's.
    """
    shard = Shard(path)
    options = model_options(shard)
    weights = {name: torch.from_numpy(shard[name]) for name in shard.names}
    try:
        train = TrainOptions.model_validate(_known(shard.metadata["train"]))
        statistics = statistics_in(weights, options)
        widths = shard.metadata["token_width"], shard.metadata["frame_width"]
        encoders = build_encoders(options, train, statistics, widths, features, pretrained=False)
        encoders.load_state_dict(weights)
    except (KeyError, ValueError, RuntimeError) as error:
        raise ValueError(f"{path}: not a model of this version of lavimo ({error}); train it again") from error
    return encoders.to(device).eval(), shard.metadata


def _known(train: Any) -> Any:
    """Training options without those that lavimo no longer has: a trained model embeds without them."""
    if not isinstance(train, dict):
        return train
    renamed = TrainOptions.with_new_names(train)
    return {name: value for name, value in renamed.items() if name in TrainOptions.model_fields}


def statistics_in(weights: Weights, options: ModelOptions) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Those by which features are normalised; none where a model sees no features."""
    if options.motion_encoder != "features":
        return np.zeros(0, np.float32), np.ones(0, np.float32)
    return weights["motion.feature_mean_F"].numpy(), weights["motion.feature_std_F"].numpy()

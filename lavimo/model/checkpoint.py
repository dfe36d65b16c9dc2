"""The model file: weights and feature statistics in safetensors, everything else in its JSON metadata."""

from pathlib import Path
from typing import Any

import torch

from lavimo.config import ModelOptions, TrainOptions
from lavimo.model.lavimo import Lavimo
from lavimo.shards import Shard, write_shard


def save_model(path: Path, weights: dict[str, torch.Tensor], model: Lavimo, options: TrainOptions, epoch: int) -> None:
    """Write `weights`, which are `model`'s after `epoch`."""
    write_shard(
        path,
        {name: tensor.cpu().numpy() for name, tensor in weights.items()},
        model=model.options.model_dump(mode="json"),
        train=options.model_dump(mode="json"),
        token_width=model.token_width,
        epoch=epoch,
    )


def load_model(path: Path, device: str = "cpu") -> tuple[Lavimo, dict[str, Any]]:
    """The model in evaluation mode, and the file's metadata.

    Raises:
        ValueError: the file is missing, damaged, or no model of this version's.
    """
    shard = Shard(path)
    weights = {name: torch.from_numpy(shard[name]) for name in shard.names}
    try:
        options = ModelOptions.model_validate(shard.metadata["model"])
        model = Lavimo(options, shard.metadata["token_width"], weights["feature_mean_F"], weights["feature_std_F"])
        model.load_state_dict(weights)
    except (KeyError, ValueError, RuntimeError) as error:
        raise ValueError(f"{path}: not a model of this version of lavimo ({error}); train it again") from error
    return model.to(device).eval(), shard.metadata

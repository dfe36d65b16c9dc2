"""OpenAI's CLIP image encoder and Text4Vis's video model (Wu et al. 2023), from their files.

OpenAI's file (`ViT-B-32.pt`) is a TorchScript archive or a dictionary of weights, whose names of the image encoder
begin with `visual.`. Text4Vis's (`k400-vitb-32-f8.pt`) holds `model_state_dict`, such weights again, and
`fusion_model_state_dict`, its temporal transformer; names may begin with `module.`.
"""

import pickle
import zipfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

Weights = dict[str, Tensor]


def read_weights(source: str, model: str) -> tuple[Weights, Weights]:
    """The weights of the image encoder and, from Text4Vis, of the temporal transformer.

    Args:
        source: `openai`, fetched by open_clip from the hub, or a file.
        model: open_clip's name of the model.

    Raises:
        ValueError: there is no such file, it holds something else, or the hub cannot be reached.
    """
    path = _fetched(model) if source == "openai" else Path(source).expanduser()
    if not path.is_file():
        raise ValueError(
            f"model.image_weights {source!r}: found no such file; download OpenAI's ViT-B-32.pt, or Text4Vis's "
            "k400-vitb-32-f8.pt (github.com/whwu95/Text4Vis), and name it, or say openai where the hub can be reached"
        )
    state = _state(path)
    nested = state.get("model_state_dict")
    temporal = _plain(state.get("fusion_model_state_dict", {}))
    visual = {
        name.removeprefix("visual."): tensor
        for name, tensor in _plain(nested if nested is not None else state).items()
        if name.startswith("visual.")
    }
    if not visual:
        raise ValueError(f"{path}: found no weights that begin with visual., expected OpenAI's CLIP or Text4Vis")
    return visual, temporal


def _fetched(model: str) -> Path:
    import open_clip

    try:
        return Path(open_clip.download_pretrained(open_clip.get_pretrained_cfg(model, "openai")))
    except Exception as error:  # the hub's errors are a dozen kinds
        raise ValueError(
            f"model.image_weights openai: the hub cannot be reached ({type(error).__name__}); download OpenAI's "
            "ViT-B-32.pt elsewhere and name the file"
        ) from error


def _state(path: Path) -> dict[str, Any]:
    """What a file holds; programs in it are never run."""
    if path.suffix == ".safetensors":
        from safetensors.torch import load_file

        return dict(load_file(path))
    try:
        if zipfile.is_zipfile(path) and any(
            name.endswith("/constants.pkl") for name in zipfile.ZipFile(path).namelist()
        ):
            return dict(torch.jit.load(path, map_location="cpu").state_dict())
        found = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, pickle.UnpicklingError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path}: cannot be read as weights of torch ({error}); fetch the file again") from error
    if not isinstance(found, dict):
        raise ValueError(f"{path}: found {type(found).__name__}, expected weights by name")
    return found


def _plain(weights: dict[str, Any]) -> Weights:
    return {name.removeprefix("module."): tensor for name, tensor in weights.items() if isinstance(tensor, Tensor)}

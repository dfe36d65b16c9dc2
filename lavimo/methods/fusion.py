"""Fusion of the modalities and the motion decoder, which only training uses.

B batch, T motion frames, P frames a patch, L tokens of a modality, M fused tokens, N tokens of all motions together,
C dimensions of the joint space, F features.
"""

import torch
from torch import Tensor, nn

from lavimo.config import ModelOptions
from lavimo.encode.dropout import with_cheap_dropout
from lavimo.encode.encoded import Encoded
from lavimo.encode.motion import in_patches
from lavimo.encode.packed import Packing, attend, decoder_layer
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
        motion = encoded["motion"]
        queries, fused_BMC = Packing(motion.mask_BL), torch.zeros_like(motion.tokens_BLC)
        for modality, one in encoded.items():
            every = len(one.mask_BL) == len(motion.mask_BL)
            asking = queries if every else Packing(motion.mask_BL[rows[modality]])
            query_NC = asking.pack(motion.tokens_BLC if every else motion.tokens_BLC[rows[modality]])
            memory = queries if one is motion else Packing(one.mask_BL)
            memory_MC = query_NC if one is motion else memory.pack(one.tokens_BLC)
            attention = self.attentions[modality]
            assert isinstance(attention, nn.MultiheadAttention)
            part_BMC = asking.unpack(attend(attention, query_NC, asking, memory_MC, memory))
            fused_BMC = fused_BMC + part_BMC if every else fused_BMC.index_add(0, rows[modality], part_BMC)
        return fused_BMC, motion.mask_BL


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
        """Normalised features, (B, T, F), of motions whose durations `mask_BT` tells; zero where it is padding."""
        packing, kept_NP = in_patches(mask_BT, self.patch)
        patches_NPF = self.patches(fused_BMC, fused_mask_BM, packing).unflatten(1, (self.patch, self.features))
        return packing.unpack(patches_NPF * kept_NP[..., None]).flatten(1, 2)[:, : mask_BT.shape[1]]

    def patches(self, fused_BMC: Tensor, fused_mask_BM: Tensor, packing: Packing) -> Tensor:
        """The motions' patches, (N, P F)."""
        memory = Packing(fused_mask_BM)
        positions_LC = sinusoidal_positions(packing.mask_BL.shape[1], fused_BMC.shape[-1]).to(fused_BMC)
        x_NC, memory_MC = positions_LC[packing.at_N()], memory.pack(fused_BMC)
        for layer in self.transformer.layers:
            x_NC = decoder_layer(layer, x_NC, packing, memory_MC, memory)
        assert self.transformer.norm
        patches_NX: Tensor = self.head(self.transformer.norm(x_NC))
        return patches_NX

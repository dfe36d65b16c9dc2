"""Layers on packed tokens against torch's own on padded ones."""

import pytest
import torch
from torch import nn

from lavimo.encode.packed import ROUND, Packing, attend, decoder_layer, encoder_layer

DIM, HEADS = 16, 4


def masks(*lengths: int) -> torch.Tensor:
    """(B, L)."""
    return torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]


RAGGED, SHORT = masks(30, 7, 1, 12), masks(3, 9, 2, 9)
FULL = masks(5, 5, 5, 5)


def close(found: torch.Tensor, expected: torch.Tensor, mask_BL: torch.Tensor) -> None:
    """Where there is no padding."""
    torch.testing.assert_close(found[mask_BL], expected[mask_BL], atol=1e-5, rtol=1e-4)


def gradients(loss: torch.Tensor, module: nn.Module) -> list[torch.Tensor]:
    """Of a module's parameters."""
    return list(torch.autograd.grad(loss, list(module.parameters())))


@pytest.mark.parametrize("mask_BL", [RAGGED, FULL])
def test_an_encoder_layer_is_torchs_own_and_so_are_its_gradients(mask_BL: torch.Tensor) -> None:
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(DIM, HEADS, 32, 0.0, activation="gelu", batch_first=True, norm_first=True)
    x_BLC, packing = torch.randn(*mask_BL.shape, DIM), Packing(mask_BL)
    expected = layer(x_BLC, src_key_padding_mask=~mask_BL)
    found = packing.unpack(encoder_layer(layer, packing.pack(x_BLC), packing))
    close(found, expected, mask_BL)
    weights = mask_BL[..., None] * torch.randn_like(x_BLC)
    for one, other in zip(gradients((found * weights).sum(), layer), gradients((expected * weights).sum(), layer)):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize(("mask_BL", "memory_BM"), [(RAGGED, SHORT), (SHORT, RAGGED), (FULL, SHORT), (SHORT, FULL)])
def test_a_decoder_layer_is_torchs_own_and_so_are_its_gradients(mask_BL: torch.Tensor, memory_BM: torch.Tensor) -> None:
    torch.manual_seed(0)
    layer = nn.TransformerDecoderLayer(DIM, HEADS, 32, 0.0, activation="gelu", batch_first=True, norm_first=True)
    x_BLC, memory_BMC = torch.randn(*mask_BL.shape, DIM), torch.randn(*memory_BM.shape, DIM)
    packing, memory = Packing(mask_BL), Packing(memory_BM)
    expected = layer(x_BLC, memory_BMC, tgt_key_padding_mask=~mask_BL, memory_key_padding_mask=~memory_BM)
    found = packing.unpack(decoder_layer(layer, packing.pack(x_BLC), packing, memory.pack(memory_BMC), memory))
    close(found, expected, mask_BL)
    weights = mask_BL[..., None] * torch.randn_like(x_BLC)
    for one, other in zip(gradients((found * weights).sum(), layer), gradients((expected * weights).sum(), layer)):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-3)


def test_shares_are_dropped_in_training_alone() -> None:
    torch.manual_seed(0)
    attention, packing = nn.MultiheadAttention(DIM, HEADS, 0.5, batch_first=True), Packing(RAGGED)
    x_NC = packing.pack(torch.randn(*RAGGED.shape, DIM))
    one, two = (attend(attention, x_NC, packing, x_NC, packing) for _ in range(2))
    assert not torch.allclose(one, two)
    attention.eval()
    one, two = (attend(attention, x_NC, packing, x_NC, packing) for _ in range(2))
    assert torch.equal(one, two)


@pytest.mark.parametrize("mask_BL", [RAGGED, SHORT, FULL])
def test_tokens_are_unpacked_where_they_were(mask_BL: torch.Tensor) -> None:
    packing, x_BLC = Packing(mask_BL), torch.randn(*mask_BL.shape, 3, dtype=torch.float64, requires_grad=True)
    close(packing.unpack(packing.pack(x_BLC)), x_BLC, mask_BL)
    assert torch.autograd.gradcheck(packing.pack, (x_BLC,))
    packed = packing.pack(x_BLC).detach().requires_grad_()
    assert torch.autograd.gradcheck(packing.unpack, (packed,))


def test_few_sizes_are_packed() -> None:
    lengths = torch.randint(1, 40, (50, 20), generator=torch.Generator().manual_seed(0)).tolist()
    sizes = {len(Packing(masks(40, *some)).pack(torch.zeros(21, 40, 1))) for some in lengths}
    assert all(size % ROUND == 0 for size in sizes)
    assert len(sizes) < 10


@pytest.mark.parametrize("mask_BL", [RAGGED, SHORT, FULL])
@pytest.mark.parametrize("count", [1, 2])
def test_tokens_in_front_come_first(mask_BL: torch.Tensor, count: int) -> None:
    packing = Packing(mask_BL)
    whole = packing.after(count)
    batch, length = mask_BL.shape
    clip_BL = torch.arange(batch)[:, None].expand(batch, length)[..., None]
    front = torch.arange(batch).repeat_interleave(count)[:, None]
    packed = torch.cat([front, packing.pack(clip_BL)])
    unpacked_BL = whole.unpack(packed)[..., 0]
    assert whole.mask_BL[:, :count].all()
    assert torch.equal(whole.mask_BL[:, count:], mask_BL)
    assert torch.equal(unpacked_BL[whole.mask_BL], torch.arange(batch).repeat_interleave(whole.mask_BL.sum(1)))
    expected = torch.cat([torch.arange(count).repeat(batch), packing.at_N() + count])
    assert torch.equal(whole.at_N(), expected)

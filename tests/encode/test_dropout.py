"""Dropout from a pool against what torch's own promises."""

import pytest
import torch
from torch import nn

from lavimo.encode.dropout import LEVELS, POOL, Dropout, dropped, with_cheap_dropout


@pytest.mark.parametrize("p", [0.1, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("shape", [(400_000,), (7, 333, 171)])
def test_the_share_is_dropped_and_the_mean_stays(p, shape):
    torch.manual_seed(0)
    found = Dropout(p)(torch.ones(shape))
    share = round(p * LEVELS) / LEVELS
    assert abs(share - p) <= 0.5 / LEVELS
    assert (found == 0).float().mean().item() == pytest.approx(share, abs=0.003)
    assert found.mean().item() == pytest.approx(1, abs=0.02)
    assert found.unique().tolist() == [0.0, pytest.approx(1 / (1 - share))]


def test_neighbours_are_dropped_independently():
    torch.manual_seed(0)
    dropped_N8 = (Dropout(0.5)(torch.ones(80_000)) == 0).float().reshape(-1, 8)
    correlation_88 = torch.corrcoef(dropped_N8.T)
    assert (correlation_88 - torch.eye(8)).abs().max() < 0.05


def test_each_time_others_are_dropped_independently():
    torch.manual_seed(0)
    dropped_8N = torch.stack([(Dropout(0.5)(torch.ones(10_000)) == 0).float() for _ in range(8)])
    assert (torch.corrcoef(dropped_8N) - torch.eye(8)).abs().max() < 0.05


def test_what_the_pool_cannot_hold_has_its_own_drawn():
    torch.manual_seed(0)
    first, second = (dropped(torch.ones(POOL + 1), 0.5) for _ in range(2))
    assert first.mean().item() == pytest.approx(1, abs=0.01)
    assert (first == second).float().mean().item() == pytest.approx(0.5, abs=0.01)


def test_gradients_are_those_of_what_was_kept():
    x = torch.randn(1000, requires_grad=True)
    made = Dropout(0.25)(x)
    made.sum().backward()
    torch.testing.assert_close(x.grad * x.detach(), made.detach())


def test_the_generator_decides():
    x = torch.ones(1001)
    torch.manual_seed(3)
    first, second = Dropout(0.4)(x), Dropout(0.4)(x)
    torch.manual_seed(3)
    assert torch.equal(Dropout(0.4)(x), first)
    assert not torch.equal(first, second)


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_nothing_and_everything(p):
    assert torch.equal(Dropout(p)(torch.ones(9)), torch.full((9,), 1 - p))


def test_afterwards_nothing_is_dropped():
    x = torch.randn(99)
    assert torch.equal(Dropout(0.5).eval()(x), x)
    assert Dropout(0.5)(torch.zeros(0, 3)).shape == (0, 3)


def test_every_layer_of_a_transformer_has_it():
    layer = with_cheap_dropout(nn.TransformerEncoderLayer(8, 2, 16, 0.2, batch_first=True))
    found = [module for module in layer.modules() if isinstance(module, nn.Dropout)]
    assert [type(module) for module in found] == [Dropout] * 3
    assert {module.p for module in found} == {0.2}


def test_half_precision_stays_half():
    assert Dropout(0.5)(torch.ones(16, dtype=torch.bfloat16)).dtype == torch.bfloat16

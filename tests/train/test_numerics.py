"""How torch computes while it trains, and that it is put back as it was."""

import pytest
import torch

from lavimo.train.numerics import products, reproducible


@pytest.mark.parametrize(("precision", "inside"), [("medium", "medium"), ("fp32", "highest"), ("bf16", "highest")])
def test_products_are_as_the_option_says_and_only_inside(precision, inside):
    def fail():
        with products(precision):
            found.append(torch.get_float32_matmul_precision())
            raise KeyError

    found = []
    with pytest.raises(KeyError):
        fail()
    assert found == [inside]
    assert torch.get_float32_matmul_precision() == "highest"


def test_products_are_nearly_those_of_full_precision():
    generator = torch.Generator().manual_seed(0)
    one, other = (torch.randn(96, 96, generator=generator) for _ in range(2))
    with products("medium"):
        found = one @ other
    assert (found - one.double() @ other.double()).abs().max() < 0.2, "bf16's eight bits at worst"


def test_random_numbers_are_the_seeds_own():
    state = torch.get_rng_state()
    drawn = []
    for seed in ((1, 2), (1, 2), (1, 3)):
        with reproducible("cpu", *seed):
            drawn.append(torch.rand(3))
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])
    assert torch.equal(torch.get_rng_state(), state)


def test_random_numbers_are_put_back_after_an_error():
    state = torch.random.get_rng_state()
    with pytest.raises(RuntimeError), reproducible("cpu", 1):
        torch.rand(3) @ torch.rand(4)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert not torch.are_deterministic_algorithms_enabled()


def test_new_arrays_are_not_filled_and_the_habit_is_put_back():
    filled = torch.utils.deterministic.fill_uninitialized_memory
    with reproducible("cpu", 1):
        assert not torch.utils.deterministic.fill_uninitialized_memory
        assert torch.are_deterministic_algorithms_enabled()
    assert torch.utils.deterministic.fill_uninitialized_memory == filled

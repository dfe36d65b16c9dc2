"""The optimiser, its learning rate, and how epochs are compared."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch

from lavimo.config import TrainOptions
from lavimo.train.optimiser import learning_rate, make_optimiser, set_learning_rate
from lavimo.train.validate import selected, selection_score, validation_metrics


def rates(steps: int, **options: float) -> Sequence[float]:
    made = TrainOptions(learning_rate=1.0, **options)
    return [learning_rate(step, steps, made) for step in range(steps)]


def test_the_learning_rate_of_the_paper() -> None:
    """1e-4, falling linearly to 1e-5 after the first 100 of 400 epochs."""
    paper = rates(400, warmup=0, decay_from=0.25, final_learning_rate=0.1)
    assert paper[:100] == [1.0] * 100
    assert paper[-1] == pytest.approx(0.1)
    assert paper[249] == pytest.approx(0.55)
    np.testing.assert_allclose(np.diff(paper[100:]), -0.9 / 300)


def test_the_learning_rate_rises_first() -> None:
    np.testing.assert_allclose(rates(100, warmup=0.1, decay_from=1.0)[:11], [*np.arange(0.1, 1.01, 0.1), 1.0])


class Positioned(torch.nn.Module):
    """A module with something of every kind, a part of it trained before."""

    def __init__(self) -> None:
        super().__init__()
        self.old, self.linear, self.norm = torch.nn.Linear(3, 3), torch.nn.Linear(3, 2), torch.nn.LayerNorm(2)
        self.frame_position_embeddings = torch.nn.Embedding(4, 2)

    def pretrained(self) -> list[torch.nn.Parameter]:
        return list(self.old.parameters())


def test_norms_biases_and_positions_do_not_decay() -> None:
    groups = make_optimiser(Positioned(), TrainOptions(weight_decay=0.3, pretrained_rate=0.1)).param_groups
    found = {(g["weight_decay"], g["share"]): sorted(tuple(p.shape) for p in g["params"]) for g in groups}
    assert found == {
        (0.3, 1.0): [(2, 3)], (0.0, 1.0): [(2,), (2,), (2,), (4, 2)], (0.3, 0.1): [(3, 3)], (0.0, 0.1): [(3,)],
    }  # fmt: skip


def test_what_was_trained_before_learns_slower_or_not_at_all() -> None:
    module = Positioned()
    optimiser = make_optimiser(module, TrainOptions(pretrained_rate=0.1))
    set_learning_rate(optimiser, 2.0)
    assert {group["lr"] for group in optimiser.param_groups} == {2.0, 0.2}
    make_optimiser(module, TrainOptions(pretrained_rate=0.0))
    assert not any(p.requires_grad for p in module.old.parameters())
    assert module.linear.weight.requires_grad


def test_validation_weighs_all_directions() -> None:
    values = {"t2m_R1": 20.0, "t2m_R10": 60.0, "t2m_MedR": 5.0, "v2m_R1": 10.0, "v2m_R10": 30.0, "v2m_MedR": 9.0}
    assert selection_score(values) == 30
    assert selection_score({**values, "v2m_R1": 14.0}) == 31


def test_of_epochs_that_validation_cannot_tell_apart_the_latest_is_kept() -> None:
    assert selected(50.0, -np.inf, 16)
    assert selected(97.0, 100.0, 16), "one query of sixteen is luck"
    assert not selected(90.0, 100.0, 16)
    assert selected(59.0, 60.0, 1460)
    assert not selected(58.0, 60.0, 1460), "of so many it is none"
    assert selected(3.0, 2.0, 0), "without validation the last"


def test_perfect_embeddings_have_perfect_validation() -> None:
    eye = np.eye(12, dtype=np.float32)
    values = validation_metrics({"text": eye, "motion": eye})
    assert values == {f"{d}_{m}": v for d in ("t2m", "m2t") for m, v in (("R1", 100), ("R10", 100), ("MedR", 1))}
    shifted = validation_metrics({"text": eye, "motion": np.roll(eye, 1, axis=0)})
    assert shifted["t2m_R1"] == 0

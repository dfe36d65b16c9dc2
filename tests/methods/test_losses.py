import math

import pytest
import torch

from lavimo.config import TrainOptions
from lavimo.methods.losses import alignment_loss, reconstruction_loss, target_distribution


def unit(*shape: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(sum(shape))
    return torch.nn.functional.normalize(torch.randn(*shape, generator=generator, dtype=torch.float64), dim=-1)


def of(min_cosine: float, target: str = "softmax", scale: float = 10.0) -> TrainOptions:
    return TrainOptions(min_cosine=min_cosine, target=target, target_logit_scale=scale)


def naive_target(sentences: torch.Tensor, min_cosine: float, target: str, scale: float) -> list[list[float]]:
    rows = []
    for a in sentences:
        row = [float(a @ b) if a @ b >= min_cosine else 0.0 for b in sentences]
        row = [math.exp(scale * s) for s in row] if target == "softmax" else row
        rows.append([value / sum(row) for value in row])
    return rows


@pytest.mark.parametrize("target", ["softmax", "row_sum"])
def test_target_is_its_naive_twin(target: str) -> None:
    sentences = unit(7, 3)
    expected = torch.tensor(naive_target(sentences, 0.5, target, 10.0), dtype=torch.float64)
    torch.testing.assert_close(target_distribution(sentences, of(0.5, target)), expected)


def test_captions_below_min_cosine_are_all_equally_unrelated() -> None:
    sentences = torch.tensor([[1.0, 0.0], [0.79, math.sqrt(1 - 0.79**2)], [-1.0, 0.0]])
    row = target_distribution(sentences, of(0.8))[0]
    assert row[1] == row[2] < row[0]
    similar = target_distribution(sentences, of(0.78))[0]
    assert similar[0] > similar[1] > similar[2]


def test_alignment_is_its_naive_twin() -> None:
    x, y, scale = unit(5, 4), unit(5, 4).flip(1), 3.0
    target = target_distribution(unit(5, 6), of(0.0, scale=2.0))
    expected = 0.0
    for queries, gallery in ((x, y), (y, x)):
        for i in range(5):
            weights = [math.exp(scale * float(queries[i] @ gallery[j])) for j in range(5)]
            for j in range(5):
                predicted = weights[j] / sum(weights)
                expected += float(target[i, j]) * math.log(float(target[i, j]) / predicted) / 5 / 2
    assert float(alignment_loss(x, y, target, torch.tensor(scale))) == pytest.approx(expected, rel=1e-12)


def test_alignment_is_finite_where_the_target_is_zero_and_zero_where_they_agree() -> None:
    x = torch.eye(3)
    target = torch.eye(3)
    assert float(alignment_loss(x, x, target, torch.tensor(100.0))) == pytest.approx(0, abs=1e-6)
    assert math.isfinite(float(alignment_loss(x, x.flip(0), target, torch.tensor(100.0))))
    predicted = torch.softmax(2 * x @ x.T, dim=-1)
    assert float(alignment_loss(x, x, predicted, torch.tensor(2.0))) == pytest.approx(0, abs=1e-6)


def test_reconstruction_is_its_naive_twin_and_ignores_padding() -> None:
    """Two patches of four frames."""
    predicted, motion = torch.randn(2, 4, 3), torch.randn(2, 4, 3)
    mask = torch.tensor([[True, True, True, True], [True, False, False, False]])
    errors = [(predicted[b, t] - motion[b, t]) ** 2 for b in range(2) for t in range(4) if mask[b, t]]
    expected = torch.cat(errors)
    for _ in range(2):
        found = reconstruction_loss(predicted.flatten(1), motion.flatten(1), mask)
        torch.testing.assert_close(found, expected.sum())
        predicted[1, 1:] = 1e6


def test_identity_targets_know_the_own_caption_only() -> None:
    assert torch.equal(target_distribution(unit(4, 3), of(0.0, "identity")), torch.eye(4))

"""AdamW and its learning rate."""

from typing import Any

from torch import nn
from torch.optim import AdamW

from lavimo.config import TrainOptions


def make_optimiser(method: nn.Module, options: TrainOptions) -> AdamW:
    """AdamW without weight decay on norms, biases, positions and other vectors, and with a slower learning rate for
    weights that somebody trained before (`share` of each group)."""
    before = {
        id(parameter)
        for module in method.modules()
        if callable(pretrained := getattr(module, "pretrained", None))
        for parameter in pretrained()
    }
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, parameter in method.named_parameters():
        decays = parameter.dim() > 1 and "position" not in name
        if id(parameter) in before and not options.pretrained_rate:
            parameter.requires_grad_(False)
            continue
        groups.setdefault((decays, id(parameter) in before), []).append(parameter)
    made: list[dict[str, Any]] = [
        {
            "params": parameters,
            "weight_decay": options.weight_decay if decays else 0.0,
            "share": options.pretrained_rate if old else 1.0,
        }
        for (decays, old), parameters in groups.items()
    ]
    return AdamW(made, lr=options.learning_rate, fused=True)


def set_learning_rate(optimiser: AdamW, rate: float) -> None:
    """Give each group its share of the rate."""
    for group in optimiser.param_groups:
        group["lr"] = rate * group["share"]


def learning_rate(step: int, steps: int, options: TrainOptions) -> float:
    """The learning rate of step 0 to steps - 1: a linear rise, constant, a linear fall (PAPER: 100 of 400 epochs)."""
    done = (step + 1) / steps
    if done < options.warmup:
        return options.learning_rate * done / options.warmup
    fallen = max(done - options.decay_from, 0) / max(1 - options.decay_from, 1 / steps)
    return options.learning_rate * (1 - fallen * (1 - options.final_learning_rate))

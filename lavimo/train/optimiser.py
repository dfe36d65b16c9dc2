"""AdamW and its learning rate."""

from torch import nn
from torch.optim import AdamW

from lavimo.config import TrainOptions


def make_optimiser(model: nn.Module, options: TrainOptions) -> AdamW:
    """AdamW without weight decay on norms, biases, positions and other vectors."""
    matrices = [parameter for parameter in model.parameters() if parameter.dim() > 1]
    vectors = [parameter for parameter in model.parameters() if parameter.dim() <= 1]
    groups = [
        {"params": matrices, "weight_decay": options.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return AdamW(groups, lr=options.learning_rate)


def learning_rate(step: int, steps: int, options: TrainOptions) -> float:
    """The learning rate of step 0 to steps - 1: a linear rise, constant, a linear fall (PAPER: 100 of 400 epochs)."""
    done = (step + 1) / steps
    if done < options.warmup:
        return options.learning_rate * done / options.warmup
    fallen = max(done - options.decay_from, 0) / max(1 - options.decay_from, 1 / steps)
    return options.learning_rate * (1 - fallen * (1 - options.final_learning_rate))

"""Several processes that train one model (`torchrun`): each takes a part of every batch.

Each computes the whole contrastive loss from everybody's embeddings; gradients of the parameters are then averaged.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, distributed, nn
from torch.distributed.nn.functional import all_gather


@dataclass(frozen=True)
class Processes:
    """How many there are, and which one this is."""

    count: int = 1
    rank: int = 0

    @classmethod
    def of_torchrun(cls, device: str) -> "Processes":
        """Those that torchrun started, connected; or this one alone."""
        count = int(os.environ.get("WORLD_SIZE", "1"))
        if count > 1 and not distributed.is_initialized():
            distributed.init_process_group("nccl" if device.startswith("cuda") else "gloo")
        return cls(count, int(os.environ.get("RANK", "0")))

    @property
    def first(self) -> bool:
        """Whether this is the one that writes."""
        return self.rank == 0

    def own(self, clips: list[str]) -> list[str]:
        """This process's part of a batch; of like size everywhere, so that what is gathered fits together.

        Raises:
            ValueError: the batch cannot be parted so.
        """
        if len(clips) % self.count:
            raise ValueError(
                f"found a batch of {len(clips)} clips for {self.count} processes, expected a multiple of them"
            )
        size = len(clips) // self.count
        return clips[self.rank * size : (self.rank + 1) * size]

    def gather(self, own: Tensor) -> Tensor:
        """The rows of all processes, in their order; gradients go back to their own process, from everybody."""
        if self.count == 1:
            return own
        if own.requires_grad:
            return torch.cat(all_gather(own.contiguous()))
        rows = [torch.empty_like(own) for _ in range(self.count)]
        distributed.all_gather(rows, own.contiguous())
        return torch.cat(rows)

    def sum(self, own: Tensor) -> Tensor:
        """A number, added up over all processes; without gradients."""
        own = own.detach().clone()
        if self.count > 1:
            distributed.all_reduce(own)
        return own

    def average_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Make the gradients everybody's mean."""
        if self.count == 1:
            return
        gradients = [p.grad if p.grad is not None else torch.zeros_like(p) for p in parameters]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        distributed.all_reduce(flat)
        flat /= self.count
        at = 0
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = flat[at : at + gradient.numel()].view_as(gradient)
            at += gradient.numel()

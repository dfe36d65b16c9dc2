"""A training step: a batch's losses and their gradient, whole, in parts, or over several processes.

B batch, C dimensions of the joint space.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from lavimo.config import TrainOptions
from lavimo.encode.encoded import Encoded
from lavimo.encode.precision import layers
from lavimo.methods.method import Embedded, Method
from lavimo.train.batch import Batch
from lavimo.train.distributed import Processes


@dataclass(frozen=True)
class Step:
    """How gradients are computed.

    Attributes:
        seed: of dropout in this step.
    """

    method: Method
    options: TrainOptions
    processes: Processes
    seed: int

    def backward(self, batch: Batch) -> dict[str, Tensor]:
        """The losses by name, `total` among them, after their gradient was added to the parameters'."""
        chunk = self.options.chunk
        if chunk and chunk < len(batch.clips):
            return self._in_parts(batch, [slice(at, at + chunk) for at in range(0, len(batch.clips), chunk)])
        torch.manual_seed(self.seed)
        with self._autocast(batch):
            encoded = self.method.encode(batch.inputs)
            sums = self._local(encoded, batch)
        whole = encoded if self.processes.count == 1 else None
        losses = self._alignment(spread(encoded, batch, self.method.encoders), batch, whole)
        counts = self.method.counts(batch.inputs["motion"], self.options)
        total = self._total([*losses.values()], sums, counts)
        total.backward()
        return self._named(losses, sums, counts)

    def _in_parts(self, batch: Batch, parts: list[slice]) -> dict[str, Tensor]:
        """Gradient caching (Gao et al. 2021): encode without gradients, find what the losses want of the embeddings,
        and encode each part again to carry it to the parameters."""
        modalities = list(self.method.encoders)
        found: list[dict[str, Tensor]] = []
        with torch.no_grad(), self._autocast(batch):
            for part in self._parts(batch, parts):
                found.append(spread(self.method.encode(part.inputs), part, modalities))
        leaves = {name: torch.cat([one[name] for one in found]).requires_grad_() for name in modalities}
        losses = self._alignment(leaves, batch, None)
        if losses:
            torch.stack([*losses.values()]).sum().backward()
        counts = self.method.counts(batch.inputs["motion"], self.options)
        sums = {name: torch.zeros((), device=count.device) for name, count in counts.items()}
        for part, rows in zip(self._parts(batch, parts), parts):
            with self._autocast(part):
                encoded = self.method.encode(part.inputs)
                some = self._local(encoded, part)
            wanted = [
                (own_BC * leaves[modality].grad[rows]).sum()  # type: ignore[index]
                for modality, own_BC in spread(encoded, part, modalities).items()
                if leaves[modality].grad is not None
            ]
            self._total(wanted, some, counts).backward()
            sums = {name: sums[name] + one.detach() for name, one in some.items()}
        return self._named(losses, sums, counts)

    def _total(self, losses: list[Tensor], sums: dict[str, Tensor], counts: dict[str, Tensor]) -> Tensor:
        """All losses added up, weighted."""
        weights = self.method.weights(self.options)
        parts = [weights[name] * self._share(one, counts[name]) for name, one in sums.items()]
        return torch.stack([*losses, *parts]).sum()

    def _parts(self, batch: Batch, parts: list[slice]) -> Iterator[Batch]:
        """The parts of a batch, each with the same random numbers whenever it comes."""
        for number, rows in enumerate(parts):
            torch.manual_seed(self.seed + number)
            yield batch.part(rows)

    def _autocast(self, batch: Batch) -> torch.autocast:
        return layers(self.options.precision, batch.sentences_BS.device.type)

    def _alignment(
        self, embeddings_BC: dict[str, Tensor], batch: Batch, encoded: dict[str, Encoded] | None
    ) -> dict[str, Tensor]:
        """Over the clips of all processes."""
        gather = self.processes.gather
        has_B = {modality: gather(batch.has(modality)) for modality in embeddings_BC}
        everywhere = {modality: gather(own_BC) for modality, own_BC in embeddings_BC.items()}
        return self.method.alignment(Embedded(everywhere, has_B, gather(batch.sentences_BS), encoded), self.options)

    def _local(self, encoded: dict[str, Encoded], batch: Batch) -> dict[str, Tensor]:
        return self.method.local(encoded, batch.rows, batch.inputs["motion"], self.options)

    def _share(self, squares: Tensor, numbers: Tensor) -> Tensor:
        """This process's part of the mean over all, as often as there are processes, for gradients are averaged."""
        return self.processes.count * squares / self.processes.sum(numbers).clamp(min=1)

    def _named(
        self, losses: dict[str, Tensor], sums: dict[str, Tensor], counts: dict[str, Tensor]
    ) -> dict[str, Tensor]:
        found = {name: loss.detach() for name, loss in losses.items()}
        weights = self.method.weights(self.options)
        total = torch.stack([*found.values()]).sum() if found else torch.zeros(())
        for name, one in sums.items():
            mean = self.processes.sum(one.detach()) / self.processes.sum(counts[name]).clamp(min=1)
            found[name] = mean
            total = total.to(mean) + weights[name] * mean
        return {**found, "total": total}


def spread(encoded: dict[str, Encoded], batch: Batch, modalities: Iterable[str]) -> dict[str, Tensor]:
    """The embeddings (B, C) of each modality; of clips without it, zeros."""
    blank_BC = 0.0 * encoded["motion"].embedding_BC
    made = {}
    for modality in modalities:
        if modality not in encoded:
            made[modality] = blank_BC
        elif len(own_BC := encoded[modality].embedding_BC) < len(blank_BC):
            made[modality] = blank_BC.index_copy(0, batch.rows[modality], own_BC)
        else:
            made[modality] = own_BC
    return made

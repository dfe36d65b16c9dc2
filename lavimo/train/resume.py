"""The file from which a killed training goes on where it was."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from lavimo.config import Options
from lavimo.files import atomic


@dataclass
class Progress:
    """Everything that training carries from one step to the next.

    Random numbers are not in it: each step draws its own from the seed and its number, and each clip from the seed, the
    epoch and its name.

    Attributes:
        epoch, step: the next one, of the epochs from 1 and of the epoch's steps from 0.
        sums: of each loss over the epoch's steps so far.
        average: of the weights, where one is kept.
    """

    epoch: int
    step: int
    weights: dict[str, Tensor]
    optimiser: dict[str, Any]
    average: dict[str, Tensor]
    sums: dict[str, float]
    best_weights: dict[str, Tensor]
    best_epoch: int
    best_score: float
    log: list[str]


def save_progress(path: Path, fingerprint: str, progress: Progress) -> None:
    """Write the progress of the training that has this fingerprint, atomically."""
    state = {field.name: getattr(progress, field.name) for field in fields(Progress)}
    with atomic(path) as partial:
        torch.save({"fingerprint": fingerprint, **state}, partial)


def load_progress(path: Path, fingerprint: str) -> Progress | None:
    """The saved progress, or None when there is none or it is another training's."""
    if not path.is_file():
        return None
    state = torch.load(path, weights_only=True)
    if state.pop("fingerprint") != fingerprint or set(state) != {field.name for field in fields(Progress)}:
        return None
    return Progress(**state)


def fingerprint(options: Iterable[Options], files: Iterable[Path]) -> str:
    """What a training is of: its options and its files, told by name, size and time of change."""
    stats = [(str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return sha256(json.dumps([[one.outcome() for one in options], stats]).encode()).hexdigest()

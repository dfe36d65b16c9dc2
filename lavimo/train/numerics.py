"""How torch computes while it trains: from which random numbers, and how exactly it multiplies."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

DETERMINISTIC: Any = torch.utils.deterministic


@contextmanager
def reproducible(device: str, *seed: int) -> Iterator[None]:
    """Inside, torch's random numbers come from `seed` alone and its algorithms are deterministic where they can be.

    Dropout and initialisation draw from torch's global generator; it is put back as it was.
    """
    was, filled = torch.are_deterministic_algorithms_enabled(), DETERMINISTIC.fill_uninitialized_memory
    with torch.random.fork_rng([device] if device.startswith("cuda") else []):
        torch.manual_seed(int(np.random.SeedSequence(seed).generate_state(1, np.uint64)[0]))
        torch.use_deterministic_algorithms(True, warn_only=True)
        DETERMINISTIC.fill_uninitialized_memory = False  # every new array, first with NaN
        try:
            yield
        finally:
            torch.use_deterministic_algorithms(was)
            DETERMINISTIC.fill_uninitialized_memory = filled


@contextmanager
def products(precision: str) -> Iterator[None]:
    """Inside, matrices of fp32 are multiplied as torch's `medium` says, where `precision` is that.

    Graphics cards multiply them as TF32 then. Processors without instructions for bf16 compute in fp32, but by oneDNN:
    on an AMD EPYC that was twice as fast as MKL, which is what torch asks otherwise.
    """
    was = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("medium" if precision == "medium" else was)
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(was)

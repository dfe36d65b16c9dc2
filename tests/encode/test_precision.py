"""Layers compute in the numbers that are asked for, or that the processor is quickest in."""

from pathlib import Path

import pytest
import torch

from lavimo.encode import precision as module
from lavimo.encode.precision import layers, multiplies_bf16


@pytest.mark.parametrize(
    ("precision", "device", "able", "inside"),
    [
        ("bf16", "cpu", False, torch.bfloat16),
        ("medium", "cpu", True, torch.bfloat16),
        ("medium", "cpu", False, None),
        ("medium", "cuda", True, None),
        ("fp32", "cpu", True, None),
    ],
)
def test_layers_are_in_bf16_where_asked_for_or_quickest(monkeypatch, precision, device, able, inside):
    monkeypatch.setattr(module, "multiplies_bf16", lambda: able)
    found = layers(precision, device)
    assert found.device == device
    assert (found.fast_dtype if found._enabled else None) == inside


def test_whether_a_processor_has_bf16_is_what_the_kernel_says():
    flags = Path("/proc/cpuinfo")
    if not flags.is_file():
        pytest.skip("only Linux says so")
    assert multiplies_bf16() == ("avx512_bf16" in flags.read_text())

"""In which numbers layers compute, where a processor may choose."""

from functools import cache

import torch


def layers(precision: str, device: str) -> torch.autocast:
    """Inside, layers compute in bf16, if `precision` is that, or if it is `medium` and a processor is quickest so."""
    half = precision == "bf16" or (precision == "medium" and device == "cpu" and multiplies_bf16())
    return torch.autocast(device, torch.bfloat16, enabled=half)


@cache
def multiplies_bf16() -> bool:
    """Whether this processor has instructions for it."""
    found = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    return bool(found.get("avx512_bf16"))

"""What the machine that plans has to train on, without importing torch, which takes seconds."""

from pathlib import Path

GPU = Path("/dev/nvidia0")


def has_gpu() -> bool:
    """Whether there is a graphics card of NVIDIA's."""
    return GPU.exists()

"""The model in the box: what `lavimo index`, `lavimo.load()` and the page use where nobody names another one."""

from pathlib import Path

FILE = "model.safetensors"


def packaged() -> Path:
    """The packaged model's file; README.md beside it is its card."""
    return Path(__file__).parent / FILE

"""Every option of the product: its range, its unit, its default. config.yaml is checked against this.

One file a phase, one class a section; a stage gets its own section only. Classes refuse unknown keys.

They are imported when the first is asked for: a command line's help does without pydantic, which takes longer than it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lavimo.config.every import *  # noqa: F403


def __getattr__(name: str) -> Any:
    """`lavimo.config.Config` and the others."""
    every = import_module("lavimo.config.every")
    if name in every.__all__:
        return getattr(every, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Tri-modal motion retrieval: language, video and human motion in one embedding space (LAVIMO, arXiv 2403.00691)."""

from typing import TYPE_CHECKING, Any

from lavimo.versions import __version__

if TYPE_CHECKING:
    from lavimo.encode.retriever import Retriever, load

__all__ = ["Retriever", "__version__", "load"]


def __getattr__(name: str) -> Any:
    """`lavimo.load` and `lavimo.Retriever`, imported when asked for: torch takes seconds."""
    if name in ("load", "Retriever"):
        from lavimo.encode import retriever

        return getattr(retriever, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

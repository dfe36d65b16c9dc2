"""Which animations an FBX file has: those of its stacks in which something moves a model; without reading curves."""

from collections.abc import Iterator
from pathlib import Path

from lavimo.formats.distinct import distinct
from lavimo.formats.fbx.document import Document, Object

MOVED = ("Lcl Translation", "Lcl Rotation", "Lcl Scaling")


def stacks_of(document: Document) -> dict[str, Object]:
    """The stacks by their names, each once."""
    moving = {
        node.id
        for model in document.all("Model")
        for node, moved in document.below(model.id, "AnimationCurveNode")
        if moved in MOVED and any(document.below(node.id, "AnimationCurve"))
    }
    stacks = [
        stack
        for stack in document.all("AnimationStack")
        if any(node.id in moving for layer in layers_of(document, stack) for node in nodes_of(document, layer))
    ]
    return dict(zip(distinct(stack.name for stack in stacks), stacks))


def layers_of(document: Document, stack: Object) -> Iterator[Object]:
    """A stack's layers, the base first."""
    return (layer for layer, _ in document.below(stack.id, "AnimationLayer"))


def nodes_of(document: Document, layer: Object) -> Iterator[Object]:
    """A layer's curve nodes."""
    return (node for node, _ in document.below(layer.id, "AnimationCurveNode"))


def animations_of(path: Path) -> list[str]:
    """The names of a file's animations.

    Raises:
        ValueError: it cannot be read.
    """
    return list(stacks_of(Document(path)))

"""Which renderer draws: OpenGL through EGL on a graphics card, or our rasteriser on the processor.

Shape suffixes: V vertices, 3 coordinates or RGB.
"""

import logging
from functools import cache
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from lavimo.render.layer import Layer, Look
from lavimo.scene.camera import Camera

log = logging.getLogger(__name__)


class Renderer(Protocol):
    """Draws one person at a time before an empty background; the same picture whichever it is."""

    device: str
    """What draws, for people."""

    def open(self, look: Look, camera: Camera) -> None:
        """Begin a clip: who is to be drawn, and from where."""

    def draw(self, positions_V3: NDArray[np.float32], light_V3: NDArray[np.float32]) -> Layer:
        """The person as a layer of the picture, from vertices in metres and RGB factors of their light."""


@cache
def renderer_of_process(kind: Literal["auto", "egl", "cpu"], size_px: int) -> Renderer:
    """The process's renderer of a size, made once. Logs which it is, and why.

    Raises:
        ValueError: `egl` is asked for and does not come up.
    """
    renderer, reason = choose(kind, size_px)
    log.info("renderer: %s (%s)", renderer.device, reason)
    return renderer


def choose(kind: str, size_px: int) -> tuple[Renderer, str]:
    """A renderer of the kind, and why it is this one.

    Raises:
        ValueError: `egl` is asked for and does not come up.
    """
    from lavimo.render.cpu import CpuRenderer
    from lavimo.render.egl import EglRenderer

    if kind == "cpu":
        return CpuRenderer(size_px), "as render.renderer says"
    try:
        egl = EglRenderer(size_px)
    except ValueError as error:
        if kind == "egl":
            raise
        return CpuRenderer(size_px), f"auto: {error}"
    if kind == "egl":
        return egl, "as render.renderer says" + (
            "; it draws on the processor, where `cpu` is faster" if egl.software else ""
        )
    if egl.software:
        return CpuRenderer(size_px), f"auto: no graphics card answers, OpenGL would draw by {egl.device}"
    return egl, "auto: a graphics card answers"

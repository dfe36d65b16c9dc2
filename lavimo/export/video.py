"""A take as pictures: an mp4, or a small looping preview."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lavimo.avatar.dress import Dressed
from lavimo.config import AnimateOptions
from lavimo.export.act import acted_by
from lavimo.export.take import Take
from lavimo.files import atomic
from lavimo.render.draw import draw
from lavimo.render.renderer import renderer_of_process
from lavimo.scene.view import draw_scene
from lavimo.video.codec import write_video

SIZE_PX = 512
PREVIEW_PX, PREVIEW_FPS, PREVIEW_MOST = 192, 10.0, 60
"""A preview's side, frames a second, and most frames."""
VIEW = AnimateOptions(azimuth_degrees=(25.0, 45.0), elevation_degrees=(8.0, 14.0), margin=(1.12, 1.2))
"""From ahead and aside, as one shows a motion."""


def write_mp4(path: Path, take: Take, person: Dressed, name: str, size_px: int = SIZE_PX) -> None:
    """Write a take, acted out by a dressed avatar, as H.264."""
    with atomic(path) as partial:
        write_video(partial, frames(take, person, name, size_px), take.fps, crf=18)


def preview(take: Take, person: Dressed, name: str) -> bytes:
    """A looping WebP of a take at 20 frames a second, small and quickly drawn: so small a picture the processor has
    drawn before OpenGL is there."""
    step = max(round(take.fps / PREVIEW_FPS), -(-len(take) // PREVIEW_MOST))
    chosen = range(0, len(take), step)
    pictures = [Image.fromarray(frame) for frame in frames(take, person, name, PREVIEW_PX, chosen, "cpu")]
    content = BytesIO()
    pictures[0].save(
        content, "WEBP", save_all=True, append_images=pictures[1:], duration=round(1000 * step / take.fps), loop=0,
        quality=70, method=1,
    )  # fmt: skip
    return content.getvalue()


def frames(
    take: Take,
    person: Dressed,
    name: str,
    size_px: int,
    chosen: range | None = None,
    renderer: Literal["auto", "cpu"] = "auto",
) -> Iterator[NDArray[np.uint8]]:
    """The frames (H, W, 3) of a take; the scene is drawn from its name."""
    done, motion = acted_by(take, person)
    scene = draw_scene(name, person, motion, done.translation_T3, VIEW)
    yield from draw(
        renderer_of_process(renderer, size_px), person, scene, done.rotations_TJ3, done.translation_T3, size_px, chosen
    )

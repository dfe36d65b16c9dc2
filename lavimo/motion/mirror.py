"""Left and right swapped, in motions and in words. A mirrored clip is named `M` + the clip's name.

T frames, J joints.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from lavimo.clips import Clip

if TYPE_CHECKING:
    from lavimo.motion.motion import Motion

PREFIX = "M"
NO_SIDE = r"right\s+away|right\s+now|right\s+angles?|all\s+right"
"""Where "right" is no side."""
SIDE = r"(?P<side>left|right)(?P<end>s|wards?|most|y|(?:-?hand(?:ed|er)?)?)"
CLOCK = r"(?P<counter>(?:counter|anti)[\s-]?)?clock[\s-]?wise"
WORDS = re.compile(rf"\b(?:{NO_SIDE}|{SIDE}|{CLOCK})\b", re.IGNORECASE)
OTHER = {"left": "right", "right": "left"}


def mirrored_caption(caption: str) -> str:
    """The caption with left and right swapped, and clockwise and counterclockwise."""
    return WORDS.sub(_swap, caption)


def _swap(found: re.Match[str]) -> str:
    word = found[0]
    if side := found["side"]:
        return _like(side, OTHER[side.lower()]) + found["end"]
    if counter := found["counter"]:
        return _like(word, word[len(counter) :])
    if "clock" in word.lower():
        return _like(word, f"counter{word.lower()}")
    return word


def _like(model: str, word: str) -> str:
    """The word in the model's capitals."""
    if model.isupper():
        return word.upper()
    return word.capitalize() if model[0].isupper() else word.lower()


def with_mirrored(clips: Iterable[Clip], wanted: bool = True) -> list[Clip]:
    """The clips and, if wanted, their mirror images in the same splits.

    Raises:
        ValueError: a mirror image would have the id of another clip.
    """
    clips = list(clips)
    if not wanted:
        return clips
    images = [
        replace(
            clip,
            id=PREFIX + clip.id,
            captions=tuple(map(mirrored_caption, clip.captions)),
            recording=clip.recording or clip.name,
            mirror_of=clip.id,
            name=PREFIX + clip.name,
        )
        for clip in clips
    ]
    if clash := sorted({image.id for image in images} & {clip.id for clip in clips}):
        raise ValueError(
            f"the mirror image of clip {clash[0][1:]!r} would be called {clash[0]!r}, as another clip is; rename it"
        )
    return clips + images


def mirrored_motion(motion: "Motion") -> "Motion":
    """The motion reflected in the plane x = 0, left joints doing what right ones did."""
    # The body and scipy stay out of the workflow's planning, which mirrors words only.
    import numpy as np

    from lavimo.body.body import embedded_body
    from lavimo.body.skeleton import MIRROR

    rest_x = embedded_body().rest(motion.betas_B)[1][0, 0]  # the pelvis rests a hair beside the plane
    translation_T3 = motion.translation_T3 * np.array([-1, 1, 1], np.float32) - [2 * rest_x, 0, 0]
    rotations_TJ3 = motion.rotations_TJ3[:, MIRROR] * np.array([1, -1, -1], np.float32)
    return replace(motion, rotations_TJ3=rotations_TJ3, translation_T3=translation_T3)

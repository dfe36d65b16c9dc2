# SPDX-License-Identifier: GPL-3.0-or-later
"""Search, by words or by what the active armature does."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import bpy
import bpy.utils.previews
from bpy.types import Context, Operator

from . import rig
from .app import App, Hit, Trouble
from .asking import Asking
from .state import app_of, state_of

pictures: bpy.utils.previews.ImagePreviewCollection


def open_pictures() -> None:
    """Those of hits."""
    global pictures
    pictures = bpy.utils.previews.new()


def close_pictures() -> None:
    """Throw them away."""
    bpy.utils.previews.remove(pictures)


def picture_of(hit: Hit) -> int:
    """The number of a hit's picture, as layouts want it; 0 while there is none."""
    picture = pictures.get(_key(hit))
    return picture.icon_id if picture else 0


class Search(Asking):
    """First the answer comes, then a picture of each hit."""

    def take(self, context: Context, piece: Any) -> None:
        """Show the answer, or a picture."""
        if isinstance(piece, dict):
            state = state_of(context)
            state.unknown = ", ".join(piece["unknown"])
            state.hits.clear()
            pictures.clear()
            state.chosen = 0
            for hit in piece["hits"]:
                state.hits.add().fill(hit)
        else:
            key, content = piece
            with TemporaryDirectory(dir=bpy.app.tempdir) as folder:
                path = Path(folder, "picture.jpg")
                path.write_bytes(content)
                picture = pictures.load(key, str(path), "IMAGE")
                assert picture.image_size[0]  # it is read now, for the file goes


class LAVIMO_OT_search(Search, Operator):
    """Find motions by words"""

    bl_idname, bl_label = "lavimo.search", "Search"

    def asked(self, context: Context) -> Iterator[Any]:
        """By words."""
        state = state_of(context)
        if not state.words.strip():
            raise Trouble("Write first what somebody does")
        return _found(app_of(context), state.asks() | {"text": state.words})


class LAVIMO_OT_search_by_action(Search, Operator):
    """Find motions like the one that the active armature does in the scene's frames"""

    bl_idname, bl_label = "lavimo.search_by_action", "Search by action"

    @classmethod
    def poll(cls, context: Context) -> bool:
        """An armature is active."""
        return bool(context.object and context.object.type == "ARMATURE")

    def asked(self, context: Context) -> Iterator[Any]:
        """By a motion."""
        return _like(app_of(context), state_of(context).asks(), rig.acted(context, context.object))


def _found(app: App, ask: dict[str, Any]) -> Iterator[Any]:
    answer = app.search(**ask)
    yield answer
    for hit in answer["hits"]:
        yield _key(hit), app.picture(hit)


def _like(app: App, ask: dict[str, Any], motion: bytes) -> Iterator[Any]:
    yield from _found(app, ask | {"motion": app.send(motion, "motion")})


def _key(hit: Hit) -> str:
    return f"{hit['id']} {hit['begin_s']:.2f} {hit['end_s']:.2f} {hit['mirrored']}"


CLASSES = (LAVIMO_OT_search, LAVIMO_OT_search_by_action)

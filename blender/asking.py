# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators that ask the app. A thread asks, so that Blender goes on; answers are taken in between.

Called by a script (`execute`), they wait instead.
"""

from collections.abc import Iterator
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import bpy

from .app import Trouble
from .state import state_of

LOOK_S = 0.1
"""How often it is looked whether there is an answer."""
DONE = object()


class Work:
    """A thread that goes through an iterator: what it gives waits to be taken, at last `DONE` or an error."""

    def __init__(self, pieces: Iterator[Any]):
        self._pieces, self._waiting, self.dropped = pieces, SimpleQueue(), False
        Thread(target=self._go, daemon=True).start()

    def ready(self) -> Iterator[Any]:
        """What waits now."""
        while True:
            try:
                yield self._waiting.get_nowait()
            except Empty:
                return

    def _go(self) -> None:
        try:
            for piece in self._pieces:
                if self.dropped:
                    return
                self._waiting.put(piece)
            self._waiting.put(DONE)
        except Exception as error:
            self._waiting.put(error)


class Asking:
    """What such an operator is made of: `asked`, on the main thread, gives the iterator; `take` gets each piece."""

    latest: Work | None = None
    """Of this operator: who asks again wants no more of the last answer."""

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Ask, and wait."""
        state_of(context).message = ""
        try:
            for piece in self.asked(context):
                self.take(context, piece)
        except Trouble as trouble:
            return self._failed(context, trouble)
        return {"FINISHED"}

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask, and come back when there is an answer."""
        state = state_of(context)
        state.message = ""
        try:
            pieces = self.asked(context)
        except Trouble as trouble:
            return self._failed(context, trouble)
        kind = type(self)
        if kind.latest:
            kind.latest.dropped = True
        kind.latest = self._work = Work(pieces)
        state.waiting += 1
        self._timer = context.window_manager.event_timer_add(LOOK_S, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Take what has come."""
        if event.type == "ESC" and event.value == "PRESS":
            self._work.dropped = True
        if self._work.dropped:
            self.cancel(context)
            return {"CANCELLED"}
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        for piece in self._work.ready():
            if piece is DONE:
                self.cancel(context)
                return {"FINISHED"}
            try:
                if isinstance(piece, Exception):
                    raise piece
                self.take(context, piece)
            except Trouble as trouble:
                self.cancel(context)
                return self._failed(context, trouble)
            _redraw(context)
        return {"PASS_THROUGH"}

    def cancel(self, context: bpy.types.Context) -> None:
        """No more of it."""
        self._work.dropped = True
        context.window_manager.event_timer_remove(self._timer)
        state_of(context).waiting -= 1
        _redraw(context)

    def asked(self, context: bpy.types.Context) -> Iterator[Any]:
        """The pieces of the answer; Blender is left alone by the iterator itself."""
        raise NotImplementedError

    def take(self, context: bpy.types.Context, piece: Any) -> None:
        """Put a piece into Blender."""
        raise NotImplementedError

    def _failed(self, context: bpy.types.Context, trouble: Trouble) -> set[str]:
        state_of(context).message = str(trouble)
        self.report({"ERROR"}, str(trouble))
        return {"CANCELLED"}


def _redraw(context: bpy.types.Context) -> None:
    for area in context.screen.areas if context.screen else ():
        area.tag_redraw()

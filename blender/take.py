# SPDX-License-Identifier: GPL-3.0-or-later
"""Take a hit home: as a new armature with a body, or onto the active armature."""

from collections.abc import Iterator
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any

import bpy
from bpy.types import Context, Object, Operator
from mathutils import Vector

from . import rig
from .app import App
from .asking import Asking
from .state import app_of, state_of


class Take(Asking):
    """A hit is chosen, and asked for at the scene's frame rate."""

    @classmethod
    def poll(cls, context: Context) -> bool:
        """A hit is chosen."""
        return state_of(context).hit is not None

    def asked(self, context: Context) -> Iterator[bytes]:
        """Remember what is wanted now, and ask for the file."""
        state, scene = state_of(context), context.scene
        self._name = PurePath(state.hit.name).stem
        self._first = scene.frame_current if state.at_frame else scene.frame_start
        self._at = scene.cursor.location.copy() if state.at_cursor else None
        options = {"whole": state.whole, "fps": scene.render.fps / scene.render.fps_base}
        return self.file(context, app_of(context), {"hit": state.hit.told()} | options)


class LAVIMO_OT_take_new(Take, Operator):
    """Import the chosen motion on an armature of its own, with a body"""

    bl_idname, bl_label, bl_options = "lavimo.take_new", "As a new armature", {"REGISTER", "UNDO"}

    def file(self, context: Context, app: App, options: dict[str, Any]) -> Iterator[bytes]:
        """A GLB."""
        return _exported(app, options | {"kind": "glb", "dressed": state_of(context).person})

    def take(self, context: Context, piece: bytes) -> None:
        """Import it."""
        new = _imported(piece)
        new.name = new.data.name = new.animation_data.action.name = self._name
        new.location = self._at or Vector()
        for curve in rig.curves_of(new):
            # A key a frame, as it was asked for: the importer takes fps_base for its inverse.
            for number, point in enumerate(curve.keyframe_points):
                point.co_ui.x = self._first + number


class LAVIMO_OT_take_onto(Take, Operator):
    """Put the chosen motion onto the active armature; what it does now stays as an action"""

    bl_idname, bl_label, bl_options = "lavimo.take_onto", "Onto the active armature", {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Context) -> bool:
        """An armature is active, too."""
        return super().poll(context) and bool(context.object and context.object.type == "ARMATURE")

    def file(self, context: Context, app: App, options: dict[str, Any]) -> Iterator[bytes]:
        """A BVH of the armature's own bones: the app knows kinds of skeletons, and puts the motion onto them."""
        self._rig = context.object
        self._at = self._at or self._rig.matrix_world.translation.copy()
        return _onto(app, rig.standing(self._rig), options | {"kind": "bvh"})

    def take(self, context: Context, piece: bytes) -> None:
        """Make it the armature's action."""
        rig.put_on(self._rig, piece, self._name, self._first, self._at)


def _exported(app: App, options: dict[str, Any]) -> Iterator[bytes]:
    yield app.export(**options)


def _onto(app: App, standing: bytes, options: dict[str, Any]) -> Iterator[bytes]:
    yield app.export(**options, skeleton=app.send(standing, "skeleton"))


def _imported(glb: bytes) -> Object:
    """The armature of a GLB file."""
    if bpy.context.mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    before = set(bpy.data.objects)
    with TemporaryDirectory(dir=bpy.app.tempdir) as folder:
        path = Path(folder, "motion.glb")
        path.write_bytes(glb)
        bpy.ops.import_scene.gltf(filepath=str(path), disable_bone_shape=True)
    return next(one for one in set(bpy.data.objects) - before if one.type == "ARMATURE")


CLASSES = (LAVIMO_OT_take_new, LAVIMO_OT_take_onto)

# SPDX-License-Identifier: GPL-3.0-or-later
"""An extension for Blender: find motions in a library that `lavimo app` opens, and take them home."""

import bpy

from . import panel, search, state, take

CLASSES = (*state.CLASSES, *search.CLASSES, *take.CLASSES, *panel.CLASSES)


def register() -> None:
    """Make it known to Blender."""
    for one in CLASSES:
        bpy.utils.register_class(one)
    bpy.types.WindowManager.lavimo = bpy.props.PointerProperty(type=state.LavimoState, options={"SKIP_SAVE"})
    search.open_pictures()


def unregister() -> None:
    """Leave nothing behind."""
    search.close_pictures()
    del bpy.types.WindowManager.lavimo
    for one in reversed(CLASSES):
        bpy.utils.unregister_class(one)

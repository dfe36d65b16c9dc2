# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel, in the sidebar of the 3D view."""

from textwrap import wrap

from bpy.types import Context, Panel, UILayout, UIList

from .search import LAVIMO_OT_search, LAVIMO_OT_search_by_action, picture_of
from .state import LavimoHit, LavimoState, state_of
from .take import LAVIMO_OT_take_new, LAVIMO_OT_take_onto

LETTER_PX = 7
"""The width of one, about."""


class LAVIMO_UL_hits(UIList):
    """A hit a line."""

    bl_idname = "LAVIMO_UL_hits"

    def draw_item(
        self, context: Context, layout: UILayout, state: LavimoState, hit: LavimoHit, icon: int,
        active: LavimoState, active_property: str,
    ) -> None:  # fmt: skip
        """Its picture, name, length, and how surely it answers."""
        row = layout.split(factor=0.55)
        row.label(text=hit.name, icon_value=picture_of(hit.told()))
        row = row.split(factor=0.4)
        row.label(text=f"{hit.end_s - hit.begin_s:.1f} s")
        row.label(text=hit.score)


class LAVIMO_PT_panel(Panel):
    """What one asks, what was found, and what one does with it."""

    bl_idname, bl_label, bl_category = "LAVIMO_PT_panel", "lavimo", "lavimo"
    bl_space_type, bl_region_type = "VIEW_3D", "UI"

    def draw(self, context: Context) -> None:
        """From above to below."""
        layout, state = self.layout, state_of(context)
        letters = max(int(context.region.width / context.preferences.system.ui_scale / LETTER_PX), 20)
        row = layout.row(align=True)
        row.prop(state, "words", text="")
        row.operator(LAVIMO_OT_search.bl_idname, text="", icon="VIEWZOOM")
        layout.operator(LAVIMO_OT_search_by_action.bl_idname, icon="ARMATURE_DATA")
        if state.message:
            _say(layout.box(), state.message, letters, "ERROR")
        if state.unknown:
            _say(layout, f"Not known to the app: {state.unknown}", letters, "QUESTION")
        if state.waiting:
            layout.label(text="The app is asked; Esc ends it", icon="SORTTIME")
        if state.hits:
            layout.template_list(LAVIMO_UL_hits.bl_idname, "", state, "hits", state, "chosen", rows=5)
        if hit := state.hit:
            _tell(layout, hit, letters)
            _offer(layout, state)


class LAVIMO_PT_filters(Panel):
    """What hits must be like."""

    bl_idname, bl_label, bl_parent_id = "LAVIMO_PT_filters", "What hits are like", "LAVIMO_PT_panel"
    bl_space_type, bl_region_type, bl_options = "VIEW_3D", "UI", {"DEFAULT_CLOSED"}

    def draw(self, context: Context) -> None:
        """A field each."""
        layout, state = self.layout, state_of(context)
        layout.use_property_split = True
        for name in ("most", "mirror", "min_s", "max_s"):
            layout.prop(state, name)


def _tell(layout: UILayout, hit: LavimoHit, letters: int) -> None:
    """All that is known of a hit."""
    box = layout.box()
    if picture := picture_of(hit.told()):
        box.template_icon(picture, scale=9)
    stretch = f"{hit.begin_s:.1f} to {hit.end_s:.1f} of {hit.duration_s:.1f} s"
    box.label(text=f"{stretch}, mirrored" if hit.mirrored else stretch, icon="TIME")
    for text, icon in ((hit.description, "ARMATURE_DATA"), (hit.captions, "TEXT"), (hit.licence, "COPY_ID")):
        if text:
            _say(box, text, letters, icon)


def _offer(layout: UILayout, state: LavimoState) -> None:
    """To take it."""
    column = layout.column(align=True)
    for name in ("whole", "at_frame", "at_cursor", "person"):
        column.prop(state, name)
    column = layout.column(align=True)
    column.operator(LAVIMO_OT_take_new.bl_idname, icon="IMPORT")
    column.operator(LAVIMO_OT_take_onto.bl_idname, icon="ARMATURE_DATA")


def _say(layout: UILayout, text: str, letters: int, icon: str) -> None:
    """Words of any length."""
    column = layout.column(align=True)
    for number, line in enumerate(wrap(text, letters - 6)):
        column.label(text=line, icon="BLANK1" if number else icon)


CLASSES = (LAVIMO_UL_hits, LAVIMO_PT_panel, LAVIMO_PT_filters)

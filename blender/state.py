# SPDX-License-Identifier: GPL-3.0-or-later
"""What the panel shows and asks, for as long as Blender runs; and the preferences."""

from urllib.parse import parse_qs, urlsplit

import bpy
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, FloatProperty, IntProperty, StringProperty
from bpy.types import AddonPreferences, Context, PropertyGroup

from .app import App, Hit, Trouble


class LavimoHit(PropertyGroup):
    """A hit, as the app tells it; `name` is the motion's."""

    id: StringProperty()
    captions: StringProperty()
    description: StringProperty()
    licence: StringProperty()
    score: StringProperty()
    duration_s: FloatProperty()
    begin_s: FloatProperty()
    end_s: FloatProperty()
    mirrored: BoolProperty()

    def fill(self, hit: Hit) -> None:
        """With what the app says."""
        for name in ("name", "id", "description", "licence", "duration_s", "begin_s", "end_s", "mirrored"):
            setattr(self, name, hit[name])
        self.captions = "; ".join(hit["captions"])
        self.score = hit["judgement"] or f"{hit['score']:.2f}"

    def told(self) -> Hit:
        """What the app must know to find it again."""
        return {name: getattr(self, name) for name in ("id", "begin_s", "end_s", "mirrored")}


class LavimoState(PropertyGroup):
    """The panel's fields, its hits, and what it says when something went wrong."""

    words: StringProperty(name="Words", description="What somebody does, in English", maxlen=500)
    most: IntProperty(name="Hits", description="At most", default=12, min=1, max=100)
    mirror: EnumProperty(
        name="Mirror images",
        items=(
            ("ANY", "With mirror images", "As far as the library was indexed with them"),
            ("NO", "As recorded", "No mirror images"),
            ("YES", "Mirror images only", "Only mirror images"),
        ),
    )
    min_s: FloatProperty(
        name="At least", description="Of a hit's moment; 0: any", min=0, max=3600, subtype="TIME_ABSOLUTE"
    )
    max_s: FloatProperty(
        name="At most", description="Of a hit's moment; 0: any", min=0, max=3600, subtype="TIME_ABSOLUTE"
    )
    hits: CollectionProperty(type=LavimoHit)
    chosen: IntProperty()
    unknown: StringProperty()
    waiting: IntProperty()
    message: StringProperty()
    whole: BoolProperty(name="Whole motion", description="And not only the moment that was found")
    person: BoolProperty(name="Dressed person", description="As the app draws it, instead of the grey body")
    at_cursor: BoolProperty(name="At the 3D cursor", description="Else where the rig stands, or at the world's origin")
    at_frame: BoolProperty(name="From this frame on", description="Else from the scene's first", default=True)

    @property
    def hit(self) -> LavimoHit | None:
        """The one that is chosen."""
        return self.hits[self.chosen] if 0 <= self.chosen < len(self.hits) else None

    def asks(self) -> dict[str, object]:
        """Of a query, all but what is sought."""
        mirrored = {"ANY": None, "NO": False, "YES": True}[self.mirror]
        return {"k": self.most, "mirrored": mirrored, "min_s": self.min_s, "max_s": self.max_s}


def _part(self: "LavimoPreferences", context: Context) -> None:
    """Of an address as `lavimo app` prints it the token goes to its own field."""
    if token := parse_qs(urlsplit(self.address).query).get("token"):
        self.token, self.address = token[0], self.address.partition("?")[0]


class LavimoPreferences(AddonPreferences):
    """Where the app is."""

    bl_idname = __package__

    address: StringProperty(
        name="Address", description="As `lavimo app` prints it", default="http://127.0.0.1:8000", update=_part
    )
    token: StringProperty(name="Token", description="If the app asks for one", subtype="PASSWORD")

    def draw(self, context: Context) -> None:
        """The two fields."""
        self.layout.prop(self, "address")
        self.layout.prop(self, "token")


def state_of(context: Context) -> LavimoState:
    """The panel's."""
    return context.window_manager.lavimo


def app_of(context: Context) -> App:
    """The app of the preferences.

    Raises:
        Trouble: it has no address, or one on another machine while Blender must not use the network.
    """
    told = context.preferences.addons[__package__].preferences
    app = App(told.address, told.token)
    if not app.is_here and not bpy.app.online_access:
        raise Trouble(f"{app.address} is another machine: allow online access first (Preferences, System, Network)")
    return app


CLASSES = (LavimoHit, LavimoState, LavimoPreferences)

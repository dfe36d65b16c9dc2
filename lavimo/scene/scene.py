"""What a picture shows besides the person, in words and numbers: camera, floor, background, light."""

from dataclasses import asdict, dataclass
from typing import Any

from lavimo.scene.camera import Camera

Color = tuple[float, float, float]
"""RGB from 0 to 1, as displayed."""


@dataclass(frozen=True)
class Scene:
    """A clip's scene.

    Attributes:
        camera: static.
        background: a colour.
        floor: the colour of a checker floor, or None for no floor and no shadow.
        tile_m: the side of the floor's tiles, metres.
        light: unit vector towards the light.
        middle: where the floor is in full colour, (x, z) metres.
    """

    camera: Camera
    background: Color
    floor: Color | None
    tile_m: float
    light: tuple[float, float, float]
    middle: tuple[float, float]

    def to_json(self) -> dict[str, Any]:
        """As nested dicts and numbers."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Scene":
        """From what `to_json` gave, after a journey through JSON."""
        parts: dict[str, Any] = {key: tuple(part) if isinstance(part, list) else part for key, part in values.items()}
        camera: dict[str, Any] = {**values["camera"], "position": tuple(values["camera"]["position"])}
        return cls(**{**parts, "camera": Camera(**camera)})

"""Options of the stages that make pictures: dress, animate, render, sample_frames, draw_frames."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PositiveInt, field_validator

from lavimo.config.options import EXECUTION, Options, formerly


class DressOptions(Options):
    """The avatars and their bodies."""

    avatars: tuple[str, ...] = ()
    """Those to draw from, by their names in lavimo/avatar/avatars.yaml; none: all thirteen."""
    bodies: Path | None = None
    """A folder with the user's own SMPL_MALE, SMPL_FEMALE or SMPL_NEUTRAL (docs/smpl.md); none: the embedded body."""


class AnimateOptions(Options):
    """Motions to avatars in front of a camera. Ranges are [least, most], drawn per clip from the seed."""

    seed: int = Field(0, ge=0)
    """Draws the scenes."""
    avatar_seed: int = Field(0, ge=0)
    """Draws who acts in which clip."""
    views: int = Field(1, ge=1)
    """Of each filmed training clip so many: another avatar, camera, light and floor each, of which training sees one at
    a time. Clips of val and test have one."""
    azimuth_degrees: tuple[float, float] = (-60.0, 60.0)
    """Where the camera stands around the person; 0 sees the person's face in the first frame."""
    elevation_degrees: tuple[float, float] = (4.0, 20.0)
    """How high above the floor the camera looks from."""
    yfov_degrees: tuple[float, float] = (30.0, 45.0)
    """The camera's field of view, from the picture's bottom to its top."""
    margin: tuple[float, float] = (1.2, 1.45)
    """Free space around the whole clip: 1 would touch the frame's edge. It says how far away the camera stands."""
    backdrop: Literal["floor", "plain"] = "floor"
    """`plain`: no floor, no shadow, the same grey behind every clip; for ablation."""
    tile_m: tuple[float, float] = (0.35, 0.7)
    """Side of the floor's tiles."""
    light_azimuth_degrees: tuple[float, float] = (-60.0, 60.0)
    """Where the light comes from, around the scene; 0 is from behind the camera."""
    light_elevation_degrees: tuple[float, float] = (45.0, 65.0)
    """How high above the floor the light stands."""
    background_lightness: tuple[float, float] = (0.55, 0.95)
    """0 is black, 1 white; hue and saturation are drawn too."""
    floor_lightness: tuple[float, float] = (0.45, 0.85)
    """As for the background."""
    video_share: float = Field(1.0, gt=0, le=1, json_schema_extra=formerly("filmed"))
    """Share of the train split's clips that get a video; the others train words and motions alone."""
    held_out_avatars: tuple[str, ...] = ()
    """Avatars that only the test split's clips get, and that these get only; none: all avatars in every split."""
    held_out_azimuth_degrees: tuple[float, float] | None = None
    """The test split's own `azimuth_degrees`."""

    @field_validator("*")
    @classmethod
    def _range_in_order(cls, value: Any) -> Any:
        if isinstance(value, tuple) and value and isinstance(value[0], float) and value[0] > value[1]:
            raise ValueError(f"found the range {list(value)}, expected [least, most]")
        return value

    @field_validator("elevation_degrees", "light_elevation_degrees")
    @classmethod
    def _above_the_floor(cls, value: tuple[float, float]) -> tuple[float, float]:
        if value[0] < 0 or value[1] >= 90:
            raise ValueError(f"found {list(value)}, expected degrees above the floor, from 0 to less than 90")
        return value

    @field_validator("tile_m")
    @classmethod
    def _tiles_have_a_size(cls, value: tuple[float, float]) -> tuple[float, float]:
        if value[0] < 0.05:
            raise ValueError(f"found {list(value)}, expected tiles of at least 0.05 m")
        return value

    @field_validator("margin")
    @classmethod
    def _nothing_cut_off(cls, value: tuple[float, float]) -> tuple[float, float]:
        if value[0] < 1.02:
            raise ValueError(f"found {list(value)}, expected at least 1.02, lest the person be cut off")
        return value


class DrawSilhouettesOptions(Options):
    """Clips as black and white pictures of who moves, for runs of method `motionset`."""

    size_px: int = Field(64, ge=64, multiple_of=64)
    """Side of the square picture."""
    frames: PositiveInt = 8
    """Of a clip so many, evenly."""
    views: PositiveInt = 4
    """Sides that a motion is seen from."""


class RenderOptions(Options):
    """Animations to videos, or straight to frames."""

    renderer: Literal["auto", "egl", "cpu"] = Field("auto", json_schema_extra=EXECUTION)
    """`egl` draws through OpenGL; `cpu` by a rasteriser that needs no OpenGL; `auto` takes egl where a graphics card
    answers. The picture is the same, but for a few grey levels at edges."""
    videos: Literal["all", "tested", "none"] = "all"
    """Which clips get videos, from which frames are sampled; of the others only the frames that are cached are drawn,
    which is faster. `tested`: those of val and test."""
    size_px: int = Field(512, ge=16, multiple_of=2)
    """Side of the square picture; even, as H.264 wants it."""
    crf: int = Field(18, ge=0, le=51)
    """H.264's constant rate factor; lower is better and larger."""


class SampleFramesOptions(Options):
    """Videos to cached frames."""

    seed: int = 0
    """Draws the candidates."""
    count: PositiveInt = 8
    """Equal segments of a video, one frame of each to the model."""
    candidates: PositiveInt = 2
    """Frames cached a segment: its centre first, then random ones among which training picks."""
    size_px: PositiveInt = 128
    """Side of the square frames that are kept."""

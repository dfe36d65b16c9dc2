"""Options of the landmarks in videos, and of their comparison with motions: landmarks, match."""

from pathlib import Path
from typing import Literal

from pydantic import Field, PositiveFloat, PositiveInt

from lavimo.config.options import Options, formerly


class FindLandmarksOptions(Options):
    """Videos to the landmarks of a person."""

    fps: PositiveFloat = 10.0
    """Pictures a second that are looked at; of slower videos all are."""
    person: str = "largest"
    """Of several people: the `largest`, the most `moving`, or `person N` in order of appearance, from 0."""
    camera: Literal["static", "moving"] = "static"
    """`moving`: the camera is held by hand or follows; what it does is seen in the background and taken off paths."""
    longest_s: PositiveFloat = 600.0
    """Longer videos are refused."""
    models: Path | None = None
    """A folder with pose_detection.tflite and pose_landmark_full, _heavy or _lite.tflite; none: those that the set-up
    brought."""


class MatchOptions(Options):
    """Landmarks compared with motions, without training. The weights were chosen on the demo's validation clips."""

    moments: int = Field(32, ge=2)
    """Spread evenly over a video and over a motion; compared one by one."""
    path_weight: float = Field(0.8, ge=0, json_schema_extra=formerly("path"))
    """Weight of the hips' paths' distance, beside that of the landmarks."""
    duration_weight: float = Field(0.6, ge=0, json_schema_extra=formerly("duration"))
    """Weight of the logarithm of the durations' ratio, metres; 0 where a video may show more or less than a motion."""
    velocity_weight: float = Field(4.0, ge=0, json_schema_extra=formerly("velocity"))
    """Weight of the distance between the landmarks' steps from moment to moment."""
    tilts_degrees: tuple[float, ...] = Field((-50.0, -35.0, -20.0, -10.0, 0.0, 10.0, 20.0), min_length=1)
    """Tilts of the camera that are tried."""
    dtw_band: float = Field(0.0, ge=0, le=1, json_schema_extra=formerly("warp"))
    """How far moments may be shifted against each other, as a share of the whole: dynamic time warping; 0: not."""
    mirrored: bool = False
    """Compare the mirror image too: whoever films himself may see the left hand right."""
    candidates: PositiveInt = 50
    """Of a run whose answers are ranked again, the best so many."""


class ProjectionOptions(Options):
    """Motions as the landmarks of videos that nobody made: what a video encoder by landmarks is trained on."""

    share: float = Field(1.0, ge=0, le=1)
    """How often a training clip of which there are landmarks, too, is seen by projection."""
    fps: PositiveFloat = 10.0
    """Pictures a second."""
    crop: float = Field(0.06, ge=0, lt=1)
    """The largest share of a motion that its video lacks at begin and end together."""
    tempo: float = Field(1.1, ge=1)
    """The largest factor by which somebody is faster or slower."""
    shape_std: float = Field(0.7, ge=0, json_schema_extra=formerly("body"))
    """Standard deviation of the bodies' shape coefficients."""
    elevation_degrees: tuple[float, float] = (0.0, 30.0)
    """How high above the floor the camera looks from."""
    yfov_degrees: tuple[float, float] = (25.0, 60.0)
    """The camera's field of view."""
    margin: tuple[float, float] = (1.1, 2.5)
    """Free space around the whole clip: 1 would touch the picture's edge."""
    noise: tuple[float, float] = (0.5, 2.5)
    """The detector's errors, as a multiple of those that were measured."""
    occluded: float = Field(0.05, ge=0, le=0.5, json_schema_extra=formerly("hidden"))
    """Share of the landmarks that are hidden, for a stretch of the clip each."""
    missed_detections: float = Field(0.1, ge=0, lt=1, json_schema_extra=formerly("missed"))
    """Share of the pictures in which nobody is found."""

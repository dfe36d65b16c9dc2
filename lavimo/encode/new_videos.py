"""What a model's video encoder takes of a video that went through no workflow.

T frames, S segments, H W pixels, 3 RGB.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lavimo.config import EmbedFramesOptions, FindLandmarksOptions, SampleFramesOptions
from lavimo.landmarks.sequence import Landmarks
from lavimo.landmarks.stretches import Stretch
from lavimo.motion.motion import FPS


@dataclass(frozen=True)
class Excerpt:
    """Some seconds of a video's file."""

    file: Path
    begin_s: float
    end_s: float


FrameSource = Path | str | Excerpt | NDArray[np.uint8]
"""A file, or an excerpt of it; or frames (T, H, W, 3) at `FPS` a second."""
Video = FrameSource | Landmarks
"""For a model that sees landmarks, also those of a person."""
TOLERANCE_S = 1e-3
"""Times in single precision are a hair off."""


def seen(video: Video, about: dict[str, Any]) -> Any:
    """A video as the encoder of a model takes it.

    Args:
        about: what the model's file says.

    Raises:
        ValueError: the video cannot be read, or nobody is in it.
    """
    if isinstance(video, Landmarks):
        if about["model"]["video_encoder"] != "landmarks":
            raise ValueError("found landmarks, but the model sees frames: give it the video")
        return video
    match about["model"]["video_encoder"]:
        case "landmarks":
            return landmarks(video, about)
        case "features" | "images":
            return features(video, about)
    return frames(video, about)


def frames(video: FrameSource, about: dict[str, Any]) -> NDArray[np.uint8]:
    """Frames of its middle square, (1, S, 1, H, W, 3), sampled as in training; of a file as a player shows it."""
    return sampled(video, about)[0]


def sampled(video: FrameSource, about: dict[str, Any]) -> tuple[NDArray[np.uint8], float]:
    """Its frames (see `frames`), and how many seconds it has."""
    from lavimo.video.sample_frames import segment_indexes, shrunk

    sampling = SampleFramesOptions.model_validate(about.get("sample_frames", {}))
    shown = [(time_s, shrunk(_middle(picture_HW3), sampling.size_px)) for time_s, picture_HW3 in _pictures(video)]
    if not shown:
        raise ValueError(f"{video}: found no picture in it, expected a stretch of the video")
    indexes_S1 = segment_indexes(len(shown), sampling.count, 1, np.random.default_rng(0))
    frames_SHW3 = np.stack([shown[index][1] for index in indexes_S1.ravel()])
    steps = max(len(shown) - 1, 1)
    between_s = (shown[-1][0] - shown[0][0]) / steps or 1 / FPS
    return frames_SHW3[None, :, None], len(shown) * between_s


def _pictures(video: FrameSource) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """Times in seconds and frames (H, W, 3), `FPS` a second, as far as there are so many."""
    if isinstance(video, np.ndarray):
        yield from ((number / FPS, picture_HW3) for number, picture_HW3 in enumerate(video))
        return
    from lavimo.video.decode import pictures_of

    asked = video if isinstance(video, Excerpt) else Excerpt(Path(video), 0.0, np.inf)
    for one in pictures_of(asked.file, FPS):
        if asked.begin_s - TOLERANCE_S <= one.time_s <= asked.end_s + TOLERANCE_S:
            yield one.time_s, np.asarray(one.image)


def _middle(picture_HW3: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The middle square of a picture."""
    height, width = picture_HW3.shape[:2]
    side, top, left = min(height, width), max(height - width, 0) // 2, max(width - height, 0) // 2
    return picture_HW3[top : top + side, left : left + side]


def features(video: FrameSource, about: dict[str, Any]) -> NDArray[np.float16]:
    """The features of such frames, (1, S, 1, X), by the frozen encoder of training."""
    from lavimo.encode.embed_frames import frame_features, image_encoder

    options = EmbedFramesOptions.model_validate(about.get("embed_frames", {}))
    seen_SHW3, seconds = sampled(video, about)
    return frame_features([seen_SHW3[0, :, 0]], seconds, image_encoder(options, "cpu"), options)[None, :, None]


def landmarks(video: FrameSource, about: dict[str, Any]) -> Any:
    """The landmarks of the person in it."""
    from lavimo.landmarks.blazepose import BlazePose
    from lavimo.landmarks.find import landmarks_of, landmarks_of_pictures
    from lavimo.video.decode import Picture

    options = FindLandmarksOptions.model_validate(about.get("find_landmarks", {}))
    if isinstance(video, Excerpt):
        return Stretch(video.begin_s, video.end_s).of(landmarks_of(video.file, options))
    if not isinstance(video, np.ndarray):
        return landmarks_of(Path(video), options)
    step = max(round(FPS / options.fps), 1)
    pictures = (Picture(number / FPS, Image.fromarray(video[number])) for number in range(0, len(video), step))
    found = landmarks_of_pictures(pictures, BlazePose(options.models), options)
    if not len(found):
        raise ValueError("found nobody in the frames, expected a person whom one sees from head to foot")
    return found

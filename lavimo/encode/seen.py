"""What a model's video encoder takes of a video that went through no workflow.

T frames, S segments, H W pixels, 3 RGB.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lavimo.config import EmbedFramesOptions, FindLandmarksOptions, SampleFramesOptions
from lavimo.landmarks.sequence import Landmarks
from lavimo.motion.motion import FPS

Video = Path | str | NDArray[np.uint8] | Landmarks
"""A file; frames (T, H, W, 3) at `FPS` a second; or, for a model that sees landmarks, those of a person."""


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


def frames(video: Path | str | NDArray[np.uint8], about: dict[str, Any]) -> NDArray[np.uint8]:
    """Frames of its middle square, (1, S, 1, H, W, 3), sampled as in training."""
    from lavimo.video.codec import VideoReader
    from lavimo.video.sample_frames import segment_indexes, shrunk

    sampling = SampleFramesOptions.model_validate(about.get("sample_frames", {}))
    whole = video if isinstance(video, np.ndarray) else VideoReader(Path(video))
    indexes_S1 = segment_indexes(len(whole), sampling.count, 1, np.random.default_rng(0))
    chosen = indexes_S1.ravel().tolist()
    frames_SHW3 = whole[chosen] if isinstance(whole, np.ndarray) else whole.read(chosen)
    height, width = frames_SHW3.shape[1:3]
    side, top, left = min(height, width), max(height - width, 0) // 2, max(width - height, 0) // 2
    square_SHW3 = frames_SHW3[:, top : top + side, left : left + side]
    return np.stack([shrunk(frame, sampling.size_px) for frame in square_SHW3])[None, :, None]


def features(video: Path | str | NDArray[np.uint8], about: dict[str, Any]) -> NDArray[np.float16]:
    """The features of such frames, (1, S, 1, X), by the frozen encoder of training."""
    from lavimo.encode.embed_frames import frame_features, image_encoder

    options = EmbedFramesOptions.model_validate(about.get("embed_frames", {}))
    seen_SHW3 = frames(video, about)[0, :, 0]
    return frame_features([seen_SHW3], image_encoder(options, "cpu"), options)[None, :, None]


def landmarks(video: Path | str | NDArray[np.uint8], about: dict[str, Any]) -> Any:
    """The landmarks of the person in it."""
    from lavimo.landmarks.blazepose import BlazePose
    from lavimo.landmarks.find import landmarks_of, landmarks_of_pictures
    from lavimo.video.decode import Picture

    options = FindLandmarksOptions.model_validate(about.get("find_landmarks", {}))
    if not isinstance(video, np.ndarray):
        return landmarks_of(Path(video), options)
    step = max(round(FPS / options.fps), 1)
    pictures = (Picture(number / FPS, Image.fromarray(video[number])) for number in range(0, len(video), step))
    found = landmarks_of_pictures(pictures, BlazePose(options.models), options)
    if not len(found):
        raise ValueError("found nobody in the frames, expected a person whom one sees from head to foot")
    return found

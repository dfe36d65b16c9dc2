"""What a run sees of videos: sampled frames, or landmarks and, where nobody made a video, the motions themselves."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lavimo.config import ModelOptions
from lavimo.landmarks.sequence import Landmarks, read_landmarks
from lavimo.motion.motion import Motion, read_motion
from lavimo.shards import clips_of_shards


class CachedVideos(Protocol):
    """What the video encoder gets of clips."""

    what: str
    """What it is, in the plural."""

    def __contains__(self, clip: str) -> bool: ...

    def __getitem__(self, clip: str) -> Any: ...


class CachedFrames:
    """Cached frames of videos.

    W views, V video frames, K candidates a frame, H W pixels.
    """

    what = "frames"

    def __init__(self, frames: Iterable[Path]):
        self._frames = clips_of_shards(frames)

    def __contains__(self, clip: str) -> bool:
        return clip in self._frames

    def __getitem__(self, clip: str) -> NDArray[np.uint8]:
        """A clip's cached frames, (W, V, K, H, W, 3); candidate 0 is the centre of its segment.

        Raises:
            ValueError: another shape or type.
        """
        video_WVKHW3 = self._frames[clip][clip]
        if video_WVKHW3.ndim != 6 or video_WVKHW3.shape[-1] != 3 or video_WVKHW3.dtype != np.uint8:
            raise ValueError(
                f"clip {clip!r}: found frames {video_WVKHW3.shape} of {video_WVKHW3.dtype}, "
                "expected (views, frames, candidates, height, width, 3) of uint8; run sample_frames again"
            )
        return video_WVKHW3


class CachedFeatures:
    """The features of cached frames.

    W views, V video frames, K candidates a frame, X numbers a frame, the last of which is the video's seconds.

    Attributes:
        width: X.
    """

    what = "features of frames"

    def __init__(self, features: Iterable[Path]):
        self._features = clips_of_shards(features)
        some = next(iter(self._features), "")
        self.width = int(self._features[some][some].shape[-1]) if some else 0

    def __contains__(self, clip: str) -> bool:
        return clip in self._features

    def __getitem__(self, clip: str) -> NDArray[np.float16]:
        """A clip's features, (W, V, K, X); candidate 0 is the centre of its segment.

        Raises:
            ValueError: another shape.
        """
        video_WVKX = self._features[clip][clip]
        if video_WVKX.ndim != 4:
            raise ValueError(
                f"clip {clip!r}: found features {video_WVKX.shape} of frames, "
                "expected (views, frames, candidates, numbers); run embed_frames again"
            )
        return video_WVKX


Sight = tuple[Landmarks | None, Motion | None]
"""Landmarks of a video, if there is one, and the motion to project, if it may be seen."""


class CachedLandmarks:
    """Landmarks of videos, and motions to project."""

    what = "landmarks"

    def __init__(self, landmarks: Iterable[Path], motions: Iterable[Path]):
        self._motions, self._landmarks = clips_of_shards(motions), clips_of_shards(landmarks)

    def __contains__(self, clip: str) -> bool:
        return clip in self._landmarks or clip in self._motions

    def __getitem__(self, clip: str) -> Sight:
        """What may be seen of a clip: at least one of the two.

        Raises:
            ValueError: damaged data.
        """
        return (
            read_landmarks(self._landmarks[clip], clip) if clip in self._landmarks else None,
            read_motion(self._motions[clip], clip) if clip in self._motions else None,
        )


class CachedSilhouettes:
    """Silhouettes of videos and of motions.

    A views of a video, W of a motion, N pictures, H W pixels.
    """

    what = "silhouettes"

    def __init__(self, silhouettes: Iterable[Path]):
        self._silhouettes = clips_of_shards(silhouettes)

    def __contains__(self, clip: str) -> bool:
        return clip in self._silhouettes

    def __getitem__(self, clip: str) -> NDArray[np.uint8]:
        """A clip's video, (A, N, H, W).

        Raises:
            ValueError: another shape or type.
        """
        return self._read(clip, "video")

    def motion(self, clip: str) -> NDArray[np.uint8]:
        """Its motion, (W, N, H, W).

        Raises:
            ValueError: another shape or type.
        """
        return self._read(clip, "motion")

    def _read(self, clip: str, what: str) -> NDArray[np.uint8]:
        views: NDArray[np.uint8] = self._silhouettes[clip][f"{clip}/{what}"]
        if views.ndim != 4 or views.dtype != np.uint8:
            raise ValueError(
                f"clip {clip!r}: found silhouettes {views.shape} of {views.dtype}, "
                "expected (views, pictures, height, width) of uint8; run draw_silhouettes again"
            )
        return views


def cached_videos_of(
    model: ModelOptions, frames: Iterable[Path], landmarks: Iterable[Path], motions: Iterable[Path] = ()
) -> CachedVideos | None:
    """What a model sees of videos, if it sees any.

    Args:
        frames: shards of frames, or for a model that sees their features or silhouettes, of these.
    """
    if "video" not in model.modalities:
        return None
    match model.video_encoder:
        case "landmarks":
            return CachedLandmarks(landmarks, motions)
        case "features" | "images":
            return CachedFeatures(frames)
        case "silhouettes":
            return CachedSilhouettes(frames)
    return CachedFrames(frames)

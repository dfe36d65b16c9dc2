"""One person's landmarks in a video, as arrays: what the stage `landmarks` keeps of a clip.

T pictures, L landmarks (33), 2 and 3 coordinates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError

from lavimo.landmarks.names import NAMES
from lavimo.landmarks.tracks import Track
from lavimo.shards import Shard

Array = NDArray[np.float32]
FIELDS = ("times", "world", "image", "visibility")


@dataclass(frozen=True)
class Landmarks:
    """The landmarks of a person in the pictures in which the person was seen.

    Attributes:
        times_T: seconds, rising.
        world_TL3: metres from the middle of the hips: x right, y up, z towards the camera.
        image_TL2: in units of the picture's larger side, from its centre: x right, y up.
        visibility_TL: from 0 to 1.

    Raises:
        ValueError: other shapes, or values that are not finite.
    """

    times_T: Array
    world_TL3: Array
    image_TL2: Array
    visibility_TL: Array

    def __post_init__(self) -> None:
        frames = len(self.times_T)
        for name, shape in zip(FIELDS, ((), (len(NAMES), 3), (len(NAMES), 2), (len(NAMES),))):
            array = self.arrays()[name]
            if array.shape != (frames, *shape):
                raise ValueError(f"{name}: found shape {array.shape}, expected {(frames, *shape)}")
            if not np.isfinite(array).all():
                raise ValueError(f"{name}: found NaN or infinite values")
        if (np.diff(self.times_T) <= 0).any():
            raise ValueError("times: found some that do not rise")

    def __len__(self) -> int:
        return len(self.times_T)

    @classmethod
    def of_track(
        cls, track: Track | None, drift: Mapping[float, NDArray[np.floating[Any]]] | None = None
    ) -> "Landmarks":
        """Those of a tracked person; of nobody, none.

        Args:
            drift: by a picture's time, how far the background has shifted, (2,), which is taken off.
        """
        if track is None:
            return cls.of_nobody()
        size = track.picture
        image_TL2 = np.stack([person.image_L2 for person in track.people])
        centre_2 = np.array([size[0] / 2, size[1] / 2], np.float32)
        seen_TL2 = (image_TL2 - centre_2) * np.array([1, -1]) / max(size)
        if drift is not None:
            seen_TL2 = seen_TL2 - np.stack([drift[time_s] for time_s in track.times])[:, None]
        return cls(
            np.array(track.times, np.float32),
            np.stack([person.world_L3 for person in track.people]).astype(np.float32),
            seen_TL2.astype(np.float32),
            np.stack([person.visibility_L for person in track.people]).astype(np.float32),
        )

    @classmethod
    def of_nobody(cls) -> "Landmarks":
        """None at all."""
        count = len(NAMES)
        empty = (np.zeros((0, *shape), np.float32) for shape in ((), (count, 3), (count, 2), (count,)))
        return cls(*empty)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by the names of `FIELDS`."""
        return dict(zip(FIELDS, (self.times_T, self.world_TL3, self.image_TL2, self.visibility_TL)))


def read_landmarks(shard: Shard, clip: str) -> Landmarks:
    """A clip's landmarks.

    Raises:
        ValueError: the clip has none in the shard, or damaged ones.
    """
    try:
        return Landmarks(*(shard[f"{clip}/{name}"] for name in FIELDS))
    except (KeyError, ValueError, SafetensorError) as error:
        raise ValueError(f"clip {clip!r} of {shard.path}: found no landmarks that can be read ({error})") from error

"""A pose in a picture, and where in a library somebody stands like that.

P poses of a library, K landmarks.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from lavimo.config import MatchOptions
from lavimo.landmarks.blazepose import BlazePose
from lavimo.landmarks.match import distances
from lavimo.landmarks.movement import HIPS, Movements
from lavimo.landmarks.names import SEEN
from lavimo.motion.motion import FPS
from lavimo.search.item import Window
from lavimo.search.store import Store

EVERY = 4
"""Of a motion's frames every fourth is a pose that is compared."""
AROUND_S = 1.0
"""The moment that is found is so much longer than the pose, either way."""
STILL = MatchOptions(moments=2, path_weight=0.0, duration_weight=0.0, velocity_weight=0.0)
PASSES = 2
"""A still picture's region is found again from its landmarks, as a video's is."""
MOST_PIXELS = 50_000_000


@dataclass(frozen=True)
class Poses:
    """Every pose of a library.

    Attributes:
        ids, times_P: whose, and when.
    """

    ids: list[str]
    times_P: NDArray[np.float32]
    movements: Movements

    @classmethod
    def of(cls, store: Store) -> "Poses":
        """Those of an index."""
        ids, times, points = [], [], []
        for item in store.items():
            points_TK3 = store.points(item.id)[0][::EVERY]
            ids += [item.id] * len(points_TK3)
            times.append(np.arange(len(points_TK3), dtype=np.float32) * EVERY / FPS)
            points.append(points_TK3)
        every_PK3 = np.concatenate(points) if points else np.zeros((0, len(SEEN), 3), np.float32)
        return cls(ids, np.concatenate(times) if times else np.zeros(0, np.float32), still(every_PK3))

    def nearest(self, pose: Movements) -> list[tuple[str, Window, float]]:
        """Each motion's nearest pose to one: its id, the moment, metres; the nearest first."""
        distance_P = distances(pose, self.movements, STILL)[0]
        found: dict[str, tuple[Window, float]] = {}
        for place in np.argsort(distance_P, kind="stable"):
            time_s = float(self.times_P[place])
            window = Window(round(max(time_s - AROUND_S, 0.0), 2), round(time_s + AROUND_S, 2))
            found.setdefault(self.ids[place], (window, float(distance_P[place])))
        return [(id, *where) for id, where in found.items()]


def still(points_PK3: NDArray[np.float32]) -> Movements:
    """Poses as movements in which nothing moves."""
    moments_PNK3 = np.repeat(points_PK3[:, None], STILL.moments, axis=1)
    shape = moments_PNK3.shape[:3]
    return Movements(
        moments_PNK3,
        np.zeros((*shape[:2], 3), np.float32),
        np.ones(shape, np.float32),
        np.ones(len(points_PK3), np.float32),
    )


def opened(image: Path) -> Image.Image:
    """A picture, in RGB.

    Raises:
        ValueError: it cannot be read, or is too large.
    """
    try:
        with Image.open(image) as file:
            if file.width * file.height > MOST_PIXELS:
                raise ValueError(f"found {file.width} x {file.height} pixels, expected {MOST_PIXELS:,} at most")
            return file.convert("RGB")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, SyntaxError, ValueError) as error:
        raise ValueError(f"{image}: cannot be read as a picture ({error})") from error


def pose_of(image: Path) -> Movements:
    """The pose of the person whom one sees best in a picture.

    Raises:
        ValueError: the picture cannot be read, or nobody is in it.
    """
    picture = opened(image)
    pose = BlazePose()
    regions = pose.people(picture)
    person = pose.landmarks(picture, max(regions, key=lambda one: one[1].side)[1]) if regions else None
    for _ in range(PASSES):
        person = pose.landmarks(picture, person.region) if person else None
    if person is None:
        raise ValueError(f"{image}: found nobody in it, expected a person whom one sees from head to foot")
    world_K3 = person.world_L3[SEEN] - person.world_L3[HIPS].mean(0)
    found = still(world_K3[None].astype(np.float32))
    weights_K = person.visibility_L[SEEN].astype(np.float32)
    return Movements(
        found.points_GNK3, found.path_GN3, np.broadcast_to(weights_K, found.weights_GNK.shape).copy(), found.duration_G
    )

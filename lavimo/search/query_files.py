"""What is seen in the files of a query: the person in a video, a motion, the pose in a picture."""

from pathlib import Path
from typing import Protocol

from lavimo.config import FindLandmarksOptions
from lavimo.encode.new_videos import Excerpt, Video
from lavimo.landmarks.movement import Movements
from lavimo.landmarks.sequence import Landmarks
from lavimo.landmarks.stretches import core
from lavimo.motion.motion import Motion


class QueryReader(Protocol):
    """Opens files of a query.

    Attributes:
        opens_videos: whether the model may open a video itself.
    """

    opens_videos: bool

    def landmarks(self, video: Path, person: str) -> Landmarks:
        """Those of a person in a video.

        Raises:
            ValueError: it cannot be read, or nobody is in it.
        """

    def motion(self, file: Path) -> Motion:
        """That of a file.

        Raises:
            ValueError: it cannot be read.
        """

    def pose(self, image: Path) -> Movements:
        """That of the person in a picture.

        Raises:
            ValueError: it cannot be read, or nobody is in it.
        """


class LocalReader:
    """A `QueryReader` in this process: for files that one trusts."""

    opens_videos = True

    def landmarks(self, video: Path, person: str) -> Landmarks:
        """See `QueryReader`."""
        from lavimo.landmarks.find import landmarks_of

        return landmarks_of(video, FindLandmarksOptions(person=person))

    def motion(self, file: Path) -> Motion:
        """See `QueryReader`."""
        from lavimo.formats import read_motion

        return read_motion(file)

    def pose(self, image: Path) -> Movements:
        """See `QueryReader`."""
        from lavimo.search.poses import pose_of

        return pose_of(image)


def meant(video: Path, seen: Landmarks | None, by_landmarks: bool) -> Video:
    """What a model sees of a video: the seconds in which something happens, where landmarks tell them.

    Args:
        seen: the landmarks of the person in it, if they are known.
        by_landmarks: whether the model sees these, and not pictures.
    """
    if seen is None:
        return video
    inside = core(seen)
    return inside if by_landmarks else Excerpt(video, float(inside.times_T[0]), float(inside.times_T[-1]))

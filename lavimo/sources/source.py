"""What a data source is."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from lavimo.clips import Clip
from lavimo.config import SourceOptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lavimo.motion.motion import Motion


class Source(Protocol):
    """A kind of data source, opened with its options.

    Listing reads tables and folders only and imports nothing heavy, so that planning a workflow stays quick.
    """

    def __init__(self, options: SourceOptions): ...

    def tables(self) -> list[Path]:
        """The files that the clips are listed from, of which a change lists them anew."""

    def clips(self) -> list[Clip]:
        """Every clip, mirror images included if they are wanted; `file` is None where the motion is not there.

        Raises:
            ValueError: a table or folder cannot be read, or rows are bad: every bad one is named.
        """

    def motion(self, clip: Clip) -> "Motion":
        """A clip's motion, 20 frames a second.

        Raises:
            ValueError: its file is not there, damaged, of another form or too short; the file is named.
        """

    def check(self, clip: Clip) -> int:
        """What `motion` says of a clip, without what takes time and refuses nothing: its frames at 20 a second.

        Raises:
            ValueError: whenever `motion` raises one.
        """
        return len(self.motion(clip))

    def features(self, clip: Clip) -> "NDArray[Any] | None":
        """The features that a clip was published with, to be used as they are; None where there are none.

        Raises:
            ValueError: their file is damaged or of another width; it is named.
        """
        return None

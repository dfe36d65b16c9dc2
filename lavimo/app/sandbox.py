"""The process that opens strangers' files: videos, motions, pictures, skeletons. It has limits of memory and time, may
be killed, and hands over plain arrays.
"""

import logging
import resource
import threading
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

from lavimo.config import FindLandmarksOptions
from lavimo.formats.distinct import SeveralAnimations
from lavimo.landmarks.sequence import Landmarks

Kind = Literal["video", "motion", "image", "skeleton"]

log = logging.getLogger(__name__)

MEMORY = 6 << 30
PATIENCE_S = 90.0
LARGEST_FILE = 64 << 20
"""That it may write: a picture of the people in a video."""


@dataclass(frozen=True)
class Contents:
    """What is in a file.

    Attributes:
        people: landmarks of each person of a video.
        chosen: which of them is meant unless somebody says otherwise.
        content: a motion, a pose, or a skeleton.
    """

    people: list[Landmarks] = field(default_factory=list)
    chosen: int = 0
    content: Any = None


class Sandbox:
    """The process, started when it is needed and again after it was killed. One file at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: Any = None
        self._line: Connection | None = None

    def read(self, kind: Kind, file: Path, longest_s: float, animation: str = "") -> Contents:
        """What is in a file; of a video a picture of the people is written beside it, with the suffix .jpg.

        Args:
            animation: of a motion file with several, which.

        Raises:
            SeveralAnimations: it has several, and none or another is named.
            ValueError: it cannot be read, it takes too long or too much memory, or nobody is in it.
        """
        with self._lock:
            line = self._started()
            try:
                line.send((kind, file, longest_s, animation))
                if not line.poll(PATIENCE_S):
                    raise EOFError
                answer = line.recv()
            except (EOFError, OSError) as error:
                self.close()
                raise ValueError(
                    f"looking at the {kind} took more than {PATIENCE_S:.0f} s or {MEMORY >> 30} GiB: send a shorter or "
                    "smaller one"
                ) from error
        if isinstance(answer, SeveralAnimations):
            raise answer
        if isinstance(answer, str):
            raise ValueError(answer.replace(f"{file}: ", "").replace(str(file), f"the {kind}"))
        assert isinstance(answer, Contents)
        return answer

    def close(self) -> None:
        """Stop the process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None

    def _started(self) -> Connection:
        if self._process is None or not self._process.is_alive():
            context = get_context("spawn")
            self._line, theirs = context.Pipe()
            self._process = context.Process(target=_work, args=(theirs,), daemon=True)
            self._process.start()
            theirs.close()
        assert self._line is not None
        return self._line


def _work(line: Connection) -> None:
    """The process's own loop."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    pose = None
    while True:
        try:
            kind, file, longest_s, animation = line.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            if kind == "video":
                from lavimo.landmarks.blazepose import QUICKEST, BlazePose

                pose = pose or BlazePose(threads=QUICKEST)
                line.send(_video(file, longest_s, pose))
            elif kind == "motion":
                from lavimo.formats import read_motion

                line.send(Contents(content=read_motion(Path(f"{file}#{animation}") if animation else file)))
            elif kind == "skeleton":
                from lavimo.export.onto_rig import rig_of

                line.send(Contents(content=rig_of(file)))
            else:
                from lavimo.search.poses import pose_of

                line.send(Contents(content=pose_of(file)))
        except SeveralAnimations as error:
            told = ", ".join(error.names)
            line.send(SeveralAnimations(f"found the animations {told}, expected one of them to be chosen", error.names))
        except ValueError as error:
            line.send(str(error))
        except MemoryError:
            line.send(f"found a file that needs more than {MEMORY >> 30} GiB, expected a smaller one")
        except Exception as error:
            log.exception("an upload of kind %s", kind)
            line.send(f"cannot be read as a {kind} ({type(error).__name__})")


def _video(file: Path, longest_s: float, pose: Any) -> Contents:
    from lavimo.landmarks.tracks import choose, follow
    from lavimo.report.people import sheet, thinned
    from lavimo.video.decode import Picture, pictures_of

    some: list[Picture] = []
    tracks = follow(thinned(pictures_of(file, FindLandmarksOptions().fps, longest_s), some), pose)
    if not tracks:
        raise ValueError("found nobody in the video, expected a person whom one sees from head to foot")
    sheet(some, tracks).save(file.with_suffix(".jpg"), "JPEG", quality=85)
    chosen = choose(tracks, "largest")
    assert chosen is not None
    return Contents([Landmarks.of_track(track) for track in tracks], chosen.number)

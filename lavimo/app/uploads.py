"""What clients have sent, for an hour: files under names of our own, and what is in them."""

import asyncio
import secrets
import shutil
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from threading import Lock
from time import monotonic

from lavimo.app.sandbox import Contents, Kind, Sandbox
from lavimo.landmarks.movement import Movements
from lavimo.landmarks.sequence import Landmarks
from lavimo.motion.motion import Motion

KEPT_S = 3600.0
CHUNK_S = 10.0
"""Whoever sends nothing for so long is hung up on."""
SUFFIXES = {"video": ".video", "motion": ".motion", "image": ".image", "skeleton": ".skeleton"}


class TooLarge(ValueError):
    """An upload of too many bytes."""


class TooSlow(ValueError):
    """An upload that did not come in time."""


@dataclass(frozen=True)
class Upload:
    """A file that was sent, and what is in it."""

    id: str
    kind: Kind
    file: Path
    seen: Contents
    at_s: float


class Uploads:
    """Those that are kept. A `QueryReader`: it answers for a file what was read when it came."""

    opens_videos = False

    def __init__(self, largest: int, longest_s: float, kept: int):
        self.folder = Path(mkdtemp(prefix="lavimo-app-"))
        self._largest, self._longest_s, self._kept = largest, longest_s, kept
        self._sandbox = Sandbox()
        self._lock = Lock()
        self._uploads: OrderedDict[str, Upload] = OrderedDict()

    async def receive(self, kind: Kind, chunks: AsyncIterator[bytes], animation: str = "") -> Upload:
        """Take a file in and look at it, or at one of its animations.

        Raises:
            TooLarge, TooSlow, SeveralAnimations: see there.
            ValueError: it cannot be read, or nobody is in it.
        """
        id = secrets.token_hex(16)
        file = self.folder / f"{id}{SUFFIXES[kind]}"
        try:
            await asyncio.wait_for(self._write(file, chunks), self._longest_s)
            seen = await asyncio.to_thread(self._sandbox.read, kind, file, self._longest_s, animation)
        except TimeoutError as error:
            raise TooSlow(f"the upload did not come within {self._longest_s:.0f} s") from error
        finally:
            file.unlink(missing_ok=True)
        upload = Upload(id, kind, file, seen, monotonic())
        with self._lock:
            self._uploads[id] = upload
            self._forget()
        return upload

    def get(self, id: str, kind: str = "") -> Upload:
        """An upload.

        Raises:
            ValueError: there is none of this id, or it is of another kind.
        """
        with self._lock:
            upload = self._uploads.get(id)
        if upload is None or (kind and upload.kind != kind):
            raise ValueError(f"found no {kind or 'upload'} of the id {id[:40]!r}; it may be gone: send it again")
        return upload

    def landmarks(self, video: Path, person: str) -> Landmarks:
        """See `QueryReader`; `person N`, or the one that is meant by default."""
        upload = self.get(video.stem, "video")
        number = person.removeprefix("person ")
        place = int(number) if number.isdigit() else upload.seen.chosen
        if place >= len(upload.seen.people):
            raise ValueError(f"found the person {place}; the video shows {len(upload.seen.people)}")
        return upload.seen.people[place]

    def motion(self, file: Path) -> Motion:
        """See `QueryReader`."""
        motion = self.get(file.stem, "motion").seen.content
        assert isinstance(motion, Motion)
        return motion

    def pose(self, image: Path) -> Movements:
        """See `QueryReader`."""
        pose = self.get(image.stem, "image").seen.content
        assert isinstance(pose, Movements)
        return pose

    def close(self) -> None:
        """Forget all."""
        self._sandbox.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def _write(self, file: Path, chunks: AsyncIterator[bytes]) -> None:
        size = 0
        with open(file, "xb") as out:
            coming = chunks.__aiter__()
            while True:
                try:
                    chunk = await asyncio.wait_for(anext(coming), CHUNK_S)
                except StopAsyncIteration:
                    break
                size += len(chunk)
                if size > self._largest:
                    raise TooLarge(f"found more than {self._largest >> 20} MiB, expected less")
                out.write(chunk)
        if not size:
            raise ValueError("found an empty file")

    def _forget(self) -> None:
        """Let the oldest go."""
        now = monotonic()
        for id, upload in list(self._uploads.items()):
            if len(self._uploads) > self._kept or now - upload.at_s > KEPT_S:
                del self._uploads[id]
                upload.file.with_suffix(".jpg").unlink(missing_ok=True)

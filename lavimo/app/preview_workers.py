"""The processes that draw previews, so that whoever searches waits for no picture: started ahead, and one picture is
drawn once however many ask for it.
"""

import fcntl
import os
import signal
import threading
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from lavimo.config import DressOptions
from lavimo.export.take import Take
from lavimo.files import atomic
from lavimo.search.open_store import is_postgres
from lavimo.versions import VERSIONS

if TYPE_CHECKING:
    from lavimo.avatar.dress import Dressed

SPAWN = get_context("spawn")
MOST = 2
"""Processes; each takes some 0.3 GB."""
NICE = 5
"""Added to their niceness: pictures come after answers."""


def pictures_folder(address: str) -> Path:
    """Where an index's pictures lie: in its folder, or in the user's where it is a database."""
    return Path.home() / ".cache" / "lavimo" / "pictures" if is_postgres(address) else Path(address) / "pictures"


class PreviewWorkers:
    """A few processes that know an avatar.

    Attributes:
        avatar: its name.
        folder: keeps its previews, and the dressed avatar for the next start.
    """

    def __init__(self, avatar: str, pictures: Path):
        """`pictures` has a folder for each avatar."""
        self.avatar, self.folder = avatar, pictures / avatar
        self._lock = Lock()
        self._coming: dict[Path, Future[None]] = {}
        self._watched, self._held = SPAWN.Pipe(duplex=False)
        self._pool = self._made()

    def warm(self) -> None:
        """Start them: they dress the avatar while nobody waits."""
        for _ in range(min(os.cpu_count() or 1, MOST)):
            self._pool.submit(_begin, self.avatar, self.folder)

    @property
    def busy(self) -> bool:
        """Whether somebody waits for a picture."""
        return bool(self._coming)

    def draw(self, take: Take, id: str, path: Path) -> None:
        """Write a take's preview; who else asks for it meanwhile waits for the same.

        Raises:
            ValueError: the take cannot be drawn.
        """
        with self._lock:
            coming = self._coming.get(path)
            if coming is None:
                coming = self._coming[path] = self._submitted(take, id, path)
        try:
            coming.result()
        except BrokenProcessPool as error:
            raise ValueError("the process that draws has ended; ask again") from error
        finally:
            with self._lock:
                self._coming.pop(path, None)

    def close(self) -> None:
        """Stop them, whatever they are at."""
        self._held.close()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _submitted(self, take: Take, id: str, path: Path) -> "Future[None]":
        try:
            return self._pool.submit(_draw, take, self.avatar, self.folder, id, path)
        except BrokenProcessPool:
            self._pool = self._made()
            return self._pool.submit(_draw, take, self.avatar, self.folder, id, path)

    def _made(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(min(os.cpu_count() or 1, MOST), SPAWN, _start, (self._watched,))


def _start(watched: Connection) -> None:
    """In a process of its own: it steps back, leaves Ctrl-C to the server, and ends when nobody holds the other end of
    the line, because the server has closed it or is no more."""
    os.nice(NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(watched,), daemon=True).start()


def _end_with(watched: Connection) -> None:
    watched.poll(None)
    os._exit(0)


def _begin(avatar: str, folder: Path) -> None:
    """What takes long the first time: the avatar, the renderer, and what is compiled."""
    import numpy as np

    from lavimo.export.video import preview
    from lavimo.motion.motion import FPS

    standing = Take(np.zeros((2, 24, 3), np.float32), np.zeros((2, 3), np.float32), FPS)
    preview(standing, person(avatar, folder), "nobody")


def _draw(take: Take, avatar: str, folder: Path, id: str, path: Path) -> None:
    from lavimo.export.video import preview

    content = preview(take, person(avatar, folder), id)
    with atomic(path) as partial:
        partial.write_bytes(content)


@cache
def person(avatar: str, folder: Path) -> "Dressed":
    """An avatar, as a folder keeps it; it is dressed by whoever comes first, and the others wait."""
    from lavimo.avatar.wardrobe import Wardrobe, dress_all

    path = folder / f"dressed-{VERSIONS['dress']}.safetensors"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.is_file():
            dress_all(path, DressOptions(avatars=(avatar,)))
    return Wardrobe(path)[avatar]

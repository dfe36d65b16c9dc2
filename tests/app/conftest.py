"""A server over the little library."""

import json
from collections.abc import Iterator

import pytest
from served import Served, served

from lavimo.avatar.dress import dressed
from lavimo.export.take import Cut, take_of
from lavimo.export.video import frames
from lavimo.search.open_store import open_store
from lavimo.video.codec import write_video


@pytest.fixture(scope="session")
def server(little) -> Iterator[Served]:
    """One for all tests, which ask more often than a person."""
    limits = json.dumps({"uploads_per_minute": 10_000, "per_second": 10_000, "burst": 10_000})
    with served(little.index, "--limits", limits) as running:
        yield running


@pytest.fixture(scope="session")
def video(little, tmp_path_factory) -> tuple[str, bytes]:
    """A drawn video of one of the library's motions, and that one's id."""
    store = open_store(str(little.index))
    item = next(item for item in store.items() if "kick" in item.name)
    path = tmp_path_factory.mktemp("video") / "kick.mp4"
    write_video(path, frames(take_of(store.motion(item.id), Cut(item.id)), dressed("mei"), item.id, 256), 20, crf=18)
    return item.id, path.read_bytes()

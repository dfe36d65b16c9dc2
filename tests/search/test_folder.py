"""An index in a folder: damage is named, two writers do not meet, segments stay few."""

import json
import threading
import time
from pathlib import Path

import pytest
from entries import ABOUT, entry

from lavimo.search.folder import MOST_SEGMENTS, FolderStore
from lavimo.search.open_store import create_store, open_store

pytestmark = pytest.mark.xdist_group("search")


@pytest.fixture
def folder(tmp_path: Path, weights: Path) -> Path:
    """An index of three items."""
    store = create_store(str(tmp_path / "index"), ABOUT, weights)
    store.add([entry(name) for name in "abc"])
    return tmp_path / "index"


def test_no_index_is_told_how_to_make_one(tmp_path):
    with pytest.raises(ValueError, match=r"found no index there; make one with `lavimo index"):
        open_store(str(tmp_path))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 99}', '{"format": 2, "about": {}}'])
def test_a_damaged_index_is_named(folder, content):
    (folder / "index.json").write_text(content)
    with pytest.raises(ValueError, match=r"index\.json: cannot be read as an index"):
        open_store(str(folder))


def test_an_index_without_facts_says_what_to_do(folder):
    told = json.loads((folder / "index.json").read_text())
    (folder / "index.json").write_text(json.dumps({**told, "format": 1}))
    message = r"found the format 1 of another version.* `lavimo index FOLDER... --index"
    for refused in (open_store, lambda at: create_store(at, ABOUT, folder / "model.safetensors")):
        with pytest.raises(ValueError, match=message):
            refused(str(folder))


@pytest.mark.parametrize("size", [0, 5, 100, -1, -1000])
def test_a_truncated_segment_is_named(folder, size):
    (segment,) = (folder / "segments").glob("*.safetensors")
    content = segment.read_bytes()
    segment.write_bytes(content[:size])
    with pytest.raises(ValueError, match=rf"{segment.name}: cannot be read as a part of an index"):
        open_store(str(folder))


def test_what_a_kill_left_is_swept_away(folder):
    (folder / "segments" / "stray.safetensors").write_bytes(b"half")
    (folder / "segments" / ".new.safetensors.partial").write_bytes(b"half")
    store = FolderStore.open(folder)
    store.add([entry("d")])
    assert {path.name for path in (folder / "segments").iterdir()} == set(
        json.loads((folder / "index.json").read_text())["segments"]
    )
    assert store.count()[0] == 4


def test_segments_stay_few(folder):
    store = FolderStore.open(folder)
    for number in range(60):
        store.add([entry(f"n{number}")])
    assert all(store.facts(entry(f"n{n}").item.id) == entry(f"n{n}").facts for n in range(60))
    assert len(list((folder / "segments").iterdir())) <= MOST_SEGMENTS + 1
    assert store.count()[0] == 63


def test_a_second_writer_is_refused(folder):
    store, other = FolderStore.open(folder), FolderStore.open(folder)
    with store._writing(), pytest.raises(ValueError, match="another process changes this index now"):
        other.add([entry("d")])
    other.add([entry("d")])


def test_readers_go_on_while_somebody_writes(folder):
    store, reader = FolderStore.open(folder), FolderStore.open(folder)
    stop, faults = threading.Event(), []

    def read():
        while not stop.is_set():
            try:
                time.sleep(0.002)  # else the writer hardly gets a turn
                reader.refresh()
                for item in reader.items():
                    assert len(reader.motion(item.id)) == item.frames
            except Exception as error:
                faults.append(error)
                return

    thread = threading.Thread(target=read)
    thread.start()
    for number in range(80):
        store.add([entry(f"n{number % 12}", number)])
    stop.set()
    thread.join()
    assert not faults

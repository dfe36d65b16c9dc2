"""Previews are drawn by other processes, each once, and kept within a size."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psutil
import pytest
from PIL import Image

from lavimo.app import ahead, preview_workers
from lavimo.app.pictures import Pictures, tidy
from lavimo.search.item import Window
from lavimo.search.library import Library
from lavimo.search.open_store import open_store
from lavimo.search.query import Part, Query


@pytest.fixture(scope="module")
def pictures(little, tmp_path_factory):
    store = open_store(str(little.index))
    workers = preview_workers.PreviewWorkers("mei", tmp_path_factory.mktemp("pictures"))
    yield Pictures(store, workers), next(iter(store.items()))
    workers.close()


def test_a_picture_that_several_ask_for_is_drawn_once(pictures, monkeypatch):
    made, item = pictures
    drawn, submitted = [], preview_workers.PreviewWorkers._submitted
    monkeypatch.setattr(
        preview_workers.PreviewWorkers,
        "_submitted",
        lambda self, *told: drawn.append(told[-1]) or submitted(self, *told),
    )
    windows = [Window(0.0, 1.0), Window(0.0, 1.0), Window(0.5, 1.0), Window(0.0, 1.0)]
    with ThreadPoolExecutor(4) as pool:
        paths = list(pool.map(lambda window: made.preview(item.id, window), windows))
    assert len(drawn) == len(set(paths)) == 2
    assert made.preview(item.id, windows[0]) == paths[0]
    assert len(drawn) == 2
    with Image.open(paths[0]) as picture:
        assert (picture.format, picture.n_frames) == ("WEBP", 10)
    assert list(paths[0].parent.glob("dressed-*.safetensors")), "for the next start"


def test_what_sentences_find_is_drawn_before_anybody_asks(pictures, little, monkeypatch):
    made, library = pictures[0], Library(str(little.index))
    monkeypatch.setattr(ahead, "HITS", 3)
    drawing = ahead.Ahead(library, made)
    drawing._draw(["a person kicks"])
    folder = made._workers.folder
    for hit in library.search(Query((Part("text", "a person kicks"),), k=3)).hits:
        begin, end = (round(100 * seconds) for seconds in hit.window[:2])
        assert list(folder.glob(f"{hit.item.id}-*-{begin}-{end}*.webp")), hit.item.name
    drawing.close()
    drawn = sorted(folder.glob("*.webp"))
    drawing._draw(["somebody walks"])
    assert sorted(folder.glob("*.webp")) == drawn, "it draws when all is closed"
    library.close()


def test_a_worker_that_dies_is_replaced(pictures):
    made, item = pictures
    for process in made._workers._pool._processes.values():
        process.kill()
        process.join()
    for end_s in (1.1, 1.2, 1.3):  # the first may still meet the dead
        with suppress(ValueError):
            path = made.preview(item.id, Window(0.0, end_s))
    assert path.is_file()


def test_workers_stop_whatever_they_are_at(tmp_path):
    made = preview_workers.PreviewWorkers("mei", tmp_path)
    made.warm()
    processes = [psutil.Process(pid) for pid in made._pool._processes]
    assert processes
    made.close()
    # The pool's own thread waits for them too: whichever comes second learns no exit status.
    assert not psutil.wait_procs(processes, timeout=60)[1]


def test_the_oldest_pictures_go_first(tmp_path):
    for number in range(6):
        path = tmp_path / f"{number}.webp"
        path.write_bytes(bytes(100))
        os.utime(path, (1000 + number, 1000 + number))
    (tmp_path / "dressed-1.safetensors").write_bytes(bytes(10_000))
    tidy(tmp_path, 350)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["3.webp", "4.webp", "5.webp", "dressed-1.safetensors"]
    tidy(tmp_path / "nowhere", 1)

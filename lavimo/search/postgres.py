"""An index in PostgreSQL with pgvector: many clients, filters in SQL, backups and replicas as a studio has them.

Tables of the schema that the address's search path names (`public` by default): `lavimo_about` (one row: the model, and
its bytes), `lavimo_items`, and `lavimo_windows` with the vectors as halfvec under an HNSW index (Malkov and Yashunin
2018). Items are rows that a transaction replaces: readers see all of a change or nothing.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.files import atomic
from lavimo.motion.motion import Motion
from lavimo.search.connection import connected, first_line, shown, talking
from lavimo.search.home import About, Known, Points
from lavimo.search.item import FIELDS as ITEM
from lavimo.search.item import PLACE_M, Entry, Found, Item, Wanted, Window

FORMAT = 1
EF_SEARCH = 200
"""Neighbours that a search keeps in mind; more find more and take longer."""
EXACT_UP_TO = 20_000
"""Windows up to which the table is read whole, which is exact and as fast."""

TABLES = """
CREATE EXTENSION IF NOT EXISTS vector;
CREATE TABLE IF NOT EXISTS lavimo_about (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    format int NOT NULL, model text NOT NULL, dim int NOT NULL, mirrored boolean NOT NULL, weights bytea NOT NULL
);
CREATE TABLE IF NOT EXISTS lavimo_items (
    id text PRIMARY KEY, name text NOT NULL, library text NOT NULL, file text NOT NULL, sha256 text NOT NULL,
    size bigint NOT NULL, modified_ns bigint NOT NULL, captions text[] NOT NULL, licence text NOT NULL,
    format text NOT NULL, frames int NOT NULL, travel_m real NOT NULL,
    rotations bytea NOT NULL, translation bytea NOT NULL, betas bytea NOT NULL,
    points bytea NOT NULL, path bytea NOT NULL
);
CREATE TABLE IF NOT EXISTS lavimo_windows (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    item text NOT NULL REFERENCES lavimo_items ON DELETE CASCADE,
    begin_s real NOT NULL, end_s real NOT NULL, mirrored boolean NOT NULL, vector halfvec({dim}) NOT NULL
);
CREATE INDEX IF NOT EXISTS lavimo_windows_item ON lavimo_windows (item);
CREATE INDEX IF NOT EXISTS lavimo_windows_vector ON lavimo_windows USING hnsw (vector halfvec_ip_ops);
CREATE INDEX IF NOT EXISTS lavimo_items_library ON lavimo_items (library);
"""
ITEM_COLUMNS = ", ".join(ITEM)
ARRAYS = "rotations, translation, betas, points, path"
MANY = 1000
"""Windows after whose coming the server counts anew, by which it and we decide how to search."""


class PostgresHome:
    """See the module, and `lavimo.search.home.Home`. A connection for each thread that asks."""

    def __init__(self, address: str, about: About):
        self._address, self._about = address, about
        self._local = threading.local()

    @classmethod
    def open(cls, address: str) -> "PostgresHome":
        """An index that is there.

        Raises:
            ValueError: the server does not answer, or has no index, or another version's.
        """
        with talking(address) as talk:
            if talk.execute("SELECT to_regclass('lavimo_about')").fetchone() == (None,):
                raise ValueError(
                    f"{shown(address)}: found no index there; make one with `lavimo index FOLDER --index ...`"
                )
            row = talk.execute("SELECT format, model, dim, mirrored FROM lavimo_about").fetchone()
        if row is None or row[0] != FORMAT:
            raise ValueError(f"{shown(address)}: found the format {row and row[0]}, expected {FORMAT}; index anew")
        return cls(address, About(*row[1:]))

    @classmethod
    def make(cls, address: str, about: About, model: Path) -> "PostgresHome":
        """An index, empty if it was not there.

        Raises:
            ValueError: see `open`; or pgvector is not installed in the server.
        """
        with talking(address) as talk:
            # One maker at a time: two at once would both find no extension, and one fail.
            talk.execute("SELECT pg_advisory_xact_lock(20240300691)")
            if talk.execute("SELECT to_regclass('lavimo_about')").fetchone() == (None,):
                talk.execute(TABLES.format(dim=about.dim))
                talk.execute(
                    "INSERT INTO lavimo_about (format, model, dim, mirrored, weights) VALUES (%s, %s, %s, %s, %s)",
                    (FORMAT, about.model, about.dim, about.mirrored, model.read_bytes()),
                )
        return cls.open(address)

    @property
    def about(self) -> About:
        """See `Home`."""
        return self._about

    def known(self) -> dict[str, Known]:
        """See `Home`."""
        rows = self._ask("SELECT id, library, sha256, size, modified_ns FROM lavimo_items")
        return {id: Known(*rest) for id, *rest in rows}

    def add(self, entries: Sequence[Entry]) -> None:
        """See `Home`."""
        if not entries:
            return
        marks = ", ".join(["%s"] * (len(ITEM) + 5))
        with self._connection() as talk, talk.transaction(), talk.cursor() as cursor:
            _remove(cursor, [entry.item.id for entry in entries])
            cursor.executemany(
                f"INSERT INTO lavimo_items ({ITEM_COLUMNS}, {ARRAYS}) VALUES ({marks})",
                [_row(entry) for entry in entries],
            )
            with cursor.copy("COPY lavimo_windows (item, begin_s, end_s, mirrored, vector) FROM STDIN") as copy:
                for entry in entries:
                    for window, vector_C in zip(entry.windows, entry.vectors_RC):
                        copy.write_row((entry.item.id, window.begin_s, window.end_s, window.mirrored, _told(vector_C)))
            if sum(len(entry.windows) for entry in entries) >= MANY:
                cursor.execute("ANALYZE lavimo_windows")

    def remove(self, ids: Sequence[str]) -> None:
        """See `Home`."""
        with self._connection() as talk, talk.transaction(), talk.cursor() as cursor:
            _remove(cursor, ids)

    def search(self, query_C: NDArray[np.float32], k: int, wanted: Wanted) -> list[Found]:
        """See `Home`; of many windows nearly always the best, for the index is approximate."""
        conditions, values = _conditions(wanted)
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        told = _told(query_C)
        statement = (
            "SELECT w.item, w.begin_s, w.end_s, w.mirrored, w.vector, -(w.vector <#> %s::halfvec) "
            f"FROM lavimo_windows w JOIN lavimo_items i ON i.id = w.item {where} "
            "ORDER BY w.vector <#> %s::halfvec LIMIT %s"
        )
        with self._connection() as talk, talk.transaction():
            if self._windows(talk) <= EXACT_UP_TO:
                talk.execute("SET LOCAL enable_indexscan = off")
            else:
                # With filters the index is read on until there are enough rows (pgvector 0.8).
                talk.execute("SET LOCAL hnsw.iterative_scan = relaxed_order")
                talk.execute(f"SET LOCAL hnsw.ef_search = {min(max(EF_SEARCH, k), 1000)}")
            rows = talk.execute(statement, (told, *values, told, k)).fetchall()
        found = [
            Found(item, Window(round(begin, 2), round(end, 2), mirrored), float(score), _vector(vector))
            for item, begin, end, mirrored, vector, score in rows
        ]
        return sorted(found, key=lambda one: -one.score)

    def get(self, id: str) -> Item:
        """See `Home`."""
        row = self._one(f"SELECT {ITEM_COLUMNS} FROM lavimo_items WHERE id = %s", id)
        return Item(**{**dict(zip(ITEM, row)), "captions": tuple(row[ITEM.index("captions")])})

    def motion(self, id: str) -> Motion:
        """See `Home`."""
        rotations, translation, betas = self._one(
            "SELECT rotations, translation, betas FROM lavimo_items WHERE id = %s", id
        )
        return Motion(
            np.frombuffer(rotations, "<f4").reshape(-1, 24, 3),
            np.frombuffer(translation, "<f4").reshape(-1, 3),
            np.frombuffer(betas, "<f4"),
        )

    def points(self, id: str) -> Points:
        """See `Home`."""
        points, path = self._one("SELECT points, path FROM lavimo_items WHERE id = %s", id)
        path_T3 = np.frombuffer(path, "<f4").reshape(-1, 3)
        return np.frombuffer(points, "<f2").reshape(len(path_T3), -1, 3).astype(np.float32), path_T3

    def items(self) -> Iterator[Item]:
        """See `Home`."""
        for row in self._ask(f"SELECT {ITEM_COLUMNS} FROM lavimo_items ORDER BY library, name"):
            yield Item(**{**dict(zip(ITEM, row)), "captions": tuple(row[ITEM.index("captions")])})

    def count(self) -> tuple[int, int]:
        """See `Home`."""
        ((items, windows),) = self._ask(
            "SELECT (SELECT count(*) FROM lavimo_items), (SELECT count(*) FROM lavimo_windows)"
        )
        return items, windows

    def refresh(self) -> None:
        """See `Home`: every question sees the newest."""

    def model(self) -> Path:
        """See `Home`: the bytes, once, in a file of the temporary folder that only their owner may read."""
        path = Path(gettempdir()) / f"lavimo-{self._about.model}" / "model.safetensors"
        if not (path.is_file() and sha256(path.read_bytes()).hexdigest() == self._about.model):
            ((weights,),) = self._ask("SELECT weights FROM lavimo_about")
            path.parent.mkdir(mode=0o700, exist_ok=True)
            with atomic(path) as partial:
                partial.write_bytes(weights)
        return path

    def close(self) -> None:
        """See `Home`."""
        if (talk := getattr(self._local, "talk", None)) is not None:
            talk.close()
            self._local.talk = None

    def _ask(self, statement: str, *values: Any) -> list[Any]:
        with self._connection() as talk:
            found: list[Any] = talk.execute(statement, values).fetchall()
        return found

    def _one(self, statement: str, id: str) -> Any:
        rows = self._ask(statement, id)
        if not rows:
            raise ValueError(f"found no motion of the id {id!r} in {shown(self._address)}")
        return rows[0]

    def _windows(self, talk: Any) -> int:
        """How many windows there are, nearly."""
        row = talk.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = 'lavimo_windows'::regclass").fetchone()
        return int(row[0])

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        """This thread's connection, a new one if the server was started again."""
        import psycopg

        talk = getattr(self._local, "talk", None)
        if talk is None or talk.closed or talk.broken:
            talk = self._local.talk = connected(self._address)
        try:
            yield talk
        except psycopg.OperationalError as error:
            talk.close()
            raise ValueError(f"{shown(self._address)}: the server hung up ({first_line(error)})") from error


def _remove(cursor: Any, ids: Sequence[str]) -> None:
    cursor.execute("DELETE FROM lavimo_items WHERE id = ANY(%s)", (list(ids),))


def _row(entry: Entry) -> tuple[Any, ...]:
    told = {**asdict(entry.item), "captions": list(entry.item.captions)}
    arrays = (
        entry.motion.rotations_TJ3.astype("<f4"), entry.motion.translation_T3.astype("<f4"),
        entry.motion.betas_B.astype("<f4"), entry.points_TK3.astype("<f2"), entry.path_T3.astype("<f4"),
    )  # fmt: skip
    return (*(told[name] for name in ITEM), *(array.tobytes() for array in arrays))


def _conditions(wanted: Wanted) -> tuple[list[str], list[Any]]:
    """As SQL; see `Wanted.item` and `Wanted.window`."""
    found: list[tuple[str, tuple[Any, ...]]] = []
    if wanted.folder:
        found.append(("position(%s in i.library || '/' || i.name) > 0", (wanted.folder,)))
    if wanted.licence:
        found.append(("position(lower(%s) in lower(i.licence)) > 0", (wanted.licence,)))
    if wanted.travels is not None:
        found.append((f"(i.travel_m > {PLACE_M}) = %s", (wanted.travels,)))
    if wanted.least_s:
        found.append(("w.end_s - w.begin_s >= %s", (wanted.least_s - 1e-3,)))
    if wanted.most_s:
        found.append(("w.end_s - w.begin_s <= %s", (wanted.most_s + 1e-3,)))
    if wanted.mirrored is not None:
        found.append(("w.mirrored = %s", (wanted.mirrored,)))
    return [condition for condition, _ in found], [value for _, values in found for value in values]


def _told(vector_C: NDArray[np.floating[Any]]) -> str:
    """A vector as pgvector reads it."""
    return "[" + ",".join(f"{x:.6g}" for x in vector_C.astype(np.float16).astype(np.float32)) + "]"


def _vector(told: str) -> NDArray[np.float32]:
    return np.array(told[1:-1].split(","), np.float32)

"""An index in PostgreSQL with pgvector: many clients, filters in SQL, backups and replicas as a studio has them.

Tables of the schema that the address's search path names (`public` by default): `lavimo_about` (one row: the model, and
its bytes), `lavimo_items`, and `lavimo_windows` with the vectors as halfvec under an HNSW index (Malkov and Yashunin
2018). Items are rows that a transaction replaces: readers see all of a change or nothing.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.describe.columns import Facts, WindowFacts
from lavimo.describe.fact import Fact
from lavimo.files import atomic
from lavimo.motion.motion import Motion
from lavimo.search.connection import connected, first_line, shown, talking
from lavimo.search.item import FIELDS as ITEM
from lavimo.search.item import Candidate, Entry, Filters, Item, Window
from lavimo.search.sql import CONTENT, ITEM_COLUMNS, TABLES, as_text, conditions, row_of
from lavimo.search.store import About, Boost, Known, Points

FORMAT = 2
EF_SEARCH = 200
"""Neighbours that a search keeps in mind; more find more and take longer."""
EXACT_UP_TO = 20_000
"""Windows up to which the table is read whole, which is exact and as fast."""

BOOSTED, MOST = 1000, 50_000
"""Items that are looked at because of what they show, and windows of these."""

CHANGED = "UPDATE lavimo_about SET changes = changes + 1"
MANY = 1000
"""Windows after whose coming the server counts anew, by which it and we decide how to search."""


class PostgresStore:
    """See the module, and `lavimo.search.store.Store`. A connection for each thread that asks."""

    def __init__(self, address: str, about: About):
        self._address, self._about = address, about
        self._local = threading.local()
        self._shown: tuple[int, WindowFacts, NDArray[np.int64]] | None = None

    @classmethod
    def open(cls, address: str) -> "PostgresStore":
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
            raise ValueError(
                f"{shown(address)}: found the format {row and row[0]} of another version of lavimo, expected {FORMAT}; "
                "DROP TABLE lavimo_windows, lavimo_items, lavimo_about, and index its folders anew: "
                "`lavimo index FOLDER... --index ...`"
            )
        return cls(address, About(*row[1:]))

    @classmethod
    def make(cls, address: str, about: About, model: Path) -> "PostgresStore":
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
        """See `Store`."""
        return self._about

    def known(self) -> dict[str, Known]:
        """See `Store`."""
        rows = self._ask("SELECT id, library, sha256, size, modified_ns FROM lavimo_items")
        return {id: Known(*rest) for id, *rest in rows}

    def add(self, entries: Sequence[Entry]) -> None:
        """See `Store`."""
        if not entries:
            return
        marks = ", ".join(["%s"] * (len(ITEM) + 6))
        with self._connection() as talk, talk.transaction(), talk.cursor() as cursor:
            _remove(cursor, [entry.item.id for entry in entries])
            cursor.executemany(
                f"INSERT INTO lavimo_items ({ITEM_COLUMNS}, {CONTENT}) VALUES ({marks})",
                [row_of(entry) for entry in entries],
            )
            with cursor.copy("COPY lavimo_windows (item, begin_s, end_s, mirrored, marks, vector) FROM STDIN") as copy:
                for entry in entries:
                    for window, mark, vector_C in zip(entry.windows, entry.marks, entry.vectors_RC):
                        span = (window.begin_s, window.end_s, window.mirrored)
                        copy.write_row((entry.item.id, *span, mark, as_text(vector_C)))
            if sum(len(entry.windows) for entry in entries) >= MANY:
                cursor.execute("ANALYZE lavimo_windows")
            cursor.execute(CHANGED)

    def remove(self, ids: Sequence[str]) -> None:
        """See `Store`."""
        with self._connection() as talk, talk.transaction(), talk.cursor() as cursor:
            _remove(cursor, ids)
            cursor.execute(CHANGED)

    def search(
        self, query_C: NDArray[np.float32], k: int, filters: Filters, boost: Boost | None = None
    ) -> list[Candidate]:
        """See `Store`; of many windows nearly always the best, for the index is approximate."""
        where, values = conditions(filters)
        found = self._nearest(query_C, k, where, values)
        if boost is None:
            return list(found.values())
        shown, number_R = self._windows_shown()
        boost_R = boost(shown)
        if boosted := _boosted(shown, boost_R, max(BOOSTED, k)):
            found |= self._nearest(query_C, MOST, [*where, "w.item = ANY(%s)"], [*values, boosted], exact=True)
        at_N = np.searchsorted(number_R, list(found))
        known_N = np.append(number_R, -1)[at_N] == list(found)  # others came after what is shown was read
        boost_N = np.where(known_N, np.append(boost_R, 0)[at_N], 0).tolist()
        added = [one._replace(score=one.score + more, boost=more) for one, more in zip(found.values(), boost_N)]
        return sorted(added, key=attrgetter("score"), reverse=True)[:k]

    def _nearest(
        self, query_C: NDArray[np.float32], k: int, filters: Sequence[str], values: Sequence[Any], exact: bool = False
    ) -> dict[int, Candidate]:
        """The windows nearest to a query that pass the filters, by their numbers, the nearest first."""
        where = f"WHERE {' AND '.join(filters)}" if filters else ""
        told = as_text(query_C)
        statement = (
            "SELECT w.number, w.item, w.begin_s, w.end_s, w.mirrored, -(w.vector <#> %s::halfvec) "
            f"FROM lavimo_windows w JOIN lavimo_items i ON i.id = w.item {where} "
            "ORDER BY w.vector <#> %s::halfvec LIMIT %s"
        )
        with self._connection() as talk, talk.transaction():
            if exact or self._windows(talk) <= EXACT_UP_TO:
                talk.execute("SET LOCAL enable_indexscan = off")
            else:
                # With filters the index is read on until there are enough rows (pgvector 0.8).
                talk.execute("SET LOCAL hnsw.iterative_scan = relaxed_order")
                talk.execute(f"SET LOCAL hnsw.ef_search = {min(max(EF_SEARCH, k), 1000)}")
            rows = talk.execute(statement, (told, *values, told, k)).fetchall()
            if filters and len(rows) < k and not exact:  # so few fit that the index gave up before it had them
                talk.execute("SET LOCAL enable_indexscan = off")
                rows = talk.execute(statement, (told, *values, told, k)).fetchall()
        found = [
            (number, Candidate(item, Window(round(begin, 2), round(end, 2), mirrored), float(score)))
            for number, item, begin, end, mirrored, score in rows
        ]
        return dict(sorted(found, key=lambda one: -one[1].score))

    def get(self, id: str) -> Item:
        """See `Store`."""
        row = self._one(f"SELECT {ITEM_COLUMNS} FROM lavimo_items WHERE id = %s", id)
        return Item(**{**dict(zip(ITEM, row)), "captions": tuple(row[ITEM.index("captions")])})

    def motion(self, id: str) -> Motion:
        """See `Store`."""
        rotations, translation, betas = self._one(
            "SELECT rotations, translation, betas FROM lavimo_items WHERE id = %s", id
        )
        return Motion(
            np.frombuffer(rotations, "<f4").reshape(-1, 24, 3),
            np.frombuffer(translation, "<f4").reshape(-1, 3),
            np.frombuffer(betas, "<f4"),
        )

    def points(self, id: str) -> Points:
        """See `Store`."""
        points, path = self._one("SELECT points, path FROM lavimo_items WHERE id = %s", id)
        path_T3 = np.frombuffer(path, "<f4").reshape(-1, 3)
        return np.frombuffer(points, "<f2").reshape(len(path_T3), -1, 3).astype(np.float32), path_T3

    def facts(self, id: str) -> tuple[Fact, ...]:
        """See `Store`."""
        (told,) = self._one("SELECT facts FROM lavimo_items WHERE id = %s", id)
        return tuple(map(Fact.from_json, told))

    def window_facts(self) -> tuple[WindowFacts, ...]:
        """See `Store`."""
        return (self._windows_shown()[0],)

    def _windows_shown(self) -> tuple[WindowFacts, NDArray[np.int64]]:
        """What every window shows, and the windows' numbers, which grow."""
        now = self._shown
        with self._connection() as talk, talk.transaction():
            talk.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            ((changes,),) = talk.execute("SELECT changes FROM lavimo_about").fetchall()
            if now is None or now[0] != changes:
                items = talk.execute("SELECT id, facts FROM lavimo_items ORDER BY id").fetchall()
                windows = talk.execute(
                    "SELECT item, begin_s, end_s, mirrored, number FROM lavimo_windows ORDER BY number"
                ).fetchall()
                number_R = np.array([row[-1] for row in windows], np.int64)
                self._shown = now = (changes, _window_facts(items, windows), number_R)
        return now[1:]

    def items(self) -> Iterator[Item]:
        """See `Store`."""
        for row in self._ask(f"SELECT {ITEM_COLUMNS} FROM lavimo_items ORDER BY library, name"):
            yield Item(**{**dict(zip(ITEM, row)), "captions": tuple(row[ITEM.index("captions")])})

    def count(self) -> tuple[int, int]:
        """See `Store`."""
        ((items, windows),) = self._ask(
            "SELECT (SELECT count(*) FROM lavimo_items), (SELECT count(*) FROM lavimo_windows)"
        )
        return items, windows

    def refresh(self) -> None:
        """See `Store`: every question sees the newest."""

    def model(self) -> Path:
        """See `Store`: the bytes, once, in a file of the temporary folder that only their owner may read."""
        path = Path(gettempdir()) / f"lavimo-{self._about.model}" / "model.safetensors"
        if not (path.is_file() and sha256(path.read_bytes()).hexdigest() == self._about.model):
            ((weights,),) = self._ask("SELECT weights FROM lavimo_about")
            path.parent.mkdir(mode=0o700, exist_ok=True)
            with atomic(path) as partial:
                partial.write_bytes(weights)
        return path

    def close(self) -> None:
        """See `Store`."""
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


def _window_facts(items: list[Any], windows: list[Any]) -> WindowFacts:
    """Of rows of the tables."""
    place = {id: number for number, (id, _) in enumerate(items)}
    facts = Facts.of([Fact.from_json(one) for _, told in items for one in told])
    first_I = np.cumsum([0, *(len(told) for _, told in items)]).astype(np.int64)
    item, begin, end, mirrored, _ = zip(*windows) if windows else ((),) * 5
    spans = (np.array(begin, np.float32), np.array(end, np.float32), np.array(mirrored, bool))
    return WindowFacts.of(tuple(place), np.array([place[id] for id in item], np.int32), spans, facts, first_I)


def _boosted(shown: WindowFacts, boost_R: NDArray[np.float32], most: int) -> list[str]:
    """The ids whose windows facts value most."""
    best_N = np.argsort(-boost_R, kind="stable")[: int((boost_R > 0).sum())]
    item_N, first_N = np.unique(shown.item_R[best_N], return_index=True)
    return [shown.ids[item] for item in item_N[np.argsort(first_N)][:most]]


def _remove(cursor: Any, ids: Sequence[str]) -> None:
    cursor.execute("DELETE FROM lavimo_items WHERE id = ANY(%s)", (list(ids),))

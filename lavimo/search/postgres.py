"""An index in PostgreSQL with pgvector: many clients, filters in SQL, backups and replicas as a studio has them.

Tables of the schema that the address's search path names (`public` by default): `lavimo_about` (one row: the model, and
its bytes), `lavimo_items`, and `lavimo_windows` with the vectors as halfvec under an HNSW index (Malkov and Yashunin
2018), and with what they show under an inverted one. Items are rows that a transaction replaces: readers see all of a
change or nothing.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.describe.columns import What
from lavimo.describe.fact import Fact
from lavimo.files import atomic
from lavimo.motion.motion import Motion
from lavimo.search.connection import Connections, shown, talking
from lavimo.search.found import Found
from lavimo.search.item import FIELDS as ITEM
from lavimo.search.item import Entry, Filters, Item, shown_by
from lavimo.search.shortlist import Row, candidates, shown_by_found, wanted
from lavimo.search.sql import INDEXES, ITEM_COLUMNS, TABLES, as_text, conditions
from lavimo.search.sql_copy import copy_items, copy_windows
from lavimo.search.store import About, Boost, Known, Points

FORMAT = 3
"""3: with what each window shows."""
EF_SEARCH = 200
"""Neighbours that a search keeps in mind; more find more and take longer."""
EXACT_UP_TO = 20_000
"""Windows up to which the table is read whole, which is exact and as fast."""
SHOWING = 1000
"""Windows that are looked at because of what they show, the nearest of these."""
MOST = 50_000
"""Windows of the same motions that are looked at, where actions follow one another."""
BUILT_KB, MOST_GB = 1, 2
"""Memory for making the indexes: of each window, and at most."""


@dataclass(frozen=True)
class State:
    """What `lavimo_about` says.

    Attributes:
        whats: what windows show at all; rows name these by their places.
    """

    changes: int
    items: int
    windows: int
    whats: tuple[What, ...]


class PostgresStore:
    """See the module, and `lavimo.search.store.Store`. A connection for each thread that asks."""

    def __init__(self, address: str, about: About):
        self._address, self._about = address, about
        # With filters the index is read on until there are enough rows (pgvector 0.8).
        self._connections = Connections(address, "SET hnsw.iterative_scan = relaxed_order")
        self._state = State(-1, 0, 0, ())
        self.refresh()

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
        does = shown_by(entries)
        with self._changing([entry.item.id for entry in entries]) as cursor:
            ((told,),) = cursor.execute("SELECT whats FROM lavimo_about").fetchall()
            known = [*map(tuple, told)]
            whats = [*known, *sorted(set(does.facts.whats) - set(known))]
            copy_items(cursor, entries)
            copy_windows(cursor, entries, does, whats)
            cursor.execute(
                "UPDATE lavimo_about SET items = items + %s, windows = windows + %s, whats = %s::jsonb",
                (len(entries), len(does.item_R), json.dumps(whats)),
            )
        self.refresh()

    def remove(self, ids: Sequence[str]) -> None:
        """See `Store`."""
        with self._changing(ids):
            pass
        self.refresh()

    def finish(self) -> None:
        """See `Store`: of many windows the indexes, which are made at once, and what the server plans by."""
        if self._state.windows > EXACT_UP_TO:
            memory_kb = min(max(BUILT_KB * self._state.windows, 64 << 10), MOST_GB << 20)
            with self._connections() as talk, talk.transaction():
                talk.execute(f"SET LOCAL maintenance_work_mem = '{memory_kb}kB'")
                for index in INDEXES:
                    talk.execute(index)
        with self._connections() as talk:
            talk.execute("ANALYZE lavimo_windows, lavimo_items")

    @contextmanager
    def _changing(self, gone: Sequence[str]) -> Iterator[Any]:
        """A transaction, of which there is one at a time, without some items."""
        with self._connections() as talk, talk.transaction(), talk.cursor() as cursor:
            cursor.execute("UPDATE lavimo_about SET changes = changes + 1")
            cursor.execute("DELETE FROM lavimo_windows WHERE item = ANY(%s)", (list(gone),))
            windows = cursor.rowcount
            cursor.execute("DELETE FROM lavimo_items WHERE id = ANY(%s)", (list(gone),))
            less = (cursor.rowcount, windows)
            cursor.execute("UPDATE lavimo_about SET items = items - %s, windows = windows - %s", less)
            yield cursor

    def search(self, query_C: NDArray[np.float32], k: int, filters: Filters, boost: Boost | None = None) -> Found:
        """See `Store`; of many windows nearly always the best, for the index is approximate, and facts are sought
        among the nearest windows that show what is asked for."""
        where, values = conditions(filters)
        rows = self._nearest(query_C, k, where, values)
        if boost is None:
            return candidates(list(rows.values()), np.zeros(len(rows)))
        if sought := wanted(boost, self._state.whats):
            showing = [*where, "w.whats && %s::smallint[]"], [*values, sought]
            rows = self._nearest(query_C, max(k, SHOWING), *showing) | rows
        if boost.in_order:
            same = [*where, "w.item = ANY(%s)"], [*values, list({row.item for row in rows.values()})]
            rows = self._nearest(query_C, MOST, *same, exact=True) | rows
        self.refresh()  # what others have added is there to be named
        every = list(rows.values())
        boost_N = boost(shown_by_found(every, self._state.whats))
        order = np.argsort(-(np.array([row.cosine for row in every]) + boost_N), kind="stable")[:k].tolist()
        return candidates([every[place] for place in order], boost_N[order])

    def _nearest(
        self, query_C: NDArray[np.float32], k: int, filters: Sequence[str], values: Sequence[Any], exact: bool = False
    ) -> dict[int, Row]:
        """The windows nearest to a query that pass the filters, by their numbers, the nearest first."""
        items = "JOIN lavimo_items i ON i.id = w.item" if any("i." in one for one in filters) else ""
        statement = (
            "SELECT w.number, w.item, w.begin_s, w.end_s, w.mirrored, -(w.vector <#> %s::halfvec), w.shows "
            f"FROM lavimo_windows w {items} {'WHERE' if filters else ''} {' AND '.join(filters)} "
            f"ORDER BY w.vector <#> %s::halfvec LIMIT {k:d}"
        )
        told = as_text(query_C)
        asked = (told, *values, told)
        exact |= self._state.windows <= EXACT_UP_TO
        with self._connections() as talk:
            if not exact:
                self._connections.set(talk, "hnsw.ef_search", min(max(EF_SEARCH, k), 1000))
                rows = talk.execute(statement, asked, binary=True).fetchall()
            if exact or (filters and len(rows) < k):  # so few fit that the index gave up before it had them
                with talk.transaction():
                    talk.execute("SET LOCAL enable_indexscan = off")
                    rows = talk.execute(statement, asked, binary=True).fetchall()
        return {number: Row(*row) for number, *row in sorted(rows, key=lambda row: -row[5])}

    def get(self, id: str) -> Item:
        """See `Store`."""
        return self.items_of([id])[0]

    def motion(self, id: str) -> Motion:
        """See `Store`."""
        ((rotations, translation, betas),) = self._of("rotations, translation, betas", [id])
        return Motion(
            np.frombuffer(rotations, "<f4").reshape(-1, 24, 3),
            np.frombuffer(translation, "<f4").reshape(-1, 3),
            np.frombuffer(betas, "<f4"),
        )

    def points(self, id: str) -> Points:
        """See `Store`."""
        return self.points_of([id])[0]

    def facts(self, id: str) -> tuple[Fact, ...]:
        """See `Store`."""
        return self.facts_of([id])[0]

    def items_of(self, ids: Sequence[str]) -> list[Item]:
        """See `Store`."""
        return list(map(_item, self._of(ITEM_COLUMNS, ids)))

    def points_of(self, ids: Sequence[str]) -> list[Points]:
        """See `Store`."""
        return [_points(*row) for row in self._of("points, path", ids)]

    def facts_of(self, ids: Sequence[str]) -> list[tuple[Fact, ...]]:
        """See `Store`."""
        return [tuple(map(Fact.from_json, told)) for (told,) in self._of("facts", ids)]

    def items(self) -> Iterator[Item]:
        """See `Store`."""
        yield from map(_item, self._ask(f"SELECT {ITEM_COLUMNS} FROM lavimo_items ORDER BY library, name"))

    def count(self) -> tuple[int, int]:
        """See `Store`."""
        return self._state.items, self._state.windows

    def refresh(self) -> None:
        """See `Store`."""
        was = self._state
        ((changes, items, windows, whats),) = self._ask(
            "SELECT changes, items, windows, CASE WHEN changes <> %s THEN whats END FROM lavimo_about", was.changes
        )
        if changes != was.changes:
            self._state = State(changes, items, windows, tuple(map(tuple, whats)))

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
        self._connections.close()

    def _ask(self, statement: str, *values: Any) -> list[Any]:
        with self._connections() as talk:
            found: list[Any] = talk.execute(statement, values, binary=True).fetchall()
        return found

    def _of(self, columns: str, ids: Sequence[str]) -> list[Any]:
        """Of each item some columns."""
        statement = f"SELECT id, {columns} FROM lavimo_items WHERE id = ANY(%s)"
        found = {id: row for id, *row in self._ask(statement, list(ids))}
        if missing := [id for id in ids if id not in found]:
            raise ValueError(f"found no motion of the id {missing[0]!r} in {shown(self._address)}")
        return [found[id] for id in ids]


def _item(row: Sequence[Any]) -> Item:
    return Item(**{**dict(zip(ITEM, row)), "captions": tuple(row[ITEM.index("captions")])})


def _points(points: bytes, path: bytes) -> Points:
    path_T3 = np.frombuffer(path, "<f4").reshape(-1, 3)
    return np.frombuffer(points, "<f2").reshape(len(path_T3), -1, 3).astype(np.float32), path_T3

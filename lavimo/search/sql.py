"""The tables of an index in PostgreSQL: how things are written in them, and filters as SQL."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.search.action_filter import ActionFilter
from lavimo.search.item import FIELDS as ITEM
from lavimo.search.item import PLACE_M, Filters

TABLES = """
CREATE EXTENSION IF NOT EXISTS vector;
CREATE TABLE IF NOT EXISTS lavimo_about (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    format int NOT NULL, model text NOT NULL, dim int NOT NULL, mirrored boolean NOT NULL, weights bytea NOT NULL,
    changes bigint NOT NULL DEFAULT 0, items bigint NOT NULL DEFAULT 0, windows bigint NOT NULL DEFAULT 0,
    whats jsonb NOT NULL DEFAULT '[]'
);
CREATE TABLE IF NOT EXISTS lavimo_items (
    id text PRIMARY KEY, name text NOT NULL, library text NOT NULL, file text NOT NULL, sha256 text NOT NULL,
    size bigint NOT NULL, modified_ns bigint NOT NULL, captions text[] NOT NULL, licence text NOT NULL,
    format text NOT NULL, frames int NOT NULL, travel_m real NOT NULL,
    rotations bytea NOT NULL, translation bytea NOT NULL, betas bytea NOT NULL,
    points bytea NOT NULL, path bytea NOT NULL, facts jsonb NOT NULL
);
CREATE TABLE IF NOT EXISTS lavimo_windows (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    item text NOT NULL REFERENCES lavimo_items,
    begin_s real NOT NULL, end_s real NOT NULL, mirrored boolean NOT NULL, marks bigint NOT NULL,
    vector halfvec({dim}) NOT NULL, whats smallint[] NOT NULL, shows bytea NOT NULL
);
CREATE INDEX IF NOT EXISTS lavimo_windows_item ON lavimo_windows (item);
CREATE INDEX IF NOT EXISTS lavimo_items_library ON lavimo_items (library);
"""
INDEXES = (
    "CREATE INDEX IF NOT EXISTS lavimo_windows_vector ON lavimo_windows USING hnsw (vector halfvec_ip_ops)",
    "CREATE INDEX IF NOT EXISTS lavimo_windows_whats ON lavimo_windows USING gin (whats)",
)
"""By which many windows are searched; several times as quick to make at once than row by row."""
ITEM_COLUMNS = ", ".join(ITEM)


def conditions(filters: Filters) -> tuple[list[str], list[Any]]:
    """As SQL; see `Filters.item` and `Filters.window`."""
    found: list[tuple[str, tuple[Any, ...]]] = []
    if filters.folder:
        found.append(("position(%s in i.library || '/' || i.name) > 0", (filters.folder,)))
    if filters.licence:
        found.append(("position(lower(%s) in lower(i.licence)) > 0", (filters.licence,)))
    if filters.travels is not None:
        found.append((f"(i.travel_m > {PLACE_M}) = %s", (filters.travels,)))
    if filters.min_s:
        found.append(("w.end_s - w.begin_s >= %s", (filters.min_s - 1e-3,)))
    if filters.max_s:
        found.append(("w.end_s - w.begin_s <= %s", (filters.max_s + 1e-3,)))
    if filters.mirrored is not None:
        found.append(("w.mirrored = %s", (filters.mirrored,)))
    if filters.action != ActionFilter():
        present, absent = filters.action.present, filters.action.absent
        found.append(("(w.marks & %s::bigint) = %s::bigint", (present | absent, present)))
    return [condition for condition, _ in found], [value for _, values in found for value in values]


def as_text(vector_C: NDArray[np.floating[Any]]) -> str:
    """A vector as pgvector reads it."""
    return "[" + ",".join(f"{x:.6g}" for x in vector_C.astype(np.float16).astype(np.float32)) + "]"

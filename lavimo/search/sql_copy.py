"""Entries as rows that PostgreSQL copies: bytes, which take a tenth of the time of text.

R windows, P pairs of a window and a fact that lies in it, N of a window and a kind of fact, C dimensions.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lavimo.describe.columns import COLUMNS, What, WindowFacts
from lavimo.search.action_filter import marks_of_windows
from lavimo.search.item import FIELDS, Entry

ITEM_TYPES = {
    "size": "int8", "modified_ns": "int8", "captions": "text[]", "frames": "int4", "travel_m": "float4",
    "rotations": "bytea", "translation": "bytea", "betas": "bytea", "points": "bytea", "path": "bytea",
    "facts": "jsonb",
}  # fmt: skip
ITEM_COLUMNS = (*FIELDS, "rotations", "translation", "betas", "points", "path", "facts")
WINDOW_COLUMNS = ("item", "begin_s", "end_s", "mirrored", "marks", "vector", "whats", "shows")
SHOWN = np.dtype([(name, "<i4" if name in ("what", "count") else "<f4") for name in COLUMNS])
"""A fact of a window, in `shows`; `what` is a place in `lavimo_about.whats`, and so are `whats`."""
SMALLINT = 21
"""What PostgreSQL knows the type by."""
HEAD, END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"


def copy_items(cursor: Any, entries: Sequence[Entry]) -> None:
    """Put entries into `lavimo_items`."""
    with cursor.copy(f"COPY lavimo_items ({', '.join(ITEM_COLUMNS)}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types([ITEM_TYPES.get(name, "text") for name in ITEM_COLUMNS])
        for entry in entries:
            told = {**entry.item.to_json(), "captions": list(entry.item.captions)}
            arrays = (
                entry.motion.rotations_TJ3.astype("<f4"), entry.motion.translation_T3.astype("<f4"),
                entry.motion.betas_B.astype("<f4"), entry.points_TK3.astype("<f2"), entry.path_T3.astype("<f4"),
            )  # fmt: skip
            facts = [fact.to_json() for fact in entry.facts]
            copy.write_row((*told.values(), *(array.tobytes() for array in arrays), facts))


def copy_windows(cursor: Any, entries: Sequence[Entry], shown: WindowFacts, whats: Sequence[What]) -> None:
    """Put entries' windows into `lavimo_windows`.

    Args:
        shown: by them.
        whats: all that there are; see `SHOWN`.
    """
    with cursor.copy(f"COPY lavimo_windows ({', '.join(WINDOW_COLUMNS)}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(HEAD + b"".join(_window_rows(entries, shown, whats)) + END)


def _window_rows(entries: Sequence[Entry], shown: WindowFacts, whats: Sequence[What]) -> list[bytes]:
    """Pieces of rows: how many columns, and of each its length and its bytes, the highest first."""
    rows, known = len(shown.item_R), max(len(whats), 1)
    place = {what: number for number, what in enumerate(whats)}
    what_P = np.array([place[what] for what in shown.facts.whats], np.int32)[shown.facts.what]
    order_P = np.argsort(shown.row_P, kind="stable")
    shows_P = np.zeros(len(order_P), SHOWN)
    for name in COLUMNS:
        shows_P[name] = (what_P if name == "what" else getattr(shown.facts, name))[order_P]
    named_P = np.sort(shown.row_P * np.int64(known) + what_P)
    distinct_N = named_P[np.diff(named_P, prepend=-1) > 0]
    whats_N = np.zeros(len(distinct_N), [("length", ">i4"), ("what", ">i2")])
    whats_N["length"], whats_N["what"] = 2, distinct_N % known
    counts_R = np.bincount(distinct_N // known, minlength=rows)

    vectors_RC = np.concatenate([entry.vectors_RC for entry in entries])
    ids = np.array([entry.item.id for entry in entries], "S16")
    dim = vectors_RC.shape[1]
    columns: list[list[tuple[str, Any]]] = [
        [(">i2", len(WINDOW_COLUMNS))],
        [(">i4", 16), ("S16", ids[shown.item_R])],
        [(">i4", 4), (">f4", shown.begin_R)],
        [(">i4", 4), (">f4", shown.end_R)],
        [(">i4", 1), ("i1", shown.mirrored_R)],
        [(">i4", 8), (">i8", marks_of_windows(shown))],
        [(">i4", 4 + 2 * dim), (">i2", dim), (">i2", 0), (f"({dim},)>f2", vectors_RC)],
        [(">i4", 20 + 6 * counts_R), (">i4", 1), (">i4", 0), (">i4", SMALLINT), (">i4", counts_R), (">i4", 1)],
    ]
    fields = [field for column in columns for field in column]
    heads_R = np.zeros(rows, [(str(number), kind) for number, (kind, _) in enumerate(fields)])
    for number, (_, values) in enumerate(fields):
        heads_R[str(number)] = values
    pairs_R = np.bincount(shown.row_P, minlength=rows)
    lengths_R = (SHOWN.itemsize * pairs_R).astype(">i4")
    own = (_pieces(heads_R, np.ones(rows, np.int64)), _pieces(whats_N, counts_R))
    shows = (_pieces(lengths_R, np.ones(rows, np.int64)), _pieces(shows_P, pairs_R))
    return [piece for row in zip(*own, *shows) for piece in row]


def _pieces(rows: NDArray[Any], counts_R: NDArray[np.int64]) -> list[bytes]:
    """The bytes of an array, each so many rows."""
    content, ends = rows.tobytes(), (rows.itemsize * np.cumsum(counts_R)).tolist()
    return [content[begin:end] for begin, end in zip([0, *ends[:-1]], ends)]

"""Entries of an index, made up."""

import numpy as np

from lavimo.describe.fact import Fact
from lavimo.landmarks.names import SEEN
from lavimo.motion.motion import Motion
from lavimo.search.item import Entry, Item, Window, id_of
from lavimo.search.store import About

DIM = 16
ABOUT = About("0" * 64, DIM, False)


WHATS = [
    ("walk", "", "forward", 2.0, 4), ("walk", "", "backward", 3.0, 5), ("run", "", "left", 6.0, 6),
    ("sneak", "", "in place", 0.0, 2), ("wave", "left", "", 0.0, 3), ("raise", "right", "above", 0.0, 0),
    ("raise", "both", "side", 0.0, 0), ("kick", "right", "forward", 0.7, 1), ("hop", "left", "", 0.1, 3),
    ("turn", "", "left", 90.0, 0), ("curve", "", "right", 120.0, 0), ("jump", "", "up", 0.3, 2),
    ("stand", "", "", 0.0, 0),
]  # fmt: skip


def facts(rng: np.random.Generator, length_s: float = 5.0) -> tuple[Fact, ...]:
    """A timeline, made up."""
    found = []
    for number in rng.integers(0, len(WHATS), int(rng.integers(0, 6))):
        kind, side, direction, amount, count = WHATS[number]
        begin, end = sorted(round(float(x), 2) for x in rng.uniform(0, length_s, 2))
        found.append(Fact(kind, begin, end, side, direction, amount, count, round(float(rng.uniform(0.3, 1)), 2)))
    return tuple(sorted(found, key=lambda fact: fact.begin_s))


def entry(
    name: str,
    seed: int = 0,
    frames: int = 6,
    licence: str = "",
    travel_m: float = 0.0,
    does: tuple[Fact, ...] | None = None,
) -> Entry:
    """Made up: its content depends on name and seed."""
    rng = np.random.default_rng([seed, *name.encode()])
    windows = tuple(Window(float(n), float(n + 2)) for n in range(int(rng.integers(1, 4))))
    vectors_RC = rng.standard_normal((len(windows), DIM)).astype(np.float32)
    vectors_RC /= np.linalg.norm(vectors_RC, axis=1, keepdims=True)
    item = Item(
        id_of("library", name), name, "library", "", f"{seed:064}", seed, seed, (f"words of {name}",), licence, "bvh",
        frames, travel_m,
    )  # fmt: skip
    motion = Motion(
        rng.standard_normal((frames, 24, 3)).astype(np.float32),
        rng.standard_normal((frames, 3)).astype(np.float32),
        np.zeros(10, np.float32),
    )
    points_TK3 = rng.standard_normal((frames, len(SEEN), 3)).astype(np.float16).astype(np.float32)
    path_T3 = rng.standard_normal((frames, 3)).astype(np.float32)
    vectors_RC = vectors_RC.astype(np.float16).astype(np.float32)
    return Entry(item, motion, points_TK3, path_T3, windows, vectors_RC, facts(rng) if does is None else does)

"""Entries of an index, made up."""

import numpy as np

from lavimo.landmarks.names import SEEN
from lavimo.motion.motion import Motion
from lavimo.search.home import About
from lavimo.search.item import Entry, Item, Window, id_of

DIM = 16
ABOUT = About("0" * 64, DIM, False)


def entry(name: str, seed: int = 0, frames: int = 6, licence: str = "", travel_m: float = 0.0) -> Entry:
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
    return Entry(item, motion, points_TK3, path_T3, windows, vectors_RC.astype(np.float16).astype(np.float32))

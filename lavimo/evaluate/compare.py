"""Two models on the same queries: is the one better, or is it the choice of test clips?"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lavimo.config import EvaluateOptions
from lavimo.evaluate.embeddings import Embeddings, read_embeddings
from lavimo.evaluate.evaluate import rank_queries
from lavimo.evaluate.metrics import METRICS, bootstrap, measure
from lavimo.evaluate.protocols import Protocol, own_clip, whole
from lavimo.evaluate.table import markdown_grid, words

SHOWN = ("R1", "R5", "R10", "MedR", "MRR")
HEADER = ("direction", "metric", "A", "B", "B - A", "95% interval", "B better")


def compare(a: Path, b: Path, options: EvaluateOptions) -> str:
    """A table of what model B gains over A under protocol `all`, by paired bootstrap over queries.

    Raises:
        ValueError: bad embeddings, other clips or captions in one than in the other, or no bootstrap samples.
    """
    if not options.bootstrap_samples:
        raise ValueError("bootstrap_samples: found 0, expected some to compare by")
    first, second = read_embeddings(a), read_embeddings(b)
    check_alike(a, first, b, second)
    ranks_a, ranks_b = ranks(first), ranks(second)
    rows = [
        row
        for direction in ranks_a
        if direction in ranks_b
        for row in gains(words(direction), ranks_a[direction], ranks_b[direction], options)
    ]
    return "\n\n".join(
        (
            f"A: {a}\nB: {b}",
            f"Protocol all, N = {first.gallery}, {first.split} split, {options.bootstrap_samples} resamplings of the "
            "queries, the same for both. B better: share of them in which B is (ties count half).",
            markdown_grid([HEADER, *rows]),
        )
    )


def check_alike(a: Path, first: Embeddings, b: Path, second: Embeddings) -> None:
    """Refuse to compare models on other test clips."""
    if first.ids != second.ids:
        alone = sorted(set(first.ids) ^ set(second.ids))
        raise ValueError(
            f"{a} and {b}: {len(alone)} clip(s) in only one of them, first {alone[0]!r}; expected the same"
        )
    # Captions that one of the files does not tell cannot differ.
    for clip, one, other in zip(first.ids, first.captions, second.captions):
        if one != other:
            raise ValueError(f"{a} and {b}: clip {clip!r} has the captions {one!r} and {other!r}, expected one")


def ranks(embeddings: Embeddings) -> dict[str, NDArray[np.float64]]:
    """The ranks (1, N) of protocol `all`, by direction."""
    protocol = Protocol("all", whole(len(embeddings.ids)), own_clip)
    return {
        direction: placements.ranks()[0] for direction, (placements,) in rank_queries(embeddings, [protocol]).items()
    }


def gains(
    direction: str, a_1N: NDArray[np.float64], b_1N: NDArray[np.float64], options: EvaluateOptions
) -> list[tuple[str, ...]]:
    """The rows of a direction."""
    drawn = options.bootstrap_samples, options.bootstrap_seed
    gain_MS = bootstrap(b_1N, *drawn) - bootstrap(a_1N, *drawn)
    a_M, b_M = measure(a_1N[0]), measure(b_1N[0])
    rows: list[tuple[str, ...]] = []
    for name in SHOWN:
        m = METRICS.index(name)
        decimals = 4 if name == "MRR" else 2
        low, high = np.quantile(gain_MS[m], (0.025, 0.975))
        better_S = np.sign(gain_MS[m]) * (-1 if name == "MedR" else 1)
        rows.append(
            (
                direction,
                name.replace("R", "R@") if name[1:].isdigit() else name,
                f"{a_M[m]:.{decimals}f}",
                f"{b_M[m]:.{decimals}f}",
                f"{b_M[m] - a_M[m]:+.{decimals}f}",
                f"[{low:+.{decimals}f}, {high:+.{decimals}f}]",
                f"{50 * (1 + better_S.mean()):.1f}%",
            )
        )
    return rows

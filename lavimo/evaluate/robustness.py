"""How the scores of trained runs change when one thing about the test split does, by paired bootstrap over queries."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lavimo.config import RobustnessOptions
from lavimo.evaluate.compare import check_alike, ranks
from lavimo.evaluate.embeddings import read_embeddings
from lavimo.evaluate.metrics import METRICS, Metrics, bootstrap, metrics, named
from lavimo.files import atomic

KEYS = ("run", "source", "factor", "variant", "direction", "gallery")
COLUMNS = (*KEYS, *(f"{name}{part}" for name in METRICS for part in ("", "_change", "_low", "_high")))


@dataclass(frozen=True)
class Change:
    """What a run reaches under a variant in one direction, protocol `all`.

    Attributes:
        factor, variant: what was changed; both empty for the split as it is.
        change: against the split as it is; `low` and `high` are the ends of its 95% interval.
    """

    run: str
    source: str
    factor: str
    variant: str
    direction: str
    gallery: int
    metrics: Metrics
    change: Metrics
    low: Metrics
    high: Metrics


def changes(plain: list[Path], variants: list[Path], source: str, options: RobustnessOptions) -> list[Change]:
    """Every run's scores on the split as it is and on its variants.

    Args:
        plain: embeddings of the split as it is, `RUN/embeddings.safetensors`.
        variants: those of the changed split, `FACTOR-NAME/RUN.safetensors`.

    Raises:
        ValueError: a damaged file, or other clips or captions in a variant than in the split as it is.
    """
    order = {name: number for number, name in enumerate(options.variants)}
    found = []
    for path in plain:
        run = path.parent.name
        as_it_is = read_embeddings(path)
        before = ranks(as_it_is)
        drawn = {direction: resampled(ranks_1N, options) for direction, ranks_1N in before.items()}
        cases = {"": before}
        for other in sorted(variants, key=lambda other: order.get(other.parent.name, len(order))):
            if other.stem == run:
                changed = read_embeddings(other)
                check_alike(path, as_it_is, other, changed)
                cases[other.parent.name] = ranks(changed)
        for case, by_direction in cases.items():
            factor, _, variant = case.partition("-")
            for direction, after_1N in by_direction.items():
                gain_MS = resampled(after_1N, options) - drawn[direction]
                values, gains = metrics(after_1N), metrics(after_1N)
                for name, value in metrics(before[direction]).items():
                    gains[name] -= value
                low_M, high_M = np.quantile(gain_MS, (0.025, 0.975), axis=-1)
                found.append(
                    Change(
                        *(run, source, factor, variant, direction, after_1N.shape[-1]),
                        *(values, gains, named(low_M), named(high_M)),
                    )
                )
    return found


def resampled(ranks_1N: NDArray[np.float64], options: RobustnessOptions) -> NDArray[np.float64]:
    """METRICS of resampled queries, (7, S), of the same queries for every model and variant."""
    return bootstrap(ranks_1N, options.bootstrap_samples, options.bootstrap_seed)


def write_changes(path: Path, found: Iterable[Change]) -> None:
    """Write a row for each, with fixed decimals."""
    with atomic(path) as partial, open(partial, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for one in found:
            numbers = ((one.metrics[m], one.change[m], one.low[m], one.high[m]) for m in METRICS)
            decimals = (6 if name == "MRR" else 4 for name in METRICS)
            cells = (f"{value:.{places}f}" for four, places in zip(numbers, decimals) for value in four)
            writer.writerow((*(getattr(one, key) for key in KEYS), *cells))

"""The tidy score file: one row a run, subset of the split, protocol, direction and tie rule.

Decimals are fixed, so that equal scores are equal bytes.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from lavimo.evaluate.embeddings import DIRECTIONS
from lavimo.evaluate.metrics import METRICS, Metrics
from lavimo.evaluate.ranks import Ties
from lavimo.files import atomic

PROTOCOLS = ("all", "threshold", "same_caption", "own_texts", "dissimilar", "small_batches")
TIES = get_args(Ties)
SUBSETS = ("whole", "listed", "unmirrored", "leak_free", "unseen_avatars", "random")
KEYS = ("run", "source", "split", "protocol", "direction", "gallery")
RANKS = METRICS[:-1]
SPREADS = ("low", "high", "deviation")
GRADED = "nDCG10"
COLUMNS = (
    *KEYS, *RANKS, "cut", "ties", "subset", "seed", "family", "benchmark", "MRR", "MedR_over_N",
    *(f"{name}_{spread}" for name in METRICS for spread in SPREADS), GRADED,
)  # fmt: skip


@dataclass(frozen=True)
class Score:
    """What a run reaches in one direction under one protocol.

    Attributes:
        gallery: the clips that each query is compared with; no metric means anything without it.
        metrics: recalls in percent, the median rank, the mean reciprocal rank.
        ties: which of tied places counts.
        subset: one of SUBSETS, a random one with its size behind it.
        seed: of training; or `mean of 3 seeds`; empty if unknown.
        family: what the run shares with those that differ from it in the seed alone; empty if it is known of none.
        benchmark: the published data set that the split is, beside whose published rows it is shown; empty if none.
        low: the lower ends of 95% intervals, by bootstrap over queries; `high` the upper ones; empty if none.
        graded: nDCG@10, where captions tell how right each answer is (protocol `all`; see `graded`).
        deviation: the standard deviation over shuffles into small batches, or over training seeds; empty if none.

    Raises:
        ValueError: an unknown protocol, direction, tie rule or subset.
    """

    run: str
    source: str
    split: str
    protocol: str
    direction: str
    gallery: int
    metrics: Metrics
    ties: str = "average"
    subset: str = "whole"
    seed: str = ""
    family: str = ""
    benchmark: str = ""
    low: Metrics | None = None
    high: Metrics | None = None
    deviation: Metrics | None = None
    graded: float | None = None

    def __post_init__(self) -> None:
        if not (
            self.protocol.startswith(PROTOCOLS)
            and self.direction in DIRECTIONS
            and self.ties in TIES
            and self.subset.startswith(SUBSETS)
        ):
            found = (self.protocol, self.direction, self.ties, self.subset)
            raise ValueError(f"found the protocol, direction, tie rule and subset {found}, of which one is unknown")

    @property
    def rule(self) -> str:
        """The protocol without its cut or shuffles: `threshold` of `threshold_0.90`."""
        return next(name for name in PROTOCOLS if self.protocol.startswith(name))

    @property
    def cut(self) -> str:
        """The cosine that captions must exceed to count as the same; empty where a protocol has none."""
        return self.protocol.removeprefix("threshold_") if self.rule == "threshold" else ""

    @property
    def place(self) -> tuple[object, ...]:
        """Where its protocol stands among the tables of a source: as in the papers, subsets of the split last."""
        protocol = (PROTOCOLS.index(self.rule), -float(self.cut or 0), self.protocol)
        part = next(i for i, name in enumerate(SUBSETS) if self.subset.startswith(name))
        return (max(part, 1), *protocol, self.subset)

    @property
    def order(self) -> tuple[object, ...]:
        """Where it stands in a file of several runs."""
        run = (self.run, len(self.seed), self.seed)
        end = ([*DIRECTIONS].index(self.direction), TIES.index(self.ties))
        return (self.source, self.split, *run, *self.place, *end)

    def row(self) -> tuple[object, ...]:
        """The values of COLUMNS."""
        return (
            *(getattr(self, key) for key in KEYS),
            *(f"{self.metrics[name]:.4f}" for name in RANKS),
            self.cut,
            self.ties,
            self.subset,
            self.seed,
            self.family,
            self.benchmark,
            f"{self.metrics['MRR']:.6f}",
            f"{self.metrics['MedR'] / self.gallery:.6f}",
            *(spread[name] for name in METRICS for spread in map(self.decimals, SPREADS)),
            "" if self.graded is None else f"{self.graded:.6f}",
        )

    def decimals(self, spread: str) -> Metrics | dict[str, str]:
        """A spread's metrics as the file has them."""
        values = getattr(self, spread)
        return {name: "" if values is None else f"{values[name]:.{6 if name == 'MRR' else 4}f}" for name in METRICS}


def write_scores(path: Path, scores: Iterable[Score]) -> None:
    """Write the rows in the given order."""
    with atomic(path) as partial, open(partial, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(score.row() for score in scores)


def read_scores(path: Path) -> list[Score]:
    """The rows of a score file.

    Raises:
        ValueError: the file is missing, its columns are others, or a row holds no number where one belongs.
    """
    try:
        with open(path, newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            if set(COLUMNS) - set(found := reader.fieldnames or ()) - {"benchmark", GRADED} or set(found) - set(
                COLUMNS
            ):
                raise ValueError(f"found the columns {found}, expected {', '.join(COLUMNS)}")
            return [score_of(row) for row in reader]
    except (OSError, ValueError, TypeError) as error:
        raise ValueError(f"{path}: cannot be read as scores ({error})") from error


def score_of(row: dict[str, str]) -> Score:
    """A row of a score file."""
    low, high, deviation = (
        {name: float(row[f"{name}_{spread}"]) for name in METRICS} if row[f"R1_{spread}"] else None
        for spread in SPREADS
    )
    return Score(
        row["run"],
        row["source"],
        row["split"],
        row["protocol"],
        row["direction"],
        int(row["gallery"]),
        {name: float(row[name]) for name in METRICS},
        row["ties"],
        row["subset"],
        row["seed"],
        row["family"],
        row.get("benchmark", ""),
        low,
        high,
        deviation,
        float(row[GRADED]) if row.get(GRADED) else None,
    )

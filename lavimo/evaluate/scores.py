"""The tidy score file: one row a run, protocol and direction.

Decimals are fixed, so that equal scores are equal bytes.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lavimo.evaluate.embeddings import PAIRS
from lavimo.evaluate.metrics import METRICS, Metrics
from lavimo.files import atomic

PROTOCOLS = ("all", "threshold", "dissimilar", "small_batches")
DIRECTIONS = tuple(direction for pair in PAIRS for direction in pair)
COLUMNS = ("run", "source", "split", "protocol", "direction", "gallery", *METRICS)


@dataclass(frozen=True)
class Score:
    """What a run reaches in one direction under one protocol.

    Attributes:
        gallery: the clips that each query is compared with; no metric means anything without it.
        metrics: recalls in percent, and the median rank.

    Raises:
        ValueError: an unknown protocol or direction.
    """

    run: str
    source: str
    split: str
    protocol: str
    direction: str
    gallery: int
    metrics: Metrics

    def __post_init__(self) -> None:
        if self.family not in PROTOCOLS or self.direction not in DIRECTIONS:
            raise ValueError(f"found protocol {self.protocol!r} and direction {self.direction!r}, which are unknown")

    @property
    def family(self) -> str:
        """The protocol without its cut: `threshold` of `threshold_0.90`."""
        return self.protocol.partition("_0.")[0]

    @property
    def order(self) -> tuple[object, ...]:
        """Where the row stands in a file of several runs; protocols and directions in the order of the papers."""
        cut = float(self.protocol.removeprefix(self.family).lstrip("_") or 0)
        place = (PROTOCOLS.index(self.family), -cut, DIRECTIONS.index(self.direction))
        return (self.source, self.split, self.run, *place)


def write_scores(path: Path, scores: Iterable[Score]) -> None:
    """Write the rows in the given order."""
    with atomic(path) as partial, open(partial, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for score in scores:
            key = (score.run, score.source, score.split, score.protocol, score.direction, score.gallery)
            writer.writerow((*key, *(f"{score.metrics[name]:.4f}" for name in METRICS)))


def read_scores(path: Path) -> list[Score]:
    """The rows of a score file.

    Raises:
        ValueError: the file is missing, its columns are others, or a row holds no number where one belongs.
    """
    try:
        with open(path, newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise ValueError(f"found the columns {reader.fieldnames}, expected {', '.join(COLUMNS)}")
            return [score_of(row) for row in reader]
    except (OSError, ValueError, TypeError) as error:
        raise ValueError(f"{path}: cannot be read as scores ({error})") from error


def score_of(row: dict[str, str]) -> Score:
    """A row of a score file."""
    return Score(
        row["run"],
        row["source"],
        row["split"],
        row["protocol"],
        row["direction"],
        int(row["gallery"]),
        {name: float(row[name]) for name in METRICS},
    )

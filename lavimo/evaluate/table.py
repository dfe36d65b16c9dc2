"""Scores laid out for people: one table a protocol, its rows by direction, runs beneath each other, chance last."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from lavimo.evaluate.metrics import METRICS, RECALLS, chance
from lavimo.evaluate.scores import DIRECTIONS, Score

HEADER = ("direction", "run", "N", *(f"R@{k}" for k in RECALLS), "MedR")
LEGEND = {
    "all": "Only the query's own clip is right; the gallery is the whole split.",
    "threshold": "Every clip is right whose caption's cosine with the query's is above the cut, "
    "and the best placed of them counts; the gallery is the whole split.",
    "dissimilar": "Only the query's own clip is right; the gallery is clips of mutually dissimilar captions.",
    "small_batches": "Only the query's own clip is right; the gallery is a batch of clips, averaged over the batches.",
}
NOTE = (
    "R@k: queries with the right clip among the first k, in percent, higher is better. MedR: median rank of the right "
    "clip, lower is better. N: clips in the gallery; tables of different protocols or N cannot be compared. "
    "Chance: a random order with one right clip; where several clips are right, it reaches at least this."
)
WORDS = {"t": "text", "m": "motion", "v": "video"}


@dataclass(frozen=True)
class Table:
    """One protocol's scores on a split; `rows` and `chance` have one string for each column of HEADER."""

    source: str
    split: str
    protocol: str
    legend: str
    rows: list[tuple[str, ...]]
    chance: list[tuple[str, ...]]


def tables(scores: Iterable[Score]) -> list[Table]:
    """The tables of all scores, one for each source, split and protocol, in the order of the papers."""
    made = []
    in_order = sorted(scores, key=lambda s: (s.order[:2], s.order[3:], s.run))
    for (source, split, protocol), group in groupby(in_order, key=lambda s: (s.source, s.split, s.protocol)):
        of_protocol = list(group)
        rows = [(words(s.direction), s.run, *numbers(s.gallery, s.metrics)) for s in of_protocol]
        family = of_protocol[0].family
        lines = [
            ("any", "chance", *numbers(gallery, chance(gallery), at_least=family == "threshold"))
            for gallery in sorted({s.gallery for s in of_protocol})
        ]
        made.append(Table(source, split, protocol, LEGEND[family], rows, lines))
    return made


def words(direction: str) -> str:
    """`text → motion` of `t2m`."""
    assert direction in DIRECTIONS
    return f"{WORDS[direction[0]]} → {WORDS[direction[2]]}"


def numbers(gallery: int, metrics: dict[str, float], at_least: bool = False) -> tuple[str, ...]:
    """The cells of N and METRICS; with `at_least`, marked as bounds."""
    recall, rank = ("≥ ", "≤ ") if at_least else ("", "")
    return (str(gallery), *(f"{rank if name == 'MedR' else recall}{metrics[name]:.2f}" for name in METRICS))


def markdown(made: Iterable[Table]) -> str:
    """The tables as markdown, in columns of equal width so that they read well in a terminal too."""
    parts = []
    for (source, split), group in groupby(made, key=lambda table: (table.source, table.split)):
        parts += [f"# Retrieval: {source}, {split} split", NOTE]
        for table in group:
            parts += [f"## Protocol {table.protocol}", table.legend, grid([HEADER, *table.rows, *table.chance])]
    return "\n\n".join(parts) + "\n"


def grid(rows: list[tuple[str, ...]]) -> str:
    """A markdown table of the rows, the first of which is its header; numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rule = ("-" * width if i < 2 else "-" * (width - 1) + ":" for i, width in enumerate(widths))
    lines = [
        (cell.ljust(width) if i < 2 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths)))
        for row in rows
    ]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (lines[0], rule, *lines[1:]))

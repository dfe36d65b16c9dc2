"""Scores laid out for people: one table a protocol, its rows by direction, runs beneath each other, chance last.

Published rows stand beneath ours where the data is the same, marked where they cannot be compared.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from lavimo.evaluate.embeddings import DIRECTIONS, POOLED
from lavimo.evaluate.metrics import RECALLS, chance
from lavimo.evaluate.published import NOTES, Published, published
from lavimo.evaluate.scores import RANKS, TIES, Score

HEADER = ("direction", "run", "N", *(f"R@{k}" for k in RECALLS), "MedR", "MedR/N", "R@1 spread")
LEGEND = {
    "all": "Only the query's own clip is right; the gallery is the whole split.",
    "threshold": "Every clip is right whose caption's cosine with the query's is above the cut, "
    "and the best placed of them counts; the gallery is the whole split.",
    "same_caption": "Every clip of the query's very caption is right, and the best placed of them counts; "
    "the gallery is the whole split. Some papers call this All.",
    "own_texts": "Every clip is right whose text the method itself embeds like the query's (Kimodo), and the best "
    "placed of them counts: who embeds all words alike is always right; the gallery is the whole split.",
    "dissimilar": "Only the query's own clip is right; the gallery is clips of mutually dissimilar captions.",
    "small_batches": "Only the query's own clip is right; the gallery is a batch of clips, averaged over the batches.",
}
SUBSETS = {
    "whole": "",
    "unmirrored": "without mirrored clips",
    "leak_free": "without clips of recordings that feed training too",
    "unseen_avatars": "with avatars that training never shows",
    "listed": "on the published list",
    "random": "on clips drawn at random",
}
FOLDS = "Each query has the gallery of its own fold; N is their mean."
USUAL = {"dissimilar": 100, "small_batches": 32}
"""The galleries that the field means by these protocols."""
NOTE = (
    "R@k: queries with the right clip among the first k, in percent, higher is better. MedR: median rank of the right "
    "clip, lower is better. N: clips in the gallery; tables of different protocols or N cannot be compared, but for "
    "MedR/N roughly. Spread of R@1: [low, high] is the 95% interval by bootstrap over queries, ± the deviation over "
    "shuffles or training seeds. Ties take the {ties} place. "
    "Chance: a random order with one right clip; where several clips are right, it reaches at least this."
)
GRADED = "nDCG@10 in percent, an answer as right as its caption's cosine with the query's"
WORDS = {"t": "text", "m": "motion", "v": "video"}


@dataclass(frozen=True)
class Table:
    """One protocol's scores on a split; all `rows` have one string for each column of HEADER."""

    source: str
    split: str
    protocol: str
    subset: str
    ties: str
    legend: str
    rows: list[tuple[str, ...]]
    published: list[tuple[str, ...]]
    chance: list[tuple[str, ...]]
    graded: list[tuple[str, str, float]]
    """Direction, run and nDCG@10, where captions tell how right each answer is."""

    @property
    def title(self) -> str:
        """`all, without mirrored clips`."""
        subset = next(words for name, words in SUBSETS.items() if self.subset.startswith(name))
        return ", ".join(filter(None, (self.protocol, subset)))

    @property
    def notes(self) -> list[str]:
        """What the marks in it mean, and what is unusual about it."""
        cells = "".join(row[2] for row in (*self.rows, *self.published))
        marks = [f"{mark} {meaning}." for mark, meaning in NOTES.items() if mark in cells]
        usual = next((n for name, n in USUAL.items() if self.protocol.startswith(name)), 0)
        smaller = [row[2] for row in self.chance if int(row[2]) < usual]
        said = f"Protocol {self.title}: N is {', '.join(smaller)} instead of the usual {usual}, which is easier."
        folds = [FOLDS] if self.split.startswith(POOLED) else []
        return [*folds, *marks, *([said] if smaller else []), *self.gains]

    @property
    def gains(self) -> list[str]:
        """A line on graded relevance, a direction each."""
        by_direction = {
            direction: ", ".join(f"{run} {100 * gain:.1f}" for _, run, gain in own)
            for direction, own in groupby(self.graded, key=lambda one: one[0])
        }
        return [f"{GRADED}, {direction}: {runs}." for direction, runs in by_direction.items()]

    @property
    def all_rows(self) -> list[tuple[str, ...]]:
        """Ours, then the published ones, by direction; chance last."""
        directions = dict.fromkeys(row[0] for row in self.rows)
        both = [row for direction in directions for row in (*self.rows, *self.published) if row[0] == direction]
        return [*both, *self.chance]


def tables(scores: Iterable[Score]) -> list[Table]:
    """The tables of all scores, by source, split, subset and protocol, in the order of the papers.

    Of several tie rules, the first of TIES is shown.
    """
    scores = list(scores)
    ties = min((score.ties for score in scores), key=TIES.index, default=TIES[0])
    shown = sorted((score for score in scores if score.ties == ties), key=table_order)
    made = []
    for (source, split, protocol, subset), group in groupby(
        shown, key=lambda s: (s.source, s.split, s.protocol, s.subset)
    ):
        ours = list(group)
        rule, galleries = ours[0].rule, sorted({score.gallery for score in ours})
        several = rule in ("threshold", "same_caption", "own_texts")
        directions = {score.direction for score in ours}
        benchmark = max(score.benchmark for score in ours)
        made.append(
            Table(
                source,
                split,
                protocol,
                subset,
                ties,
                LEGEND[rule],
                [row_of(score, galleries[-1]) for score in ours],
                [
                    row_of_published(row, galleries[-1], subset)
                    for row in published()
                    if row.belongs(benchmark, split, protocol, subset) and row.direction in directions
                ],
                [("any", "chance", str(n), *numbers(chance(n), n, at_least=several), "") for n in galleries],
                [(words(one.direction), run_of(one), one.graded) for one in ours if one.graded is not None],
            )
        )
    return made


def table_order(score: Score) -> tuple[object, ...]:
    """By table, then by direction and run."""
    return (score.source, score.split, score.place, [*DIRECTIONS].index(score.direction), score.order)


def run_of(score: Score) -> str:
    """The run's name, or its family's with the number of seeds."""
    return f"{score.run}, {score.seed}" if score.seed.startswith("mean") else score.run


def row_of(score: Score, gallery: int) -> tuple[str, ...]:
    """The cells of a score of ours, marked if its gallery is not the table's largest."""
    if score.low and score.high:
        spread = f"[{score.low['R1']:.1f}, {score.high['R1']:.1f}]"
    else:
        spread = f"± {score.deviation['R1']:.2f}" if score.deviation else ""
    n = f"{score.gallery}{'†' if score.gallery != gallery else ''}"
    return (words(score.direction), run_of(score), n, *numbers(score.metrics, score.gallery), spread)


def row_of_published(row: Published, gallery: int, subset: str) -> tuple[str, ...]:
    """The cells of a published row beside ours of that gallery and subset."""
    n = f"{row.gallery or '?'}{row.marks(gallery, subset)}"
    return (words(row.direction), f"{row.method}, published", n, *numbers(row.metrics, row.gallery), "")


def words(direction: str) -> str:
    """`text → motion` of `t2m`."""
    return f"{WORDS[direction[0]]} → {WORDS[direction[2]]}"


def numbers(metrics: dict[str, float], gallery: int | None, at_least: bool = False) -> tuple[str, ...]:
    """The cells from R@1 to MedR/N; with `at_least`, marked as bounds."""
    more, less = ("≥ ", "≤ ") if at_least else ("", "")
    share = f"{less}{100 * metrics['MedR'] / gallery:.2f}%" if gallery else "?"
    return (*(f"{less if name == 'MedR' else more}{metrics[name]:.2f}" for name in RANKS), share)


def markdown(made: Iterable[Table]) -> str:
    """The tables as markdown, in columns of equal width so that they read well in a terminal too."""
    parts = []
    for (source, split, ties), group in groupby(made, key=lambda table: (table.source, table.split, table.ties)):
        parts += [f"# Retrieval: {source}, {split} split", NOTE.format(ties=ties)]
        for table in group:
            grid = markdown_grid([HEADER, *table.all_rows])
            parts += [f"## Protocol {table.title}", table.legend, grid, *table.notes]
    return "\n\n".join(parts) + "\n"


def markdown_grid(rows: list[tuple[str, ...]]) -> str:
    """A markdown table of the rows, the first of which is its header; numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rule = ("-" * width if i < 2 else "-" * (width - 1) + ":" for i, width in enumerate(widths))
    lines = [
        (cell.ljust(width) if i < 2 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths)))
        for row in rows
    ]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (lines[0], rule, *lines[1:]))

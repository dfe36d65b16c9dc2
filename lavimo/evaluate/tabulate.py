"""Stage `tabulate`: the scores of all runs to one score file and one table for people."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from lavimo.evaluate.latex import latex
from lavimo.evaluate.metrics import METRICS, named
from lavimo.evaluate.scores import Score, read_scores, write_scores
from lavimo.evaluate.table import markdown, tables
from lavimo.files import atomic

log = logging.getLogger(__name__)


def tabulate(scores: list[Path], table: Path, merged: Path, tex: Path | None = None) -> None:
    """Write all runs' scores, sorted, to `merged`, and laid out to `table` as markdown and `tex` as LaTeX.

    Runs of one family, which differ in their training seed alone, get their mean and deviation too.

    Raises:
        ValueError: a score file is missing or damaged.
    """
    rows = [row for path in scores for row in read_scores(path)]
    rows = sorted([*rows, *means_over_seeds(rows)], key=lambda row: row.order)
    write_scores(merged, rows)
    made = tables(rows)
    for path, text in ((table, markdown(made)), (tex, latex(made))):
        if path is not None:
            with atomic(path) as partial:
                partial.write_text(text, encoding="utf-8")
    log.info("tabulate: %d scores of %d runs", len(rows), len({row.run for row in rows}))


def means_over_seeds(scores: Iterable[Score]) -> list[Score]:
    """A score for each that several seeds of one family have, under the family's name."""
    alike: dict[tuple[object, ...], dict[str, Score]] = {}
    for score in scores:
        if score.family:
            key = (score.source, score.split, score.protocol, score.direction, score.gallery, score.ties, score.subset)
            alike.setdefault((score.family, key), {}).setdefault(score.seed, score)
    made = []
    for of_seed in alike.values():
        if len(of_seed) > 1:
            group = list(of_seed.values())
            values_MG = np.array([[score.metrics[name] for score in group] for name in METRICS])
            same = replace(group[0], run=group[0].family, seed=f"mean of {len(group)} seeds", low=None, high=None)
            mean, deviation = named(values_MG.mean(1)), named(values_MG.std(1, ddof=1))
            gains = [score.graded for score in group if score.graded is not None]
            gain = float(np.mean(gains)) if len(gains) == len(group) else None
            made.append(replace(same, metrics=mean, deviation=deviation, graded=gain))
    return made
